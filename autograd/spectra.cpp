#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <fmt/core.h>

#include <xgrad/autograd/decompositions.hpp>
#include <xgrad/autograd/detail/lapack.hpp>
#include <xgrad/autograd/detail/matrix_batch.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::as_column;
using detail::as_row;
using detail::batch_of;
using detail::body;
using detail::columns_of;
using detail::data_as;
using detail::diagonal_matrix;
using detail::Gradients;
using detail::make_tensor;
using detail::rows_of;
using detail::SavedOutput;
using detail::skew;

namespace {

void check_convergence(const std::vector<int>& codes, const Shape& batch, const char* operation) {
    if (const std::int64_t i = detail::first_failure(codes); i >= 0)
        throw ValueError(std::string(operation) + ": the iteration for the " + detail::matrix_name(batch, i) +
                         " did not converge");
}

/// Which pairs of the values along the last axis are equal to rounding, a bool (..., n, n); each is equal to itself.
///
/// Throws GradError where that is so of two different ones and `coupled`, (..., n, n), is not 0 at their place: the
/// gradient then depends on how their vectors lie in the space that both span, which nothing determines.
Tensor equal_pairs(const Tensor& values, const std::vector<Tensor>& coupled, const char* operation, const char* what) {
    const std::int64_t n = body(values).shape.back();
    const Tensor close = make_tensor(detail::with_axis(body(values).shape, n), boolean);
    bool* const out = data_as<bool>(close);
    detail::dispatch_floating(body(values).dtype, [&]<class T>(T*) {
        for (std::int64_t at = 0; at < body(values).numel; at += n) {
            const T* const v = data_as<T>(values) + at;
            T most = 0;
            for (std::int64_t i = 0; i < n; ++i) most = std::max(most, std::abs(v[i]));
            const T rounding = static_cast<T>(n) * std::numeric_limits<T>::epsilon() * most;
            for (std::int64_t i = 0; i < n; ++i) {
                for (std::int64_t j = 0; j < n; ++j) {
                    const std::int64_t place = (at + i) * n + j;
                    out[place] = std::abs(v[i] - v[j]) <= rounding;
                    if (i == j || !out[place]) continue;
                    for (const Tensor& c : coupled)
                        if (c.defined() && data_as<T>(c)[place] != T(0))
                            throw GradError(
                                fmt::format("backward of {}: {}s {} and {} of the {} are equal to rounding ({} and "
                                            "{}), and the gradient "
                                            "depends on their vectors, which are then not determined",
                                            operation, what, std::min(i, j), std::max(i, j),
                                            detail::matrix_name(batch_of(body(close).shape), at / n), v[std::min(i, j)],
                                            v[std::max(i, j)]));
                }
            }
        }
    });
    return close;
}

/// 1 / gaps, and 0 at pairs that are equal.
Tensor reciprocal(const Tensor& gaps, const Tensor& equal) { return where(equal, 0, 1 / where(equal, 1, gaps)); }

/// x for a look at its numbers: without gaps, outside of the graph.
Tensor numbers(const Tensor& x) { return x.defined() ? detail::dense(x) : x; }

}  // namespace

EighResult eigh(const Tensor& a) {
    detail::check_matrices(a, "eigh", true);
    detail::check_finite(a, "eigh", true);
    const std::int64_t n = columns_of(a);
    const Shape batch = batch_of(body(a).shape);
    Tensor values = make_tensor(detail::with_axis(batch, n), body(a).dtype);
    const Tensor work = detail::dense(a, true);
    std::vector<int> codes(static_cast<std::size_t>(batch.elements()));
    if (n > 0) {
        detail::dispatch_floating(body(a).dtype, [&]<class T>(T*) {
            detail::each_matrix(batch.elements(), 9 * n * n * n, [&](std::int64_t i) {
                codes[static_cast<std::size_t>(i)] =
                    detail::symmetric_eigen(n, data_as<T>(work) + i * n * n, data_as<T>(values) + i * n);
            });
        });
    }
    check_convergence(codes, batch, "eigh");
    Tensor vectors;
    {
        const NoGrad no_grad;
        vectors = transpose(work).clone();
    }
    Tensor* const outputs[] = {&values, &vectors};
    const Tensor* const input = &a;
    detail::record_joint("eigh", outputs, {&input, 1},
                         [w = SavedOutput(values, 0), v = SavedOutput(vectors, 1)](Gradients& gradients) {
                             const Tensor &gw = gradients.of_output(0), &gv = gradients.of_output(1);
                             const Tensor vectors = v.get(), t = transpose(vectors);
                             Tensor inner;
                             if (gv.defined()) {
                                 const Tensor values = w.get(), coupled = matmul(t, gv);
                                 const Tensor equal = equal_pairs(values, {numbers(coupled)}, "eigh", "eigenvalue");
                                 inner = skew(coupled) * reciprocal(as_row(values) - as_column(values), equal) * 0.5;
                             }
                             if (gw.defined())
                                 inner = inner.defined() ? inner + diagonal_matrix(gw) : diagonal_matrix(gw);
                             if (inner.defined()) gradients.set(0, matmul(matmul(vectors, inner), t));
                         });
    return {values, vectors};
}

