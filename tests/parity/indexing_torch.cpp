#include "families_torch.hpp"

namespace parity {
namespace {

/// Counted from the front, as most of libtorch's functions want them.
at::Tensor wrapped(const at::Tensor& index, std::int64_t n) { return at::where(index < 0, index + n, index); }
at::Tensor wrapped(const Tensors& in, const Options& o) { return wrapped(in[1], in[0].size(o.integer("axis"))); }

at::Tensor taken(const at::Tensor& x, const at::Tensor& index, std::int64_t axis) {
    Sizes shape = x.sizes().vec();
    const auto at = static_cast<std::ptrdiff_t>(axis < 0 ? axis + x.dim() : axis);
    shape.erase(shape.begin() + at);
    shape.insert(shape.begin() + at, index.sizes().begin(), index.sizes().end());
    return at::index_select(x, axis, index.reshape({-1})).reshape(shape);
}

/// The part of src that there are indices for.
at::Tensor beside(at::Tensor src, const at::Tensor& index) {
    for (std::int64_t axis = 0; axis < src.dim(); ++axis) src = at::slice(src, axis, 0, index.size(axis));
    return src;
}

/// Laid out row by row: the gradient of at::masked_select puts elements of other layouts in the wrong places.
at::Tensor selected(const at::Tensor& x, const at::Tensor& mask) {
    const Tensors both = at::broadcast_tensors({x, mask});
    return at::masked_select(both[0].contiguous(), both[1]);
}

}  // namespace

void add_indexing(TorchTable& t) {
    t["take"] = TORCH(taken(in[0], wrapped(in, o), o.integer("axis")));
    t["take of all"] = TORCH(at::take(in[0], in[1]));
    t["index_select"] = TORCH(at::index_select(in[0], o.integer("axis"), wrapped(in, o)));
    t["index_add"] = TORCH(at::index_add(in[0], o.integer("axis"), wrapped(in, o), in[2]));
    t["gather"] = TORCH(at::gather(in[0], o.integer("axis"), wrapped(in, o)));
    t["take_along_axis"] = TORCH(at::take_along_dim(in[0], wrapped(in, o), o.integer("axis")));
    t["scatter_add"] = TORCH(at::scatter_add(in[0], o.integer("axis"), wrapped(in, o), beside(in[2], in[1])));
    t["scatter"] = TORCH(at::scatter(in[0], o.integer("axis"), wrapped(in, o), beside(in[2], in[1])));
    t["scatter of a number"] = TORCH(at::scatter(in[0], o.integer("axis"), wrapped(in, o), o.number("value")));
    t["masked_select"] = TORCH(selected(in[0], in[1]));
    t["masked_fill"] = TORCH(at::masked_fill(in[0], in[1], o.number("value")));
    t["masked_fill with a tensor"] = TORCH(at::masked_fill(in[0], in[1], in[2]));
    for (const char* of : {"", " of mask", " of integers"})
        t[std::string("nonzero") + of] = TORCH(at::nonzero(in[0].detach()));
}

}  // namespace parity
