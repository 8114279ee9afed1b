#include "families_torch.hpp"

namespace parity {
namespace {

Sizes all_axes(const at::Tensor& x) {
    Sizes axes;
    for (std::int64_t axis = 0; axis < x.dim(); ++axis) axes.push_back(axis);
    return axes;
}

}  // namespace

void add_joining(TorchTable& t) {
    t["stack"] = TORCH(at::stack(in, o.integer("axis")));
    t["flip"] = TORCH(at::flip(in[0], o.list("axes")));
    t["flip of all"] = TORCH(at::flip(in[0], all_axes(in[0])));
    t["roll"] = TORCH(at::roll(in[0], o.integer("shift")));
    t["roll along an axis"] = TORCH(at::roll(in[0], o.integer("shift"), o.integer("axis")));
    t["roll along axes"] = TORCH(at::roll(in[0], o.list("shifts"), o.list("axes")));
    t["repeat"] = TORCH(in[0].repeat(o.list("repeats")));
    t["tile"] = TORCH(at::tile(in[0], o.list("repeats")));
    t["repeat_interleave"] = TORCH(at::repeat_interleave(in[0], o.integer("n"), o.integer("axis")));
    t["repeat_interleave of all"] = TORCH(at::repeat_interleave(in[0], o.integer("n")));
    t["repeat_interleave with numbers"] = TORCH(at::repeat_interleave(in[0], in[1], o.integer("axis")));
}

}  // namespace parity
