#include "families_torch.hpp"

namespace parity {
namespace {

/// Along one axis alone: at::pad takes few ranks, but (1, rows, n) always.
at::Tensor padded_axis(const at::Tensor& x, std::int64_t axis, std::int64_t before, std::int64_t after,
                       const char* mode) {
    if (before == 0 && after == 0) return x;
    const at::Tensor last = at::movedim(x, axis, -1);
    Sizes shape = last.sizes().vec();
    const std::int64_t n = shape.back();
    shape.back() += before + after;
    if (x.numel() == 0) return at::movedim(last.new_zeros(shape), -1, axis);
    const std::int64_t sides[] = {before, after};
    return at::movedim(at::pad(last.reshape({1, -1, n}), sides, mode).reshape(shape), -1, axis);
}

at::Tensor padded(at::Tensor x, const Options& o, const char* mode) {
    const std::vector<double>& sizes = o.numbers("sizes");
    const auto n = static_cast<std::int64_t>(sizes.size() / 2);
    for (std::int64_t k = 0; k < n; ++k)
        x = padded_axis(x, x.dim() - n + k, static_cast<std::int64_t>(sizes[static_cast<std::size_t>(2 * k)]),
                        static_cast<std::int64_t>(sizes[static_cast<std::size_t>(2 * k + 1)]), mode);
    return x;
}

at::Tensor with_value(const at::Tensor& x, const Options& o) {
    const std::vector<double>& by = o.numbers("sizes");
    Sizes sizes, shape = x.sizes().vec();
    // The last axis first.
    for (std::size_t k = by.size(); k > 0; k -= 2) {
        sizes.push_back(static_cast<std::int64_t>(by[k - 2]));
        sizes.push_back(static_cast<std::int64_t>(by[k - 1]));
        shape[shape.size() - sizes.size() / 2] += sizes[sizes.size() - 2] + sizes.back();
    }
    // Which libtorch refuses to make.
    if (elements(shape) == 0) return x.new_zeros(shape);
    return at::constant_pad_nd(x, sizes, o.number("value"));
}

Sizes both(const Options& o, const std::string& name) { return {o.integer(name + "_h"), o.integer(name + "_w")}; }

}  // namespace

void add_padding(TorchTable& t) {
    t["pad"] = TORCH(with_value(in[0], o));
    t["pad by reflection"] = TORCH(padded(in[0], o, "reflect"));
    t["pad by replication"] = TORCH(padded(in[0], o, "replicate"));
    t["pad around"] = TORCH(padded(in[0], o, "circular"));
    t["unfold"] =
        TORCH(at::im2col(in[0], both(o, "kernel"), both(o, "dilation"), both(o, "padding"), both(o, "stride")));
    t["fold"] = TORCH(at::col2im(in[0], Sizes{o.integer("height"), o.integer("width")}, both(o, "kernel"),
                                 both(o, "dilation"), both(o, "padding"), both(o, "stride")));
}

}  // namespace parity
