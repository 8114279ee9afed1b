#include <cmath>
#include <functional>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>

#include "reference_cases.hpp"
#include "support.hpp"

using cases::check;
using cases::compare;
using cases::leaf;
using cases::ramp;
using cases::unit;
using cases::unit_leaf;
using support::contains;
using support::f64;
using support::f64_leaf;
using support::message_of;
using xg::LossReduction;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double NaN = std::numeric_limits<double>::quiet_NaN();

const std::vector<std::pair<std::string, LossReduction>> kReductions{
    {"none", LossReduction::none}, {"mean", LossReduction::mean}, {"sum", LossReduction::sum}};

}  // namespace

BOOST_AUTO_TEST_SUITE(losses)

BOOST_AUTO_TEST_CASE(classes) {
    const xg::Tensor target = xg::tensor({1, -1, 3, 0}), images = xg::tensor({{0, 1, 2}, {3, -1, 3}});
    for (const auto& [text, reduction] : kReductions) {
        for (const bool weighted : {false, true}) {
            for (const bool smooth : {false, true}) {
                const xg::CrossEntropyOptions options{.weight = weighted ? unit(7, {4}) : xg::Tensor(),
                                                      .ignore_index = -1,
                                                      .label_smoothing = smooth ? 0.2 : 0,
                                                      .reduction = reduction};
                const std::string name = text + (weighted ? " 1" : " 0") + (smooth ? " 1" : " 0");
                const xg::Tensor x = leaf(1, {4, 4}), p = unit_leaf(8, {4, 4}), y = leaf(1, {2, 4, 3});
                check("cross_entropy " + name, xg::cross_entropy(x, target, options), {x});
                check("cross_entropy probabilities " + name, xg::cross_entropy(x, p, options), {x, p});
                check("cross_entropy images " + name, xg::cross_entropy(y, images, options), {y});
            }
        }
        const xg::Tensor x = leaf(1, {2, 4, 3});
        check("nll_loss " + text,
              xg::nll_loss(x, images, {.weight = unit(7, {4}), .ignore_index = -1, .reduction = reduction}), {x});
    }
    const xg::Tensor x = leaf(1, {4});
    check("cross_entropy single", xg::cross_entropy(x, xg::Tensor(2)), {x});
}

BOOST_AUTO_TEST_CASE(binary) {
    for (const auto& [text, reduction] : kReductions) {
        const xg::Tensor x = leaf(1, {2, 3}), p = unit_leaf(2, {2, 3}), t = unit_leaf(3, {2, 3}), w = unit(4, {3}),
                         positive = unit(5, {2, 1});
        check("bce " + text, xg::binary_cross_entropy(p, t, {.reduction = reduction}), {p, t});
        check("bce weighted " + text, xg::binary_cross_entropy(p, t, {.weight = w, .reduction = reduction}), {p, t});
        check("logits " + text, xg::binary_cross_entropy_with_logits(x, t, {.reduction = reduction}), {x, t});
        check("logits weighted " + text,
              xg::binary_cross_entropy_with_logits(x, t, {.weight = w, .pos_weight = positive, .reduction = reduction}),
              {x, t});
    }
    const xg::Tensor p = xg::tensor({0, 1, 0, 1, 0.5}, f64_leaf), t = xg::tensor({0, 1, 1, 0, 1}, f64),
                     x = xg::tensor({1e4, -1e4, 1e4, -1e4, 0.0}, f64_leaf);
    // There the least divisor is 1e-12 in single precision.
    check("bce ends", xg::binary_cross_entropy(p, t, {.reduction = LossReduction::none}), {p}, {}, 1e-8);
    check("logits extreme", xg::binary_cross_entropy_with_logits(x, t, {.reduction = LossReduction::none}), {x});
}

