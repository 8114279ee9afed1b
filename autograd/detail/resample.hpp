#pragma once

#include <cstdint>

#include <xgrad/autograd/detail/scratch.hpp>

namespace xg::detail {

/// How the elements along an axis of a resampled array are made of neighbours in the original one.
struct AxisRule {
    enum class Kind : std::uint8_t { nearest, nearest_exact, linear, windows, cover };
    Kind kind = Kind::nearest;
    std::int64_t size = 1, count = 1;  ///< Before and after.
    double scale =
        0;  ///< Of the first three: how much of the original an element covers; 0 for the ratio of the sizes.
    bool align_corners = false;                    ///< Of `linear`.
    std::int64_t kernel = 1, stride = 1, pad = 0;  ///< Of `windows`, whose elements are summed.
    bool count_pad = true;                         ///< Whether they are divided by their size with the padding.
    bool divide = true;                            ///< Or at all; `cover` always is.
};

/// The same as a sparse matrix with contiguous rows: result i is a weighted sum of elements [first, first + n), divided
/// by a number.
template <class T>
class AxisMap {
public:
    /// The matrix, or its transpose, which goes from `count` to `size` elements.
    AxisMap(const AxisRule& rule, bool transposed);
    AxisMap(const AxisMap&) = delete;

    std::int64_t size, count;
    bool weighted = false;     ///< Else all weights are 1.
    bool divided = false;      ///< Each result by its divisor.
    bool pre_divided = false;  ///< Each element by its divisor, before.
    std::int64_t repeats = 0;  ///< Where each element is simply taken so many times in turn.
    bool single = true;        ///< Each result is one element.
    bool pairs = true;         ///< Each result has one element or two.
    /// Results [inner_first, inner_last) are sums of `inner_n` elements each, which begin `inner_step` apart.
    std::int64_t inner_first = 0, inner_last = 0, inner_n = 0, inner_step = 0;

    std::int64_t first(std::int64_t i) const { return first_[i]; }
    std::int64_t n(std::int64_t i) const { return offset_[i + 1] - offset_[i]; }
    T weight(std::int64_t i, std::int64_t k) const { return weight_[offset_[i] + k]; }
    T divisor(std::int64_t i) const { return divisor_[i]; }
    const T* divisors() const { return divisor_.data(); }
    const std::int64_t* firsts() const { return first_.data(); }
    const T* weights(std::int64_t i) const { return weight_.data() + offset_[i]; }

private:
    void fill(const AxisRule& rule);
    void transpose_of(const AxisMap& map);
    void look();
    static std::int64_t room(const AxisRule& rule);

    Scratch<std::int64_t> first_, offset_;
    Scratch<T> weight_, divisor_;
};

/// Each plane of x resampled along rows (its height) and columns.
template <class T>
void resample(std::int64_t planes, const AxisMap<T>& rows, const AxisMap<T>& columns, const T* x, T* y);

}  // namespace xg::detail
