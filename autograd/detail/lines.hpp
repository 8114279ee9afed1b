#pragma once

#include <utility>

#include <xgrad/autograd/detail/body.hpp>

// Arrays seen along one axis: what scans, sorting, softmax and the slower reductions loop over.

namespace xg::detail {

/// Row-major elements as outer × size × inner, of which the middle axis is worked on: `outer · inner` lines of `size`
/// elements that lie `inner` apart.
struct Lines {
    Tensor x;  ///< Outside of any graph where it had to be copied.
    std::int64_t outer = 1, size = 1, inner = 1;

    std::int64_t count() const noexcept { return outer * inner; }
    /// Where line i begins.
    std::int64_t begin(std::int64_t i) const noexcept { return i / inner * size * inner + i % inner; }
};

/// x's lines along `axis`; those of a rank of 0 are single elements.
Lines lines_along(const Tensor& x, std::size_t axis);
/// x's lines over all axes that `reduced` marks with 1, in row-major order of the axes that are kept.
Lines lines_over(const Tensor& x, const Shape& reduced);

/// Elements that one task works on: about 10 microseconds of it.
inline constexpr std::int64_t kLineBlock = 32768;

/// How many pieces of `work` elements each make a task.
inline std::int64_t pieces_per_task(std::int64_t work) noexcept {
    return work >= kLineBlock ? 1 : kLineBlock / (work < 1 ? 1 : work);
}

/// The same as `dispatch` for what is defined for floating-point types alone.
template <class F>
decltype(auto) dispatch_floating(DType dtype, F&& f) {
    if (dtype == DType::float32) return f(static_cast<float*>(nullptr));
    return f(static_cast<double*>(nullptr));
}

/// `start` joined with n neighbouring elements by `add(accumulator, element)`, in lanes that the compiler makes vectors
/// of; `join` brings the lanes together.
template <class A, class T, class Add, class Join>
A over_lanes(const T* x, std::int64_t n, A start, Add&& add, Join&& join) {
    constexpr std::int64_t lanes = 16;
    A result = start;
    std::int64_t i = 0;
    if (n >= lanes) {
        A lane[lanes];
        for (A& v : lane) v = start;
        for (; i + lanes <= n; i += lanes)
            for (std::int64_t k = 0; k < lanes; ++k) lane[k] = add(lane[k], x[i + k]);
        for (const A& v : lane) result = join(result, v);
    }
    for (; i < n; ++i) result = add(result, x[i]);
    return result;
}

}  // namespace xg::detail
