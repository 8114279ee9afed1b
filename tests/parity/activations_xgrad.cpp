#include <algorithm>
#include <cmath>

#include "families_xgrad.hpp"

namespace parity {
namespace {

/// Near 0 and out to where exponentials are 0 or 1.
std::function<void(Draw&)> near_or_far() { return unary_in({{}, {.low = -50, .high = 50}}); }

std::function<void(Draw&)> with(const char* option, std::vector<double> numbers) {
    return [option, numbers = std::move(numbers)](Draw& d) {
        near_or_far()(d);
        d.number_of(option, numbers);
    };
}

void approximated(Draw& d) {
    using Kind = xg::GeluApproximation;
    near_or_far()(d);
    d.choice("approximation", {{static_cast<std::int64_t>(Kind::none), "xg::GeluApproximation::none"},
                               {static_cast<std::int64_t>(Kind::tanh), "xg::GeluApproximation::tanh"}});
}

void channels(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    const std::int64_t n = x.shape.size() > 1 ? x.shape[1] : 1;
    d.real_of({d.random.coin(0.7) ? n : 1});
}

/// An axis of x; a tensor of rank 0 counts as one element.
void along_axis(Draw& d) {
    const Array& x = d.real(d.random.coin(0.7) ? Want{} : Want{.low = -800, .high = 800});
    if (x.shape.empty())
        d.integer("axis", -1, 0);
    else
        d.axis("axis", x.shape.size());
}

void halves(Draw& d) {
    Sizes shape = d.shape(1);
    std::int64_t& n = shape[d.axis("axis", shape.size())];
    n += n % 2;
    d.real_of(shape);
}

std::function<void(Draw&)> vectors(std::vector<double> least) {
    return [least = std::move(least)](Draw& d) {
        const Array& a = d.real({.min_rank = 1});
        const Array& b = d.real_beside(a.shape);
        Sizes whole;
        Draw::need(broadcast(a.shape, b.shape, whole));
        d.axis("axis", whole.size());
        d.number_of("eps", least);
    };
}

/// How far the lengths of the vectors along an axis are from the least one that counts. Where both point the same way
/// all digits of the gradient cancel: 0 there. With `long_ones` only vectors that are far longer will do, since of
/// short ones many digits cancel, too.
double clear_of_least(const Values& in, const Options& o, bool long_ones) {
    Sizes whole;
    double least = 1;
    // A program that is being made smaller may have lost the axis.
    if (!broadcast(in[0]->shape, in[1]->shape, whole) || whole.empty()) return least;
    const std::int64_t axis = o.integer("axis");
    Sizes kept = whole;
    kept[static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(whole.size()) : axis)] = 1;
    struct Sums {
        double aa = 0, bb = 0, ab = 0;
    };
    std::vector<Sums> all(static_cast<std::size_t>(elements(kept)));
    for (std::int64_t i = 0; i < elements(whole); ++i) {
        const double a = in[0]->values[source(in[0]->shape, whole, i)],
                     b = in[1]->values[source(in[1]->shape, whole, i)];
        Sums& sums = all[source(kept, whole, i)];
        sums.aa += a * a;
        sums.bb += b * b;
        sums.ab += a * b;
    }
    const double eps = o.number("eps");
    for (const Sums& s : all) {
        const double p = std::sqrt(s.aa), q = std::sqrt(s.bb), cosine = s.ab / std::max(p, eps) / std::max(q, eps);
        const double d = long_ones ? std::min(p, q) - 0.3 : std::min(std::abs(p - eps), std::abs(q - eps));
        if (!(d >= least)) least = d;
        if (!(std::abs(cosine) <= 0.999)) least = 0;
    }
    return least;
}

void add_exponential_units(Table& t) {
    t.push_back({"elu", with("alpha", {1, 0, 0.5, 2, -1}), XGRAD(xg::elu(in[0], o.number("alpha"))), off({0})});
    t.push_back({"selu", near_or_far(), XGRAD(xg::selu(in[0])), off({0})});
    t.push_back({"celu", with("alpha", {1, 0.5, 2, -20}), XGRAD(xg::celu(in[0], o.number("alpha"))), off({0})});
    // Far below 0 libtorch's is -0, where xgrad's is the small number that it should be: other functions tell them
    // apart. Far above the second derivative of libtorch's loses its digits.
    t.push_back({"gelu", approximated, XGRAD(xg::gelu(in[0], o.as<xg::GeluApproximation>("approximation"))), nullptr,
                 false, false, false});
    t.push_back({"gelu composed", approximated, XGRAD(xg::gelu(in[0], o.as<xg::GeluApproximation>("approximation")))});
    t.push_back({"silu", near_or_far(), XGRAD(xg::silu(in[0]))});
    t.push_back({"mish", near_or_far(), XGRAD(xg::mish(in[0]))});
    t.push_back(
        {"softplus",
         [](Draw& d) {
             near_or_far()(d);
             d.number_of("beta", {0.5, 1, 2, 5});
             d.number_of("threshold", {20, 5, 1, 0});
         },
         XGRAD(xg::softplus(in[0], o.number("beta"), o.number("threshold"))),
         [](const Values& in, const Options& o) { return off({o.number("threshold") / o.number("beta")})(in, o); }});
    t.push_back({"logsigmoid", unary_in({{}, {.low = -800, .high = 800}}), XGRAD(xg::logsigmoid(in[0]))});
    t.push_back({"glu", halves, XGRAD(xg::glu(in[0], o.integer("axis")))});
}

void add_pieces(Table& t) {
    t.push_back({"leaky_relu", with("slope", {0.01, 0, 0.25, 1, 2, -0.5}),
                 XGRAD(xg::leaky_relu(in[0], o.number("slope"))), off({0})});
    // libtorch's second derivatives are 0 where a function behind it is bent.
    t.push_back({"prelu", channels, XGRAD(xg::prelu(in[0], in[1])), off({0}), true, false, false});
    t.push_back({"prelu composed", channels, XGRAD(xg::prelu(in[0], in[1])), off({0})});
    // The second derivative jumps at 0.
    t.push_back({"softsign", near_or_far(), XGRAD(xg::softsign(in[0])), off({0})});
    t.push_back({"hardtanh",
                 [](Draw& d) {
                     d.real();
                     d.number("min", -2, 0.25);
                     d.number("max", 0.25, 2);
                 },
                 XGRAD(xg::hardtanh(in[0], o.number("min"), o.number("max"))),
                 [](const Values& in, const Options& o) {
                     return off({o.number("min"), o.number("max")})(in, o);
                 }});
    t.push_back({"relu6", unary_in({{}, {.low = -10, .high = 10}}), XGRAD(xg::relu6(in[0])), off({0, 6})});
    t.push_back({"hardsigmoid", unary_in({{}, {.low = -10, .high = 10}}), XGRAD(xg::hardsigmoid(in[0])), off({-3, 3})});
    t.push_back({"hardswish", unary_in({{}, {.low = -10, .high = 10}}), XGRAD(xg::hardswish(in[0])), off({-3, 3})});
}

void add_lines(Table& t) {
    t.push_back({"softmax", along_axis, XGRAD(xg::softmax(in[0], o.integer("axis")))});
    t.push_back({"log_softmax", along_axis, XGRAD(xg::log_softmax(in[0], o.integer("axis")))});
    t.push_back({"softmin", along_axis, XGRAD(xg::softmin(in[0], o.integer("axis")))});
    t.push_back({"logsumexp",
                 [](Draw& d) {
                     const Array& x = d.real({.min_rank = 1});
                     d.axes("axes", x.shape.size());
                     d.flag("keepdims");
                 },
                 XGRAD(xg::logsumexp(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"logsumexp of all", unary_in({{}, {.low = -800, .high = 800}}), XGRAD(xg::logsumexp(in[0]))});
    // Of greater numbers the gradient of libtorch's loses digits, and its second one is wrong where the first is 0.
    t.push_back({"logcumsumexp", along_axis, XGRAD(xg::logcumsumexp(in[0], o.integer("axis"))), within(-1000, 1000),
                 true, false, false});
    t.push_back({"logcumsumexp composed", along_axis, XGRAD(xg::logcumsumexp(in[0], o.integer("axis")))});
    t.push_back({"cosine_similarity", vectors({1e-8, 1e-4}),
                 XGRAD(xg::cosine_similarity(in[0], in[1], o.integer("axis"), o.number("eps"))),
                 [](const Values& in, const Options& o) { return clear_of_least(in, o, true); }});
    t.push_back({"cosine_similarity below eps", vectors({0.5, 1.5, 3}),
                 XGRAD(xg::cosine_similarity(in[0], in[1], o.integer("axis"), o.number("eps"))),
                 [](const Values& in, const Options& o) { return clear_of_least(in, o, false); }});
}

}  // namespace

void add_activations(Table& t) {
    add_exponential_units(t);
    add_pieces(t);
    add_lines(t);
}

}  // namespace parity
