#include <xgrad/autograd/detail/elementwise.hpp>

#include <algorithm>
#include <cstring>
#include <string>

#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {

Shape broadcast_shape(const Shape& a, const Shape& b, const char* operation) {
    if (a == b) return a;
    const std::size_t rank = std::max(a.rank(), b.rank());
    Shape out = Shape::filled(rank, 1);
    for (std::size_t i = 0; i < rank; ++i) {
        const std::int64_t p = i < a.rank() ? a[a.rank() - 1 - i] : 1, q = i < b.rank() ? b[b.rank() - 1 - i] : 1;
        if (p != q && p != 1 && q != 1)
            throw ShapeError(std::string(operation) + ": the shapes " + a.str() + " and " + b.str() +
                             " do not broadcast; expected sizes that are equal or 1, counted from the last axis");
        out[rank - 1 - i] = p == 1 ? q : p;
    }
    return out;
}

Shape broadcast_strides(const Tensor& t, const Shape& shape) {
    const Body& b = body(t);
    if (b.shape == shape) return b.strides;
    Shape strides = Shape::filled(shape.rank(), 0);
    const std::size_t missing = shape.rank() - b.shape.rank();
    for (std::size_t i = 0; i < b.shape.rank(); ++i)
        if (b.shape[i] != 1) strides[missing + i] = b.strides[i];
    return strides;
}

namespace {

constexpr std::size_t kMaxInputs = 3;
/// Elements that one thread does before the work is worth sharing: about 10 microseconds of it.
constexpr std::int64_t kParallelBlock = 32768;
/// Elements that are brought together in a buffer where an input's innermost axis has gaps.
constexpr std::int64_t kGather = 1024;

/// A kernel of either kind.
struct Call {
    Kernel plain = nullptr;
    NumbersKernel with_numbers = nullptr;
    const Numbers* numbers = nullptr;

    explicit Call(Kernel kernel) : plain(kernel) {}
    Call(NumbersKernel kernel, const Numbers& values) : with_numbers(kernel), numbers(&values) {}
    void operator()(void* out, const void* const* in, std::int64_t n) const {
        if (plain != nullptr)
            plain(out, in, n);
        else
            with_numbers(out, in, n, *numbers);
    }
};

struct Input {
    const char* data;
    std::int64_t item;
    Shape strides;  // in elements
};

/// Loops over an array of which every input has its own strides.
struct Loop {
    Call kernel;
    char* out;
    std::int64_t out_item;
    Shape shape;
    std::array<Input, kMaxInputs> inputs;
    std::size_t n_inputs;

    /// Joins neighbouring axes that all inputs step through alike, so that few and long axes are left.
    void merge_axes() {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < shape.rank(); ++i) {
            if (shape[i] == 1) continue;
            if (kept > 0 && mergeable(kept - 1, i)) {
                shape[kept - 1] *= shape[i];
                for (std::size_t k = 0; k < n_inputs; ++k) inputs[k].strides[kept - 1] = inputs[k].strides[i];
            } else {
                shape[kept] = shape[i];
                for (std::size_t k = 0; k < n_inputs; ++k) inputs[k].strides[kept] = inputs[k].strides[i];
                ++kept;
            }
        }
        shape = Shape(shape.data(), kept);
    }

    bool mergeable(std::size_t outer, std::size_t inner) const {
        for (std::size_t k = 0; k < n_inputs; ++k)
            if (inputs[k].strides[outer] != inputs[k].strides[inner] * shape[inner]) return false;
        return true;
    }

    void run() {
        merge_axes();
        const std::int64_t inner = shape.empty() ? 1 : shape.back();
        const std::int64_t rows = inner == 0 ? 0 : shape.elements() / inner;
        if (rows == 0) return;
        if (rows == 1) {
            const std::int64_t blocks = (inner + kParallelBlock - 1) / kParallelBlock;
            parallel_for(blocks, [&](std::int64_t b) {
                const std::int64_t begin = b * kParallelBlock;
                row(0, begin, std::min(inner, begin + kParallelBlock), {});
            });
            return;
        }
        const std::int64_t per_block = std::max<std::int64_t>(1, kParallelBlock / inner);
        parallel_for((rows + per_block - 1) / per_block, [&](std::int64_t b) {
            Shape index = Shape::filled(shape.rank() - 1, 0);
            const std::int64_t begin = b * per_block, end = std::min(rows, begin + per_block);
            std::int64_t rest = begin;
            for (std::size_t i = shape.rank() - 1; i-- > 0; rest /= shape[i]) index[i] = rest % shape[i];
            for (std::int64_t r = begin; r < end; ++r) {
                std::array<std::int64_t, kMaxInputs> offsets{};
                for (std::size_t k = 0; k < n_inputs; ++k)
                    for (std::size_t i = 0; i + 1 < shape.rank(); ++i) offsets[k] += index[i] * inputs[k].strides[i];
                row(r * inner, 0, inner, offsets);
                for (std::size_t i = shape.rank() - 1; i-- > 0;) {
                    if (++index[i] < shape[i]) break;
                    index[i] = 0;
                }
            }
        });
    }