BOOST_AUTO_TEST_CASE(regression) {
    for (const auto& [text, reduction] : kReductions) {
        const xg::Tensor p = leaf(1, {2, 3}), t = leaf(2, {2, 3}), u = unit_leaf(3, {2, 3});
        check("mse " + text, xg::mse_loss(p, t, reduction), {p, t});
        check("l1 " + text, xg::l1_loss(p, t, reduction), {p, t});
        check("huber 0.75 " + text, xg::huber_loss(p, t, 0.75, reduction), {p, t});
        check("huber 1.0 " + text, xg::huber_loss(p, t, 1, reduction), {p, t});
        check("smooth 0.75 " + text, xg::smooth_l1_loss(p, t, 0.75, reduction), {p, t});
        check("smooth 1.0 " + text, xg::smooth_l1_loss(p, t, 1, reduction), {p, t});
        check("kl_div " + text, xg::kl_div(p, u, {.reduction = reduction}), {p, u});
        check("kl_div logs " + text, xg::kl_div(p, t, {.log_target = true, .reduction = reduction}), {p, t});
        if (reduction == LossReduction::none)
            check("kl_div batchmean", xg::kl_div(p, u, {.reduction = LossReduction::batchmean}), {p, u});
    }
    const xg::Tensor d = xg::tensor({-1, 0, 1, 0.5}, f64_leaf), zero = xg::zeros({4}, f64);
    check("l1_loss kinks", xg::l1_loss(d, zero, LossReduction::none), {d});
    check("huber_loss kinks", xg::huber_loss(d, zero, 1, LossReduction::none), {d});
    check("smooth_l1_loss kinks", xg::smooth_l1_loss(d, zero, 1, LossReduction::none), {d});
}

/// By the formulas of keras.losses.
BOOST_AUTO_TEST_CASE(keras) {
    const xg::Tensor p = leaf(1, {2, 3});
    std::vector<double> values = ramp(2, {2, 3}).to_vector();
    values[0] = 0;
    const xg::Tensor t = xg::from_data(values, {2, 3}, f64);
    check("mape", xg::mape_loss(p, t), {p});
    check("msle", xg::msle_loss(p, t), {p});
    const xg::Tensor ones = xg::greater(t, 0).to(xg::float64);
    for (const xg::Tensor& labels : {ones, ones * 2 - 1, ones.to(xg::int64)}) {
        check("hinge", xg::hinge_loss(p, labels), {p});
        check("squared_hinge", xg::squared_hinge_loss(p, labels), {p});
    }
}

BOOST_AUTO_TEST_CASE(margins) {
    const xg::Tensor signs = xg::tensor({1, -1, -1}), zero = xg::zeros({2, 3}, f64_leaf);
    for (const auto& [text, reduction] : kReductions) {
        const xg::Tensor a = leaf(1, {3, 4}), b = leaf(2, {3, 4}), c = leaf(3, {3, 4}), x = leaf(4, {3}),
                         y = leaf(5, {3});
        check("cosine_embedding " + text,
              xg::cosine_embedding_loss(a, b, signs, {.margin = -0.9, .reduction = reduction}), {a, b});
        check("triplet " + text, xg::triplet_margin_loss(a, b, c, {.margin = 2, .reduction = reduction}), {a, b, c});
        check("ranking " + text, xg::margin_ranking_loss(x, y, signs, {.margin = 0.5, .reduction = reduction}), {x, y});
        if (reduction == LossReduction::none) check("cosine_similarity", xg::cosine_similarity(a, b), {a, b});
    }
    check("cosine_similarity zero", xg::cosine_similarity(zero, ramp(1, {2, 3})), {zero});
}

