#include <xgrad/autograd/detail/lu.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/lapack.hpp>
#include <xgrad/autograd/detail/matrix_batch.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/linalg.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg::detail {

void LuFactors::check_regular(const char* operation) const {
    if (const std::int64_t i = first_failure(zeros); i >= 0)
        throw ValueError(std::string(operation) + ": the " + matrix_name(batch_of(body(values).shape), i) +
                         " is singular: pivot " + std::to_string(zeros[static_cast<std::size_t>(i)]) + " of " +
                         std::to_string(columns_of(values)) + " is 0");
}

std::shared_ptr<const LuFactors> factor(const Tensor& a) {
    auto f = std::make_shared<LuFactors>();
    f->values = dense(a, true);
    const std::int64_t n = columns_of(a), count = batch_of(body(a).shape).elements();
    f->pivots.resize(static_cast<std::size_t>(count * n));
    f->zeros.resize(static_cast<std::size_t>(count));
    f->nans.resize(static_cast<std::size_t>(count));
    if (n == 0) return f;
    dispatch_floating(body(a).dtype, [&]<class T>(T*) {
        T* const values = data_as<T>(f->values);
        each_matrix(count, n * n * n, [&](std::int64_t i) {
            T* const matrix = values + i * n * n;
            int* const pivots = f->pivots.data() + i * n;
            // LAPACK would let some of the elements be numbers, which ones depends on the implementation.
            if (any_nan(matrix, n * n)) {
                f->nans[static_cast<std::size_t>(i)] = 1;
                std::fill_n(matrix, n * n, std::numeric_limits<T>::quiet_NaN());
                std::iota(pivots, pivots + n, 1);
            } else {
                f->zeros[static_cast<std::size_t>(i)] = lu_factor(n, matrix, pivots);
            }
        });
    });
    return f;
}

namespace {

/// Where each matrix of the broadcast `batch` lies among those of `t`.
std::vector<std::int64_t> places(const Shape& t, const Shape& batch) {
    const Shape own = batch_of(t), steps = contiguous_strides(own);
    std::vector<std::int64_t> result(static_cast<std::size_t>(batch.elements()));
    for (std::size_t i = 0; i < result.size(); ++i) {
        auto rest = static_cast<std::int64_t>(i);
        for (std::size_t axis = batch.rank(), skip = batch.rank() - own.rank(); axis-- > skip; rest /= batch[axis])
            if (own[axis - skip] != 1) result[i] += rest % batch[axis] * steps[axis - skip];
    }
    return result;
}

}  // namespace

Tensor solve_factored(const std::shared_ptr<const LuFactors>& factors, const Tensor& a, const Tensor& b,
                      bool transposed) {
    const std::int64_t n = columns_of(a), r = columns_of(b);
    const Shape batch = broadcast_shape(batch_of(body(a).shape), batch_of(body(b).shape), "solve");
    Tensor x = make_tensor(with_matrix(batch, n, r), body(a).dtype);
    copy_elements(x, make_view(b, body(x).shape, broadcast_strides(b, body(x).shape), 0));
    if (body(x).numel != 0) {
        const std::vector<std::int64_t> of_a = places(body(a).shape, batch);
        dispatch_floating(body(a).dtype, [&]<class T>(T*) {
            each_matrix(batch.elements(), n * n * r, [&](std::int64_t i) {
                const std::int64_t k = of_a[static_cast<std::size_t>(i)];
                if (factors->is_nan(k))
                    std::fill_n(data_as<T>(x) + i * n * r, n * r, std::numeric_limits<T>::quiet_NaN());
                else
                    lu_solve(n, r, data_as<T>(factors->values) + k * n * n, factors->pivots.data() + k * n, transposed,
                             data_as<T>(x) + i * n * r);
            });
        });
    }
    Tensor* const output = &x;
    const Tensor* const inputs[] = {&a, &b};
    record_joint("solve", {&output, 1}, inputs,
                 [factors, a = saved(a), x = SavedOutput(x, 0), transposed](Gradients& gradients) {
                     // With w = a⁻ᵀ · g, the gradient of b, that of a is -w · xᵀ.
                     const Tensor matrix = a.get(),
                                  w = solve_factored(factors, matrix, gradients.of_output(), !transposed);
                     if (gradients.needs(1)) gradients.set(1, w);
                     if (!gradients.needs(0)) return;
                     const Tensor solution = x.get();
                     gradients.set(0, transposed ? matmul(-solution, transpose(w)) : matmul(-w, transpose(solution)));
                 });
    return x;
}

}  // namespace xg::detail
