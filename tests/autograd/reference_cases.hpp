#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "reference/layer_reference.hpp"
#include "support.hpp"

// The inputs of reference/layer_reference.py, and the comparison with what it wrote.

namespace cases {

/// Multiples of 1/8 from -2.5 to 2.5.
inline xg::Tensor ramp(std::int64_t seed, const xg::Shape& shape) {
    std::vector<double> v(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < v.size(); ++i)
        v[i] = static_cast<double>((static_cast<std::int64_t>(i) * 37 + seed * 11) % 41 - 20) / 8;
    return xg::from_data(v, shape, support::f64);
}

inline xg::Tensor leaf(std::int64_t seed, const xg::Shape& shape) { return ramp(seed, shape).requires_grad(true); }

/// From 0.0625 to 0.9375.
inline xg::Tensor unit(std::int64_t seed, const xg::Shape& shape) { return (ramp(seed, shape) + 2.5) * 0.175 + 0.0625; }
inline xg::Tensor unit_leaf(std::int64_t seed, const xg::Shape& shape) {
    return unit(seed, shape).clone().requires_grad(true);
}

inline bool near(double a, double b, double tolerance) {
    return a == b || std::abs(a - b) <= tolerance * (1 + std::abs(b)) || (std::isnan(a) && std::isnan(b));
}

inline void compare(const std::vector<double>& found, const std::vector<double>& expected, double tolerance = 1e-12) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST(near(found[i], expected[i], tolerance),
                   "element " << i << ": " << found[i] << " and not " << expected[i]);
}

/// Compares y, the gradients of its weighted sum, fused and recorded, and `more` with the case of that name.
inline void check(const std::string& name, const xg::Tensor& y, const std::vector<xg::Tensor>& leaves = {},
                  const std::vector<xg::Tensor>& more = {}, double tolerance = 1e-12) {
    BOOST_TEST_CONTEXT(name) {
        const auto* const found_case = std::find_if(std::begin(reference::layers), std::end(reference::layers),
                                                    [&](const reference::Layer& c) { return name == c.name; });
        BOOST_REQUIRE(found_case != std::end(reference::layers));
        const double* const first = reference::layer_numbers + found_case->first;
        const std::vector<double> expected(first, first + found_case->count);
        for (const bool recorded : {false, true}) {
            std::vector<double> found = y.to_vector();
            const auto append = [&](const std::vector<xg::Tensor>& tensors) {
                for (const xg::Tensor& t : tensors)
                    for (const double v : t.to_vector()) found.push_back(v);
            };
            if (!leaves.empty())
                append(xg::grad({xg::sum(y * ramp(99, y.shape()))}, leaves,
                                {.retain_graph = true, .create_graph = recorded}));
            append(more);
            compare(found, expected, tolerance);
        }
    }
}

}  // namespace cases
