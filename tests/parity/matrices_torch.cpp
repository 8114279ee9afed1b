#include "families_torch.hpp"

namespace parity {

void add_matrices(TorchTable& t) {
    // at::diag refuses diagonals that lie outside.
    t["diag"] =
        TORCH(in[0].dim() == 1 ? at::diag_embed(in[0], o.integer("offset")) : at::diagonal(in[0], o.integer("offset")));
    t["diagonal"] = TORCH(at::diagonal(in[0], o.integer("offset"), o.integer("a"), o.integer("b")));
    t["diag_embed"] = TORCH(at::diag_embed(in[0], o.integer("offset")));
    t["tril"] = TORCH(at::tril(in[0], o.integer("offset")));
    t["triu"] = TORCH(at::triu(in[0], o.integer("offset")));
    // libtorch's takes one matrix.
    t["trace"] = TORCH(at::diagonal(in[0], 0, -2, -1).sum(-1));
    t["one_hot"] = TORCH(at::one_hot(in[0], o.integer("classes")));
    t["one_hot of all classes"] = TORCH(at::one_hot(in[0]));
    t["one_hot of real numbers"] = TORCH(at::one_hot(in[0], o.integer("classes")).to(at::kDouble));
    t["meshgrid"] = TORCH(at::meshgrid(in, "ij"));
    t["meshgrid of x and y"] = TORCH(at::meshgrid(in, "xy"));
}

}  // namespace parity
