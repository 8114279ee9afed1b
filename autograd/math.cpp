#include <xgrad/autograd/math.hpp>

#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::beside;
using detail::body;
using detail::BorrowedFloating;
using detail::BorrowedOperands;
using detail::check_defined;
using detail::compare;
using detail::floating;
using detail::Fn;
using detail::map;
using detail::Operands;
using detail::pointwise;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

Tensor tanh_backward(const Tensor& g, const Tensor& y);
Tensor sigmoid_backward(const Tensor& g, const Tensor& y);
Tensor relu_backward(const Tensor& g, const Tensor& y);

Tensor tanh_backward(const Tensor& g, const Tensor& y) {
    return record(pointwise("tanh_backward"), map("tanh_backward", Fn::tanh_backward, g, y),
                  wrt(g, [y = saved(y)](const Tensor& gg) { return tanh_backward(gg, y.get()); }),
                  wrt(y, [g = saved(g), y = saved(y)](const Tensor& gg) { return gg * g.get() * y.get() * -2; }));
}

Tensor sigmoid_backward(const Tensor& g, const Tensor& y) {
    return record(pointwise("sigmoid_backward"), map("sigmoid_backward", Fn::sigmoid_backward, g, y),
                  wrt(g, [y = saved(y)](const Tensor& gg) { return sigmoid_backward(gg, y.get()); }),
                  wrt(y, [g = saved(g), y = saved(y)](const Tensor& gg) { return gg * g.get() * (1 - 2 * y.get()); }));
}

Tensor relu_backward(const Tensor& g, const Tensor& y) {
    return record(pointwise("relu_backward"), map("relu_backward", Fn::relu_backward, g, y),
                  wrt(g, [y = saved(y)](const Tensor& gg) { return relu_backward(gg, y.get()); }));
}

/// The share of the gradient that goes to `a` of minimum(a, b) or maximum(a, b).
Tensor extremum_backward(Fn fn, const Tensor& g, const Tensor& a, const Tensor& b) {
    return record(pointwise("extremum_backward"), map("extremum_backward", fn, g, a, b),
                  wrt(g, [fn, a = saved(a), b = saved(b)](const Tensor& gg) {
                      return extremum_backward(fn, gg, a.get(), b.get());
                  }));
}

Tensor extremum(const char* operation, Fn fn, Fn backward, const Tensor& x, const Tensor& y) {
    const auto& [a, b] = BorrowedOperands(x, y, operation);
    return record(pointwise(operation), map(operation, fn, a, b),
                  wrt(a, [=, a = saved(a),
                          b = saved(b)](const Tensor& g) { return extremum_backward(backward, g, a.get(), b.get()); }),
                  wrt(b, [=, a = saved(a), b = saved(b)](const Tensor& g) {
                      return extremum_backward(backward, g, b.get(), a.get());
                  }));
}

Tensor comparison(const char* operation, Fn fn, const Tensor& x, const Tensor& y) {
    check_defined(x, operation);
    check_defined(y, operation);
    const auto [a, b] = Operands(x.detach(), y.detach(), operation);
    return compare(operation, fn, a, b);
}

}  // namespace

Tensor add(const Tensor& x, const Tensor& y) {
    const auto& [a, b] = BorrowedOperands(x, y, "add");
    return record(pointwise("add"), map("add", Fn::add, a, b), wrt(a, [](const Tensor& g) { return g; }),
                  wrt(b, [](const Tensor& g) { return g; }));
}

Tensor sub(const Tensor& x, const Tensor& y) {
    const auto& [a, b] = BorrowedOperands(x, y, "sub");
    return record(pointwise("sub"), map("sub", Fn::sub, a, b), wrt(a, [](const Tensor& g) { return g; }),
                  wrt(b, [](const Tensor& g) { return -g; }));
}

Tensor mul(const Tensor& x, const Tensor& y) {
    const auto& [a, b] = BorrowedOperands(x, y, "mul");
    return record(pointwise("mul"), map("mul", Fn::mul, a, b),
                  wrt(a, [b = saved(b)](const Tensor& g) { return g * b.get(); }),
                  wrt(b, [a = saved(a)](const Tensor& g) { return g * a.get(); }));
}

