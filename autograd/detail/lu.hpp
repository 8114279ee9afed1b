#pragma once

#include <memory>
#include <vector>

#include <xgrad/autograd/detail/body.hpp>

namespace xg::detail {

/// The LU factors of a batch of matrices: those of each lie where it lay, see `lu_factor`.
struct LuFactors {
    Tensor values;
    std::vector<int> pivots;  ///< n of each matrix.
    std::vector<int> zeros;   ///< Of each matrix the number of the first pivot that is 0, from 1 on, or 0.
    std::vector<char> nans;   ///< Of each matrix whether it has a NaN; then all its values are NaN.

    bool is_nan(std::int64_t matrix) const { return nans[static_cast<std::size_t>(matrix)] != 0; }

    /// Throws ValueError, naming the operation and the matrix, where a pivot is 0.
    void check_regular(const char* operation) const;
};

std::shared_ptr<const LuFactors> factor(const Tensor& a);

/// a⁻¹ · b, or a⁻ᵀ · b where `transposed`, with the factors of a; b is (..., n, r). Recorded; the derivatives use the
/// same factors.
Tensor solve_factored(const std::shared_ptr<const LuFactors>& factors, const Tensor& a, const Tensor& b,
                      bool transposed);

}  // namespace xg::detail
