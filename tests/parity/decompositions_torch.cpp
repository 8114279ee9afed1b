#include "families_torch.hpp"
#include "linalg_torch.hpp"

namespace parity {
namespace {

/// A positive definite matrix.
at::Tensor positive_definite(const at::Tensor& x) {
    return at::matmul(x, x.transpose(-1, -2)) + at::eye(x.size(-2), x.options());
}

Tensors eigh_parts(const at::Tensor& x) {
    const auto [values, vectors] = at::linalg_eigh(x);
    return {values, at::square(vectors),
            at::matmul(vectors * at::tanh(values).unsqueeze(-2), vectors.transpose(-1, -2))};
}

Tensors qr_parts(const at::Tensor& x) {
    const auto [q, r] = at::linalg_qr(x);
    const at::Tensor signs = at::sign(at::diagonal(r, 0, -2, -1));
    return {q * signs.unsqueeze(-2), r * signs.unsqueeze(-1)};
}

Tensors svd_parts(const at::Tensor& x) {
    const auto [u, s, vh] = at::linalg_svd(x, false);
    return {at::square(u), s, at::square(vh), at::matmul(u, vh)};
}

Tensors lstsq_parts(const at::Tensor& a, const at::Tensor& b) {
    // libtorch has no derivative of residuals, and that of solutions loses half of the digits where a matrix is a
    // little ill-conditioned.
    const bool vectors = is_vectors(a, b);
    const auto [p, q] = broadcast_stacks(a, vectors ? b.unsqueeze(-1) : b);
    const auto [plain, residuals, rank, singular] = at::linalg_lstsq(p.detach(), q.detach(), {}, "gelsd");
    const bool tall = p.size(-2) >= p.size(-1);
    const auto [orthogonal, triangle] = at::linalg_qr(tall ? p : p.transpose(-1, -2));
    const at::Tensor x =
        tall ? at::linalg_solve_triangular(triangle, at::matmul(orthogonal.transpose(-1, -2), q), true)
             : at::matmul(orthogonal, at::linalg_solve_triangular(triangle.transpose(-1, -2), q, false));
    const at::Tensor squares = p.size(-2) > p.size(-1) ? at::square(at::matmul(p, x) - q).sum(-2) : residuals;
    const bool several = vectors && squares.dim() + 1 == x.dim();
    return {vectors ? x.squeeze(-1) : x, several ? squares.squeeze(-1) : squares, rank, singular};
}

}  // namespace

void add_decompositions(TorchTable& t) {
    t["cholesky"] = TORCH(at::linalg_cholesky(positive_definite(in[0])));
    t["cholesky of lower triangle"] = TORCH(at::linalg_cholesky(positive_definite(in[0]) + at::triu(in[1], 1)));
    t["eigh"] = TORCH(eigh_parts(in[0]));
    t["qr"] = TORCH(qr_parts(in[0]));
    t["svd"] = TORCH(svd_parts(in[0]));
    t["pinv"] = TORCH(at::linalg_pinv(in[0]));
    t["pinv of low rank"] =
        TORCH(at::linalg_pinv(at::matmul(in[0], in[1]), o.number("absolute"),
                              o.number("relative") < 0 ? c10::nullopt : c10::make_optional(o.number("relative"))));
    t["lstsq"] = TORCH(lstsq_parts(in[0], in[1]));
}

}  // namespace parity