Tensor div(const Tensor& x, const Tensor& y) {
    const auto& [p, q] = BorrowedOperands(x, y, "div");
    const BorrowedFloating a(p, "div"), b(q, "div");
    return record(pointwise("div"), map("div", Fn::div, a, b),
                  wrt(a, [b = saved(b)](const Tensor& g) { return g / b.get(); }),
                  wrt(b, [b = saved(b)](const Tensor& g, const Tensor& y) { return -g * y / b.get(); }));
}

Tensor pow(const Tensor& x, const Tensor& y) {
    const auto& [a, b] = BorrowedOperands(x, y, "pow");
    return record(pointwise("pow"), map("pow", Fn::pow, a, b),
                  wrt(a,
                      [a = saved(a), b = saved(b)](const Tensor& g) {
                          const Tensor p = a.get(), q = b.get(), none = equal(q, 0);
                          if (any(none).item() == 0) return g * q * pow(p, q - 1);
                          // 0 of an exponent of 0 even where 1 / p, the derivative of that by the exponent, is infinite
                          // or NaN.
                          const Tensor convention = logical_and(none, logical_not(isfinite(reciprocal(p))));
                          return where(convention, 0, g * q * pow(p, where(convention, 1, q) - 1));
                      }),
                  wrt(b, [a = saved(a), b = saved(b)](const Tensor& g, const Tensor& z) {
                      const Tensor p = a.get();
                      // log of 1 where the derivative is 0 by convention, so that no NaN arises in the branch not
                      // taken.
                      const Tensor convention = where(b.get() >= 0, p == 0, Tensor(false));
                      return where(convention, 0, g * z * log(where(convention, 1, p)));
                  }));
}

Tensor minimum(const Tensor& a, const Tensor& b) {
    return extremum("minimum", Fn::minimum, Fn::minimum_backward, a, b);
}
Tensor maximum(const Tensor& a, const Tensor& b) {
    return extremum("maximum", Fn::maximum, Fn::maximum_backward, a, b);
}

Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y) {
    check_defined(condition, "where");
    if (body(condition).dtype != boolean)
        throw DTypeError(std::string("where: expected a bool condition, got ") + name(body(condition).dtype));
    const auto& [a, b] = BorrowedOperands(x, y, "where");
    return record(pointwise("where"), map("where", Fn::where, condition, a, b),
                  wrt(a, [c = saved(condition)](const Tensor& g) { return where(c.get(), g, 0); }),
                  wrt(b, [c = saved(condition)](const Tensor& g) { return where(c.get(), 0, g); }));
}

Tensor neg(const Tensor& x) {
    check_defined(x, "neg");
    return record(pointwise("neg"), map("neg", Fn::neg, x), wrt(x, [](const Tensor& g) { return -g; }));
}

Tensor exp(const Tensor& v) {
    const BorrowedFloating x(v, "exp");
    return record(pointwise("exp"), map("exp", Fn::exp, x),
                  wrt(x, [](const Tensor& g, const Tensor& y) { return g * y; }));
}

Tensor log(const Tensor& v) {
    const BorrowedFloating x(v, "log");
    return record(pointwise("log"), map("log", Fn::log, x),
                  wrt(x, [x = saved(x)](const Tensor& g) { return g / x.get(); }));
}

Tensor sqrt(const Tensor& v) {
    const BorrowedFloating x(v, "sqrt");
    return record(pointwise("sqrt"), map("sqrt", Fn::sqrt, x),
                  wrt(x, [](const Tensor& g, const Tensor& y) { return g / (y * 2); }));
}

Tensor square(const Tensor& x) {
    check_defined(x, "square");
    return record(pointwise("square"), map("square", Fn::square, x),
                  wrt(x, [x = saved(x)](const Tensor& g) { return g * x.get() * 2; }));
}

Tensor abs(const Tensor& x) {
    check_defined(x, "abs");
    return record(pointwise("abs"), map("abs", Fn::abs, x),
                  wrt(x, [x = saved(x)](const Tensor& g) { return g * sign(x.get()); }));
}

Tensor sign(const Tensor& x) {
    check_defined(x, "sign");
    return record(pointwise("sign"), map("sign", Fn::sign, x), wrt(x, [](const Tensor& g) { return zeros_like(g); }));
}

