#include "families_torch.hpp"

namespace parity {

void add_losses(TorchTable& t) { t["mse_loss"] = TORCH(at::mse_loss(in[0], in[1])); }

}  // namespace parity
