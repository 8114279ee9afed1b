#include <xgrad/autograd/in_place.hpp>

#include <array>
#include <cstdint>
#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/anomaly.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::beside;
using detail::body;
using detail::check_defined;
using detail::Fn;
using detail::Numbers;
using detail::NumbersFn;

namespace {

/// bool, integer or floating point: what a result must not lose.
int kind_of(DType dtype) { return dtype == boolean ? 0 : dtype == int64 ? 1 : 2; }

void check_fits(const char* operation, DType result, DType x) {
    if (kind_of(result) > kind_of(x))
        throw DTypeError(std::string(operation) + ": the result is of " + name(result) + ", which does not fit the " +
                         name(x) + " tensor that is changed; use copy_ to convert it");
}

/// Whether writing x would change what is read of y before it is read.
bool disturbs(const Tensor& x, const Tensor& y) {
    const detail::Body &p = body(x), &q = body(y);
    if (p.data == q.data && p.dtype == q.dtype && q.contiguous && p.shape == q.shape) return false;
    const auto begin = [](const detail::Body& b) { return reinterpret_cast<std::uintptr_t>(b.storage->data); };
    return p.storage.get() == q.storage.get() ||
           (begin(p) < begin(q) + q.storage->bytes && begin(q) < begin(p) + p.storage->bytes);
}

/// `other`, checked, outside of any graph, and apart from x.
Tensor operand(const char* operation, const Tensor& x, const Tensor& other) {
    detail::check_writable(x, operation);
    check_defined(other, operation);
    if (grad_enabled() && detail::needs_grad(other))
        throw GradError(std::string(operation) +
                        ": the other tensor requires a gradient, and changes in place are not recorded; use the "
                        "operation that returns a new tensor, or xg::NoGrad");
    const Shape &to = body(x).shape, &from = body(other).shape;
    if (!(detail::broadcast_shape(to, from, operation) == to))
        throw ShapeError(std::string(operation) + ": the shape " + from.str() + " does not broadcast to " + to.str() +
                         ", that of the tensor that is changed");
    const Tensor y = other.detach();
    return disturbs(x, y) ? y.clone() : y;
}

void changed(const Tensor& x) { ++body(x).storage->version; }

/// What x was before its change, if DetectAnomaly will ask.
Tensor value_before(const Tensor& x) { return detail::context.detect_anomaly ? x.detach().clone() : Tensor(); }

void changed(const char* operation, const Tensor& x, const Tensor& before, const Tensor& y) {
    changed(x);
    if (!before.defined()) return;
    const Tensor* const given[] = {&before, &y};
    detail::check_result(operation, x, given);
}

/// x = f(x, y), where the dtype is that of both together.
Tensor& update(const char* operation, Fn fn, Tensor& x, const Tensor& y) {
    const NoGrad no_grad;
    const DType own = body(x).dtype, dtype = promote(own, body(y).dtype);
    check_fits(operation, dtype, own);
    const Tensor before = value_before(x);
    if (dtype == own) {
        const Tensor other = y.to(dtype);
        const std::array<const Tensor*, 2> inputs{&x, &other};
        detail::run_elementwise(detail::kernel_for(operation, fn, dtype), x, inputs);
    } else {
        detail::copy_elements(x, detail::map(operation, fn, x.detach().to(dtype), y.to(dtype)));
    }
    changed(operation, x, before, y);
    return x;
}

Tensor& scaled_update(const char* operation, Tensor& x, const Tensor& other, Scalar factor) {
    const Tensor y = operand(operation, x, other);
    const NoGrad no_grad;
    const DType own = body(x).dtype, dtype = promote(own, factor.promoted_with(body(y).dtype));
    check_fits(operation, dtype, own);
    if (!is_floating(dtype) || dtype != own)
        return update(operation, Fn::add, x, factor.to_double() == 1 ? y : mul(y, factor));
    const Tensor before = value_before(x), same = y.to(dtype);
    const std::array<const Tensor*, 2> inputs{&x, &same};
    detail::run_elementwise(kernel(NumbersFn::axpy, dtype), {.a = factor.to_double()}, x, inputs);
    changed(operation, x, before, y);
    return x;
}

}  // namespace

Tensor& add_(Tensor& x, const Tensor& other, Scalar alpha) { return scaled_update("add_", x, other, alpha); }
Tensor& add_(Tensor& x, Scalar other) { return add_(x, beside(x, other, "add_")); }
Tensor& axpy_(Tensor& x, Scalar a, const Tensor& y) { return scaled_update("axpy_", x, y, a); }
Tensor& mul_(Tensor& x, const Tensor& other) { return update("mul_", Fn::mul, x, operand("mul_", x, other)); }
Tensor& mul_(Tensor& x, Scalar other) { return mul_(x, beside(x, other, "mul_")); }

Tensor& copy_(Tensor& x, const Tensor& other) {
    const Tensor y = operand("copy_", x, other);
    const NoGrad no_grad;
    detail::copy_elements(x, broadcast_to(y, body(x).shape));
    changed(x);
    return x;
}

Tensor& fill_(Tensor& x, Scalar value) {
    detail::check_writable(x, "fill_");
    check_fits("fill_", value.kind(), body(x).dtype);
    return copy_(x, full({}, value, {.dtype = body(x).dtype}));
}

Tensor& zero_(Tensor& x) {
    detail::check_writable(x, "zero_");
    return copy_(x, zeros({}, {.dtype = body(x).dtype}));
}

Tensor& Tensor::add_(const Tensor& other, Scalar alpha) { return xg::add_(*this, other, alpha); }
Tensor& Tensor::add_(Scalar other) { return xg::add_(*this, other); }
Tensor& Tensor::mul_(const Tensor& other) { return xg::mul_(*this, other); }
Tensor& Tensor::mul_(Scalar other) { return xg::mul_(*this, other); }
Tensor& Tensor::copy_(const Tensor& other) { return xg::copy_(*this, other); }
Tensor& Tensor::fill_(Scalar value) { return xg::fill_(*this, value); }
Tensor& Tensor::zero_() { return xg::zero_(*this); }

}  // namespace xg
