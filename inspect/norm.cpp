#include <xgrad/inspect/norm.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <xsimd/xsimd.hpp>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/masked_rows.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::inspect {
namespace {

constexpr std::int64_t kLanes = 64;  // sums side by side, so that none waits for the one before
constexpr std::int64_t kBlock = 4096;

// Sums of float32 squares outside of these are taken in double: below, the squares that float32 cannot hold would show
// in the seventh digit.
constexpr double kLeast = 1e-34, kMost = 1e34;

template <bool scaled, class Sum, class T>
double squares(const T* x, std::int64_t n, Sum scale) {
    const auto at = [&](std::int64_t i) { return scaled ? static_cast<Sum>(x[i]) * scale : static_cast<Sum>(x[i]); };
    Sum lane[kLanes] = {};
    std::int64_t i = 0;
    for (; i + kLanes <= n; i += kLanes)
        for (std::int64_t k = 0; k < kLanes; ++k) lane[k] += at(i + k) * at(i + k);
    double total = 0;
    for (; i < n; ++i) total += static_cast<double>(at(i)) * static_cast<double>(at(i));
    for (std::int64_t width = kLanes / 2; width > 0; width /= 2)
        for (std::int64_t k = 0; k < width; ++k) lane[k] += lane[k + width];
    return total + static_cast<double>(lane[0]);
}

/// The same for float32 sums, all in registers from the first element to the last: most norms are of a few thousand
/// elements, hundreds a step.
template <bool scaled>
[[gnu::always_inline]] inline double quick_squares(const float* x, std::int64_t n, float scale) {
    using Vector = xsimd::batch<float>;
    constexpr std::int64_t width = Vector::size, sums = 8;
    const auto at = [&](std::int64_t i) {
        const Vector v = Vector::load_unaligned(x + i);
        return scaled ? v * Vector(scale) : v;
    };
    Vector sum[sums];
    for (Vector& s : sum) s = Vector(0.0F);
    std::int64_t i = 0;
    for (; i + sums * width <= n; i += sums * width)
        for (std::int64_t k = 0; k < sums; ++k) {
            const Vector v = at(i + k * width);
            sum[k] = xsimd::fma(v, v, sum[k]);
        }
    for (; i + width <= n; i += width) {
        const Vector v = at(i);
        sum[0] = xsimd::fma(v, v, sum[0]);
    }
    double total = 0;
    for (; i < n; ++i) {
        const double v = static_cast<double>(x[i]) * static_cast<double>(scale);
        total += v * v;
    }
    // In pairs, written out: a loop would make an array in memory of them.
    const Vector all = ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
    return total + static_cast<double>(xg::detail::horizontal_sum(all));
}

/// float32 squares lose nothing that matters while a block's sum is well inside float32's range: half the time of
/// doubles. `scale`, a power of two, brings it there.
double block_of(const float* x, std::int64_t n, double scale) {
    const double quick =
        scale == 1 ? quick_squares<false>(x, n, 1.0F) : quick_squares<true>(x, n, static_cast<float>(scale));
    return quick > kLeast && quick < kMost ? quick / (scale * scale) : squares<false, double>(x, n, 1.0);
}

// What leaves the range of doubles is scaled in l2_norm.
double block_of(const double* x, std::int64_t n, double) { return squares<false, double>(x, n, 1.0); }

/// The power of two that makes `norm` about 1, as far as float32 has it; 1 where the squares fit without.
double scale_for(double norm) {
    if (!(norm > 0) || !std::isfinite(norm) || (norm > 1e-15 && norm < 1e15)) return 1;
    return std::ldexp(1.0, std::clamp(-std::ilogb(norm), -120, 120));
}

template <class T>
double flat_squares(const T* x, std::int64_t n, double scale) {
    constexpr std::int64_t per_task = 64 * kBlock;
    if (n <= per_task) {
        double total = 0;
        for (std::int64_t i = 0; i < n; i += kBlock) total += block_of(x + i, std::min(kBlock, n - i), scale);
        return total;
    }
    std::vector<double> partial(static_cast<std::size_t>((n + per_task - 1) / per_task));
    parallel_for(static_cast<std::int64_t>(partial.size()), [&](std::int64_t task) {
        double& total = partial[static_cast<std::size_t>(task)];
        for (std::int64_t i = task * per_task; i < std::min(n, (task + 1) * per_task); i += kBlock)
            total += block_of(x + i, std::min(kBlock, n - i), scale);
    });
    double total = 0;
    for (const double p : partial) total += p;
    return total;
}

}  // namespace

double sum_of_squares(const Tensor& x, double expected) {
    if (!is_floating(x.dtype()))
        throw DTypeError(std::string("l2_norm and sum_of_squares: expected a floating-point tensor, got ") +
                         name(x.dtype()));
    const Tensor flat = x.is_contiguous() ? x : x.detach().contiguous();
    const double scale = scale_for(expected);
    return x.dtype() == float32 ? flat_squares(flat.data<float>(), flat.numel(), scale)
                                : flat_squares(flat.data<double>(), flat.numel(), scale);
}

namespace {

/// Whatever is not a short contiguous array of float32.
[[gnu::noinline, gnu::cold]] double general_norm(const Tensor& x, double expected) {
    if (!x.defined()) xg::detail::check_defined(x, "l2_norm");
    const double squared = sum_of_squares(x, expected);
    if (x.dtype() == float32 || (squared > 1e-280 && std::isfinite(squared)) || std::isnan(squared))
        return std::sqrt(squared);
    // float64 squares can leave the range of doubles: divide by the largest element first.
    const Tensor flat = x.detach().contiguous();
    double largest = 0;
    for (std::int64_t i = 0; i < flat.numel(); ++i) largest = std::max(largest, std::abs(flat.data<double>()[i]));
    if (largest == 0 || std::isinf(largest)) return largest;
    double total = 0;
    for (std::int64_t i = 0; i < flat.numel(); ++i) total += std::pow(flat.data<double>()[i] / largest, 2);
    return largest * std::sqrt(total);
}

}  // namespace

double l2_norm(const Tensor& x, double expected) {
    // Most gradients, hundreds a step: straight to the numbers.
    if (x.defined()) {
        const auto& b = xg::detail::body(x);
        if (b.dtype == float32 && b.contiguous && b.numel <= kBlock) {
            const double squared = quick_squares<false>(xg::detail::data_as<float>(x), b.numel, 1.0F);
            if (squared > kLeast && squared < kMost) return std::sqrt(squared);
        }
    }
    return general_norm(x, expected);
}

}  // namespace xg::inspect
