#include <algorithm>
#include <cmath>
#include <limits>

#include "families_xgrad.hpp"

namespace parity {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// The least of f over the elements of the first input; NaN if it is NaN anywhere.
template <class F>
Distance of_each(F f) {
    return [f](const Values& in, const Options&) {
        double least = std::numeric_limits<double>::infinity();
        for (const double x : in[0]->values)
            if (const double d = f(x); !(d >= least)) least = d;
        return least;
    };
}

/// The least of f over the pairs of elements of two inputs that broadcast; NaN if it is NaN anywhere.
template <class F>
Distance of_pairs(F f, std::size_t first = 0, std::size_t second = 1) {
    return [f, first, second](const Values& in, const Options&) {
        const Array &a = *in[first], &b = *in[second];
        Sizes whole;
        double least = std::numeric_limits<double>::infinity();
        if (!broadcast(a.shape, b.shape, whole)) return least;
        for (std::int64_t i = 0; i < elements(whole); ++i)
            if (const double d = f(a.values[source(a.shape, whole, i)], b.values[source(b.shape, whole, i)]);
                !(d >= least))
                least = d;
        return least;
    };
}

/// Off a point where derivatives grow beyond bounds: near it their digits cancel.
Distance off_pole(Distance d) {
    return [d = std::move(d)](const Values& in, const Options& o) { return 1e-3 * d(in, o); };
}

double from_whole(double x) { return std::abs(x - std::round(x)); }
/// From 0 and the negative whole numbers.
double from_pole(double x) { return x < 0.25 ? from_whole(x) : x; }
/// Of a remainder: the divisor from 0, the quotient from the whole numbers, where it jumps.
double from_jump(double a, double b) { return std::min(std::abs(b), from_whole(a / b)); }

Distance off_steps(double shift = 0) {
    return of_each([shift](double x) { return from_whole(x - shift); });
}

Distance off_bounds(bool low, bool high) {
    return [low, high](const Values& in, const Options& o) {
        std::vector<double> bounds;
        if (low) bounds.push_back(o.number("min"));
        if (high) bounds.push_back(o.number("max"));
        return off(bounds)(in, o);
    };
}

/// A bound, now and then one that moves nothing or is NaN, which only wild programs take.
void bound(Draw& d, const char* name, double low, double high) {
    if (d.random.coin(0.1))
        d.number_of(name, {-HUGE_VAL, HUGE_VAL, std::numeric_limits<double>::quiet_NaN()});
    else
        d.number(name, low, high);
}

std::function<void(Draw&)> between_numbers(bool low, bool high) {
    return [low, high](Draw& d) {
        d.real();
        if (low) bound(d, "min", -1.5, 0.75);
        if (high) bound(d, "max", 0.25, 1.5);
    };
}

/// x and what broadcasts with it, and then with both.
void three(Draw& d) {
    const Array &a = d.real(), &b = d.real_beside(a.shape);
    Sizes whole;
    Draw::need(broadcast(a.shape, b.shape, whole));
    d.real_beside(whole);
}

void two(Draw& d) { d.real_beside(d.real().shape); }

/// Up to where the greater exponential drowns the other.
void exponents(Draw& d) {
    const Want want = d.random.coin(0.7) ? Want{} : Want{.low = -500, .high = 500};
    const Array& a = d.real(want);
    d.number_beside(a.shape, want);
}

void positive_second(Draw& d) {
    const Array& a = d.real();
    d.number_beside(a.shape, d.random.coin(0.7) ? Want{.low = 0.05} : Want{.low = 0.001, .high = 1000});
}

/// The second away from 0, of either sign.
void dividend_and_divisor(Draw& d) {
    const Array& a = d.real(d.random.coin(0.7) ? Want{} : Want{.low = -200, .high = 200});
    d.number_beside(a.shape, d.random.coin() ? Want{.low = 0.2} : Want{.high = -0.2});
}

std::function<void(Draw&)> whole_numbers(std::int64_t low, std::int64_t high) {
    return [low, high](Draw& d) { d.integers(d.shape(), low, high); };
}

void whole_dividend_and_divisor(Draw& d) {
    const Array& a = d.integers(d.shape(), -20, 20);
    Sizes other = a.shape;
    for (std::int64_t& n : other)
        if (d.random.coin(0.3)) n = 1;
    if (d.random.coin())
        d.integers(other, 1, 6);
    else
        d.integers(other, -6, -1);
}

void order(Draw& d) {
    d.integer("n", 0, 4);
    static const Want wants[] = {{.low = 0.3, .high = 10}, {.low = -6, .high = 0}, {.low = 10, .high = 1000}};
    const Array& x = d.real(wants[d.random.integer(0, 2)]);
    // libtorch adds up terms from x on.
    Draw::need(
        std::all_of(x.values.begin(), x.values.end(), [](double v) { return !(v < -1000) || v == std::floor(v); }));
}

void add_exponentials(Table& t) {
    t.push_back({"exp2", unary_in({{.high = 8}, {.low = -1100, .high = 19}}), XGRAD(xg::exp2(in[0]))});
    t.push_back({"expm1", unary_in({{.high = 6}, {.low = -60, .high = 13}, {.low = -1e-3, .high = 1e-3}}),
                 XGRAD(xg::expm1(in[0]))});
    t.push_back(
        {"log2", unary_in({{.low = 0.05}, {.low = 0.001, .high = 1000}}), XGRAD(xg::log2(in[0])), off_pole(above(0))});
    t.push_back({"log10", unary_in({{.low = 0.05}, {.low = 0.001, .high = 1000}}), XGRAD(xg::log10(in[0])),
                 off_pole(above(0))});
    t.push_back({"log1p", unary_in({{.low = -0.95}, {.low = -0.999, .high = 1000}, {.low = -1e-3, .high = 1e-3}}),
                 XGRAD(xg::log1p(in[0])), off_pole(above(-1))});
    t.push_back({"logaddexp", exponents, XGRAD(xg::logaddexp(in[0], in[1]))});
    t.push_back({"xlogy", positive_second, XGRAD(xg::xlogy(in[0], in[1])), off_pole(above(0, 1))});
    t.push_back({"xlogy of number",
                 [](Draw& d) {
                     d.real({.low = 0.05});
                     d.number_of("value", {-1.5, 0, 1, 2.5});
                 },
                 XGRAD(xg::xlogy(o.number("value"), in[0])), off_pole(above(0))});
    t.push_back({"xlogy number",
                 [](Draw& d) {
                     d.real();
                     d.number_of("value", {0.25, 1, 3, 1000});
                 },
                 XGRAD(xg::xlogy(in[0], o.number("value")))});
    t.push_back({"cbrt", unary_in({{}, {.low = -1000, .high = 1000}}), XGRAD(xg::cbrt(in[0])), off_pole(off({0}))});
    t.push_back({"rsqrt", unary_in({{.low = 0.05}, {.low = 0.001, .high = 1000}}), XGRAD(xg::rsqrt(in[0])),
                 off_pole(above(0))});
    t.push_back({"reciprocal", unary_in({{.low = 0.05}, {.high = -0.05}, {.low = -1000, .high = 1000}}),
                 XGRAD(xg::reciprocal(in[0])), off_pole(off({0}))});
}

void add_trigonometry(Table& t) {
    t.push_back({"sin", unary_in({{}, {.low = -1e5, .high = 1e5}}), XGRAD(xg::sin(in[0]))});
    t.push_back({"cos", unary_in({{}, {.low = -1e5, .high = 1e5}}), XGRAD(xg::cos(in[0]))});
    t.push_back({"tan", unary_in({{.low = -1.5, .high = 1.5}, {.low = -1000, .high = 1000}}), XGRAD(xg::tan(in[0])),
                 off_pole(of_each([](double x) { return std::abs(std::remainder(x - kPi / 2, kPi)); }))});
    t.push_back({"asin", unary_in({{.low = -0.95, .high = 0.95}, {.low = -1, .high = 1}}), XGRAD(xg::asin(in[0])),
                 off_pole(within(-1, 1))});
    t.push_back({"acos", unary_in({{.low = -0.95, .high = 0.95}, {.low = -1, .high = 1}}), XGRAD(xg::acos(in[0])),
                 off_pole(within(-1, 1))});
    t.push_back({"atan", unary_in({{}, {.low = -1000, .high = 1000}}), XGRAD(xg::atan(in[0]))});
    const Distance from_origin = of_pairs([](double a, double b) { return 0.02 * std::hypot(a, b); });
    // Beside the negative half of the x axis the angle jumps.
    t.push_back({"atan2", pair, XGRAD(xg::atan2(in[0], in[1])),
                 both(off_pole(from_origin), of_pairs([](double y, double x) { return x > 0 ? 1 : std::abs(y); }))});
    t.push_back({"hypot", pair, XGRAD(xg::hypot(in[0], in[1])), off_pole(from_origin)});
    t.push_back(
        {"sinh", unary_in({{}, {.low = -13, .high = 13}, {.low = -1e-3, .high = 1e-3}}), XGRAD(xg::sinh(in[0]))});
    t.push_back({"cosh", unary_in({{}, {.low = -13, .high = 13}}), XGRAD(xg::cosh(in[0]))});
    t.push_back(
        {"asinh", unary_in({{}, {.low = -1000, .high = 1000}, {.low = -1e-3, .high = 1e-3}}), XGRAD(xg::asinh(in[0]))});
    t.push_back(
        {"acosh", unary_in({{.low = 1.05}, {.low = 1, .high = 1000}}), XGRAD(xg::acosh(in[0])), off_pole(above(1))});
    t.push_back({"atanh",
                 unary_in({{.low = -0.95, .high = 0.95}, {.low = -1, .high = 1}, {.low = -1e-3, .high = 1e-3}}),
                 XGRAD(xg::atanh(in[0])), off_pole(within(-1, 1))});
}

void add_special(Table& t) {
    t.push_back({"erf", unary_in({{}, {.low = -8, .high = 8}}), XGRAD(xg::erf(in[0]))});
    t.push_back({"erfc", unary_in({{}, {.low = -8, .high = 8}, {.low = 4, .high = 30}}), XGRAD(xg::erfc(in[0]))});
    const std::vector<Want> ranges = {{.low = 0.1, .high = 10}, {.low = -8, .high = 0}, {.low = 10, .high = 1000}};
    t.push_back({"lgamma", unary_in(ranges), XGRAD(xg::lgamma(in[0])), off_pole(of_each(from_pole))});
    t.push_back({"digamma", unary_in(ranges), XGRAD(xg::digamma(in[0])), off_pole(of_each(from_pole))});
    t.push_back({"polygamma", order, XGRAD(xg::polygamma(o.integer("n"), in[0])), off_pole(of_each(from_pole))});
}

void add_steps(Table& t) {
    const auto numbers = unary_in({{}, {.low = -1000, .high = 1000}});
    t.push_back({"floor", numbers, XGRAD(xg::floor(in[0])), off_steps()});
    t.push_back({"ceil", numbers, XGRAD(xg::ceil(in[0])), off_steps()});
    t.push_back({"round", numbers, XGRAD(xg::round(in[0])), off_steps(0.5)});
    t.push_back({"trunc", numbers, XGRAD(xg::trunc(in[0])), off_steps()});
    t.push_back({"floor of integers", whole_numbers(-9, 9), XGRAD(xg::floor(in[0]))});
    t.push_back({"ceil of integers", whole_numbers(-9, 9), XGRAD(xg::ceil(in[0]))});
    t.push_back({"round of integers", whole_numbers(-9, 9), XGRAD(xg::round(in[0]))});
    t.push_back({"trunc of integers", whole_numbers(-9, 9), XGRAD(xg::trunc(in[0]))});
    t.push_back({"remainder", dividend_and_divisor, XGRAD(xg::remainder(in[0], in[1])), of_pairs(from_jump)});
    t.push_back({"remainder by number",
                 [](Draw& d) {
                     d.real(d.random.coin(0.7) ? Want{} : Want{.low = -200, .high = 200});
                     d.number_of("value", {-2.5, -1, 0.3, 2});
                 },
                 XGRAD(xg::remainder(in[0], o.number("value"))),
                 [](const Values& in, const Options& o) {
                     return of_each([b = o.number("value")](double a) { return from_jump(a, b); })(in, o);
                 }});
    t.push_back({"remainder of number",
                 [](Draw& d) {
                     d.real(d.random.coin() ? Want{.low = 0.2} : Want{.high = -0.2});
                     d.number_of("value", {-7.5, -1, 0.5, 20});
                 },
                 XGRAD(xg::remainder(o.number("value"), in[0])),
                 [](const Values& in, const Options& o) {
                     return of_each([a = o.number("value")](double b) { return from_jump(a, b); })(in, o);
                 }});
    t.push_back({"remainder of integers", whole_dividend_and_divisor, XGRAD(xg::remainder(in[0], in[1]))});
}

void add_bounds(Table& t) {
    const auto apart = of_pairs([](double a, double b) { return std::abs(a - b); }),
               apart_from_last = of_pairs([](double a, double b) { return std::abs(a - b); }, 0, 2),
               bounds_apart = of_pairs([](double a, double b) { return std::abs(a - b); }, 1, 2);
    t.push_back({"clip", between_numbers(true, true), XGRAD(xg::clip(in[0], o.number("min"), o.number("max"))),
                 off_bounds(true, true)});
    t.push_back({"clip from below", between_numbers(true, false), XGRAD(xg::clip(in[0], o.number("min"))),
                 off_bounds(true, false)});
    t.push_back({"clip from above", between_numbers(false, true), XGRAD(xg::clip(in[0], {}, o.number("max"))),
                 off_bounds(false, true)});
    t.push_back({"clip by tensors", three, XGRAD(xg::clip(in[0], in[1], in[2])),
                 both(both(apart, apart_from_last), bounds_apart)});
    t.push_back({"clip from below by tensor", two, XGRAD(xg::clip(in[0], in[1], xg::Tensor())), apart});
    t.push_back({"clip from above by tensor", two, XGRAD(xg::clip(in[0], xg::Tensor(), in[1])), apart});
    t.push_back({"clip of integers",
                 [](Draw& d) {
                     d.integers(d.shape(), -9, 9);
                     d.integer("min", -6, 3);
                     d.integer("max", -3, 6);
                 },
                 XGRAD(xg::clip(in[0], o.integer("min"), o.integer("max")))});
    t.push_back({"lerp", three, XGRAD(xg::lerp(in[0], in[1], in[2]))});
    t.push_back({"lerp by number",
                 [](Draw& d) {
                     two(d);
                     d.number_of("weight", {-0.5, 0, 0.25, 0.5, 1, 1.5});
                 },
                 XGRAD(xg::lerp(in[0], in[1], o.number("weight")))});
}

}  // namespace

void add_functions(Table& t) {
    add_exponentials(t);
    add_trigonometry(t);
    add_special(t);
    add_steps(t);
    add_bounds(t);
}

}  // namespace parity
