#include <algorithm>
#include <cmath>

#include "families_xgrad.hpp"
#include "losses_xgrad.hpp"

namespace parity {
namespace {

void prediction_and_target(Draw& d) { d.real_of(d.real({.min_size = 1}).shape); }

void reduction(Draw& d) { d.choice("reduction", loss_reductions()); }

/// Two of one shape, and what becomes of their losses.
std::function<void(Draw&)> pair_of(const Want& prediction = {}, const Want& target = {}) {
    return [=](Draw& d) {
        d.real_of(d.real(prediction).shape, target);
        reduction(d);
    };
}

/// The same with a number among some.
std::function<void(Draw&)> pair_and_number(const std::string& name, const std::vector<double>& numbers) {
    return [=](Draw& d) {
        pair_of()(d);
        d.number_of(name, numbers);
    };
}

/// How far the differences of the first two inputs are from 0 and from plus and minus an option.
Distance apart_and_off(const std::string& name) {
    return [name](const Values& in, const Options& o) {
        double least = 1;
        for (std::size_t i = 0; i < in[0]->values.size(); ++i) {
            const double difference = std::abs(in[0]->values[i] - in[1]->values[i]);
            least = std::min({least, difference, std::abs(difference - o.number(name))});
        }
        return least;
    };
}

/// Constants of two values.
void labels(Draw& d, const Sizes& shape, double low, double high) {
    Array array{Kind::integer, shape, std::vector<double>(static_cast<std::size_t>(elements(shape)))};
    for (double& v : array.values) v = d.random.coin() ? low : high;
    d.leaf(std::move(array));
}

/// What `f` says of each element of the first input, at the least; it is 0 where a maximum changes sides.
template <class F>
Distance bend(F f) {
    return [f](const Values& in, const Options& o) {
        double least = 1;
        for (std::size_t i = 0; i < in[0]->values.size(); ++i) least = std::min(least, std::abs(f(in, o, i)));
        return least;
    };
}

/// Predictions, and labels of -1 and 1 or of 0 and 1.
void labelled(Draw& d) {
    const Array& x = d.real();
    labels(d, x.shape, d.random.coin() ? -1 : 0, 1);
    reduction(d);
}

/// With `numbers` they are any, but not those that are taken for labels, to rounding.
Distance hinge(bool numbers = false) {
    return bend([numbers](const Values& in, const Options&, std::size_t i) {
        const auto& labels = in[1]->values;
        const double far = numbers ? 1e-3 : 0;
        const bool bits = std::all_of(labels.begin(), labels.end(),
                                      [far](double v) { return std::abs(v) <= far || std::abs(v - 1) <= far; });
        if (numbers && bits) return 0.0;
        return 1 - (bits ? 2 * labels[i] - 1 : labels[i]) * in[0]->values[i];
    });
}

void ranked(Draw& d) {
    const Array& x = d.real();
    d.real_of(x.shape);
    labels(d, x.shape, -1, 1);
    d.number_of("margin", {0, 0.5, -0.25});
    reduction(d);
}

void directions(Draw& d) {
    const Array& x = d.real({.min_rank = 1, .max_rank = 2});
    d.real_of(x.shape);
    labels(d, Sizes(x.shape.begin(), x.shape.end() - 1), -1, 1);
    d.number_of("margin", {0, 0.5, -0.25});
    reduction(d);
}

/// Of the rows of the last axis: f(row, where it begins, its length), at the least.
template <class F>
double over_rows(const Array& x, F&& f) {
    const auto n = static_cast<std::size_t>(x.shape.back());
    double least = 1;
    for (std::size_t row = 0; n > 0 && row < x.values.size() / n; ++row) {
        const double one = f(row, row * n, n);
        if (!(one >= least)) least = one;
    }
    return least;
}

Distance directions_differ() {
    return [](const Values& in, const Options& o) {
        return over_rows(*in[0], [&](std::size_t row, std::size_t begin, std::size_t n) {
            double product = 0, a = 0, b = 0;
            for (std::size_t i = begin; i < begin + n; ++i) {
                const double p = in[0]->values[i], q = in[1]->values[i];
                product += p * q;
                a += p * p;
                b += q * q;
            }
            const double bent = in[2]->values[row] > 0 ? 1 : std::abs(product / std::sqrt(a * b) - o.number("margin"));
            // Of parallel vectors the gradient is what is left of parts that cancel.
            const double angle = 1 - std::abs(product) / std::sqrt(a * b) - 1e-3;
            return std::min({bent, angle, std::sqrt(a) - 1e-3, std::sqrt(b) - 1e-3});
        });
    };
}

void triplets(Draw& d) {
    const Array& x = d.real({.min_rank = 1});
    d.real_of(x.shape);
    d.real_of(x.shape);
    d.number_of("margin", {0.25, 1, 2});
    d.number_of("eps", {1e-6, 0.125});
    reduction(d);
}

Distance triplets_differ() {
    return [](const Values& in, const Options& o) {
        return over_rows(*in[0], [&](std::size_t, std::size_t begin, std::size_t n) {
            double positive = 0, negative = 0;
            for (std::size_t i = begin; i < begin + n; ++i) {
                const double from = in[0]->values[i] + o.number("eps");
                positive += (from - in[1]->values[i]) * (from - in[1]->values[i]);
                negative += (from - in[2]->values[i]) * (from - in[2]->values[i]);
            }
            positive = std::sqrt(positive);
            negative = std::sqrt(negative);
            return std::min({std::abs(o.number("margin") + positive - negative), positive - 1e-3, negative - 1e-3});
        });
    };
}

}  // namespace

void add_losses(Table& t) {
    t.push_back({"mse_loss", prediction_and_target, XGRAD(xg::mse_loss(in[0], in[1]))});
    t.push_back(
        {"mse_loss reduced", pair_of(), XGRAD(xg::mse_loss(in[0], in[1], o.as<xg::LossReduction>("reduction")))});
    t.push_back(
        {"l1_loss", pair_of(), XGRAD(xg::l1_loss(in[0], in[1], o.as<xg::LossReduction>("reduction"))), apart()});
    t.push_back({"huber_loss", pair_and_number("delta", {0.25, 1, 2}),
                 XGRAD(xg::huber_loss(in[0], in[1], o.number("delta"), o.as<xg::LossReduction>("reduction"))),
                 apart_and_off("delta")});
    t.push_back({"smooth_l1_loss", pair_and_number("beta", {0, 0.25, 1, 2}),
                 XGRAD(xg::smooth_l1_loss(in[0], in[1], o.number("beta"), o.as<xg::LossReduction>("reduction"))),
                 apart_and_off("beta")});
    t.push_back({"mape_loss", [](Draw& d) { pair_of({}, d.random.coin() ? Want{.low = 0.2} : Want{.high = -0.2})(d); },
                 XGRAD(xg::mape_loss(in[0], in[1], o.as<xg::LossReduction>("reduction"))), both(apart(), off({0}, 1))});
    t.push_back({"msle_loss", pair_of(), XGRAD(xg::msle_loss(in[0], in[1], o.as<xg::LossReduction>("reduction"))),
                 both(off({1e-7}, 0), off({1e-7}, 1))});
    t.push_back(
        {"hinge_loss", labelled, XGRAD(xg::hinge_loss(in[0], in[1], o.as<xg::LossReduction>("reduction"))), hinge()});
    t.push_back({"hinge_loss of numbers", pair_of(),
                 XGRAD(xg::hinge_loss(in[0], in[1], o.as<xg::LossReduction>("reduction"))), hinge(true)});
    t.push_back({"squared_hinge_loss", labelled,
                 XGRAD(xg::squared_hinge_loss(in[0], in[1], o.as<xg::LossReduction>("reduction"))), hinge()});
    t.push_back({"squared_hinge_loss of numbers", pair_of(),
                 XGRAD(xg::squared_hinge_loss(in[0], in[1], o.as<xg::LossReduction>("reduction"))), hinge(true)});
    t.push_back(
        {"margin_ranking_loss", ranked,
         XGRAD(xg::margin_ranking_loss(
             in[0], in[1], in[2], {.margin = o.number("margin"), .reduction = o.as<xg::LossReduction>("reduction")})),
         bend([](const Values& in, const Options& o, std::size_t i) {
             return o.number("margin") - in[2]->values[i] * (in[0]->values[i] - in[1]->values[i]);
         })});
    t.push_back(
        {"cosine_embedding_loss", directions,
         XGRAD(xg::cosine_embedding_loss(
             in[0], in[1], in[2], {.margin = o.number("margin"), .reduction = o.as<xg::LossReduction>("reduction")})),
         directions_differ()});
    t.push_back({"triplet_margin_loss", triplets,
                 XGRAD(xg::triplet_margin_loss(in[0], in[1], in[2],
                                               {.margin = o.number("margin"),
                                                .eps = o.number("eps"),
                                                .reduction = o.as<xg::LossReduction>("reduction")})),
                 triplets_differ()});
}

}  // namespace parity
