// Losses, given what they cannot take.

#include <cmath>

#include "bad_operation.hpp"

using bad_rows::dtype_error;
using bad_rows::index_error;
using bad_rows::of;
using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using xg::LossReduction;
using xg::Tensor;

namespace {

using Loss = std::function<Tensor(const Tensor& p, const Tensor& t, LossReduction reduction)>;

/// What all losses of a prediction and a target of its shape have in common; `expected` are those of NaN beside 1, 1
/// beside NaN, infinity beside itself, and 0 beside itself.
void pair(const Operation& op, const Loss& f, const std::vector<double>& expected) {
    const auto mean = [f](const Tensor& p, const Tensor& t) { return f(p, t, LossReduction::mean); };
    op.refuses_undefined([=](const Tensor& p) { return mean(p, xg::ones({2})); }, "prediction");
    op.refuses_undefined([=](const Tensor& t) { return mean(xg::ones({2}), t); }, "target");
    for (const auto& [p, t] : {std::pair(xg::Shape{3, 1}, xg::Shape{3}), std::pair(xg::Shape{2}, xg::Shape{3}),
                               std::pair(xg::Shape{}, xg::Shape{1}), std::pair(xg::Shape{0}, xg::Shape{1})})
        op.refuses(shape_error, "shapes that differ, " + p.str() + " and " + t.str(),
                   [=, p = p, t = t] { return mean(xg::ones(p), xg::ones(t)); }, {p.str(), t.str(), "equal shapes"});
    const auto none = [=](LossReduction reduction) { return f(xg::ones({0, 3}), xg::ones({0, 3}), reduction); };
    op.gives("the mean of none", [=] { return none(LossReduction::mean); }, {}, {kNan});
    op.gives("the mean of no batch", [=] { return none(LossReduction::batchmean); }, {}, {kNan});
    op.gives("the sum of none", [=] { return none(LossReduction::sum); }, {}, {0});
    op.gives("each of none", [=] { return none(LossReduction::none); }, {0, 3}, {});
    op.gives("rank 0", [=] { return f(xg::zeros({}), xg::zeros({}), LossReduction::batchmean); }, {}, {expected[3]});
    op.gives(
        "NaN, infinity and 0",
        [=] {
            return f(of({kNan, 1, kInf, 0}), of({1, kNan, kInf, 0}), LossReduction::none);
        },
        {4}, expected);
    for (const auto reduction : {LossReduction::mean, LossReduction::sum, LossReduction::batchmean})
        op.gives("one NaN of many, reduced",
                 [=] {
                     const Tensor x = xg::full({50, 50}, 0.5);
                     return f(xg::where(xg::equal(xg::arange(0, 2500).reshape({50, 50}), 1234), kNan, x), x, reduction);
                 },
                 {}, {kNan});
    op.gives("whole numbers and bool",
             [=] { return f(xg::tensor({0}), xg::tensor({false}), LossReduction::none) * 0 + 0.5; }, {1}, {0.5});
}

void differences(BadInputs& rows) {
    const Operation l1(rows, "l1_loss"), huber(rows, "huber_loss"), smooth(rows, "smooth_l1_loss");
    const std::vector<double> expected = {kNan, kNan, kNan, 0};
    pair(
        l1, [](const Tensor& p, const Tensor& t, LossReduction r) { return xg::l1_loss(p, t, r); }, expected);
    pair(
        huber, [](const Tensor& p, const Tensor& t, LossReduction r) { return xg::huber_loss(p, t, 1, r); }, expected);
    pair(
        smooth, [](const Tensor& p, const Tensor& t, LossReduction r) { return xg::smooth_l1_loss(p, t, 1, r); },
        expected);
    l1.gives("infinity beside 1", [] { return xg::l1_loss(of({kInf}), of({1})); }, {}, {kInf});
    huber.gives("infinity beside 1", [] { return xg::huber_loss(of({kInf}), of({1})); }, {}, {kInf});
    smooth.gives("infinity beside 1", [] { return xg::smooth_l1_loss(of({kInf}), of({1})); }, {}, {kInf});
    for (const double delta : {0.0, -1.0, kNan, -kInf})
        huber.refuses(value_error, "delta " + std::to_string(delta),
                      [=] { return xg::huber_loss(of({1}), of({1}), delta); },
                      {"delta above 0", "got " + std::to_string(delta)});
    huber.gives("an infinite delta", [] { return xg::huber_loss(of({3}), of({1}), kInf); }, {}, {2});
    for (const double beta : {-1.0, kNan, -kInf})
        smooth.refuses(value_error, "beta " + std::to_string(beta),
                       [=] { return xg::smooth_l1_loss(of({1}), of({1}), beta); },
                       {"beta of at least 0", "got " + std::to_string(beta)});
    smooth.gives("a beta of 0", [] { return xg::smooth_l1_loss(of({3}), of({1}), 0); }, {}, {2});

    const Operation mape(rows, "mape_loss"), msle(rows, "msle_loss");
    pair(
        mape, [](const Tensor& p, const Tensor& t, LossReduction r) { return xg::mape_loss(p, t, r); }, expected);
    mape.gives("a target of 0", [] { return xg::mape_loss(of({1}), of({0})); }, {}, {1e9});
    mape.gives("an infinite prediction, and target",
               [] {
                   return xg::mape_loss(of({kInf, 1}), of({1, kInf}), LossReduction::none);
               },
               {2}, {kInf, kNan});
    pair(
        msle, [](const Tensor& p, const Tensor& t, LossReduction r) { return xg::msle_loss(p, t, r); }, expected);
    msle.gives("numbers below -1, and infinity",
               [] {
                   return xg::msle_loss(of({-5, kInf, -kInf}), of({0, 1, -2}), LossReduction::none);
               },
               {3}, {0, kInf, 0});
}

void hinges(BadInputs& rows) {
    const Operation hinge(rows, "hinge_loss"), squared(rows, "squared_hinge_loss");
    // A target of 0 beside others than 0 and 1 stays 0.
    pair(hinge, [](const Tensor& p, const Tensor& t, LossReduction r) { return xg::hinge_loss(p, t, r); },
         {kNan, kNan, 0, 1});
    pair(squared, [](const Tensor& p, const Tensor& t, LossReduction r) { return xg::squared_hinge_loss(p, t, r); },
         {kNan, kNan, 0, 1});
    for (const auto& [name, f] :
         {std::pair("hinge_loss", &xg::hinge_loss), std::pair("squared_hinge_loss", &xg::squared_hinge_loss)})
        rows.gives(name, "infinite predictions of 0 and 1",
                   [f = f] {
                       return f(of({kInf, kInf}), of({0, 1}), LossReduction::none);
                   },
                   {2}, {kInf, 0});
}

void divergences(BadInputs& rows) {
    const Operation op(rows, "kl_div");
    pair(op, [](const Tensor& p, const Tensor& t, LossReduction r) { return xg::kl_div(p, t, {.reduction = r}); },
         {kNan, kNan, kNan, 0});
    // PyTorch's.
    op.gives(
        "probabilities that are none, and logarithms of 0",
        [] {
            return xg::kl_div(of({0, 1, -kInf, -kInf, kNan}), of({0, -1, 0, 1, 1}), {.reduction = LossReduction::none});
        },
        {5}, {0, kNan, kNan, kInf, kNan});
    op.gives("targets that are logarithms",
             [] {
                 return xg::kl_div(of({0, 1, -kInf, 0}), of({-kInf, kNan, 0, kInf}),
                                   {.log_target = true, .reduction = LossReduction::none});
             },
             {4}, {kNan, kNan, kInf, kInf});
}

void embeddings(BadInputs& rows) {
    const Operation op(rows, "cosine_embedding_loss");
    const Tensor a = xg::ones({4, 3}), one = xg::ones({4});
    const auto f = [](const Tensor& p, const Tensor& q, const Tensor& t) {
        return xg::cosine_embedding_loss(p, q, t, {.reduction = LossReduction::none});
    };
    op.refuses_undefined([=](const Tensor& t) { return f(t, a, one); }, "first input");
    op.refuses_undefined([=](const Tensor& t) { return f(a, t, one); }, "second input");
    op.refuses_undefined([=](const Tensor& t) { return f(a, a, t); }, "target");
    op.refuses_shapes([=](const Tensor& t) { return f(t, t, xg::ones({})); }, {{}, {4, 3}, {2, 4, 3}},
                      "(N, D) or (D,)");
    op.refuses_shapes([=](const Tensor& t) { return f(a, t, one); }, {{}, {3}, {1, 3}, {4, 2}}, "(4, 3)");
    op.refuses_shapes([=](const Tensor& t) { return f(a, a, t); }, {{}, {3}, {1}, {4, 1}, {4, 3}}, "targets (N,)");
    op.refuses_shapes([=](const Tensor& t) { return f(xg::ones({3}), xg::ones({3}), t); }, {{1}, {3}}, "or ()");
    op.gives("no vectors", [=] { return f(xg::ones({0, 3}), xg::ones({0, 3}), xg::ones({0})); }, {0}, {});
    op.gives("the mean of none",
             [] {
                 return xg::cosine_embedding_loss(xg::ones({0, 3}), xg::ones({0, 3}), xg::ones({0}));
             },
             {}, {kNan});
    // PyTorch's: no cosine is NaN for vectors of 0, and another target than -1 and 1 counts for nothing.
    op.gives("vectors of 0, NaN and infinity, and a target that is none",
             [=] {
                 return f(xg::tensor({{0.0, 0.0}, {1.0, kNan}, {kInf, 1.0}, {1.0, 0.0}}),
                          xg::tensor({{1.0, 1.0}, {1.0, 1.0}, {1.0, 1.0}, {1.0, 0.0}}), of({1, 1, 1, 0}));
             },
             {4}, {1, kNan, kNan, 0});
    op.gives("vectors of no elements", [=] { return f(xg::ones({2, 0}), xg::ones({2, 0}), of({1, -1})); }, {2}, {1, 0});
}

void margins(BadInputs& rows) {
    const Operation ranking(rows, "margin_ranking_loss"), triplet(rows, "triplet_margin_loss");
    const auto rank = [](const Tensor& a, const Tensor& b, const Tensor& t) {
        return xg::margin_ranking_loss(a, b, t, {.reduction = LossReduction::none});
    };
    const auto three = [](const Tensor& a, const Tensor& p, const Tensor& n) {
        return xg::triplet_margin_loss(a, p, n, {.reduction = LossReduction::none});
    };
    const Tensor x = xg::ones({2, 3});
    for (const auto& [op, f] :
         {std::pair(&ranking, std::function<Tensor(const Tensor&, const Tensor&, const Tensor&)>(rank)),
          std::pair(&triplet, std::function<Tensor(const Tensor&, const Tensor&, const Tensor&)>(three))}) {
        op->refuses_undefined([=, f = f](const Tensor& t) { return f(t, x, x); }, "first input");
        op->refuses_undefined([=, f = f](const Tensor& t) { return f(x, t, x); }, "second input");
        op->refuses_undefined([=, f = f](const Tensor& t) { return f(x, x, t); }, "third input");
        for (std::size_t place = 0; place < 3; ++place)
            op->refuses_shapes(
                [=, f = f](const Tensor& t) { return f(place == 0 ? t : x, place == 1 ? t : x, place == 2 ? t : x); },
                {{}, {3}, {1, 3}, {2, 1}, {3, 2}, {1, 2, 3}}, "(2, 3)");
    }
    ranking.gives("the mean of none", [] { return xg::margin_ranking_loss(of({}), of({}), of({})); }, {}, {kNan});
    ranking.gives("NaN and infinity",
                  [=] {
                      return rank(of({kNan, 1, kInf, kInf}), of({1, 1, kInf, 1}), of({1, kNan, 1, -1}));
                  },
                  {4}, {kNan, kNan, kNan, kInf});
    triplet.refuses(shape_error, "rank 0", [=] { return three(xg::ones({}), xg::ones({}), xg::ones({})); },
                    {"()", "last axis"});
    triplet.gives("the mean of none",
                  [] {
                      return xg::triplet_margin_loss(xg::ones({0, 2}), xg::ones({0, 2}), xg::ones({0, 2}));
                  },
                  {}, {kNan});
    triplet.gives("vectors of no elements",
                  [=] {
                      return three(xg::ones({2, 0}), xg::ones({2, 0}), xg::ones({2, 0}));
                  },
                  {2}, {1, 1});
    triplet.gives(
        "NaN and infinity",
        [=] {
            return three(xg::tensor({{kNan, 1.0}, {1.0, 1.0}, {kInf, 1.0}}), xg::ones({3, 2}), xg::ones({3, 2}));
        },
        {3}, {kNan, 1, kNan});
}

void probabilities(BadInputs& rows) {
    const Operation plain(rows, "binary_cross_entropy"), logits(rows, "binary_cross_entropy_with_logits");
    pair(plain,
         [](const Tensor& p, const Tensor& t, LossReduction r) {
             return xg::binary_cross_entropy(p.defined() ? xg::where(xg::equal(p, kInf), kNan, p) : p, t,
                                             {.reduction = r});
         },
         {kNan, kNan, kNan, 0});
    // 0 times the infinite logit is PyTorch's NaN.
    pair(logits,
         [](const Tensor& p, const Tensor& t, LossReduction r) {
             return xg::binary_cross_entropy_with_logits(p, t, {.reduction = r});
         },
         {kNan, kNan, kNan, std::log(2.0)});
    for (const double p : {-0.5, 1.5, kInf, -kInf})
        plain.refuses(value_error, "a prediction of " + std::to_string(p),
                      [p] {
                          return xg::binary_cross_entropy(of({0.5, p}), of({0, 1}));
                      },
                      {"from 0 to 1", "got " + std::to_string(p)});
    plain.gives(
        "certainties",
        [] {
            return xg::binary_cross_entropy(of({0, 1, 0, 1}), of({0, 1, 1, 0}), {.reduction = LossReduction::none});
        },
        {4}, {0, 0, 100, 100});
    logits.gives("certainties",
                 [] {
                     return xg::binary_cross_entropy_with_logits(of({kInf, -kInf, 1000, -1000}), of({0, 1, 0, 1}),
                                                                 {.reduction = LossReduction::none});
                 },
                 {4}, {kInf, kInf, 1000, 1000});
    const Tensor half = xg::full({2, 3}, 0.5);
    for (const xg::Shape& bad : {xg::Shape{2}, xg::Shape{3, 2}, xg::Shape{1, 2, 3}, xg::Shape{4, 2, 3}, xg::Shape{0}}) {
        const Tensor w = xg::ones(bad);
        const std::string about = "weights of shape " + bad.str();
        plain.refuses(shape_error, about, [=] { return xg::binary_cross_entropy(half, half, {.weight = w}); },
                      {bad.str(), "(2, 3)"});
        logits.refuses(shape_error, about,
                       [=] { return xg::binary_cross_entropy_with_logits(half, half, {.weight = w}); },
                       {bad.str(), "(2, 3)"});
        logits.refuses(shape_error, "positive " + about,
                       [=] { return xg::binary_cross_entropy_with_logits(half, half, {.pos_weight = w}); },
                       {bad.str(), "(2, 3)"});
    }
}

}  // namespace

void bad_losses(BadInputs& rows) {
    differences(rows);
    hinges(rows);
    divergences(rows);
    embeddings(rows);
    margins(rows);
    probabilities(rows);
}
