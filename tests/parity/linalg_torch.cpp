#include "linalg_torch.hpp"

#include "dense_torch.hpp"
#include "families_torch.hpp"

namespace parity {
namespace {

at::Tensor plain_cross(const at::Tensor& a, const at::Tensor& b, std::int64_t axis) {
    // libtorch's own rounds one product of two: of parallel vectors there is something left.
    const Tensors both = at::broadcast_tensors({a, b});
    const auto turned = [axis](const at::Tensor& x, std::int64_t by) { return at::roll(x, -by, axis); };
    return turned(both[0], 1) * turned(both[1], 2) - turned(both[0], 2) * turned(both[1], 1);
}

at::Tensor broadcast_vecdot(const at::Tensor& a, const at::Tensor& b, std::int64_t axis) {
    // Vectors of one element it does not broadcast.
    const Tensors both = at::broadcast_tensors({a, b});
    return at::linalg_vecdot(both[0], both[1], axis);
}

at::Tensor broadcast_solve(const at::Tensor& a, const at::Tensor& b) {
    // Where it broadcasts a matrix its gradient has the wrong shape.
    const bool vectors = is_vectors(a, b);
    const auto [p, q] = broadcast_stacks(a, vectors ? b.unsqueeze(-1) : b);
    const at::Tensor x = at::linalg_solve(p, q);
    return vectors ? x.squeeze(-1) : x;
}

}  // namespace

bool is_vectors(const at::Tensor& a, const at::Tensor& b) {
    return b.dim() == 1 ||
           (b.dim() == a.dim() - 1 && b.sizes() == a.sizes().slice(0, static_cast<std::size_t>(b.dim())));
}

std::pair<at::Tensor, at::Tensor> broadcast_stacks(const at::Tensor& a, const at::Tensor& b) {
    const auto stack = [](const at::Tensor& x) {
        return at::zeros(x.sizes().slice(0, static_cast<std::size_t>(x.dim()) - 2), x.options());
    };
    const Sizes shape = (stack(a) + stack(b)).sizes().vec();
    const auto widened = [&](const at::Tensor& x) {
        Sizes whole = shape;
        whole.insert(whole.end(), {x.size(-2), x.size(-1)});
        return x.expand(whole);
    };
    return {widened(a), widened(b)};
}

void add_linalg(TorchTable& t) {
    t["dot"] = TORCH(at::dot(in[0], in[1]));
    t["outer"] = TORCH(at::outer(in[0], in[1]));
    t["kron"] = TORCH(at::kron(dense(in[0]), dense(in[1])));
    t["cross"] = TORCH(plain_cross(in[0], in[1], o.integer("axis")));
    t["vecdot"] = TORCH(broadcast_vecdot(in[0], in[1], o.integer("axis")));

    t["solve"] = TORCH(broadcast_solve(in[0], in[1]));
    t["inv"] = TORCH(at::linalg_inv(in[0]));
    t["matrix_power of inverse"] = TORCH(at::linalg_matrix_power(in[0], o.integer("n")));
    t["matrix_power"] = TORCH(at::linalg_matrix_power(in[0], o.integer("n")));
    t["det"] = TORCH(at::linalg_det(in[0]));
    t["slogdet"] = TORCH(at::linalg_slogdet(in[0]));

    t["solve_triangular"] =
        TORCH(at::linalg_solve_triangular(in[0], in[1], o.flag("upper"), o.flag("left"), o.flag("unitriangular")));
    t["cholesky_solve"] = TORCH(at::cholesky_solve(in[1], at::tril(in[0])));
    t["cholesky_solve of upper triangle"] = TORCH(at::cholesky_solve(in[1], at::triu(in[0]), true));
}

}  // namespace parity
