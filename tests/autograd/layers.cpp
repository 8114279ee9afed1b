#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/detail/dropout_mask.hpp>
#include <xgrad/autograd/gradcheck.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>

#include "reference_cases.hpp"
#include "support.hpp"

using cases::check;
using cases::leaf;
using cases::ramp;
using cases::unit;
using support::contains;
using support::f64;
using support::message_of;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double NaN = std::numeric_limits<double>::quiet_NaN();

double largest_difference(const xg::Tensor& a, const xg::Tensor& b) {
    const std::vector<double> p = a.to_vector(), q = b.to_vector();
    BOOST_REQUIRE_EQUAL(p.size(), q.size());
    double largest = 0;
    for (std::size_t i = 0; i < p.size(); ++i) largest = std::max(largest, std::abs(p[i] - q[i]));
    return largest;
}

/// The result of f and its gradients, of copies of the inputs.
std::vector<xg::Tensor> results_of(const xg::SingleTensorFunction& f, const std::vector<xg::Tensor>& inputs,
                                   xg::DType dtype, bool recorded = false) {
    std::vector<xg::Tensor> leaves;
    for (const xg::Tensor& t : inputs) leaves.push_back(t.to(dtype).clone().requires_grad(true));
    const xg::Tensor y = f(leaves);
    std::vector<xg::Tensor> all =
        xg::grad({xg::sum(y * ramp(99, y.shape()).to(dtype))}, leaves, {.create_graph = recorded});
    all.push_back(y);
    return all;
}

/// float32 agrees with float64, the fused backward with the recorded one, and one thread with several to the last bit,
/// also in shapes that are cut into blocks.
void check_large(const xg::SingleTensorFunction& f, const std::vector<xg::Tensor>& inputs, double tolerance) {
    const auto exact = results_of(f, inputs, xg::float64), found = results_of(f, inputs, xg::float32),
               recorded = results_of(f, inputs, xg::float64, true);
    for (std::size_t i = 0; i < exact.size(); ++i) {
        const double size = xg::max(xg::abs(exact[i])).item();
        BOOST_TEST(largest_difference(exact[i], found[i]) <= tolerance * (1 + size), "tensor " << i);
        BOOST_TEST(largest_difference(exact[i], recorded[i]) <= 1e-11 * (1 + size), "tensor " << i);
    }
    const support::Threads threads(xg::num_threads() == 1 ? 3 : 1);
    const auto again = results_of(f, inputs, xg::float32);
    for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(support::same_bits(found[i], again[i]), "tensor " << i);
}

