#include <array>
#include <string>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/loss_common.hpp>
#include <xgrad/autograd/detail/loss_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/losses.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::at_least;
using detail::body;
using detail::data_as;
using detail::Gradients;
using detail::LossPair;
using detail::make_tensor;
using detail::reduced_loss;
using detail::saved;

namespace {

/// Weights in the dtype and shape of the target x; undefined if they are.
Tensor widened(const Tensor& weight, const Tensor& x, const char* what, const char* op) {
    if (!weight.defined()) return weight;
    const Shape& shape = body(x).shape;
    if (!(detail::broadcast_shape(body(weight).shape, shape, op) == shape))
        throw ShapeError(std::string(op) + ": expected " + what + " that broadcast to the target's shape " +
                         shape.str() + ", got " + body(weight).shape.str());
    return broadcast_to(weight.to(body(x).dtype), shape);
}

void check_probabilities(const Tensor& p) {
    const Tensor dense = detail::make_alias(p).contiguous();
    detail::with_floating(p, [&]<class T>(T*) {
        const T* const x = data_as<T>(dense);
        for (std::int64_t i = 0; i < body(p).numel; ++i)
            if (x[i] < 0 || x[i] > 1)
                throw ValueError("binary_cross_entropy: expected predictions from 0 to 1, got " + std::to_string(x[i]) +
                                 "; for logits there is binary_cross_entropy_with_logits");
    });
}

}  // namespace

Tensor binary_cross_entropy(const Tensor& prediction, const Tensor& target, const BinaryCrossEntropyOptions& options) {
    constexpr const char* op = "binary_cross_entropy";
    const auto [p, t] = LossPair(prediction, target, op);
    const Tensor weight = widened(options.weight, t, "weights", op);
    check_probabilities(p);
    Tensor losses;
    {
        const NoGrad no_grad;
        losses = -(t * at_least(log(p), -100) + (1 - t) * at_least(detail::log_one_plus(-p), -100));
    }
    // PyTorch's derivatives: at the ends bounded with respect to the prediction, and not with respect to the target.
    losses = detail::record(detail::pointwise(op), std::move(losses),
                            detail::wrt(p,
                                        [p = saved(p), t = saved(t)](const Tensor& g) {
                                            const Tensor x = p.get();
                                            return g * (x - t.get()) / at_least((1 - x) * x, 1e-12);
                                        }),
                            detail::wrt(t, [p = saved(p)](const Tensor& g) {
                                return g * (detail::log_one_plus(-p.get()) - log(p.get()));
                            }));
    return reduced_loss(weight.defined() ? losses * weight : losses, options.reduction);
}

namespace {

struct LogitInputs {
    Tensor x, t, weight, pos_weight;
};

/// Contiguous, outside of any graph, so that their memory lives as long as the kernel runs.
struct DenseLogits {
    std::array<Tensor, 4> all;
    std::int64_t n;

    explicit DenseLogits(const LogitInputs& in) : all{in.x, in.t, in.weight, in.pos_weight}, n(body(in.x).numel) {
        for (Tensor& t : all)
            if (t.defined()) t = detail::make_alias(t).contiguous();
    }
    template <class T>
    detail::LogitLoss<T> as() const {
        const auto at = [](const Tensor& t) { return t.defined() ? data_as<T>(t) : nullptr; };
        return {at(all[0]), at(all[1]), at(all[2]), at(all[3]), n};
    }
};

void recorded_logit_backward(Gradients& gradients, const LogitInputs& in, double scale) {
    Tensor g = gradients.of_output() * scale;
    if (in.weight.defined()) g = g * in.weight;
    if (gradients.needs(0)) {
        const Tensor positive = in.pos_weight.defined() ? in.t * in.pos_weight : in.t;
        gradients.set(0, g * ((1 - in.t) * sigmoid(in.x) - positive * sigmoid(-in.x)));
    }
    if (gradients.needs(1)) {
        Tensor slope = -in.x;
        if (in.pos_weight.defined()) slope = slope + (in.pos_weight - 1) * detail::softplus(-in.x);
        gradients.set(1, g * slope);
    }
}

void fused_logit_backward(Gradients& gradients, const LogitInputs& in, bool each, double scale) {
    const DenseLogits dense(in);
    const Tensor g = gradients.of_output().contiguous();
    const auto place = [&](std::uint32_t i) {
        return gradients.needs(i) ? make_tensor(body(in.x).shape, body(in.x).dtype) : Tensor();
    };
    const Tensor dx = place(0), dt = place(1);
    detail::with_floating(in.x, [&]<class T>(T*) {
        const auto at = [](const Tensor& t) { return t.defined() ? data_as<T>(t) : nullptr; };
        detail::logit_slopes<T>(dense.as<T>(), {at(g), each, scale}, at(dx), at(dt));
    });
    gradients.set(0, dx);
    gradients.set(1, dt);
}

}  // namespace

Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& target,
                                        const BinaryCrossEntropyWithLogitsOptions& options) {
    constexpr const char* op = "binary_cross_entropy_with_logits";
    const auto [x, t] = LossPair(logits, target, op);
    const LogitInputs in{x, t, widened(options.weight, t, "weights", op),
                         widened(options.pos_weight, t, "positive weights", op)};
    const auto learned = [](const Tensor& w) { return w.defined() && detail::needs_grad(w) && detail::recording(); };
    if (learned(in.weight) || learned(in.pos_weight)) {
        // Rare enough to be made of operations.
        const Tensor positive = in.pos_weight.defined() ? in.pos_weight * t : t,
                     losses = (1 - t) * detail::softplus(x) + positive * detail::softplus(-x);
        return reduced_loss(in.weight.defined() ? losses * in.weight : losses, options.reduction);
    }
    const bool each = options.reduction == LossReduction::none;
    const double scale = detail::loss_scale(options.reduction, body(x).shape);
    Tensor loss = make_tensor(each ? body(x).shape : Shape(), body(x).dtype);
    {
        const DenseLogits dense(in);
        detail::with_floating(x, [&]<class T>(T*) {
            const double total = detail::logit_losses<T>(dense.as<T>(), each ? data_as<T>(loss) : nullptr);
            if (!each) *data_as<T>(loss) = static_cast<T>(total * scale);
        });
    }
    Tensor* const output = &loss;
    const Tensor* const inputs[] = {&x, &t};
    if (!detail::would_record(inputs) && !detail::context.detect_anomaly) return loss;
    detail::record_joint(op, {&output, 1}, inputs,
                         [x = saved(x), t = saved(t), w = saved(in.weight), p = saved(in.pos_weight), each,
                          scale](Gradients& gradients) {
                             const LogitInputs inputs{x.get(), t.get(), w.get(), p.get()};
                             if (detail::recording())
                                 recorded_logit_backward(gradients, inputs, scale);
                             else
                                 fused_logit_backward(gradients, inputs, each, scale);
                         });
    return loss;
}

}  // namespace xg
