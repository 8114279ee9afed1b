#include <xgrad/autograd/detail/copying.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

/// Elements that one task copies.
constexpr std::int64_t kBlock = 32768;
/// Rows and columns of what is turned over at a time: its cache lines are used up before they go.
constexpr std::int64_t kTile = 32;

template <class T>
struct Copy {
    T* to;
    const T* from;
    Shape shape, to_strides, from_strides;

    /// Leaves out axes of size 1, and joins neighbours that both sides step through as one.
    void merge_axes() {
        std::size_t n = 0;
        for (std::size_t i = 0; i < shape.rank(); ++i) {
            if (shape[i] == 1) continue;
            if (n > 0 && to_strides[n - 1] == to_strides[i] * shape[i] &&
                from_strides[n - 1] == from_strides[i] * shape[i]) {
                shape[n - 1] *= shape[i];
            } else {
                shape[n++] = shape[i];
            }
            to_strides[n - 1] = to_strides[i];
            from_strides[n - 1] = from_strides[i];
        }
        shape = Shape(shape.data(), n);
    }

    void swap_axes(std::size_t a, std::size_t b) {
        std::swap(shape[a], shape[b]);
        std::swap(to_strides[a], to_strides[b]);
        std::swap(from_strides[a], from_strides[b]);
    }

    std::size_t rank() const { return shape.rank(); }

    /// Where entry i of the first `axes` axes begins.
    std::pair<std::int64_t, std::int64_t> offsets(std::int64_t i, std::size_t axes) const {
        std::int64_t p = 0, q = 0;
        for (std::size_t k = axes; k-- > 0; i /= shape[k]) {
            p += i % shape[k] * to_strides[k];
            q += i % shape[k] * from_strides[k];
        }
        return {p, q};
    }

    static void row(T* to, std::int64_t to_step, const T* from, std::int64_t from_step, std::int64_t n) {
        if (to_step == 1 && from_step == 1) {
            std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
        } else if (to_step == 1 && from_step == -1) {
            for (std::int64_t i = 0; i < n; ++i) to[i] = from[-i];
        } else if (to_step == 1 && from_step == 0) {
            std::fill(to, to + n, *from);
        } else {
            for (std::int64_t i = 0; i < n; ++i) to[i * to_step] = from[i * from_step];
        }
    }

    void run() {
        for (const std::int64_t size : shape)
            if (size == 0) return;
        merge_axes();
        if (rank() == 0) {
            *to = *from;
            return;
        }
        // The target is written along its shortest step.
        const std::size_t last = rank() - 1;
        const std::size_t inner = shortest(to_strides);
        swap_axes(inner, last);
        if (std::abs(from_strides[last]) > 1 && rank() > 1) {
            const std::size_t other = shortest(from_strides);
            if (other != last) {
                swap_axes(other, last - 1);
                return run_tiles();
            }
        }
        run_rows();
    }

    std::size_t shortest(const Shape& strides) const {
        std::size_t best = rank() - 1;
        for (std::size_t i = 0; i < rank(); ++i)
            if (std::abs(strides[i]) < std::abs(strides[best]) && strides[i] != 0) best = i;
        return best;
    }

    void run_rows() const {
        const std::size_t outer = rank() - 1;
        const std::int64_t n = shape[outer], p = to_strides[outer], q = from_strides[outer],
                           rows = Shape(shape.data(), outer).elements();
        const std::int64_t piece = rows == 1 ? kBlock : n, pieces = (n + piece - 1) / piece;
        const std::int64_t per_task = std::max<std::int64_t>(1, kBlock / n);
        parallel_for(rows == 1 ? pieces : (rows + per_task - 1) / per_task, [&](std::int64_t task) {
            if (rows == 1)
                return row(to + task * piece * p, p, from + task * piece * q, q, std::min(piece, n - task * piece));
            const std::int64_t end = std::min(rows, (task + 1) * per_task);
            for (std::int64_t r = task * per_task; r < end;) {
                // The axis before the last is walked without a division.
                const auto [a, b] = offsets(r, outer);
                const std::int64_t along = std::min(end - r, shape[outer - 1] - r % shape[outer - 1]);
                for (std::int64_t i = 0; i < along; ++i)
                    row(to + a + i * to_strides[outer - 1], p, from + b + i * from_strides[outer - 1], q, n);
                r += along;
            }
        });
    }

