#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/autograd/per_sample.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

using support::f64;

namespace {

using Tensors = std::vector<xg::Tensor>;
using Function = std::function<Tensors(const Tensors&)>;

double largest_difference(const xg::Tensor& a, const xg::Tensor& b) {
    BOOST_REQUIRE(a.shape() == b.shape());
    return a.numel() == 0 ? 0 : xg::max(xg::abs(a.detach().to(xg::float64) - b.detach().to(xg::float64))).item();
}

Tensors lstm(const Tensors& in, const xg::RecurrentOptions& options) {
    const auto [y, h, c] = xg::lstm(in[0], in[1], in[2], in[3], in[4], in[5], in[6], options);
    return {y, h, c};
}
Tensors gru(const Tensors& in, const xg::RecurrentOptions& options) {
    const auto [y, h] = xg::gru(in[0], in[1], in[2], in[3], in[4], in[5], options);
    return {y, h};
}

/// Samples that fill no whole block of them, and units that fill no whole vector.
Tensors large_inputs(std::int64_t gates, bool batch_first) {
    xg::manual_seed(6);
    const std::int64_t steps = 7, samples = 37, features = 9, units = 43;
    Tensors all{
        xg::randn(batch_first ? xg::Shape{samples, steps, features} : xg::Shape{steps, samples, features}, f64)};
    for (std::int64_t i = 0; i < gates - 2; ++i) all.push_back(xg::randn({samples, units}, f64));
    all.push_back(xg::randn({gates * units, features}, f64) * 0.3);
    all.push_back(xg::randn({gates * units, units}, f64) * 0.3);
    for (int i = 0; i < 2; ++i) all.push_back(xg::randn({gates * units}, f64));
    return all;
}

/// The results and their gradients, of copies of the inputs.
Tensors all_of(const Function& f, const Tensors& inputs, xg::DType dtype, bool recorded = false) {
    Tensors leaves;
    for (const xg::Tensor& t : inputs) leaves.push_back(t.detach().to(dtype).clone().requires_grad(true));
    Tensors results = f(leaves);
    xg::Tensor total = xg::zeros({}, {.dtype = dtype});
    for (const xg::Tensor& y : results) total = total + xg::sum(y * xg::sin(y * 3));
    Tensors all = xg::grad({total}, leaves, {.create_graph = recorded});
    all.insert(all.end(), results.begin(), results.end());
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent)

// float32 agrees with float64, the fused backward with the recorded one, and one thread with several to the last bit.
BOOST_AUTO_TEST_CASE(sizes_that_fill_no_blocks, *boost::unit_test::label("threads")) {
    for (const bool batch_first : {false, true})
        for (const bool reverse : {false, true}) {
            const xg::RecurrentOptions options{.batch_first = batch_first, .reverse = reverse};
            for (const std::int64_t gates : {3, 4}) {
                const Function f = [&](const Tensors& in) { return gates == 4 ? lstm(in, options) : gru(in, options); };
                const Tensors inputs = large_inputs(gates, batch_first);
                const Tensors exact = all_of(f, inputs, xg::float64), found = all_of(f, inputs, xg::float32),
                              recorded = all_of(f, inputs, xg::float64, true);
                for (std::size_t i = 0; i < exact.size(); ++i) {
                    const double size = xg::max(xg::abs(exact[i].detach())).item();
                    BOOST_TEST(largest_difference(exact[i], found[i]) <= 2e-5 * (1 + size), "tensor " << i);
                    BOOST_TEST(largest_difference(exact[i], recorded[i]) <= 1e-12 * (1 + size), "tensor " << i);
                }
                const support::Threads threads(xg::num_threads() == 1 ? 3 : 1);
                const Tensors again = all_of(f, inputs, xg::float32);
                for (std::size_t i = 0; i < found.size(); ++i)
                    BOOST_TEST(support::same_bits(found[i], again[i]), "tensor " << i);
            }
        }
}

// Each sample goes its own way: what others are beside it does not matter, and what is not recorded is the same.
BOOST_AUTO_TEST_CASE(samples_do_not_mix) {
    const Tensors in = large_inputs(4, false);
    const xg::Tensor whole = lstm(in, {})[0];
    Tensors some = in;
    for (std::size_t i = 0; i < 3; ++i) some[i] = in[i].slice(i == 0 ? 1 : 0, 20, 23).contiguous();
    BOOST_TEST(largest_difference(lstm(some, {})[0], whole.slice(1, 20, 23)) <= 1e-14);
    const xg::NoGrad no_grad;
    BOOST_TEST(support::same_bits(lstm(in, {})[0], whole));
}

BOOST_AUTO_TEST_CASE(gradients_of_each_sample_are_to_be_had_where_the_batch_comes_first) {
    for (const std::int64_t gates : {3, 4}) {
        Tensors in = large_inputs(gates, true);
        const std::size_t states = static_cast<std::size_t>(gates) - 2;
        Tensors parameters(in.begin() + static_cast<std::ptrdiff_t>(states) + 1, in.end());
        for (xg::Tensor& p : parameters) p = p.detach().clone().requires_grad(true);
        const auto loss = [&](const Tensors& batch) {
            Tensors all{batch[0]};
            for (std::size_t i = 0; i < states; ++i)
                all.push_back(xg::zeros({batch[0].size(0), 43}, {.dtype = xg::float64}));
            all.insert(all.end(), parameters.begin(), parameters.end());
            const xg::RecurrentOptions options{.batch_first = true};
            return xg::sum(xg::square((gates == 4 ? lstm(all, options) : gru(all, options))[0]));
        };
        const xg::Tensor few = in[0].slice(0, 0, 3).contiguous();
        const Tensors shares = xg::per_sample_gradients(loss, {few}, parameters);
        for (std::int64_t n = 0; n < 3; ++n) {
            const Tensors alone = xg::grad({loss({few.slice(0, n, n + 1)})}, parameters);
            for (std::size_t p = 0; p < parameters.size(); ++p)
                BOOST_TEST(largest_difference(alone[p], shares[p][n]) <=
                           1e-11 * (1 + xg::max(xg::abs(alone[p])).item()));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
