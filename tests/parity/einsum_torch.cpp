#include "families_torch.hpp"

namespace parity {

void add_einsum(TorchTable& t) {
    t["einsum"] = TORCH(at::einsum(o.word("spec"), in));
    t["einsum of several"] = TORCH(at::einsum(o.word("spec"), in));
}

}  // namespace parity
