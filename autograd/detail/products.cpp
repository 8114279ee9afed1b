#include <xgrad/autograd/detail/products.hpp>

#include <algorithm>
#include <climits>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/gemm.hpp>
#include <xgrad/autograd/detail/matrix_batch.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

/// The last two axes of t as BLAS can read them; t is copied where it cannot.
template <class T>
struct Operand {
    Tensor t;
    Matrix<T> matrix;

    explicit Operand(const Tensor& given) : t(given) {
        const Body& b = body(t);
        const std::size_t n = b.shape.rank();
        const std::int64_t rows = b.shape[n - 2], columns = b.shape[n - 1], down = b.strides[n - 2],
                           across = b.strides[n - 1];
        if ((across == 1 || columns <= 1) && (down >= columns || rows <= 1) && down <= INT_MAX) {
            matrix = {data_as<T>(t), std::max({down, columns, std::int64_t{1}}), false};
        } else if ((down == 1 || rows <= 1) && (across >= rows || columns <= 1) && across <= INT_MAX) {
            matrix = {data_as<T>(t), std::max({across, rows, std::int64_t{1}}), true};
        } else {
            t = dense(t, true);
            matrix = {data_as<T>(t), std::max<std::int64_t>(columns, 1), false};
        }
    }
};

template <class T>
Matrix<T> moved(Matrix<T> matrix, std::int64_t row, std::int64_t column) {
    matrix.data += matrix.transposed ? column * matrix.stride + row : row * matrix.stride + column;
    return matrix;
}

/// Multiplications below which a second thread is not worth it: some 30 microseconds. One that reads each element of a
/// matrix only once is held up by the memory.
constexpr std::int64_t kWorthSharing = 1 << 21, kWorthSharingVector = 1 << 18;

/// Rows that are worth packing the other operand for: measured, 64 lose a quarter of the speed, 256 three percent.
constexpr std::int64_t kTile = 256;

/// One product, cut into slabs of rows or columns; or of the inner axis, whose sums are added in order, where the
/// result is small.
template <class T>
void multiply_one(std::int64_t m, std::int64_t n, std::int64_t k, Matrix<T> a, Matrix<T> b, T* y) {
    const std::int64_t longest = std::max(m, n), worth = std::min({m, n, k}) == 1 ? kWorthSharingVector : kWorthSharing;
    if (m * n * k < worth) return gemm(m, n, k, a, b, T(0), y, n);
    if (k > 16 * longest) {
        const std::int64_t slabs = std::clamp<std::int64_t>(k / 2048, 2, 16), depth = (k + slabs - 1) / slabs;
        const Scratch<T> partial((slabs - 1) * m * n);
        parallel_for(slabs, [&](std::int64_t i) {
            const std::int64_t first = std::min(k, i * depth);
            gemm(m, n, std::min(depth, k - first), moved(a, 0, first), moved(b, first, 0), T(0),
                 i == 0 ? y : partial.data() + (i - 1) * m * n, n);
        });
        for (std::int64_t i = 0; i + 1 < slabs; ++i)
            for (std::int64_t at = 0; at < m * n; ++at) y[at] += partial[i * m * n + at];
        return;
    }
    // Two slabs at least; each more packs the other operand anew.
    const std::int64_t tile = longest < 4096 ? kTile : 2 * kTile,
                       slabs = std::clamp<std::int64_t>((longest + tile - 1) / tile, 2, 64),
                       size = ((longest + slabs - 1) / slabs + 15) / 16 * 16;
    parallel_for((longest + size - 1) / size, [&](std::int64_t i) {
        const std::int64_t first = i * size, count = std::min(size, longest - first);
        if (m >= n)
            gemm(count, n, k, moved(a, first, 0), b, T(0), y + first * n, n);
        else
            gemm(m, count, k, a, moved(b, 0, first), T(0), y + first, n);
    });
}

/// The axes of a batch, joined where both operands step through them evenly.
struct BatchAxes {
    Shape sizes, a_steps, b_steps;

    BatchAxes(const Shape& batch, const Shape& a, const Shape& b) : sizes(batch), a_steps(a), b_steps(b) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < batch.rank(); ++i) {
            if (batch[i] == 1) continue;
            if (kept > 0 && a_steps[kept - 1] == a[i] * batch[i] && b_steps[kept - 1] == b[i] * batch[i]) {
                sizes[kept - 1] *= batch[i];
                --kept;
            } else {
                sizes[kept] = batch[i];
            }
            a_steps[kept] = a[i];
            b_steps[kept] = b[i];
            ++kept;
        }
        sizes = Shape(sizes.data(), kept);
    }
};

