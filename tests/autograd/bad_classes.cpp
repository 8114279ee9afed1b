// Losses of classes, given what they cannot take.

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

/// What both losses take.
struct Options {
    Tensor weight = {};
    std::int64_t ignore_index = -100;
    LossReduction reduction = LossReduction::mean;
};
using Loss = std::function<Tensor(const Tensor& x, const Tensor& target, const Options&)>;

Tensor classes(const std::vector<std::int64_t>& of_rows) {
    return xg::from_data(of_rows, {static_cast<std::int64_t>(of_rows.size())});
}

/// What both losses have in common.
void of_classes(const Operation& op, const Loss& f) {
    const Tensor x = xg::zeros({2, 3}), t = classes({0, 2});
    op.refuses_undefined([=](const Tensor& p) { return f(p, t, {}); }, "input");
    op.refuses_undefined([=](const Tensor& p) { return f(x, p, {}); }, "target");
    op.refuses_shapes([=](const Tensor& p) { return f(p, t, {}); }, {{}, {0}, {2, 0}, {2, 0, 3}}, "C > 0");
    op.refuses_shapes([=](const Tensor& p) { return f(p, t, {}); }, {{3}, {3, 3}, {2, 3, 2}}, "classes of shape");
    op.refuses_shapes([=](const Tensor& p) { return f(x, p.to(xg::int64), {}); }, {{}, {3}, {1}, {2, 1}, {2, 3}},
                      "classes of shape (2,)");
    op.refuses_dtypes([=](const Tensor& p) { return f(p, t, {}); }, {2, 3}, {xg::int64, xg::boolean});
    op.refuses(dtype_error, "bool classes", [=] { return f(x, xg::tensor({true, false}), {}); }, {"int64", "bool"});
    for (const std::int64_t bad :
         {std::int64_t{3}, std::int64_t{-1}, std::int64_t{-99}, bad_rows::kLeast, bad_rows::kMost}) {
        const std::string text = "class " + std::to_string(bad);
        op.refuses(index_error, text, [=] { return f(x, classes({0, bad}), {}); }, {text, "3 classes", "(2, 3)"});
        op.refuses(index_error, text + " of images",
                   [=] {
                       return f(xg::zeros({2, 3, 1}), classes({bad, 0}).reshape({2, 1}), {});
                   },
                   {text, "3 classes", "(2, 3, 1)"});
    }
    op.refuses(index_error, "the class that is ignored elsewhere",
               [=] {
                   return f(x, classes({0, -100}), {.ignore_index = 1});
               },
               {"class -100", "3 classes", "(2, 3)"});
    op.refuses_shapes([=](const Tensor& w) { return f(x, t, {.weight = w}); }, {{}, {2}, {1}, {4}, {1, 3}, {2, 3}},
                      "weights of shape (3,)");
    for (const auto reduction : {LossReduction::mean, LossReduction::batchmean}) {
        op.gives("the mean of none",
                 [=] {
                     return f(xg::zeros({0, 3}), classes({}), {.reduction = reduction});
                 },
                 {}, {kNan});
    }
    op.gives("the mean of images of no elements",
             [=] {
                 return f(xg::zeros({2, 3, 0}), xg::zeros({2, 0}, {.dtype = xg::int64}), {});
             },
             {}, {kNan});
    op.gives("the sum of none",
             [=] {
                 return f(xg::zeros({0, 3}), classes({}), {.reduction = LossReduction::sum});
             },
             {}, {0});
    op.gives("each of none",
             [=] {
                 return f(xg::zeros({0, 3}), classes({}), {.reduction = LossReduction::none});
             },
             {0}, {});
    op.gives("the mean of none that counts", [=] { return f(x, classes({-100, -100}), {}); }, {}, {kNan});
    op.gives("the sum of none that counts",
             [=] {
                 return f(x * kNan, classes({2, 2}), {.ignore_index = 2, .reduction = LossReduction::sum});
             },
             {}, {0});
    op.gives("weights of 0", [=] { return f(x, t, {.weight = of({0, 1, 0})}); }, {}, {kNan});
    op.gives("a NaN among the weights of others",
             [=] {
                 return f(x * 0, t, {.weight = of({1, kNan, 1})}) * 0;
             },
             {}, {0});
}

void negative_log_likelihood(BadInputs& rows) {
    const Operation op(rows, "nll_loss");
    of_classes(op, [](const Tensor& x, const Tensor& t, const Options& o) {
        return xg::nll_loss(x, t, {o.weight, o.ignore_index, o.reduction});
    });
    op.refuses_dtypes(
        [](const Tensor& t) {
            return xg::nll_loss(xg::zeros({2, 3}), t);
        },
        {2, 3}, {xg::float32, xg::float64});
    op.gives("NaN and infinity, of the class and of others",
             [] {
                 return xg::nll_loss(xg::tensor({{1.0, kNan}, {kNan, -kInf}, {kNan, 1.0}}), classes({0, 1, 0}),
                                     {.reduction = LossReduction::none});
             },
             {3}, {-1, kInf, kNan});
}

void cross_entropies(BadInputs& rows) {
    const Operation op(rows, "cross_entropy");
    of_classes(op, [](const Tensor& x, const Tensor& t, const Options& o) {
        return xg::cross_entropy(x, t, {.weight = o.weight, .ignore_index = o.ignore_index, .reduction = o.reduction});
    });
    const Tensor x = xg::zeros({2, 3});
    for (const double smoothing : {-0.1, 1.1, kNan, kInf})
        op.refuses(value_error, "a label_smoothing of " + std::to_string(smoothing),
                   [=] {
                       return xg::cross_entropy(x, classes({0, 1}), {.label_smoothing = smoothing});
                   },
                   {"label_smoothing from 0 to 1", "got " + std::to_string(smoothing)});
    op.refuses_shapes([=](const Tensor& p) { return xg::cross_entropy(x, p); }, {{}, {2}, {3, 2}, {1, 3}, {2, 3, 1}},
                      "probabilities of the logits' shape (2, 3)");
    op.gives("the mean of no probabilities",
             [] {
                 return xg::cross_entropy(xg::zeros({0, 3}), xg::zeros({0, 3}));
             },
             {}, {kNan});
    // PyTorch's.
    op.gives("NaN and infinity",
             [] {
                 return xg::cross_entropy(
                     xg::tensor({{1.0, kNan}, {1.0, -kInf}, {1.0, -kInf}, {kInf, 1.0}, {kNan, kNan}}),
                     classes({0, 0, 1, 0, -100}), {.reduction = LossReduction::none});
             },
             {5}, {kNan, 0, kInf, kNan, 0});
    op.gives("smoothing towards a class of probability 0",
             [] {
                 return xg::cross_entropy(xg::tensor({{1.0, -kInf}}), classes({0}), {.label_smoothing = 0.5});
             },
             {}, {kInf});
    op.gives("probabilities that are none, and 0 times infinity",
             [] {
                 return xg::cross_entropy(xg::tensor({{1.0, -kInf}, {0.0, 0.0}, {0.0, 0.0}}),
                                          xg::tensor({{1.0, 0.0}, {kNan, 1.0}, {-1.0, 5.0}}),
                                          {.reduction = LossReduction::none});
             },
             {3}, {kNan, kNan, 4 * std::log(2.0)});
}

}  // namespace

void bad_classes(BadInputs& rows) {
    negative_log_likelihood(rows);
    cross_entropies(rows);
}
