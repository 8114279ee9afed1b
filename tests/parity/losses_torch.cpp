#include "losses_torch.hpp"

#include "families_torch.hpp"

namespace parity {
namespace {

at::Tensor hinge(const at::Tensor& prediction, const at::Tensor& target) {
    const bool bits = at::logical_or(target == 0, target == 1).all().item<bool>();
    return at::clamp_min(1 - (bits ? target * 2 - 1 : target) * prediction, 0);
}

at::Tensor logarithm(const at::Tensor& x) { return at::log1p(at::clamp_min(x, 1e-7)); }

}  // namespace

at::Tensor with_reduction(const Options& o, std::int64_t batch, const std::function<at::Tensor(std::int64_t)>& loss) {
    const std::string& name = o.choice("reduction");
    if (name == "xg::LossReduction::none") return loss(at::Reduction::None);
    if (name == "xg::LossReduction::mean") return loss(at::Reduction::Mean);
    if (name == "xg::LossReduction::sum") return loss(at::Reduction::Sum);
    return loss(at::Reduction::Sum) / batch;
}

at::Tensor reduced(const at::Tensor& losses, const Options& o) {
    return with_reduction(o, batch_of(losses), [&](std::int64_t reduction) {
        if (reduction == at::Reduction::None) return losses;
        return reduction == at::Reduction::Mean ? losses.mean() : losses.sum();
    });
}

std::int64_t batch_of(const at::Tensor& x) { return x.dim() == 0 ? 1 : x.size(0); }

void add_losses(TorchTable& t) {
    t["mse_loss"] = TORCH(at::mse_loss(in[0], in[1]));
    t["mse_loss reduced"] = TORCH(with_reduction(
        o, batch_of(in[0]), [&](std::int64_t reduction) { return at::mse_loss(in[0], in[1], reduction); }));
    t["l1_loss"] = TORCH(with_reduction(o, batch_of(in[0]),
                                        [&](std::int64_t reduction) { return at::l1_loss(in[0], in[1], reduction); }));
    t["huber_loss"] = TORCH(with_reduction(o, batch_of(in[0]), [&](std::int64_t reduction) {
        return at::huber_loss(in[0], in[1], reduction, o.number("delta"));
    }));
    t["smooth_l1_loss"] = TORCH(with_reduction(o, batch_of(in[0]), [&](std::int64_t reduction) {
        return at::smooth_l1_loss(in[0], in[1], reduction, o.number("beta"));
    }));
    t["mape_loss"] = TORCH(reduced(at::abs(in[1] - in[0]) / at::clamp_min(at::abs(in[1]), 1e-7), o) * 100);
    t["msle_loss"] = TORCH(reduced(at::square(logarithm(in[0]) - logarithm(in[1])), o));
    t["hinge_loss"] = TORCH(reduced(hinge(in[0], in[1]), o));
    t["hinge_loss of numbers"] = TORCH(reduced(hinge(in[0], in[1]), o));
    t["squared_hinge_loss"] = TORCH(reduced(at::square(hinge(in[0], in[1])), o));
    t["squared_hinge_loss of numbers"] = TORCH(reduced(at::square(hinge(in[0], in[1])), o));
    t["margin_ranking_loss"] = TORCH(with_reduction(o, batch_of(in[0]), [&](std::int64_t reduction) {
        return at::margin_ranking_loss(in[0], in[1], in[2], o.number("margin"), reduction);
    }));
    t["cosine_embedding_loss"] = TORCH(with_reduction(o, batch_of(in[2]), [&](std::int64_t reduction) {
        return at::cosine_embedding_loss(in[0], in[1], in[2], o.number("margin"), reduction);
    }));
    t["triplet_margin_loss"] =
        TORCH(with_reduction(o, in[0].dim() == 1 ? 1 : in[0].size(0), [&](std::int64_t reduction) {
            return at::triplet_margin_loss(in[0], in[1], in[2], o.number("margin"), 2, o.number("eps"), false,
                                           reduction);
        }));
}

}  // namespace parity
