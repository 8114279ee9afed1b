#include <xgrad/autograd/detail/resample.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace xg::detail {
namespace {

/// The elements that window i of a rule sums: [begin, end) within the axis, and the size that it counts.
struct Window {
    std::int64_t begin, end, extent;
    Window(const AxisRule& r, std::int64_t i) {
        if (r.kind == AxisRule::Kind::cover) {
            begin = i * r.size / r.count;
            end = ((i + 1) * r.size + r.count - 1) / r.count;
            extent = end - begin;
        } else {
            begin = i * r.stride - r.pad;
            end = std::min(begin + r.kernel, r.size + r.pad);
            const std::int64_t with_padding = end - begin;
            begin = std::max<std::int64_t>(begin, 0);
            end = std::max(begin, std::min(end, r.size));
            extent = r.count_pad ? with_padding : end - begin;
        }
    }
};

bool sums(const AxisRule& r) { return r.kind == AxisRule::Kind::windows || r.kind == AxisRule::Kind::cover; }

/// The place of element i in the original. Of float32 PyTorch's, in its precision, so that rounding falls alike; of
/// float64 exact, as its is in most layouts.
template <class T>
std::int64_t nearest_place(const AxisRule& r, std::int64_t i) {
    const std::int64_t twice = 2 * i + (r.kind == AxisRule::Kind::nearest_exact ? 1 : 0);
    const T steps = static_cast<T>(twice) / 2;
    T at;
    if constexpr (std::is_same_v<T, float>) {
        at = steps * (r.scale > 0 ? static_cast<T>(r.scale) : static_cast<T>(r.size) / static_cast<T>(r.count));
    } else if (r.scale > 0) {
        // A little more, lest a whole number is missed by the roundings of the scale and of the product.
        at = steps * r.scale;
        at += at * 0x1p-50;
    } else {
        at = static_cast<T>(twice * r.size / (2 * r.count));
    }
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(at)), 0, r.size - 1);
}

template <class T>
T linear_place(const AxisRule& r, std::int64_t i) {
    if (r.align_corners)
        return r.count > 1 ? static_cast<T>(r.size - 1) / static_cast<T>(r.count - 1) * static_cast<T>(i) : T(0);
    const T scale = r.scale > 0 ? static_cast<T>(r.scale) : static_cast<T>(r.size) / static_cast<T>(r.count);
    return std::max(T(0), scale * (static_cast<T>(i) + T(0.5)) - T(0.5));
}

}  // namespace

template <class T>
AxisMap<T>::AxisMap(const AxisRule& rule, bool transposed)
    : size(rule.size),
      count(rule.count),
      first_(std::max(size, count)),
      offset_(std::max(size, count) + 1),
      weight_(sums(rule) ? 0 : 2 * rule.count),
      divisor_(rule.count) {
    if (transposed) {
        AxisMap map(rule, false);
        transpose_of(map);
    } else {
        fill(rule);
    }
    look();
}

template <class T>
void AxisMap<T>::fill(const AxisRule& r) {
    offset_[0] = 0;
    divided = sums(r) && r.divide;
    weighted = r.kind == AxisRule::Kind::linear;
    for (std::int64_t i = 0; i < count; ++i) {
        std::int64_t elements = 1;
        if (sums(r)) {
            const Window w(r, i);
            first_[i] = w.begin;
            elements = w.end - w.begin;
            divisor_[i] = static_cast<T>(w.extent);
        } else if (weighted) {
            T* const weights = weight_.data() + offset_[i];
            first_[i] = i;
            weights[0] = T(1);
            if (size != count) {
                const T at = linear_place<T>(r, i);
                first_[i] = std::min(static_cast<std::int64_t>(at), size - 1);
                const T part = std::clamp(at - static_cast<T>(first_[i]), T(0), T(1));
                // A neighbour of weight 0 is left out, and with it an infinity there.
                if (part > 0 && first_[i] + 1 < size) {
                    weights[0] = T(1) - part;
                    weights[1] = part;
                    elements = 2;
                }
            }
        } else {
            first_[i] = nearest_place<T>(r, i);
        }
        offset_[i + 1] = offset_[i] + elements;
    }
}

template <class T>
void AxisMap<T>::transpose_of(const AxisMap& map) {
    std::swap(size, count);
    weighted = map.weighted;
    pre_divided = map.divided;
    if (pre_divided) std::copy_n(map.divisor_.data(), size, divisor_.data());
    std::fill_n(first_.data(), count, 0);
    std::fill_n(offset_.data(), count + 1, 0);
    // Both ends of the rows of `map` grow, so that its columns are contiguous, too.
    for (std::int64_t i = map.count - 1; i >= 0; --i) {
        for (std::int64_t at = map.first(i); at < map.first(i) + map.n(i); ++at) {
            first_[at] = i;
            ++offset_[at + 1];
        }
    }
    for (std::int64_t at = 0; at < count; ++at) offset_[at + 1] += offset_[at];
    for (std::int64_t i = 0; weighted && i < map.count; ++i) {
        for (std::int64_t k = 0; k < map.n(i); ++k) {
            const std::int64_t at = map.first(i) + k;
            weight_[offset_[at] + i - first_[at]] = map.weight(i, k);
        }
    }
}

template <class T>
void AxisMap<T>::look() {
    for (std::int64_t i = 0; i < count; ++i) {
        single = single && n(i) == 1;
        pairs = pairs && (n(i) == 1 || n(i) == 2);
        inner_n = std::max(inner_n, n(i));
    }
    while (inner_first < count && n(inner_first) != inner_n) ++inner_first;
    inner_last = std::min(inner_first + 1, count);
    if (inner_last < count) inner_step = first_[inner_last] - first_[inner_first];
    while (inner_last < count && n(inner_last) == inner_n && first_[inner_last] - first_[inner_last - 1] == inner_step)
        ++inner_last;
    if (!single || weighted || size == 0 || count % size != 0) return;
    repeats = count / size;
    for (std::int64_t i = 0; i < count; ++i)
        if (repeats != 0 && first_[i] != i / repeats) repeats = 0;
}

template class AxisMap<float>;
template class AxisMap<double>;

}  // namespace xg::detail
