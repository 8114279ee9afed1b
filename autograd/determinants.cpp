#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/decompositions.hpp>
#include <xgrad/autograd/detail/lu.hpp>
#include <xgrad/autograd/detail/matrix_batch.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::columns_of;
using detail::data_as;
using detail::LuFactors;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

using SharedFactors = std::shared_ptr<const LuFactors>;

/// Calls `f` with the number, the diagonal's first element and the sign of the row swaps of each matrix; the diagonal's
/// others follow n + 1 apart.
template <class T, class F>
void each_diagonal(const LuFactors& factors, F&& f) {
    const std::int64_t n = columns_of(factors.values);
    for (std::size_t i = 0; i < factors.zeros.size(); ++i) {
        const auto first = static_cast<std::int64_t>(i) * n;
        int sign = 1;
        for (std::int64_t k = 0; k < n; ++k)
            if (factors.pivots[static_cast<std::size_t>(first + k)] != k + 1) sign = -sign;
        f(static_cast<std::int64_t>(i), data_as<T>(factors.values) + first * n, sign);
    }
}

/// Whether a pivot is so small, beside the greatest, that only rounding keeps it from 0; false if there is a NaN.
bool any_singular(const LuFactors& factors) {
    const std::int64_t n = columns_of(factors.values);
    bool any = false, nan = false;
    detail::dispatch_floating(body(factors.values).dtype, [&]<class T>(T*) {
        each_diagonal<T>(factors, [&](std::int64_t, const T* diagonal, int) {
            T least = std::numeric_limits<T>::infinity(), most = 0;
            for (std::int64_t k = 0; k < n; ++k) {
                const T pivot = std::abs(diagonal[k * (n + 1)]);
                least = std::min(least, pivot);
                most = std::max(most, pivot);
                nan = nan || std::isnan(pivot);
            }
            any = any || least <= static_cast<T>(n) * std::numeric_limits<T>::epsilon() * most;
        });
    });
    return any && !nan;
}

/// (..., n, n) with the number of each matrix on its diagonal.
Tensor scaled_identity(const Tensor& scale, std::int64_t n) {
    return detail::diagonal_matrix(broadcast_to(detail::as_column(scale), detail::with_axis(body(scale).shape, n)));
}

/// The products of all elements but one, along the last axis.
Tensor products_of_others(const Tensor& s) {
    const std::int64_t n = body(s).shape.back();
    // Row i of the matrix is s with a 1 in place i.
    const Tensor others = where(eye(n, {.dtype = float64}) == 1, 1, detail::as_row(s));
    Tensor product = others.slice(-1, 0, 1);
    for (std::int64_t k = 1; k < n; ++k) product = product * others.slice(-1, k, k + 1);
    return reshape(product, body(s).shape);
}

/// Whether more than one singular value is 0 to rounding.
bool any_of_low_rank(const Tensor& s) {
    const std::int64_t n = body(s).shape.back();
    bool any = false;
    detail::dispatch_floating(body(s).dtype, [&]<class T>(T*) {
        const T* const values = data_as<T>(s);
        for (std::int64_t at = 0; n > 1 && at < body(s).numel; at += n)
            any = any || values[at + n - 2] <= static_cast<T>(n) * std::numeric_limits<T>::epsilon() * values[at];
    });
    return any;
}

/// The matrices of the cofactors: the gradients of the determinants. Right at singular matrices, too.
Tensor cofactors(const Tensor& a) {
    const SvdResult parts = svd(a);
    const auto product = [&](const Tensor& u, const Tensor& s, const Tensor& vh) {
        Tensor sign;  // that of det U · det V, which does not change along with a
        {
            const NoGrad no_grad;
            sign = slogdet(u).sign * slogdet(vh).sign;
        }
        return matmul(u * detail::as_row(products_of_others(s) * detail::as_column(sign)), vh);
    };
    if (!detail::recording() || !any_of_low_rank(parts.s)) return product(parts.u, parts.s, parts.vh);
    // The vectors of several singular values that are 0 are not determined, though the product is.
    const Tensor value = product(parts.u.detach(), parts.s.detach(), parts.vh.detach());
    return record("det_backward", value, wrt(a, [](const Tensor&) -> Tensor {
                      throw GradError(
                          "backward of det_backward: the second derivative of the determinant is not computed where "
                          "the rank is below n - 1");
                  }));
}

}  // namespace

Tensor det(const Tensor& a) {
    detail::check_matrices(a, "det", true);
    const SharedFactors factors = detail::factor(a);
    const std::int64_t n = columns_of(a);
    const Tensor y = detail::make_tensor(detail::batch_of(body(a).shape), body(a).dtype);
    detail::dispatch_floating(body(a).dtype, [&]<class T>(T*) {
        each_diagonal<T>(*factors, [&](std::int64_t i, const T* diagonal, int sign) {
            double product = sign;
            for (std::int64_t k = 0; k < n; ++k) product *= static_cast<double>(diagonal[k * (n + 1)]);
            data_as<T>(y)[i] = static_cast<T>(product);
        });
    });
    return record("det", y, wrt(a, [a = saved(a), factors](const Tensor& g, const Tensor& y) {
                      const Tensor matrix = a.get();
                      if (columns_of(matrix) == 0) return zeros_like(matrix);
                      if (any_singular(*factors)) return detail::as_column(detail::as_column(g)) * cofactors(matrix);
                      return detail::solve_factored(factors, matrix, scaled_identity(g * y, columns_of(matrix)), true);
                  }));
}

SlogdetResult slogdet(const Tensor& a) {
    detail::check_matrices(a, "slogdet", true);
    const SharedFactors factors = detail::factor(a);
    const std::int64_t n = columns_of(a);
    const Shape batch = detail::batch_of(body(a).shape);
    const Tensor sign = detail::make_tensor(batch, body(a).dtype), y = detail::make_tensor(batch, body(a).dtype);
    detail::dispatch_floating(body(a).dtype, [&]<class T>(T*) {
        each_diagonal<T>(*factors, [&](std::int64_t i, const T* diagonal, int swaps) {
            double total = 0;
            T s = static_cast<T>(swaps);
            for (std::int64_t k = 0; k < n; ++k) {
                const T pivot = diagonal[k * (n + 1)];
                total += std::log(std::abs(static_cast<double>(pivot)));
                s *= pivot > T(0) ? T(1) : pivot < T(0) ? T(-1) : pivot;  // 0 and NaN stay
            }
            data_as<T>(sign)[i] = s;
            data_as<T>(y)[i] = static_cast<T>(total);
        });
    });
    const Tensor log =
        record("slogdet", y, wrt(a, [a = saved(a), factors](const Tensor& g) {
                   const Tensor matrix = a.get();
                   if (const std::int64_t i = detail::first_failure(factors->zeros); i >= 0)
                       throw GradError("backward of slogdet: the " +
                                       detail::matrix_name(detail::batch_of(body(matrix).shape), i) +
                                       " is singular, where the logarithm has no derivative");
                   return detail::solve_factored(factors, matrix, scaled_identity(g, columns_of(matrix)), true);
               }));
    return {sign, log};
}

}  // namespace xg
