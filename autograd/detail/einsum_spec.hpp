#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/autograd/shape.hpp>

namespace xg::detail {

/// A set of labels, a bit each.
using Labels = std::uint64_t;

inline Labels bit(int label) { return Labels{1} << label; }

/// The labels of an operand's axes in order; without allocations, since most einsums are small.
class LabelList {
public:
    static constexpr std::size_t kMost = 64;
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    int operator[](std::size_t i) const noexcept { return labels_[i]; }
    /// There must be room.
    void push_back(int label) noexcept { labels_[size_++] = static_cast<std::uint8_t>(label); }
    void append(const LabelList& other) noexcept {
        for (const int label : other) push_back(label);
    }
    void erase(std::size_t i) noexcept {
        for (--size_; i < size_; ++i) labels_[i] = labels_[i + 1];
    }
    const std::uint8_t* begin() const noexcept { return labels_; }
    const std::uint8_t* end() const noexcept { return labels_ + size_; }
    /// Where `label` stands; size() if nowhere.
    std::size_t find(int label) const noexcept {
        std::size_t i = 0;
        while (i < size_ && labels_[i] != label) ++i;
        return i;
    }
    Labels set() const noexcept {
        Labels all = 0;
        for (const int label : *this) all |= bit(label);
        return all;
    }

private:
    std::uint8_t labels_[kMost];
    std::uint8_t size_ = 0;
};

/// What a spec of `einsum` means for operands of given shapes: labels, numbered from 0, in place of letters and of the
/// axes of `...`.
struct EinsumSpec {
    /// For each axis of each operand its label.
    std::vector<LabelList> operands;
    LabelList output;
    std::vector<std::int64_t> sizes;

    /// Throws ValueError and ShapeError.
    EinsumSpec(std::string_view spec, const std::vector<const Shape*>& shapes);
};

/// Which pairs to multiply, one after another: positions in the list of operands, from which both are taken away, and
/// at whose end their product is put. `output` are the labels that are not summed.
std::vector<std::pair<std::size_t, std::size_t>> contraction_order(const std::vector<Labels>& operands, Labels output,
                                                                   const std::vector<std::int64_t>& sizes);

}  // namespace xg::detail
