#include <xgrad/autograd/logic.hpp>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::check_defined;
using detail::compare;
using detail::Fn;
using detail::NumbersFn;
using detail::Operands;

namespace {

Tensor truth(const Tensor& x, const char* operation) {
    check_defined(x, operation);
    return x.detach().to(boolean);
}

Tensor logical(const char* operation, Fn fn, const Tensor& a, const Tensor& b) {
    check_defined(a, operation);
    check_defined(b, operation);
    // Before all are converted.
    detail::checked_elements(detail::broadcast_shape(body(a).shape, body(b).shape, operation), boolean, operation);
    return compare(operation, fn, truth(a, operation), truth(b, operation));
}

/// A test that integers and bools answer with `whole`.
Tensor test(const char* operation, Fn fn, const Tensor& x, bool whole) {
    check_defined(x, operation);
    return is_floating(body(x).dtype) ? compare(operation, fn, x) : full(body(x).shape, whole, {.dtype = boolean});
}

Tensor near_each_other(const char* operation, const Tensor& x, const Tensor& y, const ClosenessOptions& options) {
    if (!(options.rtol >= 0) || !(options.atol >= 0))
        throw ValueError(fmt::format("{}: expected tolerances that are not negative, got rtol {} and atol {}",
                                     operation, options.rtol, options.atol));
    check_defined(x, operation);
    check_defined(y, operation);
    const auto [a, b] = Operands(x.detach(), y.detach(), operation);
    return compare(operation, NumbersFn::isclose,
                   {.a = options.rtol, .b = options.atol, .c = options.equal_nan ? 1.0 : 0.0}, a, b);
}

void check_mask(const Tensor& x, const char* operation) {
    check_defined(x, operation);
    if (body(x).dtype != boolean)
        throw DTypeError(std::string(operation) + ": expected bool tensors, got " + name(body(x).dtype) +
                         "; logical_and, logical_or and logical_not take any");
}

}  // namespace

Tensor logical_and(const Tensor& a, const Tensor& b) { return logical("logical_and", Fn::logical_and, a, b); }
Tensor logical_or(const Tensor& a, const Tensor& b) { return logical("logical_or", Fn::logical_or, a, b); }
Tensor logical_xor(const Tensor& a, const Tensor& b) { return logical("logical_xor", Fn::logical_xor, a, b); }
Tensor logical_not(const Tensor& x) {
    return compare("logical_not", Fn::equal, truth(x, "logical_not"), full({}, false, {.dtype = boolean}));
}

Tensor isnan(const Tensor& x) { return test("isnan", Fn::isnan, x, false); }
Tensor isinf(const Tensor& x) { return test("isinf", Fn::isinf, x, false); }
Tensor isfinite(const Tensor& x) { return test("isfinite", Fn::isfinite, x, true); }

Tensor isclose(const Tensor& a, const Tensor& b, const ClosenessOptions& options) {
    return near_each_other("isclose", a, b, options);
}

bool allclose(const Tensor& a, const Tensor& b, const ClosenessOptions& options) {
    const Tensor close = near_each_other("allclose", a, b, options);
    const bool* const data = detail::data_as<bool>(close);
    return std::find(data, data + close.numel(), false) == data + close.numel();
}

Tensor operator!(const Tensor& x) {
    check_mask(x, "operator!");
    return logical_not(x);
}
Tensor operator&(const Tensor& a, const Tensor& b) {
    check_mask(a, "operator&");
    check_mask(b, "operator&");
    return logical_and(a, b);
}
Tensor operator|(const Tensor& a, const Tensor& b) {
    check_mask(a, "operator|");
    check_mask(b, "operator|");
    return logical_or(a, b);
}

}  // namespace xg