    /// The last two axes: short steps of the source along the first of them, of the target along the second.
    void run_tiles() const {
        const std::size_t outer = rank() - 2;
        const std::int64_t m = shape[outer], n = shape[outer + 1], planes = Shape(shape.data(), outer).elements();
        // Strips of tiles across the shorter side, so that both sides of a strip are cached until they are used up.
        const bool columns = m < n;
        const std::int64_t length = columns ? n : m, width = columns ? m : n, strips = (length + kTile - 1) / kTile;
        const std::int64_t per_task = std::max<std::int64_t>(1, kBlock / (kTile * width)), all = planes * strips;
        parallel_for((all + per_task - 1) / per_task, [&](std::int64_t task) {
            for (std::int64_t t = task * per_task; t < std::min(all, (task + 1) * per_task); ++t) {
                const auto [a, b] = offsets(t / strips, outer);
                const std::int64_t begin = t % strips * kTile, end = std::min(length, begin + kTile);
                for (std::int64_t i = 0; i < width; i += kTile) {
                    const std::int64_t stop = std::min(width, i + kTile);
                    if (columns)
                        tile(to + a, from + b, i, stop, begin, end);
                    else
                        tile(to + a, from + b, begin, end, i, stop);
                }
            }
        });
    }

    /// A whole tile by way of a buffer: long reads, long writes, and steps that the compiler knows between.
    static void turn(T* target, std::int64_t down, const T* source, std::int64_t from_across) {
        T buffer[kTile][kTile];
        for (std::int64_t j = 0; j < kTile; ++j) std::memcpy(buffer[j], source + j * from_across, sizeof(buffer[j]));
        for (std::int64_t i = 0; i < kTile; ++i)
            for (std::int64_t j = 0; j < kTile; ++j) target[i * down + j] = buffer[j][i];
    }

    void tile(T* target, const T* source, std::int64_t begin, std::int64_t end, std::int64_t first,
              std::int64_t last) const {
        const std::size_t k = rank() - 2;
        const std::int64_t down = to_strides[k], across = to_strides[k + 1], from_down = from_strides[k],
                           from_across = from_strides[k + 1];
        if (from_down == 1 && across == 1 && end - begin == kTile && last - first == kTile)
            return turn(target + begin * down + first, down, source + begin + first * from_across, from_across);
        for (std::int64_t i = begin; i < end; ++i)
            row(target + i * down + first * across, across, source + i * from_down + first * from_across, from_across,
                last - first);
    }
};

template <class T>
void copy_as(const Shape& shape, char* to, const Shape& to_strides, const char* from, const Shape& from_strides) {
    Copy<T>{reinterpret_cast<T*>(to), reinterpret_cast<const T*>(from), shape, to_strides, from_strides}.run();
}

}  // namespace

void copy_strided(const Shape& shape, DType dtype, char* to, const Shape& to_strides, const char* from,
                  const Shape& from_strides) {
    switch (item_size(dtype)) {
        case 4: return copy_as<std::uint32_t>(shape, to, to_strides, from, from_strides);
        case 8: return copy_as<std::uint64_t>(shape, to, to_strides, from, from_strides);
        default: return copy_as<std::uint8_t>(shape, to, to_strides, from, from_strides);
    }
}

Tensor dense(const Tensor& t, bool copied) {
    if (!t.defined()) return t;
    const Body& b = body(t);
    if (b.contiguous && !copied) return make_alias(t);
    Tensor y = make_tensor(b.shape, b.dtype);
    copy_strided(b.shape, b.dtype, body(y).data, body(y).strides, b.data, b.strides);
    return y;
}

}  // namespace xg::detail
