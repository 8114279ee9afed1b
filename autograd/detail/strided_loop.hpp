#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/kernels.hpp>
#include <xgrad/core/threads.hpp>

// The loop of element-wise work over arrays that are strided anyhow, on all cores. Work is cut by shape alone.

namespace xg::detail {

inline constexpr std::size_t kMaxInputs = 3;
/// Elements that one thread does before the work is worth sharing: about 10 microseconds of it.
inline constexpr std::int64_t kParallelBlock = 32768;
/// Elements that are brought together in a buffer where an input's innermost axis has gaps.
inline constexpr std::int64_t kGather = 1024;
/// A tile of a transpose: rows that fill a line of the cache, and columns whose buffers stay in the first cache.
inline constexpr std::int64_t kTileRows = 16, kTileColumns = 128;

/// A kernel of either kind.
struct Call {
    Kernel plain = nullptr;
    NumbersKernel with_numbers = nullptr;
    const Numbers* numbers = nullptr;

    explicit Call(Kernel kernel) : plain(kernel) {}
    Call(NumbersKernel kernel, const Numbers& values) : with_numbers(kernel), numbers(&values) {}
    void operator()(void* out, const void* const* in, std::int64_t n) const {
        if (plain != nullptr)
            plain(out, in, n);
        else
            with_numbers(out, in, n, *numbers);
    }
};

struct Input {
    const char* data;
    std::int64_t item;
    Shape strides;  // in elements
};

/// Loops over an array of which every input has its own strides.
struct Loop {
    using Offsets = std::array<std::int64_t, kMaxInputs>;

    Call kernel;
    char* out;
    std::int64_t out_item;
    Shape shape;
    std::array<Input, kMaxInputs> inputs;
    std::size_t n_inputs;

    /// Joins neighbouring axes that all inputs step through alike, so that few and long axes are left.
    void merge_axes() {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < shape.rank(); ++i) {
            if (shape[i] == 1) continue;
            if (kept > 0 && mergeable(kept - 1, i)) {
                shape[kept - 1] *= shape[i];
                for (std::size_t k = 0; k < n_inputs; ++k) inputs[k].strides[kept - 1] = inputs[k].strides[i];
            } else {
                shape[kept] = shape[i];
                for (std::size_t k = 0; k < n_inputs; ++k) inputs[k].strides[kept] = inputs[k].strides[i];
                ++kept;
            }
        }
        shape = Shape(shape.data(), kept);
    }

    bool mergeable(std::size_t outer, std::size_t inner) const {
        for (std::size_t k = 0; k < n_inputs; ++k)
            if (inputs[k].strides[outer] != inputs[k].strides[inner] * shape[inner]) return false;
        return true;
    }

    void run() {
        merge_axes();
        const std::int64_t inner = shape.empty() ? 1 : shape.back();
        const std::int64_t rows = inner == 0 ? 0 : shape.elements() / inner;
        if (rows == 0) return;
        if (const std::size_t axis = tile_axis(); axis < shape.rank()) {
            run_tiles(axis);
            return;
        }
        const bool together = joinable();
        // Several rows a task, or several tasks a row.
        const std::int64_t pieces = (inner + kParallelBlock - 1) / kParallelBlock;
        const std::int64_t per_task = std::max<std::int64_t>(1, kParallelBlock / inner);
        parallel_for((rows + per_task - 1) / per_task * pieces, [&](std::int64_t task) {
            const std::int64_t begin = task / pieces * per_task, end = std::min(rows, begin + per_task);
            const std::int64_t first = task % pieces * kParallelBlock, last = std::min(inner, first + kParallelBlock);
            const std::size_t outer = shape.empty() ? 0 : shape.rank() - 1;
            if (together) return joined_rows(begin, end);
            Shape index = Shape::filled(outer, 0);
            std::int64_t rest = begin;
            for (std::size_t i = outer; i-- > 0; rest /= shape[i]) index[i] = rest % shape[i];
            for (std::int64_t r = begin; r < end; ++r) {
                Offsets offsets{};
                for (std::size_t k = 0; k < n_inputs; ++k)
                    for (std::size_t i = 0; i < outer; ++i) offsets[k] += index[i] * inputs[k].strides[i];
                row(r * inner, first, last, offsets);
                for (std::size_t i = outer; i-- > 0;) {
                    if (++index[i] < shape[i]) break;
                    index[i] = 0;
                }
            }
        });
    }

private:
    /// Whether rows are short, and every input repeats a row, repeats an element along each row, or has its rows one
    /// after another.
    bool joinable() const {
        if (shape.rank() < 2 || 2 * shape.back() > kGather) return false;
        const std::size_t outer = shape.rank() - 2;
        for (std::size_t k = 0; k < n_inputs; ++k)
            if (step(k) != 0 && (step(k) != 1 || (inputs[k].strides[outer] != 0 && !in_order(k)))) return false;
        return true;
    }

