#pragma once

#include "gradient_table.hpp"
#include "support.hpp"

// What makes rows of the gradient-check table.

namespace rows {

using Inputs = std::vector<xg::Tensor>;

/// Numbers from 0.2 to 2 of both signs, no two of a tensor closer than 1e-3: off the kinks at 0 and where two are
/// equal.
inline xg::Tensor values(std::uint32_t seed, const xg::Shape& shape, bool positive = false) {
    support::Draw draw(seed);
    std::vector<double> v(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < v.size(); ++i) {
        // Slots of a grid in random order, so that they are apart.
        v[i] = 0.2 + 1.8 * (static_cast<double>(i) + 0.5 * draw.uniform(0, 1)) / static_cast<double>(v.size());
        if (!positive && draw.coin()) v[i] = -v[i];
        std::swap(v[i], v[static_cast<std::size_t>(draw.integer(0, static_cast<std::int64_t>(i)))]);
    }
    return xg::from_data(v, shape, support::f64);
}

/// Several shapes of two operands: equal, broadcast both ways, of other ranks, empty, of one element.
inline const std::vector<std::pair<xg::Shape, xg::Shape>> kPairs = {
    {{2, 3}, {2, 3}}, {{2, 3}, {3}}, {{2, 1}, {1, 3}}, {{}, {2, 2}},    {{3, 1, 2}, {2, 1}},
    {{}, {}},         {{1}, {1, 1}}, {{0}, {1}},       {{2, 0}, {2, 1}}};
inline const std::vector<xg::Shape> kShapes = {{2, 3}, {}, {1}, {0}, {2, 1, 2}};

inline void binary(std::vector<Row>& rows, const std::string& name,
                   xg::Tensor (*f)(const xg::Tensor&, const xg::Tensor&), bool positive = false) {
    for (const auto& [p, q] : kPairs)
        rows.push_back({name,
                        p.str() + " and " + q.str(),
                        [f](const Inputs& in) { return f(in[0], in[1]); },
                        {values(1, p, positive), values(7, q, positive)}});
    rows.push_back({name,
                    "the same on both sides",
                    [f](const Inputs& in) { return f(in[0], in[0] * 1.5); },
                    {values(1, {3}, positive)}});
    rows.push_back({name,
                    "transposed",
                    [f](const Inputs& in) { return f(in[0].transpose(), in[1]); },
                    {values(1, {3, 2}, positive), values(9, {2, 3}, positive)}});
}

inline void unary(std::vector<Row>& rows, const std::string& name, xg::Tensor (*f)(const xg::Tensor&),
                  bool positive = false) {
    for (const xg::Shape& shape : kShapes)
        rows.push_back({name, shape.str(), [f](const Inputs& in) { return f(in[0]); }, {values(3, shape, positive)}});
    rows.push_back({name,
                    "with steps",
                    [f](const Inputs& in) { return f(in[0].slice(1, 0, 4, 2).transpose()); },
                    {values(4, {2, 4}, positive)}});
}

inline void at_points(std::vector<Row>& rows, const std::string& name, xg::Tensor (*f)(const xg::Tensor&),
                      const std::vector<double>& points) {
    const auto n = static_cast<std::int64_t>(points.size());
    rows.push_back({name,
                    "near kinks and far out",
                    [f](const Inputs& in) { return f(in[0]); },
                    {xg::from_data(points, {n}, support::f64)}});
}

/// `f` of one input, for scalars and options.
inline void one(std::vector<Row>& rows, const std::string& name, const std::string& about, xg::SingleTensorFunction f,
                xg::Tensor input) {
    rows.push_back({name, about, std::move(f), {std::move(input)}});
}

}  // namespace rows
