#include "families_torch.hpp"

namespace parity {

void add_reductions(TorchTable& t) {
    t["sum"] = TORCH(at::sum(in[0], o.list("axes"), o.flag("keepdims")));
    t["sum of all"] = TORCH(at::sum(in[0]));
    t["sum of mask"] = TORCH(at::sum(in[0], o.list("axes"), o.flag("keepdims")));
    t["mean"] = TORCH(at::mean(in[0], o.list("axes"), o.flag("keepdims")));
    t["mean of all"] = TORCH(at::mean(in[0]));
    t["max"] = TORCH(at::amax(in[0], o.list("axes"), o.flag("keepdims")));
    t["max of all"] = TORCH(at::max(in[0]));
    t["min"] = TORCH(at::amin(in[0], o.list("axes"), o.flag("keepdims")));
    t["min of all"] = TORCH(at::min(in[0]));
}

}  // namespace parity