/// Logits that are far apart, in float32: exact losses, and gradients that are no NaN.
BOOST_AUTO_TEST_CASE(extreme_logits) {
    const xg::Tensor x = xg::tensor({{1e4, -1e4, 0.0}, {-1e4, 9999.5, 1e4}, {3e38, -3e38, 0.0}}).requires_grad(true);
    const xg::Tensor y = xg::cross_entropy(x, xg::tensor({1, 1, 0}), {.reduction = LossReduction::none});
    const double half = std::log1p(std::exp(-0.5)) + 0.5;
    compare(y.to_vector(), {2e4, half, 0}, 1e-6);
    const double p = 1 / (1 + std::exp(0.5));
    compare(xg::grad(xg::sum(y), x).to_vector(), {1, -1, 0, 0, p - 1, 1 - p, 0, 0, 0}, 1e-6);
    // Small losses keep their digits.
    const xg::Tensor l = xg::tensor({20.0, -20.0}).requires_grad(true);
    const xg::Tensor z =
        xg::binary_cross_entropy_with_logits(l, xg::tensor({1.0, 0.0}), {.reduction = LossReduction::sum});
    BOOST_TEST(z.item() == 2 * std::log1p(std::exp(-20.0)), boost::test_tools::tolerance(1e-6));
    const std::vector<double> slope = xg::grad(z, l).to_vector();
    BOOST_TEST(slope[1] == std::exp(-20.0), boost::test_tools::tolerance(1e-6));
    BOOST_TEST(slope[0] == -std::exp(-20.0), boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(nothing_to_average) {
    const xg::Tensor none = xg::zeros({0, 3}, f64_leaf), no_class = xg::zeros({0}, {.dtype = xg::int64});
    for (const xg::Tensor& loss :
         {xg::mse_loss(none, none), xg::l1_loss(none, none), xg::huber_loss(none, none), xg::mape_loss(none, none),
          xg::binary_cross_entropy(none, none), xg::binary_cross_entropy_with_logits(none, none),
          xg::cross_entropy(none, no_class), xg::cross_entropy(none, none), xg::nll_loss(none, no_class),
          xg::kl_div(none, none), xg::hinge_loss(none, none)}) {
        BOOST_TEST(std::isnan(loss.item()));
        BOOST_TEST(xg::grad(loss, none, {.allow_unused = true}).shape() == none.shape());
    }
    BOOST_TEST(xg::cross_entropy(none, no_class, {.reduction = LossReduction::sum}).item() == 0);
    // All ignored.
    const xg::Tensor x = leaf(1, {2, 3}), ignored = xg::tensor({-100, -100});
    BOOST_TEST(std::isnan(xg::cross_entropy(x, ignored).item()));
    BOOST_TEST(std::isnan(xg::nll_loss(x, ignored).item()));
    compare(xg::grad(xg::cross_entropy(x, ignored, {.reduction = LossReduction::sum}), x).to_vector(),
            {0, 0, 0, 0, 0, 0});
}

// As in PyTorch: a mean of nothing is NaN, but what was ignored has the gradient 0, whatever comes in.
BOOST_AUTO_TEST_CASE(gradients_of_what_is_ignored) {
    const std::vector<double> zeros(6, 0);
    const xg::Tensor x = leaf(1, {2, 3}), ignored = xg::tensor({-100, -100}), weight = xg::zeros({3}, f64);
    for (const bool create_graph : {false, true}) {
        const auto slope = [&](const xg::Tensor& loss, const xg::Tensor& incoming = {}) {
            xg::GradOptions options{.create_graph = create_graph};
            if (incoming.defined()) options.grad_outputs = {incoming};
            return xg::grad(loss, x, options).to_vector();
        };
        compare(slope(xg::cross_entropy(x, ignored)), zeros);
        compare(slope(xg::cross_entropy(x, ignored, {.label_smoothing = 0.1})), zeros);
        compare(slope(xg::nll_loss(x, ignored)), zeros);
        compare(slope(xg::nll_loss(x, ignored, {.weight = weight})), zeros);
        // Where all weights are 0, nothing is ignored, and the means are 0 / 0.
        const xg::Tensor classes = xg::tensor({0, 2});
        compare(slope(xg::cross_entropy(x, classes, {.weight = weight})), {NaN, NaN, NaN, NaN, NaN, NaN});
        compare(slope(xg::nll_loss(x, classes, {.weight = weight})), {NaN, 0, 0, 0, 0, NaN});
        // One row of two.
        const xg::Tensor some = xg::tensor({-100, 1}), incoming = xg::tensor({NaN, 2.0}, f64);
        compare(slope(xg::nll_loss(x, some, {.reduction = LossReduction::none}), incoming), {0, 0, 0, 0, -2, 0});
        const auto one = slope(xg::cross_entropy(x, some, {.reduction = LossReduction::none}), incoming);
        compare({one[0], one[1], one[2]}, {0, 0, 0});
        BOOST_TEST(one[4] < 0);
    }
    const xg::Tensor g = xg::grad(xg::cross_entropy(x, ignored), x, {.create_graph = true});
    compare(xg::grad(xg::sum(g * g + g), x).to_vector(), zeros);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite) {
    const xg::Tensor x = xg::tensor({NaN, 1.0, inf}, f64), zero = xg::zeros({3}, f64);
    const auto bad = [](const xg::Tensor& t) { return std::isnan(t.to_vector()[0]); };
    const auto none = LossReduction::none;
    for (const xg::Tensor& loss :
         {xg::mse_loss(x, zero, none), xg::l1_loss(x, zero, none), xg::huber_loss(x, zero, 1, none),
          xg::smooth_l1_loss(x, zero, 1, none), xg::hinge_loss(x, zero + 1, none), xg::msle_loss(x, zero, none),
          xg::binary_cross_entropy_with_logits(x, zero, {.reduction = none}),
          xg::kl_div(x, zero + 1, {.reduction = none})})
        BOOST_TEST(bad(loss));
    compare(xg::binary_cross_entropy_with_logits(x, zero, {.reduction = none}).to_vector(),
            {NaN, std::log1p(std::exp(1.0)), inf});
    BOOST_TEST(std::isnan(xg::cross_entropy(xg::tensor({NaN, 1.0}), xg::Tensor(1)).item()));
    compare(xg::cross_entropy(xg::tensor({-inf, 1.0}, f64), xg::Tensor(1)).to_vector(), {0});
    compare(xg::cross_entropy(xg::tensor({-inf, 1.0}, f64), xg::Tensor(0)).to_vector(), {inf});
    compare(xg::kl_div(zero, zero, {.reduction = none}).to_vector(), {0, 0, 0});
}

/// Many elements: float32 against float64, and the same bits on any number of threads.
BOOST_AUTO_TEST_CASE(large_arrays) {
    xg::manual_seed(1);
    const xg::Tensor x = xg::randn({70000}, f64) * 3, t = xg::rand({70000}, f64),
                     logits = xg::randn({7000, 10}, f64) * 3;
    const xg::Tensor labels = (xg::rand({7000}) * 10).to(xg::int64);
    using Function = std::function<xg::Tensor(const xg::Tensor&, const xg::Tensor&)>;
    const std::vector<std::pair<Function, bool>> functions{
        {[](const auto& a, const auto& b) { return xg::mse_loss(a, b); }, false},
        {[](const auto& a, const auto& b) { return xg::l1_loss(a, b); }, false},
        {[](const auto& a, const auto& b) { return xg::huber_loss(a, b); }, false},
        {[](const auto& a, const auto& b) { return xg::smooth_l1_loss(a, b); }, false},
        {[](const auto& a, const auto& b) { return xg::binary_cross_entropy_with_logits(a, b); }, false},
        {[&](const auto& a, const auto&) { return xg::cross_entropy(a, labels); }, true},
        {[](const auto& a, const auto& b) {
             return xg::cross_entropy(a, b.slice(0, 0, 70000).reshape({7000, 10}));
         },
         true}};
    for (const auto& [f, classes] : functions) {
        const auto run = [&, &f = f, classes = classes](xg::DType dtype) {
            const xg::Tensor a = (classes ? logits : x).to(dtype).clone().requires_grad(true);
            const xg::Tensor loss = f(a, t.to(dtype));
            return std::pair{loss.detach(), xg::grad(loss, a)};
        };
        const auto exact = run(xg::float64), found = run(xg::float32);
        BOOST_TEST(std::abs(exact.first.item() - found.first.item()) <= 3e-7 * std::abs(exact.first.item()));
        const double scale = xg::max(xg::abs(exact.second)).item();
        BOOST_TEST(xg::max(xg::abs(exact.second - found.second)).item() <= 1e-6 * scale);
        const support::Threads threads(xg::num_threads() == 1 ? 3 : 1);
        const auto again = run(xg::float32);
        BOOST_TEST(support::same_bits(found.first, again.first));
        BOOST_TEST(support::same_bits(found.second, again.second));
    }
}

/// Classes that were changed since the forward are noticed.
BOOST_AUTO_TEST_CASE(changed_classes) {
    const xg::Tensor x = leaf(1, {2, 3});
    xg::Tensor target = xg::tensor({0, 1});
    const xg::Tensor loss = xg::cross_entropy(x, target);
    target.mutable_data<std::int64_t>()[0] = 2;
    BOOST_TEST(contains(message_of<xg::GradError>([&] { xg::grad(loss, x); }), "backward of cross_entropy"));
}

BOOST_AUTO_TEST_CASE(dtypes) {
    const xg::Tensor whole = xg::tensor({1, 3}), other = xg::tensor({1, 1});
    BOOST_TEST(xg::l1_loss(whole, other).dtype() == xg::float32);
    BOOST_TEST(xg::l1_loss(whole, other).item() == 1);
    BOOST_TEST(xg::l1_loss(whole.to(xg::float32), other.to(xg::float64)).dtype() == xg::float64);
    BOOST_TEST(xg::cosine_similarity(whole, other, 0).dtype() == xg::float32);
    BOOST_TEST(xg::mse_loss(whole, other, LossReduction::batchmean).item() == 2);
}

BOOST_AUTO_TEST_CASE(errors) {
    const xg::Tensor x = xg::zeros({2, 3}), v = xg::zeros({2});
    for (auto* f : {xg::mse_loss, xg::l1_loss, xg::mape_loss, xg::msle_loss, xg::hinge_loss, xg::squared_hinge_loss})
        BOOST_CHECK_THROW(f(x, v, LossReduction::mean), xg::ShapeError);
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] {
                            xg::huber_loss(v, xg::zeros({2, 1}));
                        }),
                        "huber_loss: the prediction's shape (2,) and the target's (2, 1) differ"));
    BOOST_CHECK_THROW(xg::huber_loss(x, x, 0), xg::ValueError);
    BOOST_CHECK_THROW(xg::smooth_l1_loss(x, x, -1), xg::ValueError);
    BOOST_CHECK_THROW(xg::l1_loss({}, x), xg::ValueError);
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::binary_cross_entropy(v + 1.5, v); }),
                        "binary_cross_entropy: expected predictions from 0 to 1, got 1.5"));
    BOOST_CHECK_THROW(xg::binary_cross_entropy(v, v, {.weight = x}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::binary_cross_entropy_with_logits(v, v, {.pos_weight = xg::zeros({3})}), xg::ShapeError);
    BOOST_TEST(contains(message_of<xg::IndexError>([&] {
                            xg::cross_entropy(x, xg::tensor({0, 3}));
                        }),
                        "cross_entropy: class 3 is out of range for the 3 classes of an input of shape (2, 3)"));
    BOOST_CHECK_THROW(xg::nll_loss(x, xg::tensor({0, -1})), xg::IndexError);
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::cross_entropy(x, xg::tensor({0})); }),
                        "cross_entropy: expected classes of shape (2,) for an input of shape (2, 3), got (1,)"));
    BOOST_CHECK_THROW(xg::cross_entropy(x, v), xg::ShapeError);
    BOOST_CHECK_THROW(xg::cross_entropy(x, xg::tensor({true, false})), xg::DTypeError);
    BOOST_CHECK_THROW(xg::cross_entropy(xg::tensor({1, 2}), xg::Tensor(0)), xg::DTypeError);
    BOOST_CHECK_THROW(xg::cross_entropy(xg::zeros({2, 0}), xg::tensor({0, 0})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::cross_entropy(xg::zeros({}), xg::Tensor(0)), xg::ShapeError);
    BOOST_CHECK_THROW(xg::cross_entropy(x, xg::tensor({0, 1}), {.weight = v}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::cross_entropy(x, xg::tensor({0, 1}), {.label_smoothing = 1.5}), xg::ValueError);
    BOOST_CHECK_THROW(xg::nll_loss(x, v), xg::DTypeError);
    BOOST_CHECK_THROW(xg::kl_div(x, v), xg::ShapeError);
    BOOST_CHECK_THROW(xg::cosine_similarity(x, v), xg::ShapeError);
    BOOST_CHECK_THROW(xg::cosine_similarity(v, v, 1), xg::ShapeError);
    BOOST_CHECK_THROW(xg::cosine_embedding_loss(x, x, xg::tensor({1})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::margin_ranking_loss(v, v, x), xg::ShapeError);
    BOOST_CHECK_THROW(xg::triplet_margin_loss(x, x, v), xg::ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
