#include <algorithm>
#include <cstdint>

#include "families_xgrad.hpp"
#include "planes.hpp"

namespace parity {
namespace {

/// What is added to variances of n numbers. What one or two numbers become hardly depends on them unless it is large:
/// their gradient is what is left of parts that cancel.
void small_number(Draw& d, std::int64_t n) {
    d.number_of("eps", n > 2 ? std::vector<double>{1e-5, 1e-3, 0.125} : std::vector<double>{0.125});
}

/// Weights and biases of a shape. libtorch multiplies the mean by the weights: infinite ones give NaN elsewhere than
/// without that.
void scale_and_shift(Draw& d, const Sizes& shape) {
    d.real_of(shape, {.finite = true});
    d.real_of(shape, {.finite = true});
}

/// An input of normalisation over the batch, perhaps with its running mean and variance, perhaps with weights and
/// biases.
void batches(Draw& d, bool training, bool running, bool weights) {
    const Array& x = planes(d, static_cast<std::size_t>(d.random.integer(0, 2)), true);
    const Sizes channels = {x.shape[1]};
    // A single value has no variance.
    Draw::need(!training || static_cast<std::int64_t>(x.values.size()) != channels[0]);
    if (running) {
        // As moderate as inputs are: beside a mean of -10962 their differences have four digits fewer.
        d.real_of(channels, {.low = -20, .high = 20, .finite = true});
        d.real_of(channels, {.low = 0.1, .high = 4, .finite = true});
    }
    if (weights) scale_and_shift(d, channels);
    small_number(d, training ? elements(x.shape) / channels[0] : 3);
    if (training && running) d.number("momentum", 0, 1);
}

void instances(Draw& d, bool weights) {
    const Array& x = planes(d, static_cast<std::size_t>(d.random.integer(1, 2)), true);
    // A single value has no variance; libtorch cannot scale an empty batch.
    const std::int64_t run = elements({x.shape.begin() + 2, x.shape.end()});
    Draw::need(run > 1 && (x.shape[0] > 0 || !weights));
    if (weights) scale_and_shift(d, {x.shape[1]});
    small_number(d, run);
}

/// Over some last axes, whose sizes are an option.
void last_axes(Draw& d, bool weights, bool biases) {
    const Array& x = d.real({.min_rank = 1});
    const auto rank = static_cast<std::int64_t>(x.shape.size());
    const Sizes shape(x.shape.end() - d.random.integer(1, std::min<std::int64_t>(rank, 2)), x.shape.end());
    d.set("shape", shape);
    if (weights) d.real_of(shape, {.finite = true});
    if (biases) d.real_of(shape, {.finite = true});
    small_number(d, elements(shape));
}

void groups(Draw& d, bool weights) {
    const Array& x = planes(d, static_cast<std::size_t>(d.random.integer(0, 2)), true);
    const std::int64_t n = d.integer("groups", 1, x.shape[1]);
    Draw::need(x.shape[1] % n == 0);
    if (weights) scale_and_shift(d, {x.shape[1]});
    small_number(d, elements(x.shape) / std::max<std::int64_t>(x.shape[0] * n, 1));
}

/// What is normalised together.
enum class Groups : std::uint8_t { channels, planes, several_planes, rows, rows_from_zero };

/// How much more than 0.01 the variance, eps included, of each group is, or its mean square, and how much more than a
/// ten-thousandth of the mean square the variance of more than two numbers: elsewhere large parts of results or
/// gradients cancel.
Distance spread_of(Groups kind) {
    return [kind](const Values& in, const Options& o) {
        const Array& x = *in[0];
        const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(x.shape[axis]); };
        std::size_t run = 1, groups = 0;
        if (kind == Groups::rows || kind == Groups::rows_from_zero)
            run = static_cast<std::size_t>(elements(o.list("shape")));
        else
            run = static_cast<std::size_t>(elements({x.shape.begin() + 2, x.shape.end()}));
        if (kind == Groups::several_planes) run *= size(1) / static_cast<std::size_t>(o.integer("groups"));
        if (x.values.empty() || run == 0) return 1.0;
        groups = kind == Groups::channels ? size(1) : x.values.size() / run;
        std::vector<double> means(groups), squares(groups);
        const auto n = static_cast<double>(x.values.size() / groups);
        const auto each = [&](auto&& f) {
            for (std::size_t i = 0; i < x.values.size(); ++i) f(i / run % groups, x.values[i]);
        };
        if (kind != Groups::rows_from_zero) each([&](std::size_t g, double v) { means[g] += v / n; });
        each([&](std::size_t g, double v) { squares[g] += (v - means[g]) * (v - means[g]) / n; });
        // Of a single number nothing is left but rounding.
        if (n == 1 && kind != Groups::rows_from_zero) return -1.0;
        double least = *std::min_element(squares.begin(), squares.end()) + o.number("eps") - 0.01;
        for (std::size_t g = 0; g < groups && n > 2; ++g)
            least = std::min(least, squares[g] - 1e-4 * (squares[g] + means[g] * means[g]));
        return least;
    };
}

}  // namespace

