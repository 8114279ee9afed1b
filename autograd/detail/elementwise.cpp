#include <xgrad/autograd/detail/elementwise.hpp>

#include <algorithm>
#include <cstring>
#include <string>

#include <xgrad/autograd/detail/strided_loop.hpp>
#include <xgrad/core/error.hpp>

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
    Tensor y = make_tensor(shape, out, operation);
    run_call(Call(k), y, inputs);
    return y;
}

template <std::size_t N>
Tensor map_checked(const char* operation, NumbersFn fn, const Numbers& numbers, DType in, DType out, const Shape& shape,
                   const std::array<const Tensor*, N>& inputs) {
    const NumbersKernel k = kernel(fn, in);
    if (k == nullptr) no_kernel(operation, in);
    Tensor y = make_tensor(shape, out, operation);
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
