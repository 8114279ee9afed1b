#include <xgrad/autograd/logic.hpp>

#include <algorithm>
#include <string>

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
    return compare(operation, fn, truth(a, operation), truth(b, operation));
}

/// A test that integers and bools answer with `whole`.
Tensor test(const char* operation, Fn fn, const Tensor& x, bool whole) {
    check_defined(x, operation);
    return is_floating(body(x).dtype) ? compare(operation, fn, x) : full(body(x).shape, whole, {.dtype = boolean});
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

Tensor isclose(const Tensor& x, const Tensor& y, const ClosenessOptions& options) {
    if (!(options.rtol >= 0) || !(options.atol >= 0))
        throw ValueError("isclose: expected tolerances that are not negative, got rtol " +
                         std::to_string(options.rtol) + " and atol " + std::to_string(options.atol));
    check_defined(x, "isclose");
    check_defined(y, "isclose");
    const auto [a, b] = Operands(x.detach(), y.detach(), "isclose");
    return compare("isclose", NumbersFn::isclose,
                   {.a = options.rtol, .b = options.atol, .c = options.equal_nan ? 1.0 : 0.0}, a, b);
}

bool allclose(const Tensor& a, const Tensor& b, const ClosenessOptions& options) {
    const Tensor close = isclose(a, b, options);
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
