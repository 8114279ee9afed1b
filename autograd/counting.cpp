#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <xgrad/autograd/detail/along.hpp>
#include <xgrad/autograd/detail/lines.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

// searchsorted, unique, bincount, histogram.

namespace xg {

using detail::body;
using detail::data_as;
using detail::make_alias;
using detail::make_tensor;

namespace {

/// Whether a comes before b, NaN behind all numbers.
template <class T>
bool before(T a, T b) {
    return a < b || (b != b && a == a);
}

template <class T>
std::int64_t place(const T* sequence, std::int64_t n, T value, bool right) {
    const T* const found = right ? std::upper_bound(sequence, sequence + n, value, before<T>)
                                 : std::lower_bound(sequence, sequence + n, value, before<T>);
    return found - sequence;
}

/// t's elements as doubles, side by side.
Tensor doubles(const Tensor& t) { return make_alias(t).to(float64).contiguous(); }

/// Counts x's elements in the bins between ascending edges; `guess(v)` is about where v belongs.
template <class F>
HistogramResult counted(const Tensor& x, const Tensor& edges, const HistogramOptions& options, F&& guess) {
    const DType dtype = is_floating(body(x).dtype) ? body(x).dtype : float32;
    if (options.weights.defined() && !(body(options.weights).shape == body(x).shape))
        throw ShapeError("histogram: expected weights of the shape " + body(x).shape.str() + ", got " +
                         body(options.weights).shape.str());
    const std::int64_t bins = body(edges).numel - 1, n = body(x).numel;
    const Tensor values = doubles(x), weights = options.weights.defined() ? doubles(options.weights) : Tensor();
    const double *const v = data_as<double>(values), *const edge = data_as<double>(edges),
                        *const weight = weights.defined() ? data_as<double>(weights) : nullptr;
    // Blocks count on their own, into memory of up to 64 times the bins.
    const std::int64_t block = std::max<std::int64_t>({detail::kLineBlock, (n + 63) / 64, bins}),
                       blocks = std::max<std::int64_t>(1, (n + block - 1) / block);
    std::vector<double> sums(static_cast<std::size_t>(blocks * bins), 0.0);
    parallel_for(blocks, [&](std::int64_t b) {
        double* const own = sums.data() + b * bins;
        for (std::int64_t i = b * block; i < std::min(n, (b + 1) * block); ++i) {
            if (!(v[i] >= edge[0] && v[i] <= edge[bins])) continue;
            std::int64_t bin = guess(v[i]);
            while (bin > 0 && v[i] < edge[bin]) --bin;
            while (bin < bins - 1 && v[i] >= edge[bin + 1]) ++bin;
            own[bin] += weight != nullptr ? weight[i] : 1;
        }
    });
    double total = 0;
    for (std::int64_t k = 0; k < bins; ++k) {
        for (std::int64_t b = 1; b < blocks; ++b)
            sums[static_cast<std::size_t>(k)] += sums[static_cast<std::size_t>(b * bins + k)];
        total += sums[static_cast<std::size_t>(k)];
    }
    for (std::int64_t k = 0; options.density && k < bins; ++k)
        sums[static_cast<std::size_t>(k)] /= total * (edge[k + 1] - edge[k]);
    return {from_data(sums.data(), {bins}, {.dtype = dtype}), edges.to(dtype)};
}

}  // namespace

Tensor searchsorted(const Tensor& sequence, const Tensor& values, bool right) {
    detail::check_defined(sequence, "searchsorted");
    detail::check_defined(values, "searchsorted");
    const auto [s, v] = detail::Operands(sequence.detach(), values.detach(), "searchsorted");
    const Shape &from = body(s).shape, &to = body(v).shape;
    bool fits = from.rank() == 1 || (from.rank() > 1 && from.rank() == to.rank());
    for (std::size_t i = 0; fits && from.rank() > 1 && i + 1 < from.rank(); ++i) fits = from[i] == to[i];
    if (!fits)
        throw ShapeError(
            "searchsorted: expected a sequence of rank 1, or axes but the last that agree, got the shapes " +
            from.str() + " and " + to.str());
    Tensor y = make_tensor(to, int64, "searchsorted");
    const Tensor sorted = s.contiguous(), wanted = v.contiguous();
    const std::int64_t n = from.back(), total = body(v).numel, per_row = from.rank() == 1 ? total : to.back(),
                       blocks = (total + 4095) / 4096;
    detail::dispatch(body(s).dtype, [&]<class T>(T*) {
        const T *const a = data_as<T>(sorted), *const b = data_as<T>(wanted);
        parallel_for(blocks, [&](std::int64_t block) {
            for (std::int64_t i = block * 4096; i < std::min(total, (block + 1) * 4096); ++i)
                data_as<std::int64_t>(y)[i] = place(a + i / per_row * n, n, b[i], right);
        });
    });
    return y;
}

UniqueResult unique(const Tensor& x) {
    detail::check_defined(x, "unique");
    const std::int64_t n = body(x).numel;
    Tensor inverse = make_tensor(body(x).shape, int64, "unique");
    const auto [sorted, from] = sort(make_alias(x).reshape({n}));
    std::vector<std::int64_t> firsts;
    const auto* const position = data_as<std::int64_t>(from);
    detail::dispatch(body(x).dtype, [&]<class T>(T*) {
        const T* const v = data_as<T>(sorted);
        for (std::int64_t i = 0; i < n; ++i) {
            if (i == 0 || v[i] != v[i - 1]) firsts.push_back(i);
            data_as<std::int64_t>(inverse)[position[i]] = static_cast<std::int64_t>(firsts.size()) - 1;
        }
    });
    const auto m = static_cast<std::int64_t>(firsts.size());
    Tensor counts = make_tensor({m}, int64);
    const Tensor at = from_data(firsts, {m}, {.dtype = int64});
    firsts.push_back(n);
    for (std::int64_t i = 0; i < m; ++i)
        data_as<std::int64_t>(counts)[i] =
            firsts[static_cast<std::size_t>(i) + 1] - firsts[static_cast<std::size_t>(i)];
    return {detail::pick_along(sorted, 0, at), inverse, counts};
}

Tensor bincount(const Tensor& x, const Tensor& weights, std::int64_t minlength) {
    detail::check_defined(x, "bincount");
    if (body(x).dtype != int64) throw DTypeError(std::string("bincount: expected int64, got ") + name(body(x).dtype));
    if (body(x).shape.rank() != 1) throw ShapeError("bincount: expected rank 1, got the shape " + body(x).shape.str());
    if (minlength < 0) throw ValueError("bincount: expected minlength >= 0, got " + std::to_string(minlength));
    if (weights.defined() && !(body(weights).shape == body(x).shape))
        throw ShapeError("bincount: expected weights of the shape " + body(x).shape.str() + ", got " +
                         body(weights).shape.str());
    const Tensor at = make_alias(x).contiguous();
    const auto* const v = data_as<std::int64_t>(at);
    std::int64_t size = minlength;
    for (std::int64_t i = 0; i < body(x).numel; ++i) {
        if (v[i] < 0) throw ValueError("bincount: expected elements >= 0, got " + std::to_string(v[i]));
        size = std::max(size, v[i] < std::numeric_limits<std::int64_t>::max() ? v[i] + 1 : v[i]);
    }
    detail::checked_elements({size}, int64, "bincount");
    if (weights.defined()) return detail::put_along(detail::floating(weights, "bincount"), 0, at, size);
    const Tensor y = zeros({size}, {.dtype = int64});
    for (std::int64_t i = 0; i < body(x).numel; ++i) ++data_as<std::int64_t>(y)[v[i]];
    return y;
}

HistogramResult histogram(const Tensor& x, std::int64_t bins, const HistogramOptions& options) {
    detail::check_defined(x, "histogram");
    if (bins < 1) throw ValueError(fmt::format("histogram: expected bins >= 1, got {}", bins));
    detail::checked_elements({bins}, float64, "histogram");
    double low = options.low, high = options.high;
    if (low == 0 && high == 0 && body(x).numel > 0) {
        low = min(x.detach()).item();
        high = max(x.detach()).item();
    }
    if (!std::isfinite(low) || !std::isfinite(high) || low > high)
        throw ValueError(fmt::format("histogram: expected a finite range, low <= high, got {} to {}", low, high));
    if (low == high) {
        // As NumPy and PyTorch widen it; without elements it is 0 to 1.
        const double half = body(x).numel > 0 || low != 0 ? 0.5 : 0;
        low -= half;
        high += half == 0 ? 1 : half;
    }
    const Tensor edges = linspace(low, high, bins + 1, {.dtype = float64});
    const double* const edge = data_as<double>(edges);
    bool ascending = std::isfinite(high - low);
    for (std::int64_t i = 0; ascending && i < bins; ++i) ascending = edge[i] < edge[i + 1];
    if (!ascending)
        throw ValueError(
            fmt::format("histogram: the range from {} to {} cannot be cut into {} bins, whose edges would "
                        "not be different and finite numbers of float64",
                        low, high, bins));
    const double scale = static_cast<double>(bins) / (high - low);
    return counted(x, edges, options, [=](double v) {
        return std::clamp<std::int64_t>(static_cast<std::int64_t>((v - low) * scale), 0, bins - 1);
    });
}

HistogramResult histogram(const Tensor& x, const Tensor& given, const HistogramOptions& options) {
    detail::check_defined(x, "histogram");
    detail::check_defined(given, "histogram");
    if (body(given).shape.rank() != 1 || body(given).numel < 2)
        throw ShapeError("histogram: expected edges of rank 1, two at least, got the shape " + body(given).shape.str());
    const Tensor edges = doubles(given);
    const double* const edge = data_as<double>(edges);
    const std::int64_t n = body(edges).numel;
    for (std::int64_t i = 0; i < n; ++i)
        if (!std::isfinite(edge[i]) || (i > 0 && edge[i] < edge[i - 1]))
            throw ValueError(fmt::format("histogram: expected finite, ascending edges, got {} at {}", edge[i], i));
    return counted(x, edges, options,
                   [=](double v) { return std::clamp<std::int64_t>(place(edge, n, v, true) - 1, 0, n - 2); });
}

}  // namespace xg
