#include "families_torch.hpp"

namespace parity {

void add_products(TorchTable& t) {
    t["matmul"] = TORCH(at::matmul(in[0], in[1]));
    t["linear"] = TORCH(at::linear(in[0], in[1], in[2]));
    t["linear without bias"] = TORCH(at::linear(in[0], in[1]));
    t["linear and relu"] = TORCH(at::relu(at::linear(in[0], in[1], in[2])));
}

}  // namespace parity
