#include <xgrad/autograd/losses.hpp>

#include <string>

#include <xgrad/autograd/detail/loss_common.hpp>
#include <xgrad/autograd/detail/loss_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::at_least;
using detail::body;
using detail::data_as;
using detail::LossPair;
using detail::make_tensor;
using detail::PairLoss;
using detail::reduced_loss;
using detail::saved;

namespace {

/// A loss of the difference of prediction and target.
struct PairKind {
    PairLoss loss;
    double parameter;
    LossReduction reduction;
};

/// The derivative of the loss of d, made of recorded operations.
Tensor recorded_slope(const PairKind& kind, const Tensor& d) {
    switch (kind.loss) {
        case PairLoss::squared: return d * 2;
        case PairLoss::absolute: return sign(d);
        case PairLoss::huber: return where(abs(d) > kind.parameter, sign(d) * kind.parameter, d);
        case PairLoss::smooth: return where(abs(d) >= kind.parameter, sign(d), d / kind.parameter);
    }
    __builtin_unreachable();
}

/// The gradient with respect to a, where b is the other of prediction and target.
Tensor pair_backward(const PairKind& kind, const Tensor& g, const Tensor& a, const Tensor& b) {
    const double scale = detail::loss_scale(kind.reduction, body(a).shape);
    if (detail::recording()) {
        const Tensor pull = g * recorded_slope(kind, a - b);
        return scale == 1 ? pull : pull * scale;
    }
    const Tensor incoming = g.contiguous(), p = a.contiguous(), t = b.contiguous();
    Tensor d = make_tensor(body(a).shape, body(a).dtype);
    detail::with_floating(a, [&]<class T>(T*) {
        const detail::Incoming<T> from{data_as<T>(incoming), kind.reduction == LossReduction::none, scale};
        detail::pair_slopes<T>(kind.loss, kind.parameter, data_as<T>(p), data_as<T>(t), from, body(a).numel,
                               data_as<T>(d));
    });
    return d;
}

Tensor pair_loss(const char* op, const PairKind& kind, const Tensor& prediction, const Tensor& target) {
    const auto [p, t] = LossPair(prediction, target, op);
    const Tensor a = detail::make_alias(p).contiguous(), b = detail::make_alias(t).contiguous();
    const bool each = kind.reduction == LossReduction::none;
    Tensor loss = make_tensor(each ? body(p).shape : Shape(), body(p).dtype);
    detail::with_floating(p, [&]<class T>(T*) {
        const std::int64_t n = body(p).numel;
        if (each)
            detail::pair_terms<T>(kind.loss, kind.parameter, data_as<T>(a), data_as<T>(b), n, data_as<T>(loss));
        else
            *data_as<T>(loss) =
                static_cast<T>(detail::pair_total<T>(kind.loss, kind.parameter, data_as<T>(a), data_as<T>(b), n) *
                               detail::loss_scale(kind.reduction, body(p).shape));
    });
    return detail::record(op, std::move(loss),
                          detail::wrt(p, [kind, p = saved(p), t = saved(t)](
                                             const Tensor& g) { return pair_backward(kind, g, p.get(), t.get()); }),
                          detail::wrt(t, [kind, p = saved(p), t = saved(t)](const Tensor& g) {
                              return pair_backward(kind, g, t.get(), p.get());
                          }));
}

}  // namespace

Tensor mse_loss(const Tensor& prediction, const Tensor& target, LossReduction reduction) {
    return pair_loss("mse_loss", {PairLoss::squared, 0, reduction}, prediction, target);
}

Tensor l1_loss(const Tensor& prediction, const Tensor& target, LossReduction reduction) {
    return pair_loss("l1_loss", {PairLoss::absolute, 0, reduction}, prediction, target);
}

Tensor huber_loss(const Tensor& prediction, const Tensor& target, double delta, LossReduction reduction) {
    if (!(delta > 0)) throw ValueError("huber_loss: expected a delta above 0, got " + std::to_string(delta));
    return pair_loss("huber_loss", {PairLoss::huber, delta, reduction}, prediction, target);
}

Tensor smooth_l1_loss(const Tensor& prediction, const Tensor& target, double beta, LossReduction reduction) {
    if (!(beta >= 0)) throw ValueError("smooth_l1_loss: expected a beta of at least 0, got " + std::to_string(beta));
    return pair_loss("smooth_l1_loss", {beta == 0 ? PairLoss::absolute : PairLoss::smooth, beta, reduction}, prediction,
                     target);
}

namespace {

constexpr double kKerasEpsilon = 1e-7;

/// The labels -1 and 1 of a hinge loss, which may have been given as 0 and 1.
Tensor signs_of(const Tensor& target) {
    const NoGrad no_grad;
    const Tensor t = target.detach(), other = where(equal(t, 0), 0, where(equal(t, 1), 0, ones_like(t)));
    return t.numel() > 0 && sum(other).item() == 0 ? target * 2 - 1 : target;
}

Tensor hinge(const Tensor& prediction, const Tensor& target, const char* op) {
    const auto [p, t] = LossPair(prediction, target, op);
    return at_least(1 - signs_of(t) * p, 0);
}

}  // namespace

Tensor mape_loss(const Tensor& prediction, const Tensor& target, LossReduction reduction) {
    const auto [p, t] = LossPair(prediction, target, "mape_loss");
    return reduced_loss(abs(t - p) / at_least(abs(t), kKerasEpsilon), reduction) * 100;
}

Tensor msle_loss(const Tensor& prediction, const Tensor& target, LossReduction reduction) {
    const auto [p, t] = LossPair(prediction, target, "msle_loss");
    return mse_loss(detail::log_one_plus(at_least(p, kKerasEpsilon)), detail::log_one_plus(at_least(t, kKerasEpsilon)),
                    reduction);
}

Tensor kl_div(const Tensor& input, const Tensor& target, const KLDivOptions& options) {
    const auto [x, t] = LossPair(input, target, "kl_div");
    if (options.log_target) return reduced_loss(exp(t) * (t - x), options.reduction);
    // log of 1 where 0 · log(0) is 0, so that no NaN arises in the branch not taken.
    const Tensor none = equal(t, 0), entropy = t * log(where(none, 1, t));
    return reduced_loss(entropy - t * x, options.reduction);
}

Tensor hinge_loss(const Tensor& prediction, const Tensor& target, LossReduction reduction) {
    return reduced_loss(hinge(prediction, target, "hinge_loss"), reduction);
}

Tensor squared_hinge_loss(const Tensor& prediction, const Tensor& target, LossReduction reduction) {
    return reduced_loss(square(hinge(prediction, target, "squared_hinge_loss")), reduction);
}

}  // namespace xg
