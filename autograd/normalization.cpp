#include <xgrad/autograd/normalization.hpp>

#include <cmath>
#include <limits>
#include <string>

#include <xgrad/autograd/detail/channel_kernels.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/norm_kernels.hpp>
#include <xgrad/autograd/detail/reduce.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::ChannelShape;
using detail::check_defined;
using detail::data_as;
using detail::data_or_null;
using detail::dense;
using detail::Gradients;
using detail::make_tensor;
using detail::NormShape;
using detail::saved;

namespace {

void check_input(const Tensor& x, const char* op) {
    check_defined(x, op);
    if (!is_floating(body(x).dtype))
        throw DTypeError(std::string(op) + ": expected a floating-point input, got " + name(body(x).dtype));
}

/// One of the tensors beside x, which may be undefined.
void check_beside(const Tensor& x, const Tensor& t, const char* what, const Shape& shape, const char* op) {
    if (!t.defined()) return;
    if (!(body(t).shape == shape))
        throw ShapeError(std::string(op) + ": expected " + what + " of shape " + shape.str() +
                         " for an input of shape " + body(x).shape.str() + ", got " + body(t).shape.str());
    if (body(t).dtype != body(x).dtype)
        throw DTypeError(std::string(op) + ": expected one dtype, got an input of " + name(body(x).dtype) + " and " +
                         what + " of " + name(body(t).dtype));
}

template <class F>
void with_floating(const Tensor& x, F&& f) {
    if (body(x).dtype == float32)
        f(static_cast<float*>(nullptr));
    else
        f(static_cast<double*>(nullptr));
}

/// An array as normalisation sees it: x in `view`, of which it reduces `axes`, and weights in `weights`, broadcast to
/// it.
struct View {
    Shape view, weights;
    Axes axes;
};

/// The gradients made of recorded operations, for higher derivatives: of y = xhat · w + b, where xhat = (x - mean) ·
/// rstd. `constant` says that mean and rstd do not depend on x.
void recorded_backward(Gradients& gradients, const Tensor& x, const Tensor& w, const Tensor& b, const Tensor& xhat,
                       const Tensor& rstd, const View& view, bool centred, bool constant) {
    const Tensor g = gradients.of_output().reshape(view.view);
    if (gradients.needs(0)) {
        const Tensor scaled = w.defined() ? g * w.reshape(view.weights) : g;
        Tensor pull = scaled;
        if (!constant) pull = pull - xhat * mean(scaled * xhat, view.axes, true);
        if (!constant && centred) pull = pull - mean(scaled, view.axes, true);
        gradients.set(0, (pull * rstd).reshape(body(x).shape));
    }
    if (gradients.needs(1))
        gradients.set(1, detail::sum_to(g * xhat, view.weights, "normalization").reshape(body(w).shape));
    if (gradients.needs(2)) gradients.set(2, detail::sum_to(g, view.weights, "normalization").reshape(body(b).shape));
}

/// The same by the batch's or row's own statistics.
void recorded_backward(Gradients& gradients, const Tensor& x, const Tensor& w, const Tensor& b, const View& view,
                       bool centred, double eps) {
    const Tensor v = x.reshape(view.view), d = centred ? v - mean(v, view.axes, true) : v,
                 rstd = 1 / sqrt(mean(square(d), view.axes, true) + eps);
    recorded_backward(gradients, x, w, b, d * rstd, rstd, view, centred, false);
}

/// Places for those gradients that are needed.
struct Wanted {
    Tensor x, w, b;
    Wanted(const Gradients& gradients, const Tensor& input, const Tensor& weight, const Tensor& bias)
        : x(place(gradients, 0, input)), w(place(gradients, 1, weight)), b(place(gradients, 2, bias)) {}
    void hand_over(Gradients& gradients) const {
        gradients.set(0, x);
        gradients.set(1, w);
        gradients.set(2, b);
    }

private:
    static Tensor place(const Gradients& gradients, std::uint32_t i, const Tensor& like) {
        return gradients.needs(i) ? make_tensor(body(like).shape, body(like).dtype) : Tensor();
    }
};

struct RowsBackward {
    NormShape s;
    detail::Saved x, w;
    Tensor b, average, rstd;