xg::Tensor random(std::uint64_t seed, const xg::Shape& shape) {
    xg::manual_seed(seed);
    return xg::randn(shape, f64);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(normalization)

BOOST_AUTO_TEST_CASE(pytorch_numbers) {
    const xg::Tensor w = leaf(2, {3}), b = leaf(3, {3});
    const std::vector<std::pair<std::string, xg::Shape>> batches{
        {"matrix", {4, 3}}, {"images", {2, 3, 2}}, {"long", {2, 3, 20}}};
    for (const auto& [name, shape] : batches) {
        for (const bool training : {true, false}) {
            const xg::Tensor x = leaf(1, shape), mean = ramp(4, {3}), var = unit(5, {3}).clone();
            const xg::Tensor y =
                xg::batch_norm(x, mean, var, w, b, {.training = training, .momentum = 0.3, .eps = 1e-3});
            check("batch_norm " + name + (training ? " training" : ""), y, {x, w, b}, {mean, var});
        }
    }
    {
        const xg::Tensor x = leaf(1, {2, 3, 4}), v = leaf(2, {3, 4}), c = leaf(3, {3, 4});
        check("layer_norm", xg::layer_norm(x, {3, 4}, v, c, 1e-3), {x, v, c});
    }
    {
        const xg::Tensor x = leaf(1, {2, 4, 3}), v = leaf(2, {4}), c = leaf(3, {4});
        check("group_norm", xg::group_norm(x, 2, v, c), {x, v, c});
        check("instance_norm", xg::instance_norm(x, v, c), {x, v, c});
    }
    const xg::Tensor x = leaf(1, {3, 5}), v = leaf(2, {5});
    check("rms_norm", xg::rms_norm(x, {5}, v), {x, v});
    check("rms_norm eps", xg::rms_norm(x, {5}, v, 0.1), {x, v});
}

BOOST_AUTO_TEST_CASE(large_arrays) {
    const auto layer = [](const std::vector<xg::Tensor>& in) { return xg::layer_norm(in[0], {300}, in[1], in[2]); };
    check_large(layer, {random(1, {1000, 300}), random(2, {300}), random(3, {300})}, 3e-6);
    check_large([](const std::vector<xg::Tensor>& in) { return xg::rms_norm(in[0], {300}, in[1]); },
                {random(1, {1000, 300}), random(2, {300})}, 3e-6);
    check_large([](const std::vector<xg::Tensor>& in) { return xg::group_norm(in[0], 3, in[1], in[2]); },
                {random(1, {20, 12, 700}), random(2, {12}), random(3, {12})}, 3e-6);
    const auto batch = [](const std::vector<xg::Tensor>& in) {
        return xg::batch_norm(in[0], {}, {}, in[1], in[2], {.training = true});
    };
    check_large(batch, {random(1, {5000, 30}), random(2, {30}), random(3, {30})}, 3e-6);
    check_large(batch, {random(1, {2000, 5, 3}), random(2, {5}), random(3, {5})}, 3e-6);
    check_large(batch, {random(1, {40, 6, 500}), random(2, {6}), random(3, {6})}, 3e-6);
}

/// A mean much greater than the deviation costs no digits.
BOOST_AUTO_TEST_CASE(large_means) {
    const xg::Tensor x = xg::tensor({{10000.0, 10001.0, 10002.0, 10003.0}});
    const std::vector<double> expected{-1.3416355, -0.4472118, 0.4472118,
                                       1.3416355};  // eps = 1e-5 beside a variance of 1.25
    cases::compare(xg::layer_norm(x, {4}).to_vector(), expected, 1e-6);
    cases::compare(xg::group_norm(x.reshape({1, 1, 4}), 1).to_vector(), expected, 1e-6);
    cases::compare(xg::batch_norm(x.reshape({4, 1}), {}, {}, {}, {}, {.training = true}).to_vector(), expected, 1e-6);
    cases::compare(xg::batch_norm(x.reshape({1, 1, 4}), {}, {}, {}, {}, {.training = true}).to_vector(), expected,
                   1e-6);
}

BOOST_AUTO_TEST_CASE(running_statistics) {
    const xg::Tensor x = xg::tensor({{1.0, 0.0}, {3.0, 0.0}}), mean = xg::zeros({2}), var = xg::ones({2});
    xg::batch_norm(x, mean, var, {}, {}, {.training = true});
    cases::compare(mean.to_vector(), {0.2, 0}, 1e-7);
    cases::compare(var.to_vector(), {1.1, 0.9}, 1e-7);  // the unbiased variance is 2
    BOOST_TEST(mean.version() == 1u);
    xg::batch_norm(x, mean, var);
    xg::batch_norm(xg::zeros({0, 2}), mean, var, {}, {}, {.training = true});
    BOOST_TEST(mean.version() == 1u);
    // A backward sees the statistics that its forward saw.
    const xg::Tensor leaf = xg::ones({2, 2}, {.requires_grad = true});
    const xg::Tensor y = xg::sum(xg::batch_norm(leaf, mean, var));
    const std::vector<double> before = var.to_vector();
    xg::batch_norm(x, mean, var, {}, {}, {.training = true});
    cases::compare(xg::grad(y, leaf).slice(0, 0, 1).to_vector(),
                   {1 / std::sqrt(before[0] + 1e-5), 1 / std::sqrt(before[1] + 1e-5)}, 1e-6);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_spreads_in_its_row) {
    const xg::Tensor x = xg::tensor({{NaN, 1.0, 2.0}, {3.0, 4.0, 8.0}, {inf, 1.0, 2.0}});
    const std::vector<double> y = xg::layer_norm(x, {3}).to_vector();
    for (std::size_t i = 0; i < 9; ++i) BOOST_TEST(std::isfinite(y[i]) == (i / 3 == 1));
    const std::vector<double> z = xg::batch_norm(x, {}, {}, {}, {}, {.training = true}).to_vector();
    for (std::size_t i = 0; i < 9; ++i) BOOST_TEST(std::isfinite(z[i]) == (i % 3 != 0));
}

BOOST_AUTO_TEST_CASE(errors) {
    const xg::Tensor x = xg::zeros({2, 4, 3});
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::layer_norm(x, {4}); }),
                        "layer_norm: expected an input whose last axes have the normalised shape (4,)"));
    BOOST_CHECK_THROW(xg::layer_norm(x, {}), xg::ShapeError);
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::layer_norm(x, {3}, xg::ones({4})); }),
                        "layer_norm: expected weights of shape (3,) for an input of shape (2, 4, 3), got (4,)"));
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] { xg::rms_norm(x, {3}, xg::ones({3}, f64)); }),
                        "rms_norm: expected one dtype, got an input of float32 and weights of float64"));
    BOOST_CHECK_THROW(xg::layer_norm(x.to(xg::int64), {3}), xg::DTypeError);
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::group_norm(x, 3); }),
                        "group_norm: expected a number of groups that divides the 4 channels of the shape (2, 4, 3)"));
    BOOST_CHECK_THROW(xg::group_norm(x, 0), xg::ValueError);
    BOOST_CHECK_THROW(xg::group_norm(xg::zeros({3}), 1), xg::ShapeError);
    BOOST_CHECK_THROW(xg::instance_norm(xg::zeros({2, 3})), xg::ShapeError);
    BOOST_TEST(contains(message_of<xg::ShapeError>([] {
                            xg::batch_norm(xg::zeros({1, 3}), {}, {}, {}, {}, {.training = true});
                        }),
                        "batch_norm: expected more than one value a channel in training, got the shape (1, 3)"));
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::batch_norm(x, {}, {}); }),
                        "batch_norm: expected a running mean"));
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { xg::batch_norm(x, xg::zeros({3}), {}); }),
                        "batch_norm: expected a running mean of shape (4,)"));
    BOOST_CHECK_THROW(xg::batch_norm({}, {}, {}), xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(attention)

namespace {

xg::AttentionOptions causal() { return {.is_causal = true}; }

xg::Tensor attend(const std::vector<xg::Tensor>& in, const xg::AttentionOptions& options = {}) {
    return xg::scaled_dot_product_attention(in[0], in[1], in[2], options);
}

}  // namespace

BOOST_AUTO_TEST_CASE(pytorch_numbers) {
    const std::vector<xg::Tensor> in{leaf(1, {2, 3, 4}), leaf(2, {2, 5, 4}), leaf(3, {2, 5, 2})};
    check("attention plain", attend(in), in);
    check("attention scale", attend(in, {.scale = 0.3}), in);
    check("attention causal", attend(in, causal()), in);
    const xg::Tensor mask = xg::greater(ramp(4, {3, 5}), 0), row = xg::tensor({{true}, {false}, {true}});
    const xg::Tensor some = xg::where(row, mask, xg::Tensor(false));
    check("attention mask", attend(in, {.mask = some}), in);
    const xg::Tensor added = leaf(5, {2, 3, 5});
    check("attention added", attend(in, {.mask = added}), {in[0], in[1], in[2], added});
}

BOOST_AUTO_TEST_CASE(large_arrays) {
    const std::vector<xg::Tensor> in{random(1, {2, 3, 150, 16}), random(2, {2, 3, 310, 16}), random(3, {2, 3, 310, 8})};
    const xg::Tensor mask = xg::greater(ramp(6, {310}), 0);
    const auto functions = std::vector<xg::SingleTensorFunction>{
        [](const std::vector<xg::Tensor>& v) { return attend(v); },
        [](const std::vector<xg::Tensor>& v) { return attend(v, causal()); },
        [&](const std::vector<xg::Tensor>& v) { return attend(v, {.mask = mask}); },
        [](const std::vector<xg::Tensor>& v) {
            xg::manual_seed(1);
            return attend(v, {.dropout_p = 0.2});
        }};
    const std::vector<xg::Tensor> single{random(4, {700, 16}), random(5, {310, 16}), random(6, {310, 8})};
    for (const auto& f : functions) {
        check_large(f, in, 3e-6);
        check_large(f, single, 3e-6);
    }
}

/// A query without keys gets zeros and gives no gradient, as in PyTorch.
BOOST_AUTO_TEST_CASE(queries_that_attend_to_nothing) {
    const std::vector<xg::Tensor> in{leaf(1, {2, 3}), leaf(2, {2, 3}), leaf(3, {2, 3})};
    for (const xg::Tensor& mask :
         {xg::tensor({{true, true}, {false, false}}), xg::tensor({{0.0, 0.0}, {-inf, -inf}}, f64)}) {
        const xg::Tensor y = attend(in, {.mask = mask});
        cases::compare(y.slice(0, 1, 2).to_vector(), {0, 0, 0});
        for (const bool recorded : {false, true})
            cases::compare(xg::grad(xg::sum(xg::square(y)), in[0], {.retain_graph = true, .create_graph = recorded})
                               .slice(0, 1, 2)
                               .to_vector(),
                           {0, 0, 0});
    }
    cases::compare(attend({xg::ones({2, 3}), xg::ones({0, 3}), xg::ones({0, 1})}).to_vector(), {0, 0});
}

/// Attention that drops gives, on average, what it gives without, and the causal one is that with a triangular mask.
BOOST_AUTO_TEST_CASE(dropping_and_masking) {
    const std::vector<xg::Tensor> in{random(1, {1, 3, 4}), random(2, {1, 3, 4}), random(3, {1, 3, 2})};
    xg::Tensor total = xg::zeros({1, 3, 2}, f64);
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        xg::manual_seed(seed);
        total = total + attend(in, {.dropout_p = 0.5});
    }
    BOOST_TEST(largest_difference(total / 4000, attend(in)) < 0.1);
    const xg::Tensor triangle = xg::tensor({{true, false, false}, {true, true, false}, {true, true, true}});
    xg::manual_seed(1);
    const xg::Tensor a = attend(in, {.is_causal = true, .dropout_p = 0.5});
    xg::manual_seed(1);
    BOOST_TEST(largest_difference(a, attend(in, {.mask = triangle, .dropout_p = 0.5})) < 1e-14);
    BOOST_TEST(xg::max(xg::abs(attend(in, {.dropout_p = 1}))).item() == 0);
}

