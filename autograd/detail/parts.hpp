#pragma once

#include <xgrad/autograd/detail/body.hpp>

namespace xg::detail {

/// A regular part of an array: of each axis `count` positions from `start` on, `step` apart (which may be negative).
struct Part {
    Shape start, step, count;
    /// For each axis of the result the axis that it shows, or -1 for a new one of size 1. Axes that are not shown have
    /// a count of 1.
    Shape shown;

    /// All of an array of `shape`.
    explicit Part(const Shape& shape);
    /// Restricts an axis as Python's start:stop:step does, where start and stop may be `kOpen`. The step must not be 0.
    void slice(std::size_t axis, std::int64_t from, std::int64_t to, std::int64_t by);
    Shape shape() const;
    /// Steps between the part's elements, and where it begins, in an array of `strides`.
    Shape strides(const Shape& strides) const;
    std::int64_t offset(const Shape& strides) const;

    static constexpr std::int64_t kOpen = INT64_MIN;
};

/// The part of x: a view, or a copy where a step is negative. Recorded as `operation`.
Tensor take_part(const char* operation, const Tensor& x, const Part& part);
/// Zeros of `shape` with g as the part: the gradient of `take_part`. Recorded.
Tensor put_part(const Tensor& g, const Part& part, const Shape& shape);

}  // namespace xg::detail
