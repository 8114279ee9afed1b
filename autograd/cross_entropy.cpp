#include <string>

#include <xgrad/autograd/detail/along.hpp>
#include <xgrad/autograd/detail/loss_common.hpp>
#include <xgrad/autograd/detail/loss_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/row_softmax.hpp>
#include <xgrad/autograd/losses.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::data_as;
using detail::Gradients;
using detail::make_tensor;
using detail::saved;

namespace {

/// What the losses of classes see: a matrix with a row for each target, and the classes along it.
struct Rows {
    Shape outer;  ///< The logits' shape without the classes.
    std::int64_t classes, batch;

    Rows(const Tensor& x, const char* op) {
        detail::check_defined(x, op);
        const Shape& shape = body(x).shape;
        if (!is_floating(body(x).dtype))
            throw DTypeError(std::string(op) + ": expected floating-point numbers, got " + name(body(x).dtype));
        if (shape.empty() || shape[axis(shape)] == 0)
            throw ShapeError(std::string(op) +
                             ": expected an input of shape (C,), (N, C) or (N, C, d1, ...) with C > 0, got " +
                             shape.str());
        classes = shape[axis(shape)];
        outer = shape.erased(axis(shape));
        batch = outer.empty() ? 1 : outer[0];
    }
    static std::size_t axis(const Shape& shape) { return shape.rank() == 1 ? 0 : 1; }

