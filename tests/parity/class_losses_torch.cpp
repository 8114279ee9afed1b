#include "families_torch.hpp"
#include "losses_torch.hpp"

namespace parity {
namespace {

/// The number of targets of a batch; that of one target is 1.
std::int64_t targets(const at::Tensor& scores) { return scores.dim() == 1 ? 1 : scores.size(0); }

at::Tensor losses_of_probabilities(const at::Tensor& p, const at::Tensor& t) {
    return -(t * at::clamp_min(at::log(p), -100) + (1 - t) * at::clamp_min(at::log1p(-p), -100));
}

/// With weights that have derivatives, which libtorch's own does not know.
at::Tensor weighted_logit_losses(const Tensors& in) {
    const at::Tensor &x = in[0], &t = in[1];
    return -in[2] * (at::log_sigmoid(-x) * (1 - t) + at::log_sigmoid(x) * (t * in[3]));
}

at::Tensor cross_entropy(const Tensors& in, const c10::optional<at::Tensor>& weight, std::int64_t ignored,
                         const Options& o) {
    return with_reduction(o, targets(in[0]), [&](std::int64_t reduction) {
        return at::cross_entropy_loss(in[0], in[1], weight, reduction, ignored, o.number("smoothing"));
    });
}

at::Tensor nll_loss(const Tensors& in, const c10::optional<at::Tensor>& weight, const Options& o) {
    return with_reduction(o, targets(in[0]), [&](std::int64_t reduction) {
        return at::nll_loss_nd(in[0], in[1], weight, reduction, o.integer("ignore"));
    });
}

}  // namespace

void add_class_losses(TorchTable& t) {
    t["binary_cross_entropy"] = TORCH(with_reduction(o, batch_of(in[0]), [&](std::int64_t reduction) {
        return at::binary_cross_entropy(in[0], in[1], {}, reduction);
    }));
    t["binary_cross_entropy with weights"] = TORCH(reduced(losses_of_probabilities(in[0], in[1]) * in[2], o));
    t["binary_cross_entropy_with_logits"] = TORCH(with_reduction(o, batch_of(in[0]), [&](std::int64_t reduction) {
        return at::binary_cross_entropy_with_logits(in[0], in[1], {}, {}, reduction);
    }));
    t["binary_cross_entropy_with_logits and weights"] = TORCH(reduced(weighted_logit_losses(in), o));
    t["binary_cross_entropy_with_logits and constant weights"] =
        TORCH(with_reduction(o, batch_of(in[0]), [&](std::int64_t reduction) {
            return at::binary_cross_entropy_with_logits(in[0], in[1], in[2].detach(), in[3].detach(), reduction);
        }));
    t["kl_div"] = TORCH(with_reduction(o, batch_of(in[0]),
                                       [&](std::int64_t reduction) { return at::kl_div(in[0], in[1], reduction); }));
    t["kl_div of logarithms"] = TORCH(with_reduction(
        o, batch_of(in[0]), [&](std::int64_t reduction) { return at::kl_div(in[0], in[1], reduction, true); }));

    t["cross_entropy"] = TORCH(cross_entropy(in, {}, o.integer("ignore"), o));
    t["cross_entropy with weights"] = TORCH(cross_entropy(in, in[2].detach(), o.integer("ignore"), o));
    t["cross_entropy of probabilities"] = TORCH(cross_entropy(in, {}, -100, o));
    t["cross_entropy of probabilities with weights"] = TORCH(cross_entropy(in, in[2].detach(), -100, o));
    t["nll_loss"] = TORCH(nll_loss(in, {}, o));
    t["nll_loss with weights"] = TORCH(nll_loss(in, in[2].detach(), o));
}

}  // namespace parity
