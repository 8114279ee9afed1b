#include <algorithm>
#include <cmath>

#include "families_xgrad.hpp"
#include "losses_xgrad.hpp"

// Losses of probabilities and of classes.

namespace parity {
namespace {

void reduction(Draw& d) { d.choice("reduction", loss_reductions()); }

/// Weights that broadcast to the shape.
void weights(Draw& d, const Sizes& shape) {
    Sizes whole;
    Draw::need(broadcast(d.real_beside(shape).shape, shape, whole) && whole == shape);
}

/// Scores of classes, which lie along the second axis, or along the only one; now and then of an empty batch.
const Array& scores(Draw& d) {
    if (d.random.coin(0.97)) return d.real({.min_rank = 1, .min_size = 1});
    Sizes shape = d.shape(2, 4, 1);
    shape[0] = 0;
    return d.real_of(shape);
}

/// Scores and classes; a class that is ignored is one of theirs, another one, or there is none.
const Array& scores_and_classes(Draw& d) {
    const Array& x = scores(d);
    Sizes outer = x.shape;
    const std::size_t axis = outer.size() == 1 ? 0 : 1;
    const std::int64_t classes = outer[axis];
    outer.erase(outer.begin() + static_cast<std::ptrdiff_t>(axis));
    const std::int64_t ignored[] = {-100, -1, d.random.integer(0, classes - 1)};
    const std::int64_t pick = d.random.integer(0, 2);
    d.set("ignore", ignored[pick]);
    d.integers(outer, pick == 1 ? -1 : 0, classes - 1);
    reduction(d);
    return x;
}

void class_weights(Draw& d, const Array& x) {
    d.real_of({x.shape[x.shape.size() == 1 ? 0 : 1]}, {.low = 0.1, .high = 2});
}

void smoothing(Draw& d) { d.number_of("smoothing", {0, 0, 0.125, 1}); }

}  // namespace

const std::vector<Choice>& loss_reductions() {
    static const std::vector<Choice> all = [] {
        std::vector<Choice> choices;
        const auto add = [&](xg::LossReduction value, const char* name) {
            choices.push_back({static_cast<std::int64_t>(value), std::string("xg::LossReduction::") + name});
        };
        add(xg::LossReduction::none, "none");
        add(xg::LossReduction::mean, "mean");
        add(xg::LossReduction::sum, "sum");
        add(xg::LossReduction::batchmean, "batchmean");
        return choices;
    }();
    return all;
}

void add_class_losses(Table& t) {
    // Numbers beyond 0 and 1 are refused. libtorch's second derivative adds 1e-12 to them, which shows near 0 and 1.
    t.push_back({"binary_cross_entropy",
                 [](Draw& d) {
                     d.real_of(d.real({.low = 0, .high = 1}).shape, {.low = 0, .high = 1});
                     reduction(d);
                 },
                 XGRAD(xg::binary_cross_entropy(in[0], in[1], {.reduction = o.as<xg::LossReduction>("reduction")})),
                 within(0, 1, 0), false, false, false});
    t.push_back({"binary_cross_entropy with weights",
                 [](Draw& d) {
                     const Array& x = d.real({.low = 0, .high = 1});
                     d.real_of(x.shape, {.low = 0, .high = 1});
                     weights(d, x.shape);
                     reduction(d);
                 },
                 XGRAD(xg::binary_cross_entropy(in[0], in[1],
                                                {.weight = in[2], .reduction = o.as<xg::LossReduction>("reduction")})),
                 within(0, 1, 0), false});
    // libtorch multiplies 0 by infinite logits, which gives NaN; the limit is what xgrad gives.
    t.push_back(
        {"binary_cross_entropy_with_logits",
         [](Draw& d) {
             d.real_of(d.real().shape);
             reduction(d);
         },
         XGRAD(xg::binary_cross_entropy_with_logits(in[0], in[1], {.reduction = o.as<xg::LossReduction>("reduction")})),
         nullptr, false});
    const auto weighted_logits = [](Draw& d) {
        const Array& x = d.real();
        d.real_of(x.shape);
        weights(d, x.shape);
        weights(d, x.shape);
        reduction(d);
    };
    t.push_back({"binary_cross_entropy_with_logits and weights", weighted_logits,
                 XGRAD(xg::binary_cross_entropy_with_logits(
                     in[0], in[1],
                     {.weight = in[2], .pos_weight = in[3], .reduction = o.as<xg::LossReduction>("reduction")}))});
    t.push_back({"binary_cross_entropy_with_logits and constant weights", weighted_logits,
                 XGRAD(xg::binary_cross_entropy_with_logits(in[0], in[1],
                                                            {.weight = in[2].detach(),
                                                             .pos_weight = in[3].detach(),
                                                             .reduction = o.as<xg::LossReduction>("reduction")})),
                 nullptr, false});
    t.push_back({"kl_div",
                 [](Draw& d) {
                     d.real_of(d.real().shape, {.low = 0.01, .high = 2});
                     reduction(d);
                 },
                 XGRAD(xg::kl_div(in[0], in[1], {.reduction = o.as<xg::LossReduction>("reduction")})), above(0, 1)});
    t.push_back(
        {"kl_div of logarithms",
         [](Draw& d) {
             d.real_of(d.real().shape, {.high = 3});
             reduction(d);
         },
         XGRAD(xg::kl_div(in[0], in[1], {.log_target = true, .reduction = o.as<xg::LossReduction>("reduction")}))});

    t.push_back({"cross_entropy",
                 [](Draw& d) {
                     scores_and_classes(d);
                     smoothing(d);
                 },
                 XGRAD(xg::cross_entropy(in[0], in[1],
                                         {.ignore_index = o.integer("ignore"),
                                          .label_smoothing = o.number("smoothing"),
                                          .reduction = o.as<xg::LossReduction>("reduction")}))});
    t.push_back({"cross_entropy with weights",
                 [](Draw& d) {
                     class_weights(d, scores_and_classes(d));
                     smoothing(d);
                 },
                 XGRAD(xg::cross_entropy(in[0], in[1],
                                         {.weight = in[2],
                                          .ignore_index = o.integer("ignore"),
                                          .label_smoothing = o.number("smoothing"),
                                          .reduction = o.as<xg::LossReduction>("reduction")}))});
    t.push_back({"cross_entropy of probabilities",
                 [](Draw& d) {
                     d.real_of(scores(d).shape);
                     smoothing(d);
                     reduction(d);
                 },
                 XGRAD(xg::cross_entropy(
                     in[0], in[1],
                     {.label_smoothing = o.number("smoothing"), .reduction = o.as<xg::LossReduction>("reduction")}))});
    t.push_back({"cross_entropy of probabilities with weights",
                 [](Draw& d) {
                     const Array& x = scores(d);
                     d.real_of(x.shape);
                     class_weights(d, x);
                     smoothing(d);
                     reduction(d);
                 },
                 XGRAD(xg::cross_entropy(in[0], in[1],
                                         {.weight = in[2],
                                          .label_smoothing = o.number("smoothing"),
                                          .reduction = o.as<xg::LossReduction>("reduction")}))});
    t.push_back(
        {"nll_loss", [](Draw& d) { scores_and_classes(d); },
         XGRAD(xg::nll_loss(
             in[0], in[1], {.ignore_index = o.integer("ignore"), .reduction = o.as<xg::LossReduction>("reduction")}))});
    t.push_back({"nll_loss with weights", [](Draw& d) { class_weights(d, scores_and_classes(d)); },
                 XGRAD(xg::nll_loss(in[0], in[1],
                                    {.weight = in[2],
                                     .ignore_index = o.integer("ignore"),
                                     .reduction = o.as<xg::LossReduction>("reduction")}))});
}

}  // namespace parity