    Tensor matrix(const Tensor& t) const {
        const std::int64_t rows = outer.elements();
        if (body(t).shape.rank() <= 2) return t.reshape({rows, classes});
        const std::int64_t run = Shape(outer.data() + 1, outer.rank() - 1).elements();
        return t.reshape({batch, classes, run}).transpose().contiguous().reshape({rows, classes});
    }
};

/// The classes in a row. Throws for others than there are.
Tensor checked_classes(const Rows& rows, const Tensor& x, const Tensor& target, std::int64_t ignored, const char* op) {
    if (!(body(target).shape == rows.outer))
        throw ShapeError(std::string(op) + ": expected classes of shape " + rows.outer.str() +
                         " for an input of shape " + body(x).shape.str() + ", got " + body(target).shape.str());
    const Tensor index = target.contiguous().reshape({rows.outer.elements()});
    const std::int64_t* const c = data_as<std::int64_t>(index);
    for (std::int64_t i = 0; i < body(index).numel; ++i)
        if (c[i] != ignored && (c[i] < 0 || c[i] >= rows.classes))
            throw IndexError(std::string(op) + ": class " + std::to_string(c[i]) + " is out of range for the " +
                             std::to_string(rows.classes) + " classes of an input of shape " + body(x).shape.str());
    return index;
}

Tensor checked_weights(const Rows& rows, const Tensor& x, const Tensor& weight, const char* op) {
    if (!weight.defined()) return weight;
    if (!(body(weight).shape == Shape{rows.classes}))
        throw ShapeError(std::string(op) + ": expected weights of shape " + Shape{rows.classes}.str() +
                         " for an input of shape " + body(x).shape.str() + ", got " + body(weight).shape.str());
    return weight.detach().to(body(x).dtype).contiguous();
}

/// The sum of the weights of all classes that are not ignored.
double total_weight(const Tensor& index, const Tensor& weight, std::int64_t ignored) {
    double total = 0;
    const std::int64_t* const c = data_as<std::int64_t>(index);
    const auto add = [&](auto&& weight_of) {
        for (std::int64_t i = 0; i < body(index).numel; ++i)
            if (c[i] != ignored) total += weight_of(c[i]);
    };
    if (!weight.defined())
        add([](std::int64_t) { return 1.0; });
    else
        detail::with_floating(weight, [&]<class T>(T*) {
            const T* const w = data_as<T>(weight);
            add([w](std::int64_t k) { return static_cast<double>(w[k]); });
        });
    return total;
}

double row_scale(LossReduction reduction, const Rows& rows, const Tensor& index, const Tensor& weight,
                 std::int64_t ignored) {
    if (reduction == LossReduction::batchmean) return 1 / static_cast<double>(rows.batch);
    if (reduction != LossReduction::mean) return 1;
    return 1 / (index.defined() ? total_weight(index, weight, ignored) : static_cast<double>(rows.outer.elements()));
}

/// (rows, classes): `share` of its class's weight at each row's class, and `spread` of all classes' weights. A
/// constant.
Tensor coefficients(const Tensor& index, std::int64_t classes, const Tensor& weight, std::int64_t ignored,
                    double smoothing, DType dtype) {
    const std::int64_t rows = body(index).numel;
    Tensor k = zeros({rows, classes}, {.dtype = dtype});
    detail::with_floating(k, [&]<class T>(T*) {
        const T* const w = weight.defined() ? data_as<T>(weight) : nullptr;
        const auto weight_of = [w](std::int64_t c) { return w != nullptr ? static_cast<double>(w[c]) : 1.0; };
        const std::int64_t* const at = data_as<std::int64_t>(index);
        for (std::int64_t r = 0; r < rows; ++r) {
            if (at[r] == ignored) continue;
            T* const row = data_as<T>(k) + r * classes;
            for (std::int64_t c = 0; c < classes && smoothing != 0; ++c)
                row[c] = static_cast<T>(smoothing / static_cast<double>(classes) * weight_of(c));
            row[at[r]] += static_cast<T>((1 - smoothing) * weight_of(at[r]));
        }
    });
    return k;
}

/// A cross-entropy in rows; either `index` or `probabilities` is defined.
struct LossPlan {
    std::int64_t classes, ignored;
    double smoothing, scale;
    bool each;
};

template <class T>
detail::ClassLoss<T> kernel_of(const LossPlan& plan, const Tensor& x, const Tensor& index, const Tensor& probabilities,
                               const Tensor& weight) {
    return {data_as<T>(x),
            body(x).shape[0],
            plan.classes,
            index.defined() ? data_as<std::int64_t>(index) : nullptr,
            probabilities.defined() ? data_as<T>(probabilities) : nullptr,
            weight.defined() ? data_as<T>(weight) : nullptr,
            plan.ignored,
            plan.smoothing};
}

void recorded_backward(Gradients& gradients, const LossPlan& plan, const Tensor& x, const Tensor& probabilities,
                       const Tensor& index, const Tensor& weight) {
    Tensor g = gradients.of_output();
    g = plan.each ? g.reshape({body(x).shape[0], 1}) : g * plan.scale;
    Tensor k;
    if (index.defined()) {
        // What comes in, or the scale of an average over no rows, need not be finite.
        const Tensor skipped = equal(index, plan.ignored);
        if (any(skipped).item() != 0) g = where(skipped.reshape({body(x).shape[0], 1}), 0, g);
        k = coefficients(index, plan.classes, weight, plan.ignored, plan.smoothing, body(x).dtype);
    } else {
        k = probabilities * (1 - plan.smoothing) + plan.smoothing / static_cast<double>(plan.classes);
        if (weight.defined()) k = k * weight;
    }
    const Tensor l = detail::row_log_softmax(x);
    if (gradients.needs(0)) gradients.set(0, g * (exp(l) * sum(k, -1, true) - k));
    if (!gradients.needs(1)) return;
    const Tensor slope = g * l * -(1 - plan.smoothing);
    gradients.set(1, weight.defined() ? slope * weight : slope);
}

void fused_backward(Gradients& gradients, const LossPlan& plan, const Tensor& given, const Tensor& probabilities,
                    const Tensor& index, const Tensor& weight, const Tensor& peaks) {
    const Tensor x = given.contiguous(), p = probabilities.defined() ? probabilities.contiguous() : probabilities,
                 g = gradients.of_output().contiguous();
    const auto place = [&](std::uint32_t i) {
        return gradients.needs(i) ? make_tensor(body(x).shape, body(x).dtype) : Tensor();
    };
    const Tensor dx = place(0), dt = place(1);
    detail::with_floating(x, [&]<class T>(T*) {
        const auto at = [](const Tensor& t) { return t.defined() ? data_as<T>(t) : nullptr; };
        detail::class_slopes<T>(kernel_of<T>(plan, x, index, p, weight), at(peaks), {at(g), plan.each, plan.scale},
                                at(dx), at(dt));
    });
    gradients.set(0, dx);
    gradients.set(1, dt);
}

/// x and probabilities are (rows, classes), index (rows,).
Tensor class_loss(const LossPlan& plan, const Tensor& x, const Tensor& index, const Tensor& probabilities,
                  const Tensor& weight) {
    const std::int64_t rows = body(x).shape[0];
    const Tensor peaks = make_tensor({rows, 2}, body(x).dtype);
    Tensor loss = make_tensor(plan.each ? Shape{rows} : Shape(), body(x).dtype);
    {
        const Tensor from = detail::make_alias(x).contiguous(),
                     p = probabilities.defined() ? detail::make_alias(probabilities).contiguous() : probabilities;
        detail::with_floating(x, [&]<class T>(T*) {
            const double total = detail::class_losses<T>(kernel_of<T>(plan, from, index, p, weight),
                                                         plan.each ? data_as<T>(loss) : nullptr, data_as<T>(peaks));
            if (!plan.each) *data_as<T>(loss) = static_cast<T>(total * plan.scale);
        });
    }
    Tensor* const output = &loss;
    const Tensor* const inputs[] = {&x, &probabilities};
    if (!detail::would_record(inputs) && !detail::context.detect_anomaly) return loss;
    detail::record_joint("cross_entropy", {&output, 1}, inputs,
                         [plan, x = saved(x), p = saved(probabilities), index = saved(index), weight = saved(weight),
                          peaks](Gradients& gradients) {
                             if (detail::recording())
                                 recorded_backward(gradients, plan, x.get(), p.get(), index.get(), weight.get());
                             else
                                 fused_backward(gradients, plan, x.get(), p.get(), index.get(), weight.get(), peaks);
                         });
    return loss;
}

}  // namespace

