#include "families_torch.hpp"

namespace parity {

void add_in_place(TorchTable& t) {
    t["add_"] = TORCH(in[0].detach().clone().add_(in[1].detach(), o.number("alpha")));
    t["add_ number"] = TORCH(in[0].detach().clone().add_(o.number("value")));
    // libtorch does not let the two overlap.
    t["add_ own entry"] = TORCH(in[0].detach().clone().add_(in[0].detach()[0]));
    t["add_ of integers"] = TORCH(in[0].clone().add_(in[1], o.integer("alpha")));
    t["mul_"] = TORCH(in[0].detach().clone().mul_(in[1].detach()));
    t["mul_ number"] = TORCH(in[0].detach().clone().mul_(o.number("value")));
    t["mul_ of integers"] = TORCH(in[0].clone().mul_(in[1]));
    t["axpy_"] = TORCH(in[0].detach().clone().add_(in[1].detach(), o.number("alpha")));
    t["copy_"] = TORCH(in[0].detach().clone().copy_(in[1].detach()));
    t["copy_ into integers"] = TORCH(in[0].clone().copy_(in[1].detach()));
    t["fill_"] = TORCH(in[0].detach().clone().fill_(o.number("value")));
    t["zero_"] = TORCH(in[0].detach().clone().zero_());
}

}  // namespace parity
