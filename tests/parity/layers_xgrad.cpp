#include <algorithm>

#include "families_xgrad.hpp"
#include "planes.hpp"

namespace parity {
namespace {

const Array& rows_of_table(Draw& d) {
    const Array& table = d.real({.min_rank = 2, .max_rank = 2});
    const std::int64_t n = table.shape[0];
    d.integers(d.shape(0, 3), 0, n - 1);
    return table;
}

/// The mode of `interpolate` and what it goes with.
const Array& resampling(Draw& d, bool linear) {
    const Array& x = planes(d, static_cast<std::size_t>(d.random.integer(1, 2)), true);
    const std::size_t rank = x.shape.size();
    const auto mode = [](xg::Interpolation value, const char* name) {
        return Choice{static_cast<std::int64_t>(value), std::string("xg::Interpolation::") + name};
    };
    if (linear) {
        d.choice("mode", {rank == 3 ? mode(xg::Interpolation::linear, "linear")
                                    : mode(xg::Interpolation::bilinear, "bilinear")});
        d.flag("align_corners");
    } else {
        d.choice("mode",
                 {mode(xg::Interpolation::nearest, "nearest"), mode(xg::Interpolation::nearest_exact, "nearest_exact"),
                  mode(xg::Interpolation::area, "area")});
        d.set("align_corners", false);
    }
    return x;
}

std::function<void(Draw&)> to_size(bool linear) {
    return [linear](Draw& d) {
        resampling(d, linear);
        d.set("size", Sizes{d.random.integer(1, 7), d.random.integer(1, 7)});
    };
}

std::function<void(Draw&)> by_factor(bool linear) {
    return [linear](Draw& d) {
        const Sizes& shape = resampling(d, linear).shape;
        const auto factor = [&] { return static_cast<double>(d.random.integer(2, 24)) / 8; };
        const std::vector<double> factors = {factor(), factor()};
        Draw::need(factors[1] * static_cast<double>(shape.back()) >= 1);
        Draw::need(shape.size() == 3 || factors[0] * static_cast<double>(shape[2]) >= 1);
        d.set("factor", factors);
        d.flag("recompute");
    };
}

/// Queries, keys and values. Returns the shape of the scores.
Sizes attention(Draw& d) {
    // Of great scores rounding decides which differ.
    const Want moderate{.low = -20, .high = 20};
    const Array& query = d.matrix(0, 0, moderate);
    const std::int64_t features = query.shape.back(), keys = d.random.coin(0.05) ? 0 : d.size();
    // The scale of none is infinite.
    Draw::need(features > 0);
    Sizes stack(query.shape.begin(), query.shape.end() - 2);
    const auto beside = [&](std::int64_t n, std::int64_t m, const Want& want) {
        Sizes shape = stack;
        for (std::int64_t& size : shape)
            if (d.random.coin(0.2)) size = 1;
        if (!shape.empty() && d.random.coin(0.2)) shape.erase(shape.begin());
        shape.insert(shape.end(), {n, m});
        d.real_of(shape, want);
    };
    beside(keys, features, moderate);
    // Infinite ones would tell a weight of 0 from none, and from one that rounding makes 0.
    beside(keys, d.size(), {.finite = true});
    Sizes scores = query.shape;
    scores.back() = keys;
    return scores;
}

/// As it is in evaluation, or where all is dropped or nothing: what is drawn at random differs.
void dropping(Draw& d) {
    d.number_of("p", d.flag("training") ? std::vector<double>{0, 1} : std::vector<double>{0, 0.25, 0.5, 1});
}

}  // namespace

void add_layers(Table& t) {
    t.push_back({"embedding", [](Draw& d) { rows_of_table(d); }, XGRAD(xg::embedding(in[1], in[0]))});
    t.push_back({"embedding with padding",
                 [](Draw& d) {
                     const std::int64_t n = rows_of_table(d).shape[0];
                     d.integer("padding", -n, n - 1);
                 },
                 XGRAD(xg::embedding(in[1], in[0], {.padding_idx = o.integer("padding")}))});
    // Where a neighbour counts for nothing libtorch multiplies it by 0, which makes NaN of an infinite one: no linear
    // wild programs.
    for (const bool linear : {false, true}) {
        t.push_back({linear ? "interpolate linearly to size" : "interpolate to size", to_size(linear),
                     XGRAD(xg::interpolate(in[0], {.size = o.as<xg::Pair>("size"),
                                                   .mode = o.as<xg::Interpolation>("mode"),
                                                   .align_corners = o.flag("align_corners")})),
                     nullptr, !linear});
        t.push_back({linear ? "interpolate linearly by factor" : "interpolate by factor", by_factor(linear),
                     XGRAD(xg::interpolate(in[0], {.scale_factor = o.as<xg::Factors>("factor"),
                                                   .mode = o.as<xg::Interpolation>("mode"),
                                                   .align_corners = o.flag("align_corners"),
                                                   .recompute_scale_factor = o.flag("recompute")})),
                     nullptr, !linear});
    }
    t.push_back({"scaled_dot_product_attention",
                 [](Draw& d) {
                     attention(d);
                     d.flag("causal");
                 },
                 XGRAD(xg::scaled_dot_product_attention(in[0], in[1], in[2], {.is_causal = o.flag("causal")}))});
    t.push_back({"scaled_dot_product_attention with mask",
                 [](Draw& d) {
                     const Sizes scores = attention(d);
                     Sizes whole;
                     Draw::need(broadcast(d.mask_beside(scores).shape, scores, whole) && whole == scores);
                 },
                 XGRAD(xg::scaled_dot_product_attention(in[0], in[1], in[2], {.mask = in[3]}))});
    t.push_back(
        {"scaled_dot_product_attention with added mask",
         [](Draw& d) {
             const Sizes scores = attention(d);
             Sizes whole;
             // As above: a mask of -576 leaves the scores' differences three digits fewer.
             Draw::need(broadcast(d.real_beside(scores, {.low = -20, .high = 20}).shape, scores, whole) &&
                        whole == scores);
             d.number("scale", -1, 1);
         },
         XGRAD(xg::scaled_dot_product_attention(in[0], in[1], in[2], {.mask = in[3], .scale = o.number("scale")}))});
    t.push_back({"dropout",
                 [](Draw& d) {
                     d.real();
                     dropping(d);
                 },
                 XGRAD(xg::dropout(in[0], o.number("p"), o.flag("training")))});
    t.push_back({"alpha_dropout",
                 [](Draw& d) {
                     d.real();
                     dropping(d);
                 },
                 XGRAD(xg::alpha_dropout(in[0], o.number("p"), o.flag("training")))});
    t.push_back({"feature_dropout",
                 [](Draw& d) {
                     d.real({.min_rank = 2});
                     dropping(d);
                 },
                 XGRAD(xg::feature_dropout(in[0], o.number("p"), o.flag("training")))});
}

}  // namespace parity
