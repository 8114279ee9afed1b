#include <cmath>

#include "families_torch.hpp"

namespace parity {
namespace {

/// Several axes as one, the last, as at::quantile takes but one.
at::Tensor joined(const at::Tensor& x, const Sizes& axes) {
    const std::int64_t rank = x.dim(), n = static_cast<std::int64_t>(axes.size());
    Sizes last;
    for (std::int64_t k = 0; k < n; ++k) last.push_back(rank - n + k);
    return at::movedim(x, axes, last).flatten(rank - n, -1);
}

at::Tensor quantile(const at::Tensor& x, const at::Tensor& q, const Options& o) {
    const Sizes& axes = o.list("axes");
    const std::string& method = o.choice("method");
    at::Tensor y = at::quantile(joined(x, axes), q, -1, false, method.substr(method.rfind(':') + 1));
    if (!o.flag("keepdims")) return y;
    Sizes shape = x.sizes().vec();
    for (const std::int64_t axis : axes) shape[static_cast<std::size_t>(axis < 0 ? axis + x.dim() : axis)] = 1;
    if (q.dim() == 1) shape.insert(shape.begin(), q.size(0));
    return y.reshape(shape);
}

at::Tensor number(const Options& o) { return at::scalar_tensor(o.number("q"), at::TensorOptions(at::kDouble)); }

/// at::bincount has no derivative.
at::Tensor weighed(const at::Tensor& x, const at::Tensor& weights, std::int64_t minlength) {
    const std::int64_t n = x.numel() == 0 ? 0 : at::max(x).item<std::int64_t>() + 1;
    return at::zeros({std::max(n, minlength)}, weights.options()).index_add(0, x, weights);
}

/// Without derivatives, which these have none of: asking for them is an error.
std::tuple<at::Tensor, at::Tensor, at::Tensor> unique(const at::Tensor& x) {
    return at::_unique2(x.detach(), true, true, true);
}

/// x's values with NaN, which libtorch counts in some bin, outside of all.
at::Tensor countable(const at::Tensor& x) { return at::nan_to_num(x.detach(), HUGE_VAL, HUGE_VAL, -HUGE_VAL); }

std::tuple<at::Tensor, at::Tensor> histogram(const Tensors& in, const Options& o) {
    const double range[] = {o.number("low"), o.number("high")};
    c10::optional<at::Tensor> weights;
    if (in.size() > 1) weights = in[1].detach();
    return at::histogram(countable(in[0]), o.integer("bins"), range, weights, o.flag("density"));
}

}  // namespace

void add_order(TorchTable& t) {
    for (const char* of : {"", " of integers"}) {
        t[std::string("cumsum") + of] = TORCH(at::cumsum(in[0], o.integer("axis")));
        t[std::string("cummax") + of] = TORCH(at::cummax(in[0], o.integer("axis")));
        t[std::string("cummin") + of] = TORCH(at::cummin(in[0], o.integer("axis")));
        t[std::string("sort") + of] = TORCH(at::sort(in[0], true, o.integer("axis"), o.flag("descending")));
        t[std::string("searchsorted") + of] =
            TORCH(at::searchsorted(in[1].detach(), in[0].detach().contiguous(), false, o.flag("right")));
        t[std::string("unique") + of] = TORCH(unique(in[0]));
    }
    t["cumprod"] = TORCH(at::cumprod(in[0], o.integer("axis")));
    t["cumprod with zeros"] =
        TORCH(at::cumprod(at::where(in[1], in[0], at::scalar_tensor(0.0, in[0].options())), o.integer("axis")));
    t["diff"] = TORCH(at::diff(in[0], o.integer("n"), o.integer("axis")));
    t["diff of mask"] = TORCH(at::diff(in[0], o.integer("n"), o.integer("axis")));
    t["argsort"] = TORCH(at::argsort(in[0], true, o.integer("axis"), o.flag("descending")));
    t["topk"] = TORCH(at::topk(in[0], o.integer("k"), o.integer("axis"), o.flag("largest")));
    t["topk in any order"] = TORCH(std::get<0>(at::sort(
        std::get<0>(at::topk(in[0], o.integer("k"), o.integer("axis"), o.flag("largest"), false)), o.integer("axis"))));
    t["kthvalue"] = TORCH(at::kthvalue(in[0], o.integer("k"), o.integer("axis"), o.flag("keepdims")));
    t["median"] = TORCH(at::median(in[0]));
    t["median along an axis"] = TORCH(at::median(in[0], o.integer("axis"), o.flag("keepdims")));
    for (const char* between : {"", " between"}) {
        t[std::string("quantile") + between] = TORCH(quantile(in[0], in[1], o));
        t[std::string("quantile of a number") + between] = TORCH(quantile(in[0], number(o), o));
    }
    t["bincount"] = TORCH(at::bincount(in[0], {}, o.integer("minlength")));
    t["bincount with weights"] = TORCH(weighed(in[0], in[1], o.integer("minlength")));
    t["histogram"] = TORCH(histogram(in, o));
    t["histogram with weights"] = TORCH(histogram(in, o));
    t["histogram over all"] = TORCH(at::histogram(in[0].detach(), o.integer("bins")));
    t["histogram between edges"] =
        TORCH(at::histogram(countable(in[0]), in[1].detach(), c10::optional<at::Tensor>(), o.flag("density")));
}

}  // namespace parity
