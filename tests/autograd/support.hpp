#pragma once

#include <cstdint>
#include <cstring>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/threads.hpp>

/// Boost finds it by the argument: shapes in messages.
namespace xg {
inline std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.str(); }
inline std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name(dtype); }
}  // namespace xg

namespace support {

inline constexpr xg::TensorOptions f64{.dtype = xg::float64};
inline constexpr xg::TensorOptions f64_leaf{.dtype = xg::float64, .requires_grad = true};

/// A random engine whose integers are the same everywhere, which the standard's distributions are not.
class Draw {
public:
    explicit Draw(std::uint32_t seed) : engine_(seed) {}
    /// In [low, high].
    std::int64_t integer(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool coin() { return integer(0, 1) == 1; }
    double uniform(double low, double high) {
        return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
    }

private:
    std::mt19937_64 engine_;
};

inline xg::Tensor uniform(Draw& draw, const xg::Shape& shape, double low = -2, double high = 2,
                          xg::DType dtype = xg::float64) {
    std::vector<double> values(static_cast<std::size_t>(shape.elements()));
    for (double& v : values) v = draw.uniform(low, high);
    return xg::from_data(values, shape, {.dtype = dtype});
}

inline xg::Shape random_shape(Draw& draw, std::int64_t max_rank, std::int64_t max_size, bool zeros = true) {
    xg::Shape shape = xg::Shape::filled(static_cast<std::size_t>(draw.integer(0, max_rank)), 1);
    for (std::int64_t& size : shape) size = zeros && draw.integer(0, 30) == 0 ? 0 : draw.integer(1, max_size);
    return shape;
}

/// A float64 tensor of `shape` whose elements lie anyhow: transposed, sliced with steps, broadcast, or plain.
inline xg::Tensor random_view(Draw& draw, const xg::Shape& shape, double low = -2, double high = 2) {
    const auto rank = static_cast<std::int64_t>(shape.rank());
    if (rank == 0) return uniform(draw, shape, low, high);
    const std::int64_t a = draw.integer(0, rank - 1), b = draw.integer(0, rank - 1);
    xg::Shape base = shape;
    switch (draw.integer(0, 4)) {
        case 0: {
            std::swap(base[static_cast<std::size_t>(a)], base[static_cast<std::size_t>(b)]);
            return uniform(draw, base, low, high).transpose(a, b);
        }
        case 1: {
            const std::int64_t step = draw.integer(1, 3), start = draw.integer(0, 2),
                               n = base[static_cast<std::size_t>(a)];
            base[static_cast<std::size_t>(a)] = start + n * step + draw.integer(0, 2);
            return uniform(draw, base, low, high).slice(a, start, start + n * step, step);
        }
        case 2: {
            base[static_cast<std::size_t>(a)] = 1;
            return xg::broadcast_to(uniform(draw, base, low, high), shape);
        }
        case 3: {
            // Two of these in a row.
            base[static_cast<std::size_t>(a)] += 2;
            const xg::Tensor x = random_view(draw, base, low, high);
            return x.slice(a, 1, 1 + shape[static_cast<std::size_t>(a)]);
        }
        default: return uniform(draw, shape, low, high);
    }
}

/// Calls f with every position of an array of `shape`, in row-major order.
template <class F>
void each_position(const xg::Shape& shape, F&& f) {
    const std::int64_t n = shape.elements();
    for (std::int64_t i = 0; i < n; ++i) {
        std::vector<std::int64_t> index(shape.rank());
        std::int64_t rest = i;
        for (std::size_t axis = shape.rank(); axis-- > 0; rest /= shape[axis]) index[axis] = rest % shape[axis];
        f(index);
    }
}

/// The element at a position, by the tensor's own strides; the position may be of an array that the tensor broadcasts
/// to.
inline double at(const xg::Tensor& t, const std::vector<std::int64_t>& index) {
    const std::size_t skip = index.size() - t.shape().rank();
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < t.shape().rank(); ++axis)
        if (t.shape()[axis] != 1) offset += index[axis + skip] * t.strides()[axis];
    switch (t.dtype()) {
        case xg::float32: return static_cast<double>(t.data<float>()[offset]);
        case xg::float64: return t.data<double>()[offset];
        case xg::int64: return static_cast<double>(t.data<std::int64_t>()[offset]);
        default: return t.data<bool>()[offset] ? 1 : 0;
    }
}

/// Whether two tensors have the same shape, dtype and bits.
inline bool same_bits(const xg::Tensor& a, const xg::Tensor& b) {
    if (!(a.shape() == b.shape()) || a.dtype() != b.dtype()) return false;
    const xg::Tensor p = a.detach().contiguous(), q = b.detach().contiguous();
    const auto compare = [&]<class T>(T*) {
        return p.numel() == 0 ||
               std::memcmp(p.data<T>(), q.data<T>(), static_cast<std::size_t>(p.numel()) * sizeof(T)) == 0;
    };
    switch (p.dtype()) {
        case xg::float32: return compare(static_cast<float*>(nullptr));
        case xg::float64: return compare(static_cast<double*>(nullptr));
        case xg::int64: return compare(static_cast<std::int64_t*>(nullptr));
        default: return compare(static_cast<bool*>(nullptr));
    }
}

/// The message of the exception of type E that f throws; a note where it throws none.
template <class E, class F>
std::string message_of(F&& f) {
    try {
        f();
    } catch (const E& e) {
        return e.what();
    }
    return "nothing was thrown";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Puts the number of threads back at the end of the scope.
struct Threads {
    explicit Threads(int n) : before(xg::num_threads()) { xg::set_num_threads(n); }
    ~Threads() { xg::set_num_threads(before); }
    int before;
};

}  // namespace support
