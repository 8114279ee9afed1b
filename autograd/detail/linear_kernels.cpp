#include <xgrad/autograd/detail/linear_kernels.hpp>

#include <algorithm>
#include <cstring>

#include <xgrad/autograd/detail/gemm.hpp>
#include <xgrad/autograd/detail/masked_rows.hpp>
#include <xgrad/core/detail/memory_pool.hpp>
#include <xgrad/core/detail/task_context.hpp>
#include <xgrad/core/threads.hpp>

// Rows go through in blocks that stay in the cache: bias and activation are applied to a block, and its gradients are
// masked, right before or after BLAS has touched it. Blocks and slabs are cut by the shape alone, and slabs' sums are
// added in order, so that the bits do not depend on the number of threads.

namespace xg::detail {
namespace {

/// Memory of the pool until the end of the scope.
template <class T>
class Scratch {
public:
    explicit Scratch(std::int64_t n)
        : bytes_(static_cast<std::size_t>(n) * sizeof(T)), data_(static_cast<T*>(pool_get(bytes_))) {}
    ~Scratch() { pool_put(data_, bytes_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    T* data() const { return data_; }

private:
    std::size_t bytes_;
    T* data_;
};

/// Rows whose inputs and outputs fill about a quarter of a megabyte.
std::int64_t block_rows(const LinearShape& s) {
    return std::clamp<std::int64_t>(32768 / std::max(s.in, s.out), 16, 512);
}

/// Work below this is not worth a second thread: some 30 microseconds.
constexpr std::int64_t kParallelWork = 1 << 20;

/// Work from which on two threads that wait for it share it well: some two microseconds, a tenth of which it takes to hand out.
constexpr std::int64_t kSharedWork = 1 << 16;

bool is_small(const LinearShape& s) { return context.undivided || s.rows * s.in * s.out < kParallelWork; }
bool is_shared(const LinearShape& s) {
    return !context.undivided && is_small(s) && s.rows * s.in * s.out >= kSharedWork;
}

/// Rows that one product takes where nobody shares the work: so few that OpenBLAS multiplies without packing, which it does
/// up to a million multiplications and 256 rows, and of one size.
std::int64_t undivided_rows(const LinearShape& s) {
    const std::int64_t most = std::clamp<std::int64_t>(900'000 / (s.in * s.out), 64, 240),
                       blocks = (s.rows + most - 1) / most;
    return ((s.rows + blocks - 1) / blocks + 15) / 16 * 16;
}

/// Weights that cost more to pack than a few rows to multiply.
constexpr std::int64_t kLargeWeights = 1 << 16;

template <class T, bool relu>
void add_bias(T* y, const T* b, std::int64_t rows, std::int64_t out, std::int64_t stride) {
    for (std::int64_t r = 0; r < rows; ++r, y += stride) {
        for (std::int64_t j = 0; j < out; ++j) {
            const T v = b != nullptr ? y[j] + b[j] : y[j];
            y[j] = relu && v <= T(0) ? T(0) : v;
        }
    }
}

/// `out` results of each of `rows` rows; x, w, b and y are where the first of them is.
template <class T>
void forward_block(const LinearShape& s, const T* x, const T* w, const T* b, T* y, std::int64_t rows,
                   std::int64_t out) {
    gemm(rows, out, s.in, {x, s.in, false}, {w, s.in, true}, T(0), y, s.out);
    if (s.relu)
        add_bias<T, true>(y, b, rows, out, s.out);
    else if (b != nullptr)
        add_bias<T, false>(y, b, rows, out, s.out);
}

/// Column sums: of a few dozen rows in T, of these sums in double precision, so that long batches lose nothing.
template <class T>
class ColumnSums {
public:
    explicit ColumnSums(std::int64_t n) : n_(n), block_(n), total_(n) { std::fill_n(total_.data(), n, 0.0); }

    void add(const T* g, std::int64_t rows) {
        for (; rows > 0; g += kSummedRows * n_, rows -= kSummedRows) {
            if (n_ == 1) {
                // The same sum, in a register.
                T sum = 0;
                for (std::int64_t r = 0; r < std::min(kSummedRows, rows); ++r) sum += g[r];
                total_.data()[0] += static_cast<double>(sum);
                continue;
            }
            std::fill_n(block_.data(), n_, T(0));
            const T* row = g;
            for (std::int64_t r = 0; r < std::min(kSummedRows, rows); ++r, row += n_)
                for (std::int64_t j = 0; j < n_; ++j) block_.data()[j] += row[j];
            for (std::int64_t j = 0; j < n_; ++j) total_.data()[j] += static_cast<double>(block_.data()[j]);
        }
    }

    /// Where sums may be added by others.
    double* data() const { return n_ == 0 ? nullptr : total_.data(); }

    void store(T* to) const {
        for (std::int64_t j = 0; j < n_; ++j) to[j] = static_cast<T>(total_.data()[j]);
    }

private:
    std::int64_t n_;
    Scratch<T> block_;
    Scratch<double> total_;
};

/// The gradients from rows [begin, end); dw and db start at 0 and end as this slab's part of the sums. `squares`,
/// unless it is null, becomes the sum of the squares of g, or NaN.
template <class T>
void backward_slab(const LinearShape& s, const T* g, const T* y, const T* x, const T* w, T* dx, T* dw, T* db,
                   std::int64_t begin, std::int64_t end, double* squares) {
    const std::int64_t block = std::min(context.undivided ? undivided_rows(s) : block_rows(s), end - begin);
    const Scratch<T> masked(s.relu ? block * s.out : 0);
    ColumnSums<T> biases(db != nullptr ? s.out : 0);
    double squared = 0;
    for (std::int64_t r = begin; r < end; r += block) {
        const std::int64_t rows = std::min(block, end - r);
        const T* part = g + r * s.out;
        if (s.relu) {
            const auto mask = squares != nullptr ? mask_rows<true, T> : mask_rows<false, T>;
            squared += mask(part, y + r * s.out, masked.data(), rows, s.out, biases.data());
            part = masked.data();
        } else if (db != nullptr) {
            biases.add(part, rows);
        }
        if (dx != nullptr) gemm(rows, s.in, s.out, {part, s.out, false}, {w, s.in, false}, T(0), dx + r * s.in, s.in);
        // Last, so that who looks at the weights' gradient next finds it in the cache.
        if (dw != nullptr)
            gemm(s.out, s.in, rows, {part, s.out, true}, {x + r * s.in, s.in, false}, r == begin ? T(0) : T(1), dw,
                 s.in);
    }
    if (db != nullptr) biases.store(db);
    if (squares != nullptr && s.relu) *squares = squared;
}

/// The greatest number of slabs.
constexpr std::int64_t kSlabs = 32;

/// Small weights: slabs of rows side by side, each with sums of its own.
template <class T>
void backward_by_rows(const LinearShape& s, const T* g, const T* y, const T* x, const T* w, T* dx, T* dw, T* db,
                      std::int64_t slabs, double* squares) {
    const std::int64_t weights = dw != nullptr ? s.out * s.in : 0, biases = db != nullptr ? s.out : 0,
                       rows = (s.rows + slabs - 1) / slabs;
    const Scratch<T> partial((slabs - 1) * (weights + biases));
    double squared[kSlabs] = {};
    parallel_for(slabs, [&](std::int64_t i) {
        // The first slab sums in place, the others beside.
        T* const sums = partial.data() + (i - 1) * (weights + biases);
        backward_slab(s, g, y, x, w, dx, dw == nullptr || i == 0 ? dw : sums,
                      db == nullptr || i == 0 ? db : sums + weights, std::min(s.rows, i * rows),
                      std::min(s.rows, (i + 1) * rows), squares != nullptr ? squared + i : nullptr);
    });
    if (squares != nullptr && s.relu) {
        *squares = 0;
        for (std::int64_t i = 0; i < slabs; ++i) *squares += squared[i];
    }
    for (std::int64_t i = 1; i < slabs; ++i) {
        const T* const sums = partial.data() + (i - 1) * (weights + biases);
        if (i * rows >= s.rows) break;  // slabs that got no rows
        for (std::int64_t k = 0; k < weights; ++k) dw[k] += sums[k];
        for (std::int64_t k = 0; k < biases; ++k) db[k] += sums[weights + k];
    }
}

/// Few rows of small weights: the two products side by side.
template <class T>
void backward_at_once(const LinearShape& s, const T* g, const T* y, const T* x, const T* w, T* dx, T* dw, T* db,
                      double* squares) {
    const Scratch<T> masked(s.relu ? s.rows * s.out : 0);
    ColumnSums<T> biases(db != nullptr ? s.out : 0);
    if (s.relu) {
        const auto mask = squares != nullptr ? mask_rows<true, T> : mask_rows<false, T>;
        const double squared = mask(g, y, masked.data(), s.rows, s.out, biases.data());
        if (squares != nullptr) *squares = squared;
        g = masked.data();
    } else if (db != nullptr) {
        biases.add(g, s.rows);
    }
    // The first is the caller's own as a rule, who works with dx next.
    parallel_for(2, [&](std::int64_t i) {
        if (i == 0)
            gemm(s.rows, s.in, s.out, {g, s.out, false}, {w, s.in, false}, T(0), dx, s.in);
        else
            gemm(s.out, s.in, s.rows, {g, s.out, true}, {x, s.in, false}, T(0), dw, s.in);
    });
    if (db != nullptr) biases.store(db);
}

/// Large weights: each thread makes whole rows of dw, and no sums have to be kept apart.
template <class T>
void backward_by_outputs(const LinearShape& s, const T* g, const T* y, const T* x, const T* w, T* dx, T* dw, T* db) {
    const Scratch<T> masked(s.relu ? s.rows * s.out : 0);
    const std::int64_t block = std::max<std::int64_t>(16, std::min<std::int64_t>(128, s.rows / 4)),
                       blocks = (s.rows + block - 1) / block;
    parallel_for(blocks, [&](std::int64_t i) {
        const std::int64_t r = i * block, rows = std::min(block, s.rows - r);
        const T* part = g + r * s.out;
        if (s.relu) {
            mask_rows<false>(part, y + r * s.out, masked.data() + r * s.out, rows, s.out, nullptr);
            part = masked.data() + r * s.out;
        }
        if (dx != nullptr) gemm(rows, s.in, s.out, {part, s.out, false}, {w, s.in, false}, T(0), dx + r * s.in, s.in);
    });
    const T* const gradient = s.relu ? masked.data() : g;
    const std::int64_t tile = 64, tiles = (s.out + tile - 1) / tile;
    if (dw != nullptr) {
        parallel_for(tiles, [&](std::int64_t i) {
            const std::int64_t o = i * tile;
            gemm(std::min(tile, s.out - o), s.in, s.rows, {gradient + o, s.out, true}, {x, s.in, false}, T(0),
                 dw + o * s.in, s.in);
        });
    }
    if (db != nullptr) {
        ColumnSums<T> biases(s.out);
        biases.add(gradient, s.rows);
        biases.store(db);
    }
}

}  // namespace

template <class T>
void linear_forward(const LinearShape& s, const T* x, const T* w, const T* b, T* y) {
    if (s.rows == 0 || s.out == 0) return;
    const bool small = is_small(s), large = s.in * s.out > kLargeWeights, shared = is_shared(s) && s.out >= 32;
    if (shared || (!small && large && s.rows < s.out)) {
        // Each block packs all rows anew.
        const std::int64_t width = std::clamp<std::int64_t>((s.out / 2 + 15) / 16 * 16, shared ? 16 : 64, 256);
        parallel_for((s.out + width - 1) / width, [&](std::int64_t i) {
            const std::int64_t o = i * width;
            forward_block(s, x, w + o * s.in, b != nullptr ? b + o : b, y + o, s.rows, std::min(width, s.out - o));
        });
        return;
    }
    const std::int64_t block = context.undivided && !large ? undivided_rows(s)
                               : small                     ? s.rows
                               : large ? std::clamp<std::int64_t>((s.rows / 2 + 15) / 16 * 16, 64, 256)
                                       : block_rows(s);
    parallel_for((s.rows + block - 1) / block, [&](std::int64_t i) {
        const std::int64_t r = i * block;
        forward_block(s, x + r * s.in, w, b, y + r * s.out, std::min(block, s.rows - r), s.out);
    });
}

template <class T>
void linear_backward(const LinearShape& s, const T* g, const T* y, const T* x, const T* w, T* dx, T* dw, T* db,
                     double* squares) {
    if (s.rows == 0 || s.out == 0) {
        if (dx != nullptr) std::fill_n(dx, s.rows * s.in, T(0));
        if (dw != nullptr) std::fill_n(dw, s.out * s.in, T(0));
        if (db != nullptr) std::fill_n(db, s.out, T(0));
        return;
    }
    if (s.in * s.out > kLargeWeights) return backward_by_outputs(s, g, y, x, w, dx, dw, db);
    if (is_shared(s) && dx != nullptr && dw != nullptr) return backward_at_once(s, g, y, x, w, dx, dw, db, squares);
    backward_by_rows(s, g, y, x, w, dx, dw, db, is_small(s) ? 1 : std::clamp<std::int64_t>(s.rows / 1024, 2, kSlabs),
                     squares);
}

template void linear_forward(const LinearShape&, const float*, const float*, const float*, float*);
template void linear_forward(const LinearShape&, const double*, const double*, const double*, double*);
template void linear_backward(const LinearShape&, const float*, const float*, const float*, const float*, float*,
                              float*, float*, double*);
template void linear_backward(const LinearShape&, const double*, const double*, const double*, const double*, double*,
                              double*, double*, double*);

}  // namespace xg::detail
