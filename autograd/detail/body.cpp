#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/memory.hpp>

#include <limits>
#include <string>

namespace xg::detail {

Storage* Storage::make(std::size_t bytes) {
    void* const block = pool_get(kStorageHeader + bytes);
    auto* storage = new (block) Storage;
    storage->bytes = bytes;
    storage->data = static_cast<char*>(block) + kStorageHeader;
    return storage;
}

void destroy(Storage* storage) noexcept {
    if (storage->release != nullptr) {
        if (*storage->release) (*storage->release)();
        delete storage->release;
        delete storage;
        return;
    }
    const std::size_t bytes = kStorageHeader + storage->bytes;
    storage->~Storage();
    pool_put(storage, bytes);
}

void destroy(Counted* counted) noexcept { delete static_cast<Body*>(counted); }

void check_defined(const Tensor& t, const char* operation) {
    if (!t.defined()) throw ValueError(std::string(operation) + ": expected a tensor, got an undefined one");
}

Shape contiguous_strides(const Shape& shape) {
    Shape strides = Shape::filled(shape.rank(), 1);
    std::int64_t step = 1;
    for (std::size_t i = shape.rank(); i-- > 0;) {
        strides[i] = step;
        step *= shape[i];
    }
    return strides;
}

bool is_row_major(const Shape& shape, const Shape& strides) noexcept {
    std::int64_t step = 1;
    for (std::size_t i = shape.rank(); i-- > 0;) {
        if (shape[i] == 0) return true;
        if (shape[i] != 1 && strides[i] != step) return false;
        step *= shape[i];
    }
    return true;
}

std::int64_t checked_elements(const Shape& shape, DType dtype, const char* operation) {
    bool any = true, too_large = false;
    std::int64_t nonzero = 1, bytes = 0;
    for (const std::int64_t size : shape) {
        if (size < 0)
            throw ShapeError(std::string(operation) + ": expected sizes of at least 0, got the shape " + shape.str());
        any = any && size != 0;
        if (size != 0) too_large |= __builtin_mul_overflow(nonzero, size, &nonzero);
    }
    if (too_large || __builtin_mul_overflow(nonzero, item_size(dtype), &bytes))
        throw ShapeError(std::string(operation) + ": a tensor of shape " + shape.str() +
                         " has more bytes than can be addressed");
    return any ? nonzero : 0;
}

Tensor make_tensor(const Shape& shape, DType dtype, const char* operation) {
    const std::int64_t numel = checked_elements(shape, dtype, operation);
    const std::int64_t bytes = numel * item_size(dtype);
    Ref<Storage> storage;
    try {
        storage = Ref<Storage>::adopt(Storage::make(static_cast<std::size_t>(bytes)));
    } catch (const OutOfMemoryError&) {
        throw OutOfMemoryError(std::string(operation) + ": out of memory for " + std::to_string(bytes) +
                               " bytes of shape " + shape.str() + ", " + name(dtype) + ", beside " +
                               std::to_string(memory_stats().live) + " bytes of live tensors");
    }
    auto* b = new Body;
    b->dtype = dtype;
    b->data = storage->data;
    b->numel = numel;
    b->storage = std::move(storage);
    b->shape = shape;
    b->strides = shape;
    std::int64_t step = 1;
    for (std::size_t i = shape.rank(); i-- > 0;) step *= std::exchange(b->strides[i], step);
    return Tensor::unsafe_adopt(b);
}

Tensor make_view(const Tensor& t, Shape shape, Shape strides, std::int64_t offset) {
    const Body& from = body(t);
    auto* b = new Body;
    b->dtype = from.dtype;
    b->data = from.data + offset * item_size(from.dtype);
    b->numel = shape.elements();
    b->contiguous = is_row_major(shape, strides);
    b->view = true;
    b->storage = from.storage;
    b->shape = std::move(shape);
    b->strides = std::move(strides);
    return Tensor::unsafe_adopt(b);
}

Tensor make_alias(const Tensor& t) { return make_view(t, body(t).shape, body(t).strides, 0); }

}  // namespace xg::detail
