#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/core/export.hpp>

namespace xg {

/// The sizes of an array along its axes (or its strides); any number of them, six without an allocation.
class XG_EXPORT Shape {
public:
    Shape() noexcept = default;
    Shape(std::initializer_list<std::int64_t> sizes) : Shape(sizes.begin(), sizes.size()) {}
    Shape(const std::vector<std::int64_t>& sizes) : Shape(sizes.data(), sizes.size()) {}
    Shape(const std::int64_t* sizes, std::size_t rank);
    /// `rank` times the same `value`.
    static Shape filled(std::size_t rank, std::int64_t value);

    Shape(const Shape& other) : rank_(other.rank_), inline_(other.inline_) {
        if (rank_ > kInline) copy_heap(other);
    }
    Shape(Shape&& other) noexcept : rank_(std::exchange(other.rank_, 0)), inline_(other.inline_) {}
    Shape& operator=(const Shape& other) {
        if (rank_ > kInline || other.rank_ > kInline) return *this = Shape(other);
        rank_ = other.rank_;
        inline_ = other.inline_;
        return *this;
    }
    Shape& operator=(Shape&& other) noexcept {
        std::swap(rank_, other.rank_);
        std::swap(inline_, other.inline_);
        return *this;
    }
    ~Shape() {
        if (rank_ > kInline) delete[] heap_;
    }

    std::size_t rank() const noexcept { return rank_; }
    std::size_t size() const noexcept { return rank_; }
    bool empty() const noexcept { return rank_ == 0; }
    std::int64_t* data() noexcept { return rank_ > kInline ? heap_ : inline_.data(); }
    const std::int64_t* data() const noexcept { return rank_ > kInline ? heap_ : inline_.data(); }
    std::int64_t* begin() noexcept { return data(); }
    std::int64_t* end() noexcept { return data() + rank_; }
    const std::int64_t* begin() const noexcept { return data(); }
    const std::int64_t* end() const noexcept { return data() + rank_; }
    std::int64_t& operator[](std::size_t i) noexcept { return data()[i]; }
    std::int64_t operator[](std::size_t i) const noexcept { return data()[i]; }
    std::int64_t back() const noexcept { return data()[rank_ - 1]; }

    /// The product of the sizes: 1 for a rank of 0.
    std::int64_t elements() const noexcept;
    /// With `size` put in before axis `axis`.
    Shape inserted(std::size_t axis, std::int64_t size) const;
    /// Without axis `axis`.
    Shape erased(std::size_t axis) const;

    /// As Python writes a tuple: `(2, 3)`, `(4,)`, `()`.
    std::string str() const;

    /// Prints what `str` says.
    XG_EXPORT friend std::ostream& operator<<(std::ostream& out, const Shape& shape);

    friend bool operator==(const Shape& a, const Shape& b) noexcept {
        if (a.rank_ != b.rank_) return false;
        const std::int64_t *p = a.data(), *q = b.data();
        for (std::uint32_t i = 0; i < a.rank_; ++i)
            if (p[i] != q[i]) return false;
        return true;
    }

private:
    static constexpr std::uint32_t kInline = 6;
    void copy_heap(const Shape& other);

    std::uint32_t rank_ = 0;
    // Copied whole, whatever the rank: a few wide moves, and no loop.
    union {
        std::array<std::int64_t, kInline> inline_ = {};
        std::int64_t* heap_;
    };
};

}  // namespace xg
