#include <xgrad/autograd/shape.hpp>

#include <algorithm>
#include <cstring>
#include <ostream>

namespace xg {

Shape::Shape(const std::int64_t* sizes, std::size_t rank) : rank_(static_cast<std::uint32_t>(rank)) {
    if (rank_ > kInline) heap_ = new std::int64_t[rank];
    std::int64_t* to = data();
    for (std::size_t i = 0; i < rank; ++i) to[i] = sizes[i];
}

Shape Shape::filled(std::size_t rank, std::int64_t value) {
    Shape s;
    s.rank_ = static_cast<std::uint32_t>(rank);
    if (rank > kInline) s.heap_ = new std::int64_t[rank];
    std::fill(s.begin(), s.end(), value);
    return s;
}

void Shape::copy_heap(const Shape& other) {
    heap_ = new std::int64_t[rank_];
    std::copy(other.begin(), other.end(), heap_);
}

std::int64_t Shape::elements() const noexcept {
    std::int64_t n = 1;
    for (const std::int64_t size : *this) n *= size;
    return n;
}

Shape Shape::inserted(std::size_t axis, std::int64_t size) const {
    Shape s = filled(rank_ + 1, size);
    std::copy(begin(), begin() + axis, s.begin());
    std::copy(begin() + axis, end(), s.begin() + axis + 1);
    return s;
}

Shape Shape::erased(std::size_t axis) const {
    Shape s = filled(rank_ - 1, 0);
    std::copy(begin(), begin() + axis, s.begin());
    std::copy(begin() + axis + 1, end(), s.begin() + axis);
    return s;
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.str(); }

std::string Shape::str() const {
    std::string text = "(";
    for (std::size_t i = 0; i < rank_; ++i) {
        if (i > 0) text += ", ";
        text += std::to_string((*this)[i]);
    }
    return text + (rank_ == 1 ? ",)" : ")");
}

}  // namespace xg