BOOST_AUTO_TEST_CASE(extreme_scores) {
    // Scores of 1e4 and their like: the greatest wins.
    const xg::Tensor q = xg::tensor({{100.0}}), k = xg::tensor({{100.0}, {-100.0}, {99.0}}),
                     v = xg::tensor({{1.0}, {2.0}, {3.0}});
    cases::compare(attend({q, k, v}).to_vector(), {1});
    BOOST_TEST(std::isnan(attend({xg::full({1, 1}, NaN), k, v}).item()));
}

BOOST_AUTO_TEST_CASE(errors) {
    const xg::Tensor q = xg::zeros({2, 3, 4}), k = xg::zeros({2, 5, 4}), v = xg::zeros({2, 5, 2});
    BOOST_TEST(
        contains(message_of<xg::ShapeError>([&] {
                     attend({q, v, k});
                 }),
                 "scaled_dot_product_attention: expected a query (..., L, E), key (..., S, E) and value (..., S, "
                 "Ev), got (2, 3, 4), (2, 5, 2) and (2, 5, 4)"));
    BOOST_CHECK_THROW(attend({q, xg::zeros({3, 5, 4}), v}), xg::ShapeError);
    BOOST_CHECK_THROW(attend({q, k.to(xg::float64), v}), xg::DTypeError);
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] { attend({q, k, v}, {.mask = xg::zeros({4, 5})}); }), "(4, 5)"));
    BOOST_CHECK_THROW(attend({q, k, v}, {.mask = xg::zeros({7, 2, 3, 5})}), xg::ShapeError);
    BOOST_CHECK_THROW(attend({q, k, v}, {.mask = xg::zeros({3, 5}, f64)}), xg::DTypeError);
    BOOST_TEST(contains(message_of<xg::ValueError>([&] {
                            attend({q, k, v}, {.mask = xg::zeros({3, 5}), .is_causal = true});
                        }),
                        "expected a mask or is_causal, got both"));
    BOOST_CHECK_THROW(attend({q, k, v}, {.dropout_p = 1.5}), xg::ValueError);
    BOOST_CHECK_THROW(attend({{}, k, v}), xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(embeddings)

BOOST_AUTO_TEST_CASE(pytorch_numbers) {
    const xg::Tensor table = leaf(1, {5, 3}), indices = xg::tensor({{1, 0, 4}, {4, 1, 4}});
    check("embedding", xg::embedding(indices, table, {.padding_idx = 1}), {table});
    check("embedding", xg::embedding(indices.transpose().clone().transpose(), table, {.padding_idx = -4}), {table});
}

/// Many indices of few rows, against a plain loop, and with the same bits on any number of threads.
BOOST_AUTO_TEST_CASE(many_indices) {
    const std::int64_t n = 20000, rows = 700, width = 24;
    std::vector<std::int64_t> index(static_cast<std::size_t>(n));
    support::Draw draw(1);
    for (std::int64_t& i : index) i = draw.coin() ? 3 : draw.integer(0, rows - 1);
    const xg::Tensor indices = xg::from_data(index, {n}), g = random(1, {n, width});
    std::vector<double> expected(static_cast<std::size_t>(rows * width));
    const std::vector<double> values = g.to_vector();
    for (std::size_t i = 0; i < index.size(); ++i)
        for (std::size_t j = 0; j < width; ++j)
            expected[static_cast<std::size_t>(index[i]) * width + j] += values[i * width + j];
    const auto gradient = [&](xg::DType dtype) {
        const xg::Tensor table = xg::zeros({rows, width}, {.dtype = dtype, .requires_grad = true});
        return xg::grad(xg::embedding(indices, table), table, {.grad_outputs = {g.to(dtype)}});
    };
    cases::compare(gradient(xg::float64).to_vector(), expected, 1e-11);
    const xg::Tensor found = gradient(xg::float32);
    cases::compare(found.to_vector(), expected, 1e-5);
    const support::Threads threads(1);
    BOOST_TEST(support::same_bits(found, gradient(xg::float32)));
}

BOOST_AUTO_TEST_CASE(errors) {
    const xg::Tensor table = xg::zeros({5, 3});
    BOOST_TEST(contains(message_of<xg::IndexError>([&] {
                            xg::embedding(xg::tensor({0, 7}), table);
                        }),
                        "embedding: index 7 is out of range for the 5 rows of weights of shape (5, 3)"));
    BOOST_CHECK_THROW(xg::embedding(xg::tensor({-1}), table), xg::IndexError);
    BOOST_CHECK_THROW(xg::embedding(xg::tensor({1.0}), table), xg::DTypeError);
    BOOST_CHECK_THROW(xg::embedding(xg::tensor({1}), xg::zeros({5})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::embedding(xg::tensor({1}), table, {.padding_idx = 5}), xg::ValueError);
    BOOST_TEST(xg::embedding(xg::zeros({0}, {.dtype = xg::int64}), xg::zeros({0, 3})).shape() == (xg::Shape{0, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(dropping)

BOOST_AUTO_TEST_CASE(what_is_kept) {
    xg::manual_seed(1);
    const xg::Tensor x = xg::ones({300, 401}, {.requires_grad = true}), y = xg::dropout(x, 0.3);
    double kept = 0;
    for (const double v : y.to_vector()) {
        BOOST_REQUIRE((v == 0 || std::abs(v - 1 / 0.7) < 1e-6));
        kept += v != 0 ? 1 : 0;
    }
    BOOST_TEST(std::abs(kept / static_cast<double>(x.numel()) - 0.7) < 0.005);
    // The backward drops the same.
    BOOST_TEST(support::same_bits(xg::grad(xg::sum(y), x), y.detach()));
    BOOST_TEST(!support::same_bits(xg::dropout(x, 0.3).detach(), y.detach()));
    xg::manual_seed(1);
    const support::Threads threads(1);
    BOOST_TEST(support::same_bits(xg::dropout(x, 0.3).detach(), y.detach()));
}

/// A row draws the same whatever else is in the batch.
BOOST_AUTO_TEST_CASE(rows_draw_by_themselves) {
    const xg::Tensor x = xg::ones({100, 7, 13});
    xg::manual_seed(2);
    const xg::Tensor all = xg::dropout(x);
    xg::manual_seed(2);
    BOOST_TEST(support::same_bits(xg::dropout(x.slice(0, 0, 37)), all.slice(0, 0, 37)));
    xg::manual_seed(2);
    const xg::detail::FirstRow later(37);
    BOOST_TEST(support::same_bits(xg::dropout(x.slice(0, 37, 100)), all.slice(0, 37, 100)));
}

BOOST_AUTO_TEST_CASE(ends) {
    const xg::Tensor x = xg::tensor({1.0, NaN, inf});
    BOOST_TEST(xg::dropout(x, 0).unsafe_body() == x.unsafe_body());
    BOOST_TEST(xg::dropout(x, 0.5, false).unsafe_body() == x.unsafe_body());
    cases::compare(xg::dropout(x, 1).to_vector(), {0, NaN, NaN});
    BOOST_TEST(xg::dropout(xg::zeros({3, 0})).shape() == (xg::Shape{3, 0}));
}

BOOST_AUTO_TEST_CASE(whole_channels) {
    xg::manual_seed(3);
    const xg::Tensor y = xg::feature_dropout(xg::ones({20, 30, 4, 2}), 0.25), flat = y.reshape({600, 8});
    double kept = 0;
    for (std::int64_t i = 0; i < 600; ++i) {
        const double low = xg::min(flat[i]).item(), high = xg::max(flat[i]).item();
        BOOST_REQUIRE_EQUAL(low, high);
        kept += high > 0 ? 1 : 0;
    }
    BOOST_TEST(std::abs(kept / 600 - 0.75) < 0.06);
}

/// Mean 0 and variance 1 stay.
BOOST_AUTO_TEST_CASE(alpha_keeps_the_moments) {
    xg::manual_seed(4);
    const xg::Tensor y = xg::alpha_dropout(xg::randn({200000}, f64), 0.3);
    BOOST_TEST(std::abs(xg::mean(y).item()) < 0.01);
    BOOST_TEST(std::abs(xg::mean(xg::square(y)).item() - 1) < 0.02);
}

BOOST_AUTO_TEST_CASE(errors) {
    const xg::Tensor x = xg::zeros({2});
    BOOST_TEST(contains(message_of<xg::ValueError>([&] { xg::dropout(x, 1.5); }),
                        "dropout: expected a probability from 0 to 1, got 1.5"));
    BOOST_CHECK_THROW(xg::dropout(x, NaN), xg::ValueError);
    BOOST_CHECK_THROW(xg::dropout(x, -0.1, false), xg::ValueError);
    BOOST_CHECK_THROW(xg::dropout(xg::tensor({1, 2})), xg::DTypeError);
    BOOST_CHECK_THROW(xg::feature_dropout(x), xg::ShapeError);
    BOOST_CHECK_THROW(xg::alpha_dropout({}), xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
