#include "row_makers.hpp"

using namespace rows;

namespace {

using xg::LossReduction;

constexpr LossReduction kReductions[] = {LossReduction::none, LossReduction::mean, LossReduction::sum,
                                         LossReduction::batchmean};

std::string text_of(LossReduction reduction) {
    constexpr const char* names[] = {"none", "mean", "sum", "batchmean"};
    return names[static_cast<std::size_t>(reduction)];
}

using PairFunction = std::function<xg::Tensor(const xg::Tensor&, const xg::Tensor&, LossReduction)>;

/// All reductions, shapes, both sides, and a strided input; `targets` makes targets of inputs.
void pair(std::vector<Row>& rows, const std::string& name, const PairFunction& f, bool positive = false) {
    for (const LossReduction reduction : kReductions) {
        rows.push_back({name,
                        text_of(reduction),
                        [=](const Inputs& in) { return f(in[0], in[1], reduction); },
                        {values(70, {2, 3}, positive), values(71, {2, 3}, positive)}});
        rows.push_back({name,
                        text_of(reduction) + ", transposed",
                        [=](const Inputs& in) { return f(in[0].transpose(), in[1], reduction); },
                        {values(72, {2, 2}, positive), values(73, {2, 2}, positive)}});
    }
    for (const xg::Shape& shape : {xg::Shape{}, xg::Shape{1}, xg::Shape{0}})
        rows.push_back({name,
                        shape.str(),
                        [=](const Inputs& in) { return f(in[0], in[1], LossReduction::sum); },
                        {values(74, shape, positive), values(75, shape, positive)}});
}

/// Probabilities from 0.05 to 0.95.
xg::Tensor probabilities(std::uint32_t seed, const xg::Shape& shape) {
    support::Draw draw(seed);
    return support::uniform(draw, shape, 0.05, 0.95);
}

void regression_rows(std::vector<Row>& rows) {
    pair(rows, "mse_loss", [](const auto& p, const auto& t, LossReduction r) { return xg::mse_loss(p, t, r); });
    pair(rows, "l1_loss", [](const auto& p, const auto& t, LossReduction r) { return xg::l1_loss(p, t, r); });
    for (const double scale : {0.6, 1.0, 2.0}) {
        pair(rows, "huber_loss",
             [scale](const auto& p, const auto& t, LossReduction r) { return xg::huber_loss(p, t, scale, r); });
        pair(rows, "smooth_l1_loss",
             [scale](const auto& p, const auto& t, LossReduction r) { return xg::smooth_l1_loss(p, t, scale, r); });
    }
    pair(rows, "smooth_l1_loss",
         [](const auto& p, const auto& t, LossReduction r) { return xg::smooth_l1_loss(p, t, 0, r); });
    pair(rows, "mape_loss", [](const auto& p, const auto& t, LossReduction r) { return xg::mape_loss(p, t, r); });
    pair(rows, "msle_loss", [](const auto& p, const auto& t, LossReduction r) { return xg::msle_loss(p, t, r); });
    pair(
        rows, "msle_loss", [](const auto& p, const auto& t, LossReduction r) { return xg::msle_loss(p, t, r); }, true);
    const xg::Tensor near = xg::tensor({-1e4, -1.001, -0.999, -1e-4, 1e-4, 0.999, 1.001, 1e4}, support::f64);
    for (const char* name : {"l1_loss", "huber_loss", "smooth_l1_loss"})
        one(
            rows, name, "near kinks and far out",
            [name = std::string(name)](const Inputs& in) {
                const xg::Tensor zero = xg::zeros({8}, support::f64);
                if (name == "l1_loss") return xg::l1_loss(in[0], zero, LossReduction::none);
                if (name == "huber_loss") return xg::huber_loss(in[0], zero, 1, LossReduction::none);
                return xg::smooth_l1_loss(in[0], zero, 1, LossReduction::none);
            },
            near);
}

void binary_rows(std::vector<Row>& rows) {
    const xg::Tensor x = values(76, {2, 3}), p = probabilities(77, {2, 3}), t = probabilities(78, {2, 3}),
                     weight = probabilities(79, {3}), positive = probabilities(80, {2, 1});
    for (const LossReduction r : kReductions) {
        rows.push_back({"binary_cross_entropy",
                        text_of(r),
                        [r](const Inputs& in) { return xg::binary_cross_entropy(in[0], in[1], {.reduction = r}); },
                        {p, t}});
        rows.push_back({"binary_cross_entropy",
                        text_of(r) + ", weighted",
                        [r](const Inputs& in) {
                            return xg::binary_cross_entropy(in[0], in[1], {.weight = in[2], .reduction = r});
                        },
                        {p, t, weight}});
        rows.push_back(
            {"binary_cross_entropy_with_logits",
             text_of(r),
             [r](const Inputs& in) { return xg::binary_cross_entropy_with_logits(in[0], in[1], {.reduction = r}); },
             {x, t}});
        rows.push_back({"binary_cross_entropy_with_logits",
                        text_of(r) + ", weighted",
                        [r](const Inputs& in) {
                            return xg::binary_cross_entropy_with_logits(
                                in[0].transpose(), in[1].transpose(),
                                {.weight = in[2].detach(), .pos_weight = in[3].detach(), .reduction = r});
                        },
                        {x.transpose().clone(), t.transpose().clone(), xg::ones({3}, {.dtype = xg::int64}) * 2,
                         xg::tensor({{3}, {1}})}});
        rows.push_back({"binary_cross_entropy_with_logits",
                        text_of(r) + ", with weights that learn",
                        [r](const Inputs& in) {
                            return xg::binary_cross_entropy_with_logits(
                                in[0], in[1], {.weight = in[2], .pos_weight = in[3], .reduction = r});
                        },
                        {x, t, weight, positive}});
    }
    rows.push_back({"binary_cross_entropy_with_logits",
                    "far out",
                    [](const Inputs& in) {
                        return xg::binary_cross_entropy_with_logits(
                            in[0], in[1],
                            {.pos_weight = xg::full({}, 3, support::f64), .reduction = LossReduction::none});
                    },
                    {xg::tensor({-1e4, -40, 0, 40, 1e4}, support::f64), xg::tensor({0, 1, 0.5, 0, 1}, support::f64)}});
    rows.push_back({"binary_cross_entropy_with_logits",
                    "none",
                    [](const Inputs& in) {
                        return xg::binary_cross_entropy_with_logits(in[0], in[1], {.reduction = LossReduction::sum});
                    },
                    {values(1, {0}), values(2, {0})}});
}

void class_rows(std::vector<Row>& rows) {
    const xg::Tensor weight = probabilities(81, {4});
    struct Case {
        xg::Shape shape;
        xg::Tensor target;
    };
    const std::vector<Case> cases = {{{3, 4}, xg::tensor({1, -1, 3})},
                                     {{4}, xg::Tensor(2)},
                                     {{2, 4, 3}, xg::tensor({{0, 1, 2}, {3, -1, 3}})},
                                     {{1, 4, 2, 1}, xg::tensor({{{0}, {3}}})}};
    for (const LossReduction r : kReductions) {
        for (const Case& c : cases) {
            for (const double smoothing : {0.0, 0.2}) {
                for (const bool weighted : {false, true}) {
                    const auto options = [=]() {
                        return xg::CrossEntropyOptions{.weight = weighted ? weight : xg::Tensor(),
                                                       .ignore_index = -1,
                                                       .label_smoothing = smoothing,
                                                       .reduction = r};
                    };
                    const std::string about = c.shape.str() + ", " + text_of(r) + (weighted ? ", weighted" : "") +
                                              (smoothing > 0 ? ", smoothed" : "");
                    rows.push_back({"cross_entropy",
                                    about,
                                    [options](const Inputs& in) { return xg::cross_entropy(in[0], in[1], options()); },
                                    {values(82, c.shape), c.target}});
                    if (c.shape.rank() > 3) continue;
                    rows.push_back({"cross_entropy",
                                    about + ", probabilities",
                                    [options](const Inputs& in) { return xg::cross_entropy(in[0], in[1], options()); },
                                    {values(82, c.shape), probabilities(83, c.shape)}});
                }
            }
            rows.push_back({"nll_loss",
                            c.shape.str() + ", " + text_of(r),
                            [r, weight](const Inputs& in) {
                                return xg::nll_loss(in[0], in[1],
                                                    {.weight = weight, .ignore_index = -1, .reduction = r});
                            },
                            {values(84, c.shape), c.target}});
        }
    }
    rows.push_back({"cross_entropy",
                    "far out",
                    [](const Inputs& in) { return xg::cross_entropy(in[0], in[1]); },
                    {xg::tensor({{1e4, -1e4, 0, 1}, {3, 3, 3, 3}}, support::f64), xg::tensor({1, 2})}});
    rows.push_back({"cross_entropy",
                    "no rows",
                    [](const Inputs& in) { return xg::cross_entropy(in[0], in[1], {.reduction = LossReduction::sum}); },
                    {values(1, {0, 3}), xg::zeros({0}, {.dtype = xg::int64})}});
    rows.push_back({"cross_entropy",
                    "one class, transposed",
                    [](const Inputs& in) { return xg::cross_entropy(in[0].transpose(), in[1]); },
                    {values(1, {1, 2}), xg::zeros({2}, {.dtype = xg::int64})}});
    rows.push_back({"nll_loss",
                    "transposed",
                    [](const Inputs& in) { return xg::nll_loss(in[0].transpose(), in[1]); },
                    {values(1, {3, 2}), xg::tensor({2, 0})}});
    for (const LossReduction r : kReductions)
        for (const bool logs : {false, true})
            rows.push_back(
                {"kl_div",
                 text_of(r) + (logs ? ", logarithms" : ""),
                 [=](const Inputs& in) { return xg::kl_div(in[0], in[1], {.log_target = logs, .reduction = r}); },
                 {values(85, {2, 3}), probabilities(86, {2, 3})}});
}

void margin_rows(std::vector<Row>& rows) {
    const xg::Tensor a = values(87, {3, 4}), b = values(88, {3, 4}), c = values(89, {3, 4}),
                     signs = xg::tensor({1, -1, -1});
    for (const bool zeros_and_ones : {false, true})
        for (const LossReduction r : kReductions) {
            const xg::Tensor t = zeros_and_ones ? xg::tensor({1, 0, 0}) : signs;
            const std::string about = text_of(r) + (zeros_and_ones ? ", labels of 0 and 1" : "");
            rows.push_back({"hinge_loss",
                            about,
                            [=](const Inputs& in) { return xg::hinge_loss(in[0], t, r); },
                            {values(90, {3})}});
            rows.push_back({"squared_hinge_loss",
                            about,
                            [=](const Inputs& in) { return xg::squared_hinge_loss(in[0], t, r); },
                            {values(90, {3})}});
        }
    rows.push_back({"hinge_loss",
                    "targets that learn",
                    [](const Inputs& in) { return xg::hinge_loss(in[0], in[1]); },
                    {values(90, {3}), values(91, {3})}});
    for (const std::int64_t axis : {0, 1, -1})
        rows.push_back({"cosine_similarity",
                        "axis " + std::to_string(axis),
                        [axis](const Inputs& in) { return xg::cosine_similarity(in[0], in[1], axis); },
                        {a, b}});
    rows.push_back({"cosine_similarity",
                    "broadcast",
                    [](const Inputs& in) { return xg::cosine_similarity(in[0], in[1], 1); },
                    {a, values(92, {4})}});
    rows.push_back({"cosine_similarity",
                    "a long way below eps",
                    [](const Inputs& in) { return xg::cosine_similarity(in[0], in[1], 0, 10); },
                    {values(93, {2}), values(94, {2})}});
    for (const LossReduction r : kReductions) {
        rows.push_back({"cosine_embedding_loss",
                        text_of(r),
                        [=](const Inputs& in) {
                            return xg::cosine_embedding_loss(in[0], in[1], signs, {.margin = -0.7, .reduction = r});
                        },
                        {a, b}});
        rows.push_back({"margin_ranking_loss",
                        text_of(r),
                        [=](const Inputs& in) {
                            return xg::margin_ranking_loss(in[0], in[1], signs, {.margin = 0.3, .reduction = r});
                        },
                        {values(95, {3}), values(96, {3})}});
        rows.push_back({"triplet_margin_loss",
                        text_of(r),
                        [=](const Inputs& in) {
                            return xg::triplet_margin_loss(in[0], in[1], in[2], {.margin = 2, .reduction = r});
                        },
                        {a, b, c}});
    }
    rows.push_back({"cosine_embedding_loss",
                    "single vectors",
                    [](const Inputs& in) { return xg::cosine_embedding_loss(in[0], in[1], xg::Tensor(1)); },
                    {values(93, {4}), values(94, {4})}});
}

}  // namespace

std::vector<Row> loss_rows() {
    std::vector<Row> rows;
    regression_rows(rows);
    binary_rows(rows);
    class_rows(rows);
    margin_rows(rows);
    return rows;
}
