#include "families_torch.hpp"

namespace parity {

void add_shaping(TorchTable& t) {
    t["reshape"] = TORCH(in[0].reshape(o.list("shape")));
    t["transpose"] = TORCH(at::transpose(in[0], o.integer("a"), o.integer("b")));
    t["transpose of matrices"] = TORCH(at::transpose(in[0], -1, -2));
    t["slice"] = TORCH(at::slice(in[0], o.integer("axis"), o.integer("start"), o.integer("stop"), o.integer("step")));
    t["slice of entry"] = TORCH(in[0][o.integer("i")]);
    t["broadcast_to"] = TORCH(at::broadcast_to(in[0], o.list("shape")));
    t["concat"] = TORCH(at::cat(in, o.integer("axis")));
    t["to"] = TORCH(in[0].to(at::kDouble));
    t["to int64 and back"] = TORCH(in[0].to(at::kLong).to(at::kDouble));
    t["clone"] = TORCH(in[0].clone());
    t["contiguous"] = TORCH(in[0].contiguous());
    t["detach"] = TORCH(in[0].detach());
}

}  // namespace parity
