#include <cmath>

#include "families_xgrad.hpp"

namespace parity {
namespace {

/// Numbers, integers among which some are 0, or a mask.
const Array& truths(Draw& d, const Sizes& shape) {
    switch (d.random.integer(0, 3)) {
        case 0: return d.integers(shape, -1, 1);
        case 1: return d.mask_of(shape);
        default: return d.real_of(shape);
    }
}

void one_truth(Draw& d) { truths(d, d.shape()); }

void two_truths(Draw& d) {
    const Array& a = truths(d, d.shape());
    Sizes other = a.shape;
    for (std::int64_t& n : other)
        if (d.random.coin(0.3)) n = 1;
    if (!other.empty() && d.random.coin(0.2)) other.erase(other.begin());
    truths(d, other);
}

/// Numbers from 0, where they turn false; integers are exact.
double numbers_off_zero(const Values& in, const Options& o) {
    double least = 1;
    for (std::size_t k = 0; k < in.size(); ++k)
        if (in[k]->kind == Kind::real)
            if (const double d = off({0}, k)(in, o); !(d >= least)) least = d;
    return least;
}

void close(Draw& d) {
    pair(d);
    d.number_of("rtol", {0, 1e-5, 0.25, 0.75});
    d.number_of("atol", {0, 1e-8, 0.5, 1});
    d.flag("equal_nan");
}

double off_tolerance(const Values& in, const Options& o) {
    const Array &a = *in[0], &b = *in[1];
    Sizes whole;
    double least = 1;
    if (!broadcast(a.shape, b.shape, whole)) return least;
    for (std::int64_t i = 0; i < elements(whole); ++i) {
        const double x = a.values[source(a.shape, whole, i)], y = b.values[source(b.shape, whole, i)];
        const double d = std::abs(std::abs(x - y) - (o.number("atol") + o.number("rtol") * std::abs(y)));
        if (!(d >= least)) least = d;
    }
    return least;
}

}  // namespace

void add_logic(Table& t) {
    t.push_back({"logical_and", two_truths, XGRAD(xg::logical_and(in[0], in[1])), numbers_off_zero});
    t.push_back({"logical_or", two_truths, XGRAD(xg::logical_or(in[0], in[1])), numbers_off_zero});
    t.push_back({"logical_xor", two_truths, XGRAD(xg::logical_xor(in[0], in[1])), numbers_off_zero});
    t.push_back({"logical_not", one_truth, XGRAD(xg::logical_not(in[0])), numbers_off_zero});
    t.push_back({"isnan", one_truth, XGRAD(xg::isnan(in[0]))});
    t.push_back({"isinf", one_truth, XGRAD(xg::isinf(in[0]))});
    t.push_back({"isfinite", one_truth, XGRAD(xg::isfinite(in[0]))});
    t.push_back(
        {"isclose", close,
         XGRAD(xg::isclose(in[0], in[1],
                           {.rtol = o.number("rtol"), .atol = o.number("atol"), .equal_nan = o.flag("equal_nan")})),
         off_tolerance});
}

}  // namespace parity
