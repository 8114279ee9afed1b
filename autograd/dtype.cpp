#include <xgrad/autograd/dtype.hpp>

#include <algorithm>
#include <ostream>

namespace xg {
namespace {

// The order of kinds: bool, integer, floating point; and of sizes within a kind.
int rank_of(DType dtype) noexcept {
    switch (dtype) {
        case DType::boolean: return 0;
        case DType::int64: return 1;
        case DType::float32: return 2;
        case DType::float64: return 3;
    }
    return 0;
}

}  // namespace

std::int64_t item_size(DType dtype) noexcept {
    switch (dtype) {
        case DType::float32: return 4;
        case DType::float64: return 8;
        case DType::int64: return 8;
        case DType::boolean: return 1;
    }
    return 0;
}

const char* name(DType dtype) noexcept {
    switch (dtype) {
        case DType::float32: return "float32";
        case DType::float64: return "float64";
        case DType::int64: return "int64";
        case DType::boolean: return "bool";
    }
    return "";
}

std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name(dtype); }

DType promote(DType a, DType b) noexcept { return rank_of(a) > rank_of(b) ? a : b; }

DType Scalar::promoted_with(DType tensor) const noexcept {
    if (kind_ == DType::float64) return is_floating(tensor) ? tensor : DType::float32;
    return promote(kind_, tensor);
}

}  // namespace xg