void add_normalizations(Table& t) {
    t.push_back({"batch_norm", [](Draw& d) { batches(d, false, true, true); },
                 XGRAD(xg::batch_norm(in[0], in[1].detach(), in[2].detach(), in[3], in[4], {.eps = o.number("eps")}))});
    t.push_back({"batch_norm without weights", [](Draw& d) { batches(d, false, true, false); },
                 XGRAD(xg::batch_norm(in[0], in[1].detach(), in[2].detach(), {}, {}, {.eps = o.number("eps")}))});
    // What becomes of the running statistics is a result.
    t.push_back({"batch_norm in training", [](Draw& d) { batches(d, true, true, true); }, XGRAD([&] {
                     const xg::Tensor mean = in[1].detach().clone(), variance = in[2].detach().clone();
                     const xg::Tensor y =
                         xg::batch_norm(in[0], mean, variance, in[3], in[4],
                                        {.training = true, .momentum = o.number("momentum"), .eps = o.number("eps")});
                     return std::vector{y, mean, variance};
                 }()),
                 spread_of(Groups::channels)});
    t.push_back({"batch_norm of statistics of the batch alone", [](Draw& d) { batches(d, true, false, false); },
                 XGRAD(xg::batch_norm(in[0], {}, {}, {}, {}, {.training = true, .eps = o.number("eps")})),
                 spread_of(Groups::channels)});
    t.push_back({"instance_norm", [](Draw& d) { instances(d, true); },
                 XGRAD(xg::instance_norm(in[0], in[1], in[2], o.number("eps"))), spread_of(Groups::planes)});
    t.push_back({"instance_norm without weights", [](Draw& d) { instances(d, false); },
                 XGRAD(xg::instance_norm(in[0], {}, {}, o.number("eps"))), spread_of(Groups::planes)});
    t.push_back({"layer_norm", [](Draw& d) { last_axes(d, true, true); },
                 XGRAD(xg::layer_norm(in[0], o.list("shape"), in[1], in[2], o.number("eps"))),
                 spread_of(Groups::rows)});
    t.push_back({"layer_norm without weights", [](Draw& d) { last_axes(d, false, false); },
                 XGRAD(xg::layer_norm(in[0], o.list("shape"), {}, {}, o.number("eps"))), spread_of(Groups::rows)});
    t.push_back({"group_norm", [](Draw& d) { groups(d, true); },
                 XGRAD(xg::group_norm(in[0], o.integer("groups"), in[1], in[2], o.number("eps"))),
                 spread_of(Groups::several_planes)});
    t.push_back({"group_norm without weights", [](Draw& d) { groups(d, false); },
                 XGRAD(xg::group_norm(in[0], o.integer("groups"), {}, {}, o.number("eps"))),
                 spread_of(Groups::several_planes)});
    t.push_back({"rms_norm", [](Draw& d) { last_axes(d, true, false); },
                 XGRAD(xg::rms_norm(in[0], o.list("shape"), in[1], o.number("eps"))),
                 spread_of(Groups::rows_from_zero)});
    t.push_back({"rms_norm without weights",
                 [](Draw& d) {
                     last_axes(d, false, false);
                     d.set("eps", 0.0);
                     // Of one number the sign would be left.
                     Draw::need(elements(std::get<Sizes>(d.step.options.at("shape"))) != 1);
                 },
                 XGRAD(xg::rms_norm(in[0], o.list("shape"))), spread_of(Groups::rows_from_zero)});
}

}  // namespace parity