    /// Elements [begin, end) of the row that starts at `offsets` in the inputs and at element `first` of the result.
    void row(std::int64_t first, std::int64_t begin, std::int64_t end,
             const std::array<std::int64_t, kMaxInputs>& offsets) const {
        std::array<const void*, kMaxInputs> at{};
        bool gaps = false;
        for (std::size_t k = 0; k < n_inputs; ++k) gaps = gaps || step(k) != 1;
        if (!gaps) {
            for (std::size_t k = 0; k < n_inputs; ++k) at[k] = inputs[k].data + (offsets[k] + begin) * inputs[k].item;
            kernel(out + (first + begin) * out_item, at.data(), end - begin);
            return;
        }
        alignas(64) char buffers[kMaxInputs][kGather * 8];
        for (std::int64_t i = begin; i < end; i += kGather) {
            const std::int64_t n = std::min(kGather, end - i);
            for (std::size_t k = 0; k < n_inputs; ++k) {
                const char* from = inputs[k].data + (offsets[k] + i * step(k)) * inputs[k].item;
                if (step(k) == 1) {
                    at[k] = from;
                } else {
                    if (i == begin || step(k) != 0) gather(buffers[k], from, step(k), inputs[k].item, n);
                    at[k] = buffers[k];
                }
            }
            kernel(out + (first + i) * out_item, at.data(), n);
        }
    }

    std::int64_t step(std::size_t k) const { return shape.empty() ? 1 : inputs[k].strides.data()[shape.rank() - 1]; }

    template <class T>
    static void gather_as(char* to, const char* from, std::int64_t step, std::int64_t n) {
        const T* source = reinterpret_cast<const T*>(from);
        T* target = reinterpret_cast<T*>(to);
        for (std::int64_t i = 0; i < n; ++i) target[i] = source[i * step];
    }

    static void gather(char* to, const char* from, std::int64_t step, std::int64_t item, std::int64_t n) {
        if (item == 4)
            gather_as<std::uint32_t>(to, from, step, n);
        else if (item == 8)
            gather_as<std::uint64_t>(to, from, step, n);
        else
            gather_as<std::uint8_t>(to, from, step, n);
    }
};

[[noreturn]] void no_kernel(const char* operation, DType dtype) {
    throw DTypeError(
        std::string(operation) + ": not defined for " + name(dtype) +
        (dtype == DType::boolean ? "; cast with to(xg::int64) or to(xg::float32)" : "; cast with to(xg::float32)"));
}

void run_call(const Call& call, const Tensor& out, std::span<const Tensor* const> inputs) {
    const Body& y = body(out);
    bool plain = y.numel <= kParallelBlock;
    for (const Tensor* t : inputs) plain = plain && body(*t).contiguous && body(*t).shape == y.shape;
    if (plain) {
        std::array<const void*, kMaxInputs> at{};
        for (std::size_t k = 0; k < inputs.size(); ++k) at[k] = body(*inputs[k]).data;
        if (y.numel > 0) call(y.data, at.data(), y.numel);
        return;
    }
    Loop loop{call, y.data, item_size(y.dtype), y.shape, {}, inputs.size()};
    for (std::size_t k = 0; k < inputs.size(); ++k)
        loop.inputs[k] = {body(*inputs[k]).data, item_size(body(*inputs[k]).dtype),
                          broadcast_strides(*inputs[k], y.shape)};
    loop.run();
}

template <std::size_t N>
Tensor map_checked(const char* operation, Fn fn, DType in, DType out, const Shape& shape,
                   const std::array<const Tensor*, N>& inputs) {
    const Kernel k = kernel_for(operation, fn, in);
    Tensor y = make_tensor(shape, out);
    run_call(Call(k), y, inputs);
    return y;
}