Tensor cross_entropy(const Tensor& logits, const Tensor& target, const CrossEntropyOptions& options) {
    constexpr const char* op = "cross_entropy";
    const Rows rows(logits, op);
    detail::check_defined(target, op);
    if (!(options.label_smoothing >= 0 && options.label_smoothing <= 1))
        throw ValueError("cross_entropy: expected a label_smoothing from 0 to 1, got " +
                         std::to_string(options.label_smoothing));
    const Tensor weight = checked_weights(rows, logits, options.weight, op);
    Tensor index, probabilities;
    if (body(target).dtype == int64) {
        index = checked_classes(rows, logits, target, options.ignore_index, op);
    } else if (is_floating(body(target).dtype)) {
        if (!(body(target).shape == body(logits).shape))
            throw ShapeError("cross_entropy: expected probabilities of the logits' shape " + body(logits).shape.str() +
                             ", got " + body(target).shape.str());
        probabilities = rows.matrix(target.to(body(logits).dtype));
    } else {
        throw DTypeError(std::string("cross_entropy: expected int64 classes or floating-point probabilities, got ") +
                         name(body(target).dtype));
    }
    const bool each = options.reduction == LossReduction::none;
    const LossPlan plan{rows.classes, options.ignore_index, options.label_smoothing,
                        row_scale(options.reduction, rows, index, weight, options.ignore_index), each};
    const Tensor loss = class_loss(plan, rows.matrix(logits), index, probabilities, weight);
    return each ? loss.reshape(rows.outer) : loss;
}

namespace {

/// Minus the number at each row's class, times the class's weight; 0 for what is ignored.
Tensor picked(const Tensor& x, const Tensor& index, const Tensor& weight, std::int64_t ignored) {
    const Tensor from = detail::make_alias(x).contiguous();
    const std::int64_t rows = body(x).shape[0], classes = body(x).shape[1];
    Tensor y = make_tensor({rows}, body(x).dtype);
    detail::with_floating(x, [&]<class T>(T*) {
        const T *const v = data_as<T>(from), *const w = weight.defined() ? data_as<T>(weight) : nullptr;
        const std::int64_t* const c = data_as<std::int64_t>(index);
        for (std::int64_t r = 0; r < rows; ++r)
            data_as<T>(y)[r] = c[r] == ignored ? T(0) : -v[r * classes + c[r]] * (w != nullptr ? w[c[r]] : T(1));
    });
    return detail::record(
        "nll_loss", std::move(y),
        detail::wrt(x, [index = saved(index), weight = saved(weight), classes, ignored](const Tensor& g) {
            const std::int64_t n = body(g).numel;
            const Tensor skipped = equal(index.get(), ignored), at = where(skipped, 0, index.get()), w = weight.get();
            // 0 for what is ignored, whatever comes in: of an average over no rows it is NaN.
            Tensor slope = where(skipped, 0, -g);
            if (w.defined()) slope = slope * take(w, at, 0);
            return detail::put_along(slope.reshape({n, 1}), 1, at.reshape({n, 1}), classes);
        }));
}

}  // namespace

Tensor nll_loss(const Tensor& log_probabilities, const Tensor& target, const NLLLossOptions& options) {
    constexpr const char* op = "nll_loss";
    const Rows rows(log_probabilities, op);
    detail::check_defined(target, op);
    if (body(target).dtype != int64)
        throw DTypeError(std::string("nll_loss: expected int64 classes, got ") + name(body(target).dtype));
    const Tensor weight = checked_weights(rows, log_probabilities, options.weight, op),
                 index = checked_classes(rows, log_probabilities, target, options.ignore_index, op);
    const Tensor losses = picked(rows.matrix(log_probabilities), index, weight, options.ignore_index);
    if (options.reduction == LossReduction::none) return losses.reshape(rows.outer);
    return sum(losses) * row_scale(options.reduction, rows, index, weight, options.ignore_index);
}

}  // namespace xg