    bool in_order(std::size_t k) const { return step(k) == 1 && inputs[k].strides[shape.rank() - 2] == shape.back(); }

    /// Rows [begin, end), as many at a time as fit into a buffer: short ones would cost more to call than to compute.
    void joined_rows(std::int64_t begin, std::int64_t end) const {
        alignas(64) char buffers[kMaxInputs][kGather * 8];
        const char* repeated[kMaxInputs] = {};  // the row that a buffer is full of
        const std::size_t axis = shape.rank() - 2;
        const std::int64_t inner = shape.back(), most = kGather / inner;
        for (std::int64_t r = begin, n = 0; r < end; r += n) {
            const std::int64_t first = r % shape[axis];
            n = std::min({most, end - r, shape[axis] - first});
            std::array<const void*, kMaxInputs> at{};
            for (std::size_t k = 0; k < n_inputs; ++k) {
                const Input& input = inputs[k];
                std::int64_t offset = first * input.strides[axis], rest = r / shape[axis];
                for (std::size_t i = axis; i-- > 0; rest /= shape[i]) offset += rest % shape[i] * input.strides[i];
                const char* const from = input.data + offset * input.item;
                at[k] = in_order(k) ? from : buffers[k];
                if (in_order(k) || repeated[k] == from) continue;
                const bool same = input.strides[axis] == 0;
                for (std::int64_t i = 0; i < (same ? std::min(most, end - begin) : n); ++i)
                    gather(buffers[k] + i * inner * input.item, from + i * input.strides[axis] * input.item, step(k),
                           input.item, inner);
                if (same) repeated[k] = from;
            }
            kernel(out + r * inner * out_item, at.data(), n * inner);
        }
    }

    /// An axis along which an input has neighbours, where it has gaps along the innermost; none: the rank.
    std::size_t tile_axis() const {
        const std::size_t none = shape.rank();
        if (shape.rank() < 2 || shape.back() < 8 || shape.elements() < kGather) return none;
        for (std::size_t k = 0; k < n_inputs; ++k) {
            if (step(k) == 0 || step(k) == 1) continue;
            for (std::size_t i = 0; i + 1 < shape.rank(); ++i)
                if (inputs[k].strides[i] == 1 && shape[i] >= 8) return i;
        }
        return none;
    }

    /// Tiles of some rows along `axis` and some columns, so that what lies in one line of the cache is used at once:
    /// for transposes.
    void run_tiles(std::size_t axis) const {
        const std::int64_t inner = shape.back();
        const std::int64_t strips = (shape[axis] + kTileRows - 1) / kTileRows;
        const std::int64_t columns = std::min(inner, kParallelBlock / kTileRows),
                           pieces = (inner + columns - 1) / columns;
        const std::int64_t outer = shape.elements() / inner / shape[axis], units = outer * strips * pieces;
        const std::int64_t per_task = std::max<std::int64_t>(1, kParallelBlock / (kTileRows * columns));
        const Shape out_strides = contiguous_strides(shape);
        parallel_for((units + per_task - 1) / per_task, [&](std::int64_t task) {
            for (std::int64_t unit = task * per_task; unit < std::min(units, (task + 1) * per_task); ++unit) {
                const std::int64_t first = unit % pieces * columns, last = std::min(inner, first + columns);
                const std::int64_t top = unit / pieces % strips * kTileRows,
                                   height = std::min(kTileRows, shape[axis] - top);
                Offsets offsets{};
                std::int64_t to = top * out_strides[axis], rest = unit / pieces / strips;
                for (std::size_t k = 0; k < n_inputs; ++k) offsets[k] = top * inputs[k].strides[axis];
                for (std::size_t i = shape.rank() - 1; i-- > 0;) {
                    if (i == axis) continue;
                    const std::int64_t index = rest % shape[i];
                    rest /= shape[i];
                    to += index * out_strides[i];
                    for (std::size_t k = 0; k < n_inputs; ++k) offsets[k] += index * inputs[k].strides[i];
                }
                for (std::int64_t c = first; c < last; c += kTileColumns)
                    tile(axis, height, c, std::min(kTileColumns, last - c), to, out_strides[axis], offsets);
            }
        });
    }

