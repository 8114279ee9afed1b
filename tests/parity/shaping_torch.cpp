#include <algorithm>
#include <set>

#include "families_torch.hpp"

namespace parity {
namespace {

std::int64_t wrapped(std::int64_t axis, const at::Tensor& x) { return axis < 0 ? axis + x.dim() : axis; }

/// As Python's x[start:stop:step] for a step below 0, which libtorch has not: by a list of positions.
at::Tensor backwards(const at::Tensor& x, std::int64_t axis, std::int64_t start, std::int64_t stop, std::int64_t step) {
    const std::int64_t n = x.size(axis);
    const auto cut = [n](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + n : i, -1, n - 1); };
    std::vector<std::int64_t> places;
    for (std::int64_t i = cut(start); i > cut(stop); i += step) places.push_back(i);
    return at::index_select(x, axis, at::tensor(places, at::TensorOptions(at::kLong)));
}

/// As in later versions: libtorch's takes a single axis.
at::Tensor squeezed(at::Tensor x, const Sizes& axes) {
    std::set<std::int64_t, std::greater<>> from_behind;
    for (const std::int64_t axis : axes) from_behind.insert(wrapped(axis, x));
    for (const std::int64_t axis : from_behind) x = at::squeeze(x, axis);
    return x;
}

/// at::unflatten takes named tensors alone.
at::Tensor unflattened(const at::Tensor& x, std::int64_t axis, Sizes sizes) {
    Sizes shape = x.sizes().vec();
    const auto at = static_cast<std::size_t>(wrapped(axis, x));
    std::int64_t known = 1;
    for (const std::int64_t size : sizes) known *= size == -1 ? 1 : size;
    for (std::int64_t& size : sizes)
        if (size == -1) size = shape[at] / known;
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(at));
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(at), sizes.begin(), sizes.end());
    return x.reshape(shape);
}

Tensors unbound(const at::Tensor& x, std::int64_t axis) { return x.size(axis) == 0 ? Tensors() : at::unbind(x, axis); }

}  // namespace

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

    t["slice backwards"] =
        TORCH(backwards(in[0], o.integer("axis"), o.integer("start"), o.integer("stop"), o.integer("step")));
    t["flatten"] = TORCH(at::flatten(in[0], o.integer("first"), o.integer("last")));
    t["unflatten"] = TORCH(unflattened(in[0], o.integer("axis"), o.list("sizes")));
    t["squeeze"] = TORCH(at::squeeze(in[0]));
    t["squeeze of axes"] = TORCH(squeezed(in[0], o.list("axes")));
    t["unsqueeze"] = TORCH(at::unsqueeze(in[0], o.integer("axis")));
    t["atleast_1d"] = TORCH(at::atleast_1d(in[0]));
    t["atleast_2d"] = TORCH(at::atleast_2d(in[0]));
    t["atleast_3d"] = TORCH(at::atleast_3d(in[0]));
    t["swapaxes"] = TORCH(at::swapaxes(in[0], o.integer("a"), o.integer("b")));
    t["permute"] = TORCH(at::permute(in[0], o.list("axes")));
    t["moveaxis"] = TORCH(at::moveaxis(in[0], o.list("from"), o.list("to")));
    t["select"] = TORCH(at::select(in[0], o.integer("axis"), o.integer("i")));
    t["split"] = TORCH(at::split(in[0], o.integer("size"), o.integer("axis")));
    t["split into sizes"] = TORCH(at::split_with_sizes(in[0], o.list("sizes"), o.integer("axis")));
    t["chunk"] = TORCH(at::chunk(in[0], o.integer("chunks"), o.integer("axis")));
    t["unbind"] = TORCH(unbound(in[0], o.integer("axis")));
}

}  // namespace parity
