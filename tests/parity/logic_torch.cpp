#include "families_torch.hpp"

namespace parity {

void add_logic(TorchTable& t) {
    t["logical_and"] = TORCH(at::logical_and(in[0], in[1]));
    t["logical_or"] = TORCH(at::logical_or(in[0], in[1]));
    t["logical_xor"] = TORCH(at::logical_xor(in[0], in[1]));
    t["logical_not"] = TORCH(at::logical_not(in[0]));
    t["isnan"] = TORCH(at::isnan(in[0]));
    t["isinf"] = TORCH(at::isinf(in[0]));
    t["isfinite"] = TORCH(at::isfinite(in[0]));
    t["isclose"] = TORCH([&] {
        // Its tensors must be alike.
        const Tensors x = at::broadcast_tensors({in[0].to(at::kDouble), in[1].to(at::kDouble)});
        return at::isclose(x[0], x[1], o.number("rtol"), o.number("atol"), o.flag("equal_nan"));
    }());
}

}  // namespace parity