    /// Columns [begin, begin + n) of `height` rows along `axis`, the first of which starts at `offsets` in the inputs
    /// and at element `to`.
    void tile(std::size_t axis, std::int64_t height, std::int64_t begin, std::int64_t n, std::int64_t to,
              std::int64_t to_step, const Offsets& offsets) const {
        alignas(64) char buffers[kMaxInputs][kTileRows * kTileColumns * 8];
        for (std::size_t k = 0; k < n_inputs; ++k)
            if (step(k) != 1)
                gather_tile(buffers[k], inputs[k].data + (offsets[k] + begin * step(k)) * inputs[k].item,
                            inputs[k].strides[axis], height, step(k), n, inputs[k].item);
        for (std::int64_t r = 0; r < height; ++r) {
            std::array<const void*, kMaxInputs> at{};
            for (std::size_t k = 0; k < n_inputs; ++k)
                at[k] = step(k) == 1
                            ? inputs[k].data + (offsets[k] + r * inputs[k].strides[axis] + begin) * inputs[k].item
                            : buffers[k] + r * kTileColumns * inputs[k].item;
            kernel(out + (to + r * to_step + begin) * out_item, at.data(), n);
        }
    }

    template <class T>
    static void gather_tile_as(char* to, const char* from, std::int64_t row_step, std::int64_t rows,
                               std::int64_t column_step, std::int64_t columns) {
        const T* source = reinterpret_cast<const T*>(from);
        T* target = reinterpret_cast<T*>(to);
        for (std::int64_t c = 0; c < columns; ++c)
            for (std::int64_t r = 0; r < rows; ++r)
                target[r * kTileColumns + c] = source[r * row_step + c * column_step];
    }

    static void gather_tile(char* to, const char* from, std::int64_t row_step, std::int64_t rows,
                            std::int64_t column_step, std::int64_t columns, std::int64_t item) {
        if (item == 4)
            gather_tile_as<std::uint32_t>(to, from, row_step, rows, column_step, columns);
        else if (item == 8)
            gather_tile_as<std::uint64_t>(to, from, row_step, rows, column_step, columns);
        else
            gather_tile_as<std::uint8_t>(to, from, row_step, rows, column_step, columns);
    }

    /// Elements [begin, end) of the row that starts at `offsets` in the inputs and at element `first` of the result.
    void row(std::int64_t first, std::int64_t begin, std::int64_t end, const Offsets& offsets) const {
        std::array<const void*, kMaxInputs> at{};
        bool gaps = false;
        for (std::size_t k = 0; k < n_inputs; ++k) gaps = gaps || step(k) != 1;
        if (!gaps) {
            for (std::size_t k = 0; k < n_inputs; ++k) at[k] = inputs[k].data + (offsets[k] + begin) * inputs[k].item;
            kernel(out + (first + begin) * out_item, at.data(), end - begin);
            return;
        }
        alignas(64) char buffers[kMaxInputs][kGather * 8];
        for (std::int64_t i = begin; i < end; i += kGather) {
            const std::int64_t n = std::min(kGather, end - i);
            for (std::size_t k = 0; k < n_inputs; ++k) {
                const char* from = inputs[k].data + (offsets[k] + i * step(k)) * inputs[k].item;
                if (step(k) == 1) {
                    at[k] = from;
                } else {
                    if (i == begin || step(k) != 0) gather(buffers[k], from, step(k), inputs[k].item, n);
                    at[k] = buffers[k];
                }
            }
            kernel(out + (first + i) * out_item, at.data(), n);
        }
    }

    std::int64_t step(std::size_t k) const { return shape.empty() ? 1 : inputs[k].strides.data()[shape.rank() - 1]; }

    template <class T>
    static void gather_as(char* to, const char* from, std::int64_t step, std::int64_t n) {
        const T* source = reinterpret_cast<const T*>(from);
        T* target = reinterpret_cast<T*>(to);
        if (step == 0) {
            std::fill_n(target, n, *source);
            return;
        }
        if (step == 1) {
            std::copy_n(source, n, target);
            return;
        }
        for (std::int64_t i = 0; i < n; ++i) target[i] = source[i * step];
    }

    static void gather(char* to, const char* from, std::int64_t step, std::int64_t item, std::int64_t n) {
        if (item == 4)
            gather_as<std::uint32_t>(to, from, step, n);
        else if (item == 8)
            gather_as<std::uint64_t>(to, from, step, n);
        else
            gather_as<std::uint8_t>(to, from, step, n);
    }
};

}  // namespace xg::detail