template <std::size_t N>
Tensor map_checked(const char* operation, NumbersFn fn, const Numbers& numbers, DType in, DType out, const Shape& shape,
                   const std::array<const Tensor*, N>& inputs) {
    const NumbersKernel k = kernel(fn, in);
    if (k == nullptr) no_kernel(operation, in);
    Tensor y = make_tensor(shape, out);
    run_call(Call(k, numbers), y, inputs);
    return y;
}

}  // namespace

Kernel kernel_for(const char* operation, Fn fn, DType dtype) {
    const Kernel k = kernel(fn, dtype);
    if (k == nullptr) no_kernel(operation, dtype);
    return k;
}

void run_elementwise(Kernel kernel, const Tensor& out, std::span<const Tensor* const> inputs) {
    run_call(Call(kernel), out, inputs);
}

void run_elementwise(NumbersKernel kernel, const Numbers& numbers, const Tensor& out,
                     std::span<const Tensor* const> inputs) {
    run_call(Call(kernel, numbers), out, inputs);
}

Tensor map(const char* operation, Fn fn, const Tensor& x) {
    return map_checked<1>(operation, fn, body(x).dtype, body(x).dtype, body(x).shape, {&x});
}

Tensor map(const char* operation, Fn fn, const Tensor& a, const Tensor& b) {
    const Body &p = body(a), &q = body(b);
    if (p.shape == q.shape) return map_checked<2>(operation, fn, p.dtype, p.dtype, p.shape, {&a, &b});
    return map_checked<2>(operation, fn, p.dtype, p.dtype, broadcast_shape(p.shape, q.shape, operation), {&a, &b});
}

Tensor map(const char* operation, Fn fn, const Tensor& a, const Tensor& b, const Tensor& c) {
    const Shape shape =
        broadcast_shape(broadcast_shape(body(a).shape, body(b).shape, operation), body(c).shape, operation);
    return map_checked<3>(operation, fn, body(b).dtype, body(b).dtype, shape, {&a, &b, &c});
}

Tensor map(const char* operation, NumbersFn fn, const Numbers& numbers, const Tensor& x) {
    return map_checked<1>(operation, fn, numbers, body(x).dtype, body(x).dtype, body(x).shape, {&x});
}

Tensor map(const char* operation, NumbersFn fn, const Numbers& numbers, const Tensor& a, const Tensor& b) {
    return map_checked<2>(operation, fn, numbers, body(a).dtype, body(a).dtype,
                          broadcast_shape(body(a).shape, body(b).shape, operation), {&a, &b});
}

Tensor map(const char* operation, NumbersFn fn, const Numbers& numbers, const Tensor& a, const Tensor& b,
           const Tensor& c) {
    const Shape shape =
        broadcast_shape(broadcast_shape(body(a).shape, body(b).shape, operation), body(c).shape, operation);
    return map_checked<3>(operation, fn, numbers, body(a).dtype, body(a).dtype, shape, {&a, &b, &c});
}

Tensor compare(const char* operation, Fn fn, const Tensor& x) {
    return map_checked<1>(operation, fn, body(x).dtype, DType::boolean, body(x).shape, {&x});
}

Tensor compare(const char* operation, NumbersFn fn, const Numbers& numbers, const Tensor& a, const Tensor& b) {
    return map_checked<2>(operation, fn, numbers, body(a).dtype, DType::boolean,
                          broadcast_shape(body(a).shape, body(b).shape, operation), {&a, &b});
}

Tensor compare(const char* operation, Fn fn, const Tensor& a, const Tensor& b) {
    return map_checked<2>(operation, fn, body(a).dtype, DType::boolean,
                          broadcast_shape(body(a).shape, body(b).shape, operation), {&a, &b});
}

void add_in_place(const Tensor& a, const Tensor& b) {
    const std::array<const Tensor*, 2> inputs{&a, &b};
    run_elementwise(kernel(Fn::add, body(a).dtype), a, inputs);
}

void copy_elements(const Tensor& to, const Tensor& from) {
    const std::array<const Tensor*, 1> inputs{&from};
    if (body(from).dtype == body(to).dtype && body(from).contiguous && body(from).numel <= kParallelBlock) {
        if (body(to).numel > 0)
            std::memcpy(body(to).data, body(from).data,
                        static_cast<std::size_t>(body(to).numel * item_size(body(to).dtype)));
        return;
    }
    run_elementwise(cast_kernel(body(from).dtype, body(to).dtype), to, inputs);
}

}  // namespace xg::detail
