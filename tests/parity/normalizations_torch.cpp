#include <limits>

#include "dense_torch.hpp"
#include "families_torch.hpp"

namespace parity {
namespace {

Tensors trained(const Tensors& in, const Options& o) {
    const at::Tensor mean = in[1].detach().clone(), variance = in[2].detach().clone();
    const at::Tensor y = dense_gradient(at::batch_norm(dense(in[0]), dense(in[3]), dense(in[4]), mean, variance, true,
                                                       o.number("momentum"), o.number("eps"), false));
    return {y, mean, variance};
}

/// What is left of single numbers, which is nothing; libtorch leaves what rounding makes of them.
at::Tensor of_single(const at::Tensor& x, double eps) { return (x - x) / at::sqrt(at::square(x - x) + eps); }

using Scale = std::vector<c10::optional<at::Tensor>>;

at::Tensor scaled(const at::Tensor& x, const Scale& scale, const Sizes& shape) {
    return scale.empty() ? x : x * scale[0]->reshape(shape) + scale[1]->reshape(shape);
}

at::Tensor over_last(const at::Tensor& x, const Scale& scale, const Options& o) {
    const Sizes& shape = o.list("shape");
    if (elements(shape) == 1) return scaled(of_single(x, o.number("eps")), scale, shape);
    if (scale.empty()) return at::layer_norm(x, shape, {}, {}, o.number("eps"));
    return at::layer_norm(x, shape, scale[0], scale[1], o.number("eps"));
}

at::Tensor over_groups(const at::Tensor& x, const Scale& scale, const Options& o) {
    const std::int64_t groups = o.integer("groups");
    Sizes channels(static_cast<std::size_t>(x.dim()) - 1, 1);
    channels[0] = x.size(1);
    if (x.numel() == x.size(0) * groups) return scaled(of_single(x, o.number("eps")), scale, channels);
    if (scale.empty()) return at::group_norm(x, groups, {}, {}, o.number("eps"), false);
    return at::group_norm(x, groups, scale[0], scale[1], o.number("eps"), false);
}

at::Tensor by_root_mean_square(const at::Tensor& x, const Sizes& shape, double eps) {
    Sizes axes;
    for (std::size_t k = 1; k <= shape.size(); ++k) axes.push_back(-static_cast<std::int64_t>(k));
    return x / at::sqrt(at::square(x).mean(axes, true) + eps);
}

}  // namespace

void add_normalizations(TorchTable& t) {
    t["batch_norm"] =
        TORCH(dense_gradient(at::batch_norm(dense(in[0]), dense(in[3]), dense(in[4]), in[1].detach().clone(),
                                            in[2].detach().clone(), false, 0.1, o.number("eps"), false)));
    t["batch_norm without weights"] = TORCH(dense_gradient(at::batch_norm(
        dense(in[0]), {}, {}, in[1].detach().clone(), in[2].detach().clone(), false, 0.1, o.number("eps"), false)));
    t["batch_norm in training"] = TORCH(trained(in, o));
    t["batch_norm of statistics of the batch alone"] =
        TORCH(dense_gradient(at::batch_norm(dense(in[0]), {}, {}, {}, {}, true, 0.1, o.number("eps"), false)));
    t["instance_norm"] = TORCH(dense_gradient(
        at::instance_norm(dense(in[0]), dense(in[1]), dense(in[2]), {}, {}, true, 0.1, o.number("eps"), false)));
    t["instance_norm without weights"] =
        TORCH(dense_gradient(at::instance_norm(dense(in[0]), {}, {}, {}, {}, true, 0.1, o.number("eps"), false)));
    t["layer_norm"] = TORCH(over_last(in[0], {in[1], in[2]}, o));
    t["layer_norm without weights"] = TORCH(over_last(in[0], {}, o));
    t["group_norm"] = TORCH(over_groups(in[0], {in[1], in[2]}, o));
    t["group_norm without weights"] = TORCH(over_groups(in[0], {}, o));
    t["rms_norm"] = TORCH(by_root_mean_square(in[0], o.list("shape"), o.number("eps")) * in[1]);
    t["rms_norm without weights"] =
        TORCH(by_root_mean_square(in[0], o.list("shape"), std::numeric_limits<double>::epsilon()));
}

}  // namespace parity
