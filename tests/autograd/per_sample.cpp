#include <xgrad/autograd/per_sample.hpp>

#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/custom_function.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using xg::Shape;
using xg::Tensor;
using Tensors = std::vector<Tensor>;

namespace {

constexpr std::int64_t kSamples = 5;

class Made {
public:
    Tensor data(const Shape& shape) { return support::uniform(draw_, shape, -1, 1); }
    Tensor parameter(const Shape& shape) { return data(shape).requires_grad(true); }

private:
    support::Draw draw_{7};
};

/// sum(y · fixed weights), sample by sample: (N,).
Tensor score(const Tensor& y) {
    const Shape& shape = y.shape();
    const std::int64_t each = y.numel() / shape[0];
    const Tensor weights = xg::sin(xg::arange(1, each + 1, 1, support::f64));
    return xg::sum(xg::square(y.reshape({shape[0], each})) * weights, 1);
}

void check_close(const Tensor& found, const Tensor& expected, const std::string& what, double tolerance = 1e-11) {
    BOOST_REQUIRE_EQUAL(found.shape(), expected.shape());
    const double scale = expected.numel() == 0 ? 0 : xg::max(xg::abs(expected)).item();
    const double off = expected.numel() == 0 ? 0 : xg::max(xg::abs(found - expected)).item();
    BOOST_TEST(off <= tolerance * (1 + scale), what << " is off by " << off);
}

/// Compares with a backward a sample.
void check(const xg::SingleTensorFunction& f, const Tensors& batch, const Tensors& parameters,
           double norm_tolerance = 1e-7) {
    const Tensors found = xg::per_sample_gradients(f, batch, parameters);
    const xg::PerSampleNorms norms = xg::per_sample_gradient_norms(f, batch, parameters);
    BOOST_REQUIRE_EQUAL(found.size(), parameters.size());
    std::vector<Tensors> alone(parameters.size());
    for (std::int64_t i = 0; i < kSamples; ++i) {
        Tensors one;
        for (const Tensor& x : batch) one.push_back(x.slice(0, i, i + 1).contiguous());
        const Tensors g = xg::grad({xg::sum(f(one))}, parameters, {.allow_unused = true});
        for (std::size_t p = 0; p < g.size(); ++p)
            alone[p].push_back(g[p].defined() ? g[p] : xg::zeros_like(parameters[p].detach()));
    }
    Tensor total = xg::zeros({kSamples}, support::f64);
    for (std::size_t p = 0; p < parameters.size(); ++p) {
        const Tensor expected = xg::stack(alone[p]), flat = expected.reshape({kSamples, -1});
        BOOST_TEST_CONTEXT("parameter " << p) {
            check_close(found[p], expected, "the gradient");
            check_close(norms.of_each[p], xg::norm(flat, 2, 1), "the norm", norm_tolerance);
            BOOST_TEST(xg::max(xg::abs(expected)).item() > 1e-6);  // there is something to see
        }
        total = total + xg::square(xg::norm(flat, 2, 1));
        BOOST_TEST(!parameters[p].grad().defined());
    }
    check_close(norms.total, xg::sqrt(total), "the total norm", norm_tolerance);
}

void check(const std::function<Tensor(const Tensor&)>& f, const Tensor& x, const Tensors& parameters) {
    check([&](const Tensors& in) { return score(f(in[0])); }, Tensors{x}, parameters);
}

template <class E>
std::string refused(const xg::SingleTensorFunction& f, const Tensors& batch, const Tensors& parameters) {
    return support::message_of<E>([&] { xg::per_sample_gradients(f, batch, parameters); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(per_sample)

BOOST_AUTO_TEST_CASE(linear_layers) {
    Made m;
    const Tensor w = m.parameter({4, 3}), b = m.parameter({4}), v = m.parameter({2, 4}), c = m.parameter({2});
    for (const auto activation : {xg::Activation::none, xg::Activation::relu}) {
        const auto f = [&](const Tensor& x) { return xg::linear(xg::linear(x, w, b, activation), v, c); };
        check(f, m.data({kSamples, 3}), {w, b, v, c});
        check(f, m.data({kSamples, 2, 3}), {w, b, v, c});     // few rows: from inner products
        check(f, m.data({kSamples, 3, 4, 3}), {w, b, v, c});  // many rows: from the gradients themselves
    }
    // Without biases, and one of the parameters alone.
    check([&](const Tensor& x) { return xg::linear(xg::tanh(xg::linear(x, w)), v); }, m.data({kSamples, 3}), {w});
}

BOOST_AUTO_TEST_CASE(matrix_products) {
    Made m;
    const Tensor w = m.parameter({3, 4}), left = m.parameter({2, 3}), batch_free = m.parameter({3});
    check([&](const Tensor& x) { return xg::matmul(x, w); }, m.data({kSamples, 3}), {w});
    check([&](const Tensor& x) { return xg::matmul(xg::tanh(x), w); }, m.data({kSamples, 2, 3}), {w});
    check([&](const Tensor& x) { return xg::matmul(left, x); }, m.data({kSamples, 3, 2}), {left});
    check([&](const Tensor& x) { return xg::matmul(x, batch_free); }, m.data({kSamples, 2, 3}), {batch_free});
    // Square ones, in which axes cannot be told apart by their sizes.
    const Tensor square = m.parameter({kSamples, kSamples});
    check([&](const Tensor& x) { return xg::matmul(x, square.transpose()); }, m.data({kSamples, kSamples}), {square});
    check([&](const Tensor& x) { return xg::linear(x, square); }, m.data({kSamples, kSamples}), {square});
}

BOOST_AUTO_TEST_CASE(convolutions) {
    Made m;
    const Tensor w = m.parameter({4, 3, 3, 2}), b = m.parameter({4});
    check(
        [&](const Tensor& x) {
            return xg::conv2d(x, w, b, {.stride = {2, 1}, .padding = 1});
        },
        m.data({kSamples, 3, 6, 5}), {w, b});
    const Tensor grouped = m.parameter({4, 2, 2, 2}), each = m.parameter({4, 1, 2, 2});
    check([&](const Tensor& x) { return xg::conv2d(x, grouped, {}, {.groups = 2}); }, m.data({kSamples, 4, 4, 4}),
          {grouped});
    check([&](const Tensor& x) { return xg::conv2d(x, each, b, {.groups = 4}); }, m.data({kSamples, 4, 4, 4}),
          {each, b});
    const Tensor line = m.parameter({4, 2, 3});
    check([&](const Tensor& x) { return xg::conv1d(x, line, b); }, m.data({kSamples, 2, 7}), {line, b});
    const Tensor turned = m.parameter({3, 4, 2, 2});
    check([&](const Tensor& x) { return xg::conv_transpose2d(x, turned, b, {.stride = 2}); },
          m.data({kSamples, 3, 3, 2}), {turned, b});
}

BOOST_AUTO_TEST_CASE(normalisation) {
    Made m;
    const Tensor w = m.parameter({4}), b = m.parameter({4}), plane = m.parameter({4, 3}), shift = m.parameter({4, 3});
    check([&](const Tensor& x) { return xg::layer_norm(x, {4}, w, b); }, m.data({kSamples, 4}), {w, b});
    check(
        [&](const Tensor& x) {
            return xg::layer_norm(x, {4, 3}, plane, shift);
        },
        m.data({kSamples, 2, 4, 3}), {plane, shift});
    check([&](const Tensor& x) { return xg::rms_norm(x, {4}, w); }, m.data({kSamples, 3, 4}), {w});
    check([&](const Tensor& x) { return xg::group_norm(x, 2, w, b); }, m.data({kSamples, 4, 3}), {w, b});
    check([&](const Tensor& x) { return xg::instance_norm(x, w, b); }, m.data({kSamples, 4, 3}), {w, b});
    // By running statistics no sample sees another; by the batch's each does.
    const Tensor average = m.data({4}), spread = xg::abs(m.data({4})) + 0.5;
    const auto normalized = [&](const Tensor& x, bool training) {
        return xg::batch_norm(x, average, spread, w, b, {.training = training});
    };
    check([&](const Tensor& x) { return normalized(x, false); }, m.data({kSamples, 4}), {w, b});
    const std::string message = refused<xg::GradError>(
        [&](const Tensors& in) { return score(normalized(in[0], true)); }, {m.data({kSamples, 4})}, {w, b});
    BOOST_TEST(support::contains(message, "per_sample_gradients: batch_norm makes every sample's"), message);
    BOOST_TEST(support::contains(message, "use group_norm"), message);
}

BOOST_AUTO_TEST_CASE(embeddings) {
    Made m;
    const Tensor table = m.parameter({6, 3}), w = m.parameter({2, 3});
    const Tensor tokens = xg::tensor({{0, 1, 1}, {2, 2, 2}, {5, 0, 3}, {1, 1, 4}, {4, 5, 4}});
    check([&](const Tensor& ids) { return xg::linear(xg::embedding(ids, table), w); }, tokens, {table, w});
    check([&](const Tensor& ids) { return xg::embedding(ids, table, {.padding_idx = 1}); }, tokens, {table});
    check([&](const Tensor& ids) { return xg::embedding(ids.slice(1, 0, 2), table); }, tokens, {table});
    check([&](const Tensor& ids) { return xg::embedding(ids, table); }, xg::tensor({0, 3, 3, 5, 1}), {table});
    // Positions are the same for all samples, even if there are as many.
    const Tensor places = m.parameter({kSamples, 3}), x = m.data({kSamples, kSamples, 3});
    check([&](const Tensor& v) { return xg::linear(v + xg::embedding(xg::arange(0, kSamples), places), w); }, x,
          {places, w});
}

BOOST_AUTO_TEST_CASE(element_by_element) {
    Made m;
    const Tensor x = m.data({kSamples, 2, 3});
    for (const Shape& shape : {Shape{3}, Shape{2, 3}, Shape{2, 1}, Shape{}, Shape{1, 1, 3}, Shape{1}}) {
        const Tensor gain = m.parameter(shape), shift = m.parameter(shape);
        BOOST_TEST_CONTEXT(shape) {
            check([&](const Tensor& v) { return xg::tanh(v * gain + shift); }, x, {gain, shift});
        }
    }
    // A parameter for every sample: of the others' a sample has no share.
    const Tensor own = m.parameter({kSamples, 2, 3});
    const Tensors found = xg::per_sample_gradients([&](const Tensors& in) { return score(in[0] * own); }, {x}, {own});
    const Tensor whole = xg::grad(xg::sum(score(x * own)), own);
    BOOST_REQUIRE_EQUAL(found[0].shape(), (Shape{kSamples, kSamples, 2, 3}));
    for (std::int64_t i = 0; i < kSamples; ++i)
        for (std::int64_t j = 0; j < kSamples; ++j)
            check_close(found[0][i][j], i == j ? whole[i] : xg::zeros({2, 3}, support::f64), "a share");
    const Tensor slope = m.parameter({2});
    check([&](const Tensor& v) { return xg::prelu(v, slope); }, x, {slope});
}

BOOST_AUTO_TEST_CASE(parameters_used_more_than_once_and_made_of_others) {
    Made m;
    const Tensor w = m.parameter({3, 3}), b = m.parameter({3}), gain = m.parameter({3, 1});
    check([&](const Tensor& x) { return xg::linear(xg::tanh(xg::linear(x, w, b)), w, b); }, m.data({kSamples, 3}),
          {w, b});
    // Weight normalisation: w · gain / |w|.
    check([&](const Tensor& x) { return xg::linear(x, w * gain / xg::norm(w, 2, 1, true), b); }, m.data({kSamples, 3}),
          {w, gain, b});
    // A recurrent network's.
    check(
        [&](const Tensor& x) {
            Tensor h = xg::zeros({x.size(0), 3}, support::f64);
            for (std::int64_t t = 0; t < 4; ++t) h = xg::tanh(xg::linear(xg::select(x, 1, t), w, b) + xg::matmul(h, w));
            return h;
        },
        m.data({kSamples, 4, 3}), {w, b});
    // A token before all others, for which no operation has a rule.
    const Tensor token = m.parameter({1, 1, 3});
    check(
        [&](const Tensor& x) {
            return xg::linear(xg::concat({xg::broadcast_to(token, {x.size(0), 1, 3}), x}, 1), w);
        },
        m.data({kSamples, 2, 3}), {token, w});
}

BOOST_AUTO_TEST_CASE(functions_of_the_users) {
    Made m;
    const Tensor w = m.parameter({3});
    const xg::Function scaled(
        "scaled",
        [](xg::FunctionContext& c, const Tensors& in) {
            c.save(in);
            return Tensors{in[0] * in[1], in[0] + 0};
        },
        [](xg::FunctionContext& c, const Tensors& g) {
            const Tensor x = c.saved()[0], v = c.saved()[1];
            return Tensors{g[0] * v + (g[1].defined() ? g[1] : xg::zeros_like(x)), xg::sum(g[0] * x, 0)};
        });
    check([&](const Tensor& x) { return scaled({xg::tanh(x), w})[0]; }, m.data({kSamples, 3}), {w});
}

BOOST_AUTO_TEST_CASE(means_give_shares_that_add_up) {
    Made m;
    const Tensor w = m.parameter({2, 3}), x = m.data({kSamples, 3}), y = m.data({kSamples, 2});
    const auto f = [&](const Tensors& in) { return xg::mse_loss(xg::linear(in[0], w), in[1]); };
    const Tensor shares = xg::per_sample_gradients(f, {x, y}, {w})[0];
    check_close(xg::sum(shares, 0), xg::grad(f({x, y}), w), "the sum");
    const Tensor first = xg::grad(f({x.slice(0, 0, 1), y.slice(0, 0, 1)}), w);
    check_close(shares[0] * static_cast<double>(kSamples), first, "the first share");
}

BOOST_AUTO_TEST_CASE(float32_at_any_scale) {
    support::Draw draw(3);
    const Tensor x = support::uniform(draw, {kSamples, 2, 8}, -1, 1, xg::float32);
    Tensor w = support::uniform(draw, {6, 8}, -1, 1, xg::float32).requires_grad(true);
    for (const double scale : {1e-30, 1.0, 1e18}) {
        const auto f = [&](const Tensors& in) { return xg::sum(xg::linear(in[0], w), {1, 2}) * scale; };
        const Tensor norms = xg::per_sample_gradient_norms(f, {x}, {w}).of_each[0];
        const Tensor expected =
            xg::norm(xg::per_sample_gradients(f, {x}, {w})[0].to(xg::float64).reshape({kSamples, -1}), 2, 1);
        BOOST_TEST(norms.dtype() == xg::float32);
        BOOST_TEST(xg::max(xg::abs(norms.to(xg::float64) / expected - 1)).item() < 1e-5);
    }
}

BOOST_AUTO_TEST_CASE(no_samples_and_no_use) {
    Made m;
    const Tensor w = m.parameter({2, 3}), unused = m.parameter({4});
    const auto f = [&](const Tensors& in) { return xg::sum(xg::linear(in[0], w), 1); };
    const Tensors none = xg::per_sample_gradients(f, {m.data({0, 3})}, {w});
    BOOST_TEST(none[0].shape() == (Shape{0, 2, 3}));
    BOOST_TEST(xg::per_sample_gradient_norms(f, {m.data({0, 3})}, {w}).total.shape() == Shape{0});
    const Tensors some = xg::per_sample_gradients(f, {m.data({kSamples, 3})}, {w, unused});
    check_close(some[1], xg::zeros({kSamples, 4}, support::f64), "an unused parameter");
    // The graph that the function leaves is its own: what the parameters are part of elsewhere stays.
    const Tensor before = xg::sum(w * 2);
    xg::per_sample_gradients(f, {m.data({kSamples, 3})}, {w});
    before.backward();
    BOOST_TEST(w.grad().to_vector()[0] == 2);
}

BOOST_AUTO_TEST_CASE(a_parameter_given_twice) {
    Made m;
    const Tensor w = m.parameter({2, 3}), v = m.parameter({3}), x = m.data({kSamples, 3});
    const auto f = [&](const Tensors& in) { return score(xg::linear(in[0] * v, w)); };
    check(f, {x}, {w, v, w});
    // Entries of their own.
    Tensors found = xg::per_sample_gradients(f, {x}, {w, w});
    const Tensor before = found[1].clone();
    found[0].zero_();
    check_close(found[1], before, "the other entry");
}

// Where the gradient's norm is infinite, or NaN, so is the norm.
BOOST_AUTO_TEST_CASE(norms_of_what_is_not_finite) {
    Made m;
    constexpr double inf = std::numeric_limits<double>::infinity();
    const Tensor w = m.parameter({40, 30}), table = m.parameter({7, 4}), x = m.data({kSamples, 2, 30});
    const Tensor scale = xg::tensor({1.0, inf, 1.0, std::nan(""), 1e200}, support::f64).reshape({kSamples, 1, 1});
    const Tensor ids = xg::tensor({{1, 1, 6}, {2, 3, 2}, {4, 5, 6}, {0, 0, 0}, {6, 5, 6}});
    const auto same = [&](const xg::SingleTensorFunction& f, const Tensors& batch, const Tensor& p) {
        const Tensor gradients = xg::per_sample_gradients(f, batch, {p})[0];
        const auto expected = xg::norm(gradients.reshape({kSamples, -1}), 2, 1).to_vector();
        const auto found = xg::per_sample_gradient_norms(f, batch, {p}).of_each[0].to_vector();
        BOOST_TEST(std::isinf(expected[1]));
        for (std::size_t i = 0; i < expected.size(); ++i)
            BOOST_TEST((std::isfinite(expected[i]) ? std::abs(found[i] - expected[i]) <= 1e-9 * expected[i]
                                                   : std::isnan(expected[i]) == std::isnan(found[i]) &&
                                                         std::isinf(expected[i]) == std::isinf(found[i])),
                       "sample " << i << ": " << found[i] << ", expected " << expected[i]);
    };
    const Tensor steep = xg::abs(m.data({kSamples, 2, 40})) + 0.5;
    same(
        [&](const Tensors& in) {
            return xg::sum(xg::linear(in[0], w) * in[1] * in[2], {1, 2});
        },
        {xg::abs(x) + 0.5, steep, scale}, w);
    same([&](const Tensors& in) { return xg::sum(xg::embedding(in[0], table) * in[1], {1, 2}); }, {ids, scale}, table);
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    Made m;
    const Tensor w = m.parameter({2, 3}), x = m.data({kSamples, 3});
    const auto f = [&](const Tensors& in) { return score(xg::linear(in[0], w)); };
    BOOST_TEST(support::contains(refused<xg::ValueError>(f, {}, {w}), "expected a batch"));
    BOOST_TEST(support::contains(refused<xg::ValueError>(f, {Tensor()}, {w}), "undefined"));
    BOOST_TEST(support::contains(refused<xg::ShapeError>(f, {xg::ones({}, support::f64)}, {w}), "first axis"));
    BOOST_TEST(
        support::contains(refused<xg::ShapeError>(f, {x, m.data({4, 3})}, {w}), "5 samples, got the shape (4, 3)"));
    BOOST_TEST(support::contains(refused<xg::GradError>(f, {x}, {w * 2}), "leaves"));
    BOOST_TEST(support::contains(refused<xg::GradError>(f, {x}, {xg::ones({2, 3}, support::f64)}), "leaves"));
    // A penalty belongs to no sample; neither does a loss of a constant.
    const std::string penalty =
        refused<xg::GradError>([&](const Tensors& in) { return xg::mean(f(in)) + xg::sum(xg::square(w)); }, {x}, {w});
    BOOST_TEST(support::contains(penalty, "add on the batch and a parameter makes a result of shape ()"), penalty);
    BOOST_TEST(support::contains(refused<xg::GradError>([&](const Tensors&) { return f({x}); }, {x}, {w}),
                                 "does not depend on the batch"));
    const std::string whole =
        refused<xg::GradError>([&](const Tensors& in) { return score(xg::linear(in[0].to(xg::float64), w)); },
                               {xg::ones({kSamples, 3}, {.dtype = xg::int64})}, {w});
    BOOST_TEST(support::contains(whole, "integers count only where embedding reads them"), whole);
    BOOST_TEST(support::contains(
        refused<xg::GradError>([&](const Tensors& in) { return xg::linear(in[0], w).slice(0, 0, 2); }, {x}, {w}),
        "expected a loss with an entry for each of 5 samples"));
    const std::string merged = refused<xg::GradError>(
        [&](const Tensors& in) {
            return xg::sum(xg::linear(in[0].reshape({-1, 3}), w));
        },
        {m.data({kSamples, 2, 3})}, {w});
    BOOST_TEST(support::contains(merged, "makes a result of shape (10, 2), expected one whose first axis"), merged);
}

BOOST_AUTO_TEST_SUITE_END()
