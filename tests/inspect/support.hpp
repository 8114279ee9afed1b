#pragma once

#include <cmath>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/inspect/gradient_monitor.hpp>
#include <xgrad/nn/activations.hpp>
#include <xgrad/nn/linear.hpp>
#include <xgrad/nn/loss.hpp>
#include <xgrad/nn/sequential.hpp>

namespace support {

using xg::Tensor;

/// Sanitizers make everything several times slower: they see fewer repetitions.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// `depth` layers of ReLU units, then one output; 2 inputs.
inline xg::nn::Sequential stack(std::uint64_t seed, xg::nn::Init init, int depth = 100, std::int64_t width = 64,
                                xg::DType dtype = xg::float32) {
    xg::manual_seed(seed);
    xg::nn::Sequential model;
    for (int i = 0; i < depth; ++i)
        model.add(xg::nn::Linear(i == 0 ? 2 : width, width, {.init = init, .dtype = dtype}), xg::nn::ReLU());
    model.add(xg::nn::Linear(width, 1, {.init = init, .dtype = dtype}));
    return model;
}

/// The Euclidean norm, in long double.
inline double plain_norm(const Tensor& t) {
    long double sum = 0;
    for (const double v : t.to_vector()) sum += static_cast<long double>(v) * static_cast<long double>(v);
    return static_cast<double>(std::sqrt(sum));
}

inline bool close(double a, double b, double tolerance = 1e-6) {
    return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

/// Some numbers between -1 and 1.
inline Tensor numbers(const xg::Shape& shape, double phase = 0, xg::DType dtype = xg::float32) {
    std::vector<double> values(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double v = 0.618033988749895 * static_cast<double>(i + 1) + phase;
        values[i] = 2 * (v - std::floor(v)) - 1;
    }
    return xg::from_data(values, shape, {.dtype = dtype});
}

/// A profile with these norms of ∂L/∂h, of layers of `width` with a ReLU, and a last one without.
inline xg::inspect::Profile profile_of(const std::vector<double>& norms, double width = 64, double gain = 1) {
    xg::inspect::Profile profile;
    profile.step = 1;
    for (std::size_t i = 0; i < norms.size(); ++i) {
        xg::inspect::LayerRecord r;
        r.name = std::to_string(2 * i);
        r.type = "Linear + ReLU";
        r.gradient_norm = r.weight_gradient_norm = r.bias_gradient_norm = norms[i];
        r.weight_norm = 1;
        r.geometry = {.n_in = width, .n_out = width, .weight_variance = 2 * gain / width, .relu = i + 1 < norms.size()};
        profile.layers.push_back(r);
    }
    return profile;
}

}  // namespace support