template <class T>
void multiply_batch(const Tensor& a, const Tensor& b, const Tensor& y) {
    const Operand<T> p(a), q(b);
    const Shape& shape = body(y).shape;
    const std::int64_t n = columns_of(y), k = columns_of(a);
    std::int64_t m = rows_of(y);
    T* const out = data_as<T>(y);
    if (shape.rank() == 2) return multiply_one(m, n, k, p.matrix, q.matrix, out);
    const Shape batch = batch_of(shape);
    const std::int64_t count = batch.elements();
    if (count == 0) return;
    const auto steps = [&](const Tensor& t) {
        return broadcast_strides(t, with_matrix(batch, rows_of(t), columns_of(t)));
    };
    const BatchAxes axes(batch, steps(p.t), steps(q.t));
    const bool even = axes.sizes.rank() == 1;
    if (axes.sizes.empty()) return multiply_one(m, n, k, p.matrix, q.matrix, out);
    // With one matrix on the right the rows of all on the left are those of a single one.
    if (even && axes.b_steps[0] == 0 && !p.matrix.transposed && axes.a_steps[0] == m * p.matrix.stride)
        return multiply_one(count * m, n, k, p.matrix, q.matrix, out);
    const auto product = [&](std::int64_t i, auto&& run) {
        std::int64_t rest = i, at_a = 0, at_b = 0;
        for (std::size_t axis = axes.sizes.rank(); axis-- > 0; rest /= axes.sizes[axis]) {
            const std::int64_t at = axis == 0 ? rest : rest % axes.sizes[axis];
            at_a += at * axes.a_steps[axis];
            at_b += at * axes.b_steps[axis];
        }
        Matrix<T> left = p.matrix, right = q.matrix;
        left.data += at_a;
        right.data += at_b;
        run(left, right, out + i * m * n);
    };
    // A few large products are shared out one by one, many as they are.
    const std::int64_t work = m * n * k;
    if (count < 8 && work >= kWorthSharing) {
        for (std::int64_t i = 0; i < count; ++i)
            product(i, [&](const Matrix<T>& left, const Matrix<T>& right, T* to) {
                multiply_one(m, n, k, left, right, to);
            });
        return;
    }
    const std::int64_t together =
        std::max<std::int64_t>(1, kWorthSharing / 16 / std::max<std::int64_t>({work, m * n, 1}));
    parallel_for((count + together - 1) / together, [&](std::int64_t task) {
        for (std::int64_t i = task * together; i < std::min(count, (task + 1) * together); ++i)
            product(i, [&](const Matrix<T>& left, const Matrix<T>& right, T* to) {
                gemm(m, n, k, left, right, T(0), to, n);
            });
    });
}

}  // namespace

void multiply_matrices(const Tensor& a, const Tensor& b, const Tensor& y) {
    if (body(y).numel == 0) return;
    dispatch_floating(body(y).dtype, [&]<class T>(T*) { multiply_batch<T>(a, b, y); });
}

double inner_product(const Tensor& a, const Tensor& b) {
    constexpr std::int64_t block = 1024, lanes = 64, blocks_a_task = 64;
    const std::int64_t n = body(a).numel, blocks = (n + block - 1) / block;
    const Tensor p = dense(a), q = dense(b);
    const Scratch<double> sums(blocks);
    dispatch_floating(body(a).dtype, [&]<class T>(T*) {
        const T *const x = data_as<T>(p), *const y = data_as<T>(q);
        parallel_for((blocks + blocks_a_task - 1) / blocks_a_task, [&](std::int64_t task) {
            for (std::int64_t i = task * blocks_a_task; i < std::min(blocks, (task + 1) * blocks_a_task); ++i) {
                // A few products of each lane are added in T, the lanes and blocks in double precision.
                const std::int64_t end = std::min(n, (i + 1) * block);
                T lane[lanes] = {};
                std::int64_t at = i * block;
                for (; at + lanes <= end; at += lanes)
                    for (std::int64_t j = 0; j < lanes; ++j) lane[j] += x[at + j] * y[at + j];
                double total = 0;
                for (; at < end; ++at) total += static_cast<double>(x[at] * y[at]);
                for (const T v : lane) total += static_cast<double>(v);
                sums[i] = total;
            }
        });
    });
    double total = 0;
    for (std::int64_t i = 0; i < blocks; ++i) total += sums[i];
    return total;
}

}  // namespace xg::detail