    void operator()(Gradients& gradients) const {
        const Tensor input = x.get(), weight = w.get();
        if (detail::recording())
            return recorded_backward(gradients, input, weight, b,
                                     {{s.batch, s.groups, s.channels, s.run}, {1, s.groups, s.channels, 1}, {2, 3}},
                                     s.centred, s.eps);
        const Wanted to(gradients, input, weight, b);
        const Tensor g = gradients.of_output().contiguous(), from = dense(input), weights = dense(weight);
        with_floating(g, [&]<class T>(T*) {
            detail::norm_backward<T>(s, data_or_null<T>(g), data_or_null<T>(from), data_or_null<T>(weights),
                                     data_or_null<T>(average), data_or_null<T>(rstd), data_or_null<T>(to.x),
                                     data_or_null<T>(to.w), data_or_null<T>(to.b));
        });
        to.hand_over(gradients);
    }

    Tensor per_sample(Gradients& gradients, std::uint32_t i) const {
        const Tensor& g = gradients.of_output();
        const std::int64_t samples = body(g).shape.empty() ? 1 : body(g).shape[0];
        if (i == 0 || samples == 0 || s.batch % samples != 0) return {};
        Tensor t = g.reshape({samples, s.batch / samples, s.groups, s.channels, s.run});
        if (i == 1) {
            const Shape rows{samples, s.batch / samples, s.groups, 1, 1};
            const Tensor v = x.get().detach().reshape(body(t).shape);
            t = t * (s.centred ? v - average.reshape(rows) : v) * rstd.reshape(rows);
        }
        return sum(t, {1, 4}).reshape(body(i == 1 ? w.get() : b).shape.inserted(0, samples));
    }
};

Tensor normalize_rows(const char* op, const NormShape& s, const Tensor& x, const Tensor& w, const Tensor& b) {
    const DType dtype = body(x).dtype;
    Tensor y = make_tensor(body(x).shape, dtype);
    const Tensor average = s.centred ? make_tensor({s.rows()}, dtype) : Tensor(), rstd = make_tensor({s.rows()}, dtype);
    {
        const Tensor from = dense(x), weights = dense(w), biases = dense(b);
        with_floating(x, [&]<class T>(T*) {
            detail::norm_forward<T>(s, data_or_null<T>(from), data_or_null<T>(weights), data_or_null<T>(biases),
                                    data_or_null<T>(y), data_or_null<T>(average), data_or_null<T>(rstd));
        });
    }
    Tensor* const output = &y;
    const Tensor* const inputs[] = {&x, &w, &b};
    if (!detail::would_record(inputs) && !detail::context.detect_anomaly) return y;
    // Of the biases the backward needs no more than the shape.
    const Tensor like = b.defined() ? b.detach() : b;
    detail::record_joint(op, {&output, 1}, inputs, RowsBackward{s, saved(x), saved(w), like, average, rstd});
    return y;
}

/// The rows that layer and root-mean-square normalisation take x for.
NormShape last_axes(const Tensor& x, const Shape& normalized, const Tensor& w, const Tensor& b, double eps,
                    bool centred, const char* op) {
    check_input(x, op);
    const Shape& shape = body(x).shape;
    bool fits = normalized.rank() >= 1 && shape.rank() >= normalized.rank();
    const std::size_t outer = fits ? shape.rank() - normalized.rank() : 0;
    for (std::size_t i = 0; fits && i < normalized.rank(); ++i) fits = shape[outer + i] == normalized[i];
    if (!fits)
        throw ShapeError(std::string(op) + ": expected an input whose last axes have the normalised shape " +
                         normalized.str() + ", at least one axis, got " + shape.str());
    check_beside(x, w, "weights", normalized, op);
    check_beside(x, b, "biases", normalized, op);
    return {Shape(shape.data(), outer).elements(), 1, normalized.elements(), 1, centred, eps};
}

/// x, (N, C, ...), as a batch of channels.
ChannelShape channels_of(const Tensor& x, const Tensor& w, const Tensor& b, const char* op) {
    check_input(x, op);
    const Shape& shape = body(x).shape;
    if (shape.rank() < 2)
        throw ShapeError(std::string(op) + ": expected an input of shape (N, C, ...), got " + shape.str());
    check_beside(x, w, "weights", {shape[1]}, op);
    check_beside(x, b, "biases", {shape[1]}, op);
    return {shape[0], shape[1], Shape(shape.data() + 2, shape.rank() - 2).elements()};
}

/// running = (1 - momentum) · running + momentum · factor · found.
void update(const Tensor& running, const double* found, double momentum, double factor) {
    if (!running.defined()) return;
    const NoGrad no_grad;
    Tensor t = running;
    with_floating(t, [&]<class T>(T*) {
        T* const to = t.mutable_data<T>();
        for (std::int64_t c = 0; c < body(t).numel; ++c)
            to[c] = static_cast<T>((1 - momentum) * static_cast<double>(to[c]) + momentum * factor * found[c]);
    });
}

void batch_norm_backward(Gradients& gradients, const ChannelShape& s, const Tensor& input, const Tensor& w,
                         const Tensor& b, const Tensor& average, const Tensor& rstd, bool constant) {
    const Wanted to(gradients, input, w, b);
    const Tensor g = gradients.of_output().contiguous(), from = dense(input), weights = dense(w);
    const Shape channels{s.channels};
    const Tensor direct = make_tensor(channels, float64), along = make_tensor(channels, float64),
                 scale = make_tensor(channels, float64);
    double *const p = data_as<double>(direct), *const q = data_as<double>(along),
                  *const factor = data_as<double>(scale);
    const double *const m = data_as<double>(average), *const r = data_as<double>(rstd);
    with_floating(g, [&]<class T>(T*) {
        if (!constant || to.w.defined() || to.b.defined())
            detail::channel_pulls<T>(s, data_or_null<T>(g), data_or_null<T>(from), m, r, p, q);
        const auto n = static_cast<double>(s.count());
        for (std::int64_t c = 0; c < s.channels; ++c) {
            if (to.w.defined()) data_or_null<T>(to.w)[c] = static_cast<T>(q[c]);
            if (to.b.defined()) data_or_null<T>(to.b)[c] = static_cast<T>(p[c]);
            factor[c] = r[c] * (w.defined() ? static_cast<double>(data_or_null<T>(weights)[c]) : 1);
            p[c] = constant ? 0 : p[c] / n;
            q[c] = constant ? 0 : q[c] / n * r[c];
        }
        if (to.x.defined())
            detail::channel_backward<T>(s, data_or_null<T>(g), data_or_null<T>(from), m, factor, p, q,
                                        data_or_null<T>(to.x));
    });
    to.hand_over(gradients);
}

}  // namespace

Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight, const Tensor& bias,
                  double eps) {
    return normalize_rows("layer_norm", last_axes(x, normalized_shape, weight, bias, eps, true, "layer_norm"), x,
                          weight, bias);
}