namespace {

/// x / s for columns of x, 0 where s is 0. Throws GradError where x is not 0 there: the gradient then depends on
/// vectors that nothing determines.
Tensor divided(const Tensor& x, const Tensor& s, const char* of) {
    const Tensor zero = as_row(s) == 0, lost = numbers(where(zero, x, 0));
    detail::dispatch_floating(body(x).dtype, [&]<class T>(T*) {
        for (std::int64_t i = 0; i < body(lost).numel; ++i)
            if (data_as<T>(lost)[i] != T(0))
                throw GradError(
                    fmt::format("backward of svd: a singular value of the {} is 0, and the gradient depends on its "
                                "vector in {}, which "
                                "is then not determined",
                                detail::matrix_name(batch_of(body(x).shape), i / (rows_of(x) * columns_of(x))), of));
    });
    return where(zero, 0, x / where(zero, 1, as_row(s)));
}

/// The gradient of a = u · diag(s) · vh; those of the parts may be undefined.
Tensor svd_backward(const Tensor& u, const Tensor& s, const Tensor& vh, const Tensor& gu, const Tensor& gs,
                    const Tensor& gvh) {
    const std::int64_t m = rows_of(u), k = columns_of(u), n = columns_of(vh);
    if (!gu.defined() && !gvh.defined()) return matmul(u * as_row(gs), vh);
    const Tensor v = transpose(vh), gv = gvh.defined() ? transpose(gvh) : Tensor();
    const Tensor left = gu.defined() ? matmul(transpose(u), gu) : Tensor(),
                 right = gv.defined() ? matmul(vh, gv) : Tensor();
    const Tensor equal = equal_pairs(s, {numbers(left), numbers(right)}, "svd", "singular value");
    const Tensor row = as_row(s), column = as_column(s);
    const Tensor gaps = reciprocal((row - column) * (row + column), equal);
    Tensor inner = gs.defined() ? diagonal_matrix(gs) : Tensor();
    const auto add = [](const Tensor& sum, const Tensor& term) { return sum.defined() ? sum + term : term; };
    if (gu.defined()) inner = add(inner, skew(left) * gaps * row);
    if (gv.defined()) inner = add(inner, skew(right) * gaps * column);
    Tensor result = matmul(matmul(u, inner), vh);
    // What of the vectors' gradients lies outside of the spaces that they span.
    if (gu.defined() && m > k) result = result + matmul(divided(gu - matmul(u, left), s, "U"), vh);
    if (gv.defined() && n > k) result = result + matmul(u, transpose(divided(gv - matmul(v, right), s, "Vh")));
    return result;
}

}  // namespace

SvdResult svd(const Tensor& a) {
    detail::check_matrices(a, "svd");
    detail::check_finite(a, "svd");
    const std::int64_t m = rows_of(a), n = columns_of(a), k = std::min(m, n);
    const Shape batch = batch_of(body(a).shape);
    const DType dtype = body(a).dtype;
    Tensor u = make_tensor(detail::with_matrix(batch, m, k), dtype),
           s = make_tensor(detail::with_axis(batch, k), dtype),
           vh = make_tensor(detail::with_matrix(batch, k, n), dtype);
    std::vector<int> codes(static_cast<std::size_t>(batch.elements()));
    if (k > 0) {
        const Tensor work = detail::dense(a, true);
        detail::dispatch_floating(dtype, [&]<class T>(T*) {
            detail::each_matrix(batch.elements(), 8 * m * n * k, [&](std::int64_t i) {
                codes[static_cast<std::size_t>(i)] =
                    detail::singular_values(m, n, data_as<T>(work) + i * m * n, data_as<T>(u) + i * m * k,
                                            data_as<T>(s) + i * k, data_as<T>(vh) + i * k * n);
            });
        });
    }
    check_convergence(codes, batch, "svd");
    Tensor* const outputs[] = {&u, &s, &vh};
    const Tensor* const input = &a;
    detail::record_joint("svd", outputs, {&input, 1},
                         [u = SavedOutput(u, 0), s = SavedOutput(s, 1), vh = SavedOutput(vh, 2)](Gradients& gradients) {
                             const Tensor &gu = gradients.of_output(0), &gs = gradients.of_output(1),
                                          &gvh = gradients.of_output(2);
                             if (gu.defined() || gs.defined() || gvh.defined())
                                 gradients.set(0, svd_backward(u.get(), s.get(), vh.get(), gu, gs, gvh));
                         });
    return {u, s, vh};
}

}  // namespace xg
