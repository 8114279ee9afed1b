#include <xgrad/data/data_loader.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <numeric>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/data/batches.hpp>

#include "files.hpp"

using xg::Tensor;
using xg::ValueError;
using xg::data::DataLoader;
using xg::data::LoaderOptions;
using xg::data::Samples;
using xg::data::TensorDataset;
using xg::data::WeightedRandomSampler;

static_assert(std::ranges::input_range<DataLoader>);
static_assert(xg::data::Dataset<TensorDataset>);

namespace {

using Labels = std::vector<std::int64_t>;

/// A data set of one's own: x is (i, -i) and y is i; some samples may throw or have another shape.
struct Numbered {
    std::int64_t n = 0;
    std::int64_t bad = -1;
    int how = 0;
    std::atomic<std::int64_t>* calls = nullptr;

    std::int64_t size() const { return n; }
    Samples get(std::int64_t i) const {
        if (calls != nullptr) ++*calls;
        if (i == bad) {
            switch (how) {
                case 0: throw xg::FileError("cannot read 'x'");
                case 1: throw std::runtime_error("no luck");
                case 2: throw 42;
                case 3: return {xg::zeros({3}), xg::arange(i, i + 1)[0]};
                case 4: return {xg::zeros({2}), xg::zeros({})};
                default: return {{}, xg::zeros({})};
            }
        }
        const auto value = static_cast<double>(i);
        return {xg::tensor({value, -value}), xg::arange(i, i + 1)[0]};
    }
};

/// The labels of one pass, in order; checks that the inputs belong to them.
Labels labels(DataLoader& loader) {
    Labels all;
    for (auto [x, y] : loader) {
        BOOST_TEST_REQUIRE(x.shape().str() == xg::Shape({y.size(0), 2}).str());
        for (std::int64_t i = 0; i < y.size(0); ++i) {
            all.push_back(y[i].item_int());
            const auto value = static_cast<double>(all.back());
            BOOST_TEST((x[i].to_vector() == std::vector<double>{value, -value}));
        }
    }
    return all;
}

/// The same samples as two tensors.
TensorDataset tensors(std::int64_t n) {
    const Tensor y = xg::arange(0.0, n, 1, {.dtype = xg::int64});
    const Tensor column = y.to(xg::float32).reshape({n, 1});
    return {xg::concat({column, column * -1.0}, 1), y};
}

Labels in_sequence(std::int64_t n) {
    Labels all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    return all;
}

Labels sorted(Labels all) {
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_loader)

BOOST_AUTO_TEST_CASE(sizes_of_batches, *boost::unit_test::label("threads")) {
    for (const int workers : {0, 1, 3}) {
        for (const bool own : {false, true}) {
            const auto sizes = [&](std::int64_t n, LoaderOptions options) {
                options.workers = workers;
                DataLoader loader = own ? DataLoader(Numbered{n}, options) : DataLoader(tensors(n), options);
                Labels result;
                for (const auto& [x, y] : loader) result.push_back(y.size(0));
                BOOST_TEST(static_cast<std::int64_t>(result.size()) == loader.size());
                BOOST_TEST(loader.samples() == n);
                return result;
            };
            for (const bool shuffle : {false, true}) {
                BOOST_TEST(sizes(10, {.shuffle = shuffle}) == (Labels{10}));
                BOOST_TEST(sizes(10, {.batch_size = 4, .shuffle = shuffle}) == (Labels{4, 4, 2}));
                BOOST_TEST(sizes(10, {.batch_size = 4, .shuffle = shuffle, .drop_last = true}) == (Labels{4, 4}));
                BOOST_TEST(sizes(8, {.batch_size = 4, .shuffle = shuffle}) == (Labels{4, 4}));
                BOOST_TEST(sizes(3, {.batch_size = 4, .shuffle = shuffle, .drop_last = true}).empty());
                BOOST_TEST(sizes(0, {.shuffle = shuffle}).empty());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(one_order_for_a_seed, *boost::unit_test::label("threads")) {
    // That of `batches`, whatever the data set and the workers, over several epochs.
    const TensorDataset data = tensors(101);
    const auto expected = [&](bool seeded) {
        Labels all;
        auto range = xg::data::batches(data.x(), data.y(),
                                       {.batch_size = 8,
                                        .shuffle = true,
                                        .seed = seeded ? std::optional<std::uint64_t>(7) : std::nullopt,
                                        .epoch = 2});
        for (int epoch = 0; epoch < 3; ++epoch)
            for (auto [x, y] : range)
                for (const double label : y.to_vector()) all.push_back(static_cast<std::int64_t>(label));
        return all;
    };
    for (const bool seeded : {true, false}) {
        xg::manual_seed(3);
        const Labels order = expected(seeded);
        for (const int workers : {0, 1, 4})
            for (const bool own : {false, true}) {
                xg::manual_seed(3);
                const LoaderOptions options{.batch_size = 8,
                                            .shuffle = true,
                                            .workers = workers,
                                            .seed = seeded ? std::optional<std::uint64_t>(7) : std::nullopt,
                                            .epoch = 2};
                DataLoader loader = own ? DataLoader(Numbered{101}, options) : DataLoader(data, options);
                Labels all;
                for (int epoch = 0; epoch < 3; ++epoch) {
                    const Labels pass = labels(loader);
                    BOOST_TEST(sorted(pass) == in_sequence(101));
                    all.insert(all.end(), pass.begin(), pass.end());
                }
                BOOST_TEST(all == order);
            }
    }
    for (const int workers : {0, 2}) {
        DataLoader plain(Numbered{50}, {.batch_size = 7, .workers = workers});
        BOOST_TEST(labels(plain) == in_sequence(50));
        BOOST_TEST(labels(plain) == in_sequence(50));
    }
}

BOOST_AUTO_TEST_CASE(what_get_draws_depends_on_no_worker, *boost::unit_test::label("threads")) {
    struct Noise {
        std::int64_t size() const { return 40; }
        Samples get(std::int64_t i) const {
            return {xg::concat({xg::rand({2}), xg::rand({1})}, 0), xg::tensor({static_cast<double>(i)})};
        }
    };
    std::vector<double> first;
    for (const int workers : {0, 1, 4}) {
        xg::manual_seed(5);
        DataLoader loader(Noise(), {.batch_size = 3, .shuffle = true, .workers = workers, .seed = 1});
        std::vector<double> all;
        for (int epoch = 0; epoch < 2; ++epoch)
            for (auto [x, y] : loader)
                for (const double v : x.to_vector()) all.push_back(v);
        BOOST_TEST(std::set<double>(all.begin(), all.end()).size() == 240U);  // no sample, no epoch is like another
        if (workers == 0) first = all;
        BOOST_TEST(all == first);
        // And the caller's own numbers go on as if nothing had been drawn.
        const double mine = xg::rand({1}).item();
        xg::manual_seed(5);
        BOOST_TEST(mine == xg::rand({1}).item());
    }
}

BOOST_AUTO_TEST_CASE(errors_reach_the_loop, *boost::unit_test::label("threads")) {
    for (const int workers : {0, 1, 4}) {
        for (int how = 0; how < 6; ++how) {
            DataLoader loader(Numbered{40, 17, how}, {.batch_size = 5, .workers = workers});
            std::int64_t seen = 0;
            const auto pass = [&] {
                for (auto [x, y] : loader) seen += y.size(0);
            };
            switch (how) {
                case 0: BOOST_CHECK_EXCEPTION(pass(), xg::FileError, says_all("sample 17: cannot read 'x'")); break;
                case 1: BOOST_CHECK_EXCEPTION(pass(), std::runtime_error, says_all("sample 17: no luck")); break;
                case 2: BOOST_CHECK_EXCEPTION(pass(), int, [](int code) { return code == 42; }); break;
                case 3:
                    BOOST_CHECK_EXCEPTION(pass(), xg::ShapeError,
                                          says_all("sample 17: its x has shape (3,)", "(2,)", "sample 15"));
                    break;
                case 4:
                    BOOST_CHECK_EXCEPTION(pass(), xg::DTypeError,
                                          says_all("sample 17: its y is float32, expected int64", "sample 15"));
                    break;
                default: BOOST_CHECK_EXCEPTION(pass(), ValueError, says_all("sample 17: its x is undefined")); break;
            }
            BOOST_TEST(seen == 15);                                   // the batches before it all came
            if (how != 2) BOOST_CHECK_THROW(pass(), std::exception);  // and again in the next pass
        }
    }
}

BOOST_AUTO_TEST_CASE(a_pass_may_end_anywhere, *boost::unit_test::label("threads")) {
    std::atomic<std::int64_t> calls{0};
    DataLoader loader(Numbered{.n = 1000, .calls = &calls}, {.batch_size = 4, .workers = 3, .prefetch = 2});
    for (int stop = 0; stop < 20; ++stop) {
        int seen = 0;
        for (auto [x, y] : loader) {
            BOOST_TEST(y[0].item_int() == 4 * seen);
            if (seen++ == stop) break;
        }
    }
    {
        auto unused = loader.begin();
        auto moved = std::move(unused);
        ++moved;
        BOOST_TEST((*moved).y[0].item_int() == 4);
    }
    // Workers are at most 6 batches ahead of what is taken, and of what is being made.
    calls = 0;
    {
        auto at = loader.begin();
        for (int i = 0; i < 9; ++i) ++at;
    }
    BOOST_TEST(calls <= 4 * (10 + 6));
    // Two passes at once do not disturb each other.
    auto one = loader.begin(), two = loader.begin();
    ++one;
    BOOST_TEST((*one).y[0].item_int() == 4);
    BOOST_TEST((*two).y[0].item_int() == 0);
}

BOOST_AUTO_TEST_CASE(weighted_sampling) {
    const std::vector<double> weights = {1, 0, 3, 4, 0};
    DataLoader loader(Numbered{5},
                      {.sampler = WeightedRandomSampler{.weights = weights, .num_samples = 80'000}, .seed = 1});
    std::map<std::int64_t, double> counts;
    for (const std::int64_t label : labels(loader)) ++counts[label];
    BOOST_TEST(counts.size() == 3U);
    // 80 000 draws with shares 1/8, 3/8, 4/8: standard deviations are 94, 137 and 141.
    BOOST_TEST(std::abs(counts[0] - 10'000) < 500);
    BOOST_TEST(std::abs(counts[2] - 30'000) < 700);
    BOOST_TEST(std::abs(counts[3] - 40'000) < 700);

    // Without replacement: the first draw has these shares, and no sample comes twice.
    std::map<std::int64_t, double> first;
    DataLoader once(
        tensors(5),
        {.sampler = WeightedRandomSampler{.weights = weights, .num_samples = 3, .replacement = false}, .seed = 2});
    for (int i = 0; i < 8000; ++i) {
        Labels all;
        for (const auto& [x, y] : once)
            for (std::int64_t k = 0; k < y.size(0); ++k) all.push_back(y.data<std::int64_t>()[k]);
        BOOST_TEST_REQUIRE(sorted(all) == (Labels{0, 2, 3}));
        ++first[all[0]];
    }
    BOOST_TEST(std::abs(first[0] - 1000) < 150);
    BOOST_TEST(std::abs(first[2] - 3000) < 220);
    BOOST_TEST(std::abs(first[3] - 4000) < 220);

    const auto refused = [](WeightedRandomSampler sampler, const std::string& why) {
        BOOST_CHECK_EXCEPTION(DataLoader(Numbered{3}, {.sampler = sampler}), ValueError, says_all("DataLoader", why));
    };
    refused({.weights = {1, 2}}, "2 weights, expected one for each of 3");
    refused({.weights = {1, -1, 2}}, "weight 1 is -1");
    refused({.weights = {1, 0.0 / 0.0, 2}}, "weight 1 is");
    refused({.weights = {0, 0, 0}}, "add up to 0");
    refused({.weights = {1e308, 1e308, 1e308}}, "add up to inf");
    refused({.weights = {1, 1, 1}, .num_samples = -1}, "num_samples is -1");
    refused({.weights = {1, 0, 1}, .replacement = false}, "at most 2");
}

BOOST_AUTO_TEST_CASE(options_out_of_range) {
    const auto refused = [](const LoaderOptions& options, const std::string& why) {
        BOOST_CHECK_EXCEPTION(DataLoader(Numbered{3}, options), ValueError, says_all("DataLoader", why));
    };
    refused({.batch_size = 0}, "batch_size is 0");
    refused({.workers = -1}, "workers is -1");
    refused({.workers = 257}, "workers is 257");
    refused({.workers = 1, .prefetch = 0}, "prefetch is 0");
    refused({.shuffle = true, .sampler = WeightedRandomSampler{.weights = {1, 1, 1}}}, "both given");
    BOOST_CHECK_EXCEPTION(DataLoader(xg::zeros({3}), xg::zeros({4})), xg::ShapeError, says_all("(3,)", "(4,)"));
    BOOST_CHECK_THROW(tensors(3).get(3), xg::IndexError);
    BOOST_CHECK_THROW(tensors(3).get(-1), xg::IndexError);
    BOOST_TEST(tensors(3).get(2).y.item_int() == 2);
    // The greatest batch size there is.
    DataLoader all(Numbered{3}, {.batch_size = INT64_MAX});
    BOOST_TEST(labels(all) == in_sequence(3));
}

BOOST_AUTO_TEST_CASE(batches_that_are_kept_are_as_new) {
    // Those of tensors are cut once; what a loop does to one must not show in a later pass.
    for (const bool shuffle : {false, true}) {
        const TensorDataset data = tensors(10);
        DataLoader loader(data, {.batch_size = 4, .shuffle = shuffle, .seed = 1});
        std::vector<Samples> held;
        std::vector<std::vector<double>> values;
        for (int epoch = 0; epoch < 4; ++epoch) {
            for (auto [x, y] : loader) {
                BOOST_TEST(!x.requires_grad());
                if (epoch == 0) {
                    held.push_back({x, y});
                    values.push_back(x.to_vector());
                }
                if (epoch == 1) x.requires_grad(true);
                if (epoch == 2) x.set_data(xg::zeros(x.shape()));
            }
            if (epoch == 0) BOOST_TEST(sorted(labels(loader)) == in_sequence(10));
        }
        for (std::size_t i = 0; i < held.size(); ++i) BOOST_TEST(held[i].x.to_vector() == values[i]);
        BOOST_TEST(sorted(labels(loader)) == in_sequence(10));

        // A view of a batch lives on, and so does a batch that a graph has saved.
        Tensor part, loss, leaf = xg::ones({2}).requires_grad(true);
        std::vector<double> before, gradient;
        for (auto [x, y] : loader) {
            part = x.slice(0, 0, 1);
            before = part.to_vector();
            gradient = xg::sum(x, 0).to_vector();
            loss = xg::sum(x * leaf);
            break;
        }
        for (int epoch = 0; epoch < 3; ++epoch) BOOST_TEST(sorted(labels(loader)) == in_sequence(10));
        BOOST_TEST(part.to_vector() == before);
        loss.backward();
        BOOST_TEST(leaf.grad().to_vector() == gradient);

        // Two passes at once.
        auto one = loader.begin();
        const std::vector<double> here = (*one).y.to_vector();
        BOOST_TEST(sorted(labels(loader)) == in_sequence(10));
        BOOST_TEST((*one).y.to_vector() == here);
        Labels rest;
        for (; one != std::default_sentinel; ++one)
            for (const double v : (*one).y.to_vector()) rest.push_back(static_cast<std::int64_t>(v));
        BOOST_TEST(sorted(rest) == in_sequence(10));
    }
}

BOOST_AUTO_TEST_CASE(large_data_are_not_copied_at_once) {
    const Tensor x = xg::randn({5000, 100}), y = xg::arange(0, 5000);
    DataLoader loader(x, y, {.batch_size = 1000, .shuffle = true, .seed = 4});
    std::int64_t n = 0;
    for (auto [xb, yb] : loader)
        for (std::int64_t i = 0; i < yb.size(0); i += 250, ++n)
            BOOST_TEST(xb[i].to_vector() == x[yb[i].item_int()].to_vector());
    BOOST_TEST(n == 20);
    // More batches than are kept.
    DataLoader single(y, y, {.batch_size = 1});
    std::int64_t expected = 0;
    for (auto [xb, yb] : single) BOOST_TEST_REQUIRE(yb.item_int() == expected++);
    BOOST_TEST(expected == 5000);
}

BOOST_AUTO_TEST_SUITE_END()
