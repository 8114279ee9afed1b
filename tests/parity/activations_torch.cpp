#include <cmath>
#include <numeric>

#include "families_torch.hpp"

namespace parity {
namespace {

Sizes all_axes(const at::Tensor& x) {
    Sizes axes(static_cast<std::size_t>(x.dim()));
    std::iota(axes.begin(), axes.end(), 0);
    return axes;
}

bool by_tanh(const Options& o) { return o.choice("approximation") == "xg::GeluApproximation::tanh"; }

/// libtorch's own loses small numbers, which matters only to wild programs: where a gradient is wanted it is libtorch's
/// own.
at::Tensor exponential_unit(const at::Tensor& x, double alpha, double scale, double inner) {
    if (x.requires_grad()) return at::elu(x, alpha, scale, inner);
    return scale * at::where(x > 0, x, alpha * at::expm1(x * inner));
}

at::Tensor composed_gelu(const at::Tensor& x, bool tanh) {
    if (tanh) {
        // The sigmoid's derivatives keep their digits only below 0.
        const at::Tensor z = 2 * std::sqrt(M_2_PI) * (x + 0.044715 * at::pow(x, 3)), right = z > 0;
        const at::Tensor below = at::sigmoid(at::where(right, -z, z));
        return x * at::where(right, 1 - below, below);
    }
    return x * at::erfc(x * -M_SQRT1_2) / 2;
}

at::Tensor along_channels(const at::Tensor& weight, std::int64_t rank) {
    Sizes shape(static_cast<std::size_t>(rank), 1);
    if (rank > 1) shape[1] = weight.numel();
    return weight.reshape(shape);
}

/// libtorch's own has no second derivative where a gradient is 0, and loses digits of the first where numbers are
/// great.
at::Tensor composed_logcumsumexp(const at::Tensor& v, std::int64_t axis) {
    const at::Tensor x = v.dim() == 0 ? v.unsqueeze(0) : v;
    if (x.size(axis) == 0) return v.clone();
    Tensors lines;
    for (std::int64_t n = 1; n <= x.size(axis); ++n)
        lines.push_back(at::logsumexp(at::narrow(x, axis, 0, n), Sizes{axis}, true));
    return at::cat(lines, axis).reshape(v.sizes());
}

at::Tensor direction(const at::Tensor& x, std::int64_t axis, double eps) {
    return x / at::clamp_min(at::linalg_vector_norm(x, 2, axis, true), eps);
}

}  // namespace

void add_activations(TorchTable& t) {
    t["elu"] = TORCH(exponential_unit(in[0], o.number("alpha"), 1, 1));
    t["selu"] = TORCH(in[0].requires_grad() ? at::selu(in[0])
                                            : exponential_unit(in[0], 1.6732632423543772, 1.0507009873554805, 1));
    t["celu"] = TORCH(in[0].requires_grad() ? at::celu(in[0], o.number("alpha"))
                                            : exponential_unit(in[0], o.number("alpha"), 1, 1 / o.number("alpha")));
    t["gelu"] = TORCH(at::gelu(in[0], by_tanh(o) ? "tanh" : "none"));
    t["gelu composed"] = TORCH(composed_gelu(in[0], by_tanh(o)));
    t["silu"] = TORCH(at::silu(in[0]));
    t["mish"] = TORCH(at::mish(in[0]));
    t["softplus"] = TORCH(at::softplus(in[0], o.number("beta"), o.number("threshold")));
    t["logsigmoid"] = TORCH(at::log_sigmoid(in[0]));
    t["glu"] = TORCH(at::glu(in[0], o.integer("axis")));

    t["leaky_relu"] = TORCH(at::leaky_relu(in[0], o.number("slope")));
    t["prelu"] = TORCH(at::prelu(in[0], in[1]));
    t["prelu composed"] = TORCH(at::where(in[0] > 0, in[0], along_channels(in[1], in[0].dim()) * in[0]));
    t["softsign"] = TORCH(in[0] / (1 + at::abs(in[0])));
    t["hardtanh"] = TORCH(at::hardtanh(in[0], o.number("min"), o.number("max")));
    t["relu6"] = TORCH(at::relu6(in[0]));
    // The slope of libtorch's own is a float.
    t["hardsigmoid"] = TORCH(at::relu6(in[0] + 3) / 6);
    t["hardswish"] = TORCH(at::hardswish(in[0]));

    t["softmax"] = TORCH(at::softmax(in[0], o.integer("axis")));
    t["log_softmax"] = TORCH(at::log_softmax(in[0], o.integer("axis")));
    t["softmin"] = TORCH(at::softmax(-in[0], o.integer("axis")));
    t["logsumexp"] = TORCH(at::logsumexp(in[0], o.list("axes"), o.flag("keepdims")));
    t["logsumexp of all"] = TORCH(at::logsumexp(in[0], all_axes(in[0])));
    t["logcumsumexp"] = TORCH(at::logcumsumexp(in[0], o.integer("axis")));
    t["logcumsumexp composed"] = TORCH(composed_logcumsumexp(in[0], o.integer("axis")));
    t["cosine_similarity"] = TORCH(at::cosine_similarity(in[0], in[1], o.integer("axis"), o.number("eps")));
    // libtorch's own takes the gradient of the length where the least one stands for it.
    t["cosine_similarity below eps"] = TORCH([&] {
        const Tensors x = at::broadcast_tensors(in);
        const std::int64_t axis = o.integer("axis");
        return at::sum(direction(x[0], axis, o.number("eps")) * direction(x[1], axis, o.number("eps")), axis);
    }());
}

}  // namespace parity
