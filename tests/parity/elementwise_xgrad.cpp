#include "families_xgrad.hpp"

namespace parity {
namespace {

/// The second away from 0.
void quotient(Draw& d) {
    const Array& a = d.real();
    d.number_beside(a.shape, d.random.coin() ? Want{.low = 0.2} : Want{.high = -0.2});
}

void powers(Draw& d) {
    const Array& a = d.real({.low = 0.1, .high = 6});
    d.real_beside(a.shape, {.low = -3, .high = 3});
}

void with_number(Draw& d) {
    d.real();
    d.number("value", -2, 2);
}

void with_other_number(Draw& d) {
    d.real();
    d.number_of("value", {-2.5, -1, 0.25, 0.5, 2, 3});
}

}  // namespace

void add_elementwise(Table& t) {
    t.push_back({"add", pair, XGRAD(xg::add(in[0], in[1]))});
    t.push_back({"add number", with_number, XGRAD(in[0] + o.number("value"))});
    t.push_back({"sub", pair, XGRAD(xg::sub(in[0], in[1]))});
    t.push_back({"sub from number", with_number, XGRAD(o.number("value") - in[0])});
    t.push_back({"mul", pair, XGRAD(xg::mul(in[0], in[1]))});
    t.push_back({"mul number", with_number, XGRAD(in[0] * o.number("value"))});
    t.push_back({"mul mask",
                 [](Draw& d) {
                     const Array& x = d.real();
                     d.mask_beside(x.shape);
                 },
                 XGRAD(xg::mul(in[1], in[0]))});
    t.push_back({"div", quotient, XGRAD(xg::div(in[0], in[1])), off({0}, 1)});
    t.push_back({"div by number", with_other_number, XGRAD(in[0] / o.number("value"))});
    t.push_back({"div number",
                 [](Draw& d) {
                     d.real(d.random.coin() ? Want{.low = 0.2} : Want{.high = -0.2});
                     d.number("value", -2, 2);
                 },
                 XGRAD(o.number("value") / in[0]), off({0})});
    t.push_back({"pow", powers, XGRAD(xg::pow(in[0], in[1])), above(0)});
    t.push_back({"pow number",
                 [](Draw& d) {
                     d.real({.low = 0.1, .high = 10});
                     d.number_of("value", {-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3});
                 },
                 // libtorch takes the square root for 0.5, which is NaN at -inf, where pow is inf.
                 XGRAD(xg::pow(in[0], o.number("value"))), above(0), false});
    t.push_back({"pow whole number",
                 [](Draw& d) {
                     d.real({.low = -10, .high = 10});
                     d.integer("value", 0, 4);
                 },
                 XGRAD(xg::pow(in[0], o.integer("value")))});
    t.push_back({"pow of number",
                 [](Draw& d) {
                     d.real({.low = -6, .high = 6});
                     d.number_of("value", {0.5, 1, 2, 2.5});
                 },
                 XGRAD(xg::pow(o.number("value"), in[0]))});
    t.push_back({"minimum", pair, XGRAD(xg::minimum(in[0], in[1])), apart()});
    t.push_back({"maximum", pair, XGRAD(xg::maximum(in[0], in[1])), apart()});
    t.push_back({"minimum number", with_number, XGRAD(xg::minimum(in[0], o.number("value"))),
                 [](const Values& in, const Options& o) { return off({o.number("value")})(in, o); }});
    t.push_back({"maximum number", with_number, XGRAD(xg::maximum(in[0], o.number("value"))),
                 [](const Values& in, const Options& o) { return off({o.number("value")})(in, o); }});
    t.push_back({"where",
                 [](Draw& d) {
                     const Array& x = d.real();
                     const Array& y = d.real_beside(x.shape);
                     Sizes whole;
                     Draw::need(broadcast(x.shape, y.shape, whole));
                     d.mask_beside(whole);
                 },
                 XGRAD(xg::where(in[2], in[0], in[1]))});
    t.push_back({"where number",
                 [](Draw& d) {
                     d.mask_beside(d.real().shape);
                     d.number("value", -2, 2);
                 },
                 XGRAD(xg::where(in[1], in[0], o.number("value")))});
    t.push_back({"where number first",
                 [](Draw& d) {
                     d.mask_beside(d.real().shape);
                     d.number("value", -2, 2);
                 },
                 XGRAD(xg::where(in[1], o.number("value"), in[0]))});

    t.push_back({"neg", unary(), XGRAD(xg::neg(in[0]))});
    t.push_back({"exp", unary({.high = 5}), XGRAD(xg::exp(in[0]))});
    t.push_back({"log", unary({.low = 0.05}), XGRAD(xg::log(in[0])), above(0)});
    t.push_back({"sqrt", unary({.low = 0.05}), XGRAD(xg::sqrt(in[0])), above(0)});
    t.push_back({"square", unary(), XGRAD(xg::square(in[0]))});
    t.push_back({"abs", unary(), XGRAD(xg::abs(in[0])), off({0})});
    // libtorch's is 0 for NaN.
    t.push_back({"sign", unary(), XGRAD(xg::sign(in[0])), off({0}), false});
    t.push_back({"tanh", unary({.low = -8, .high = 8}), XGRAD(xg::tanh(in[0]))});
    t.push_back({"sigmoid", unary({.low = -20, .high = 20}), XGRAD(xg::sigmoid(in[0]))});
    t.push_back({"relu", unary(), XGRAD(xg::relu(in[0])), off({0})});

    t.push_back({"equal", pair, XGRAD(xg::equal(in[0], in[1])), apart()});
    t.push_back({"not_equal", pair, XGRAD(xg::not_equal(in[0], in[1])), apart()});
    t.push_back({"less", pair, XGRAD(xg::less(in[0], in[1])), apart()});
    t.push_back({"less_equal", pair, XGRAD(xg::less_equal(in[0], in[1])), apart()});
    t.push_back({"greater", pair, XGRAD(xg::greater(in[0], in[1])), apart()});
    t.push_back({"greater_equal", pair, XGRAD(xg::greater_equal(in[0], in[1])), apart()});
}

}  // namespace parity