Tensor rms_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight, std::optional<double> eps) {
    check_defined(x, "rms_norm");
    const double least = eps.value_or(body(x).dtype == float32 ? std::numeric_limits<float>::epsilon()
                                                               : std::numeric_limits<double>::epsilon());
    return normalize_rows("rms_norm", last_axes(x, normalized_shape, weight, {}, least, false, "rms_norm"), x, weight,
                          {});
}

Tensor group_norm(const Tensor& x, std::int64_t num_groups, const Tensor& weight, const Tensor& bias, double eps) {
    const ChannelShape s = channels_of(x, weight, bias, "group_norm");
    if (num_groups < 1 || s.channels % num_groups != 0)
        throw ValueError("group_norm: expected a number of groups that divides the " + std::to_string(s.channels) +
                         " channels of the shape " + body(x).shape.str() + ", got " + std::to_string(num_groups));
    return normalize_rows("group_norm", {s.batch, num_groups, s.channels / num_groups, s.run, true, eps}, x, weight,
                          bias);
}

Tensor instance_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps) {
    const ChannelShape s = channels_of(x, weight, bias, "instance_norm");
    if (s.run == 1)
        throw ShapeError("instance_norm: expected more than one value a channel, got the shape " + body(x).shape.str());
    return normalize_rows("instance_norm", {s.batch, s.channels, 1, s.run, true, eps}, x, weight, bias);
}

Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var, const Tensor& weight,
                  const Tensor& bias, const BatchNormOptions& options) {
    const ChannelShape s = channels_of(x, weight, bias, "batch_norm");
    check_beside(x, running_mean, "a running mean", {s.channels}, "batch_norm");
    check_beside(x, running_var, "a running variance", {s.channels}, "batch_norm");
    if (options.training && s.count() == 1)
        throw ShapeError("batch_norm: expected more than one value a channel in training, got the shape " +
                         body(x).shape.str());
    if (!options.training && !(running_mean.defined() && running_var.defined()))
        throw ValueError("batch_norm: expected a running mean and variance outside of training, got undefined ones");
    if (options.training) {
        // Before either is changed.
        const NoGrad no_grad;
        for (const Tensor* t : {&running_mean, &running_var})
            if (t->defined()) detail::check_writable(*t, "batch_norm");
    }

    Tensor y = make_tensor(body(x).shape, body(x).dtype);
    // Copies, so that later updates of the running statistics do not reach a backward.
    const Shape channels{s.channels};
    const Tensor average = make_tensor(channels, float64), rstd = make_tensor(channels, float64);
    {
        const Tensor from = dense(x), weights = dense(weight), biases = dense(bias),
                     scale = make_tensor(channels, float64), shift = make_tensor(channels, float64);
        double *const m = data_as<double>(average), *const r = data_as<double>(rstd), *const a = data_as<double>(scale),
                      *const b = data_as<double>(shift);
        with_floating(x, [&]<class T>(T*) {
            if (options.training) {
                detail::channel_moments<T>(s, data_or_null<T>(from), m, r);
                if (s.count() > 0) {
                    const auto n = static_cast<double>(s.count());
                    update(running_mean, m, options.momentum, 1);
                    update(running_var, r, options.momentum, n / (n - 1));
                }
            } else {
                const Tensor known = dense(running_mean), spread = dense(running_var);
                for (std::int64_t c = 0; c < s.channels; ++c) {
                    m[c] = static_cast<double>(data_or_null<T>(known)[c]);
                    r[c] = static_cast<double>(data_or_null<T>(spread)[c]);
                }
            }
            for (std::int64_t c = 0; c < s.channels; ++c) {
                r[c] = 1 / std::sqrt(r[c] + options.eps);
                a[c] = r[c] * (weight.defined() ? static_cast<double>(data_or_null<T>(weights)[c]) : 1);
                b[c] = bias.defined() ? static_cast<double>(data_or_null<T>(biases)[c]) : 0;
            }
            detail::channel_affine<T>(s, data_or_null<T>(from), m, a, b, data_or_null<T>(y));
        });
    }
    Tensor* const output = &y;
    const Tensor* const inputs[] = {&x, &weight, &bias};
    if (!detail::would_record(inputs) && !detail::context.detect_anomaly) return y;
    const Tensor like = bias.defined() ? bias.detach() : bias;
    detail::record_joint({"batch_norm", detail::ForwardRule::transpose, options.training}, {&output, 1}, inputs,
                         [s, x = saved(x), w = saved(weight), b = like, average, rstd, constant = !options.training,
                          eps = options.eps](Gradients& gradients) {
                             const Tensor input = x.get(), weights = w.get();
                             if (!detail::recording())
                                 return batch_norm_backward(gradients, s, input, weights, b, average, rstd, constant);
                             const View view{{s.batch, s.channels, s.run}, {1, s.channels, 1}, {0, 2}};
                             if (!constant) return recorded_backward(gradients, input, weights, b, view, true, eps);
                             const DType dtype = body(input).dtype;
                             const Tensor scale = rstd.to(dtype).reshape(view.weights);
                             const Tensor xhat =
                                 (input.reshape(view.view) - average.to(dtype).reshape(view.weights)) * scale;
                             recorded_backward(gradients, input, weights, b, xhat, scale, view, true, true);
                         });
    return y;
}

}  // namespace xg