Tensor tanh(const Tensor& v) {
    const BorrowedFloating x(v, "tanh");
    return record(pointwise("tanh"), map("tanh", Fn::tanh, x),
                  wrt(x, [](const Tensor& g, const Tensor& y) { return tanh_backward(g, y); }));
}

Tensor sigmoid(const Tensor& v) {
    const BorrowedFloating x(v, "sigmoid");
    return record(pointwise("sigmoid"), map("sigmoid", Fn::sigmoid, x),
                  wrt(x, [](const Tensor& g, const Tensor& y) { return sigmoid_backward(g, y); }));
}

Tensor relu(const Tensor& x) {
    check_defined(x, "relu");
    return record(pointwise("relu"), map("relu", Fn::relu, x),
                  wrt(x, [](const Tensor& g, const Tensor& y) { return relu_backward(g, y); }));
}

Tensor equal(const Tensor& a, const Tensor& b) { return comparison("equal", Fn::equal, a, b); }
Tensor not_equal(const Tensor& a, const Tensor& b) { return comparison("not_equal", Fn::not_equal, a, b); }
Tensor less(const Tensor& a, const Tensor& b) { return comparison("less", Fn::less, a, b); }
Tensor less_equal(const Tensor& a, const Tensor& b) { return comparison("less_equal", Fn::less_equal, a, b); }
Tensor greater(const Tensor& a, const Tensor& b) { return comparison("greater", Fn::greater, a, b); }
Tensor greater_equal(const Tensor& a, const Tensor& b) { return comparison("greater_equal", Fn::greater_equal, a, b); }

// With numbers.
Tensor add(const Tensor& a, Scalar b) { return add(a, beside(a, b, "add")); }
Tensor sub(const Tensor& a, Scalar b) { return sub(a, beside(a, b, "sub")); }
Tensor sub(Scalar a, const Tensor& b) { return sub(beside(b, a, "sub"), b); }
Tensor mul(const Tensor& a, Scalar b) { return mul(a, beside(a, b, "mul")); }
Tensor div(const Tensor& a, Scalar b) { return div(a, beside(a, b, "div")); }
Tensor div(Scalar a, const Tensor& b) { return div(beside(b, a, "div"), b); }
Tensor pow(const Tensor& a, Scalar b) {
    check_defined(a, "pow");
    if (!is_floating(b.promoted_with(body(a).dtype)) && b.to_int64() < 0)
        throw ValueError("pow: integers have no power of " + std::to_string(b.to_int64()) +
                         " that is whole; use a floating-point exponent or tensor");
    return b.to_double() == 2 ? square(a.to(b.promoted_with(body(a).dtype))) : pow(a, beside(a, b, "pow"));
}
Tensor pow(Scalar a, const Tensor& b) { return pow(beside(b, a, "pow"), b); }
Tensor minimum(const Tensor& a, Scalar b) { return minimum(a, beside(a, b, "minimum")); }
Tensor maximum(const Tensor& a, Scalar b) { return maximum(a, beside(a, b, "maximum")); }
Tensor where(const Tensor& c, const Tensor& a, Scalar b) { return where(c, a, beside(a, b, "where")); }
Tensor where(const Tensor& c, Scalar a, const Tensor& b) { return where(c, beside(b, a, "where"), b); }
Tensor where(const Tensor& c, Scalar a, Scalar b) { return where(c, Tensor(a), Tensor(b)); }
Tensor equal(const Tensor& a, Scalar b) { return equal(a, beside(a, b, "equal")); }
Tensor not_equal(const Tensor& a, Scalar b) { return not_equal(a, beside(a, b, "not_equal")); }
Tensor less(const Tensor& a, Scalar b) { return less(a, beside(a, b, "less")); }
Tensor less_equal(const Tensor& a, Scalar b) { return less_equal(a, beside(a, b, "less_equal")); }
Tensor greater(const Tensor& a, Scalar b) { return greater(a, beside(a, b, "greater")); }
Tensor greater_equal(const Tensor& a, Scalar b) { return greater_equal(a, beside(a, b, "greater_equal")); }

}  // namespace xg
