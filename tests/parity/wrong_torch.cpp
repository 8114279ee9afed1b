#include "families_torch.hpp"

namespace parity {

void add_wrong(TorchTable& t) {
    t["wrong tanh: 1e-6 too steep"] = TORCH(at::tanh(in[0]));
    t["wrong sub: a sign"] = TORCH(in[0] - in[1]);
    t["wrong add: the broadcast is not summed"] = TORCH(in[0] + in[1]);
    t["wrong square: no second derivative"] = TORCH(at::square(in[0]));
    t["wrong exp: 1e-8 too large"] = TORCH(at::exp(in[0]));
    t["wrong relu: a slope of -1e-3 below 0"] = TORCH(at::relu(in[0]));
    t["wrong sum: throws for no elements"] = TORCH(at::sum(in[0]));
}

}  // namespace parity
