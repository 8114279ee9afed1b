#pragma once

#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

namespace xg::data {

/// An option that is one number for all, or a list with a number for each: `.n_samples = 100`, `.n_samples = {60, 40}`.
template <class T>
class OneOrEach {
public:
    /// The empty list; what it means, the option says.
    OneOrEach() = default;
    /// One number for all.
    OneOrEach(T one) : values_{one}, is_list_(false) {}
    /// A number for each.
    OneOrEach(std::initializer_list<T> each) : values_(each) {}
    /// A number for each.
    OneOrEach(std::vector<T> each) : values_(std::move(each)) {}

    /// Whether it is a list, be it of one number.
    bool is_list() const noexcept { return is_list_; }
    /// The numbers of the list, or the one number.
    const std::vector<T>& values() const noexcept { return values_; }
    /// The number for entry `i`, which must be in the list if it is one.
    T at(std::size_t i) const { return values_[is_list_ ? i : 0]; }

private:
    std::vector<T> values_;
    bool is_list_ = true;
};

}  // namespace xg::data
