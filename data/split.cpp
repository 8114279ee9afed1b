#include <xgrad/data/split.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/numpy_random.hpp>
#include <xgrad/data/detail/rows.hpp>
#include <xgrad/data/detail/strata.hpp>

namespace xg::data {

namespace {

template <class... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> what, Arguments&&... arguments) {
    throw ValueError("train_test_split: " + fmt::format(what, std::forward<Arguments>(arguments)...));
}

/// Checks what was said of one part's size; `part` is "test" or "train".
void check_part(const char* part, const std::optional<double>& share, const std::optional<std::int64_t>& count,
                std::int64_t n) {
    if (share && count) fail("{}_size and n_{} are both given, expected one of them", part, part);
    if (share && !(*share > 0.0 && *share < 1.0))
        fail("{}_size is {}, expected a share between 0 and 1, both excluded (n_{} takes a count)", part, *share, part);
    if (count && (*count < 1 || *count >= n))
        fail("n_{} is {}, expected at least 1 and less than the {} samples", part, *count, n);
}

struct Counts {
    std::int64_t train, test;
};

Counts count_parts(SplitOptions options, std::int64_t n) {
    if (!options.test_size && !options.n_test && !options.train_size && !options.n_train) options.test_size = 0.25;
    check_part("test", options.test_size, options.n_test, n);
    check_part("train", options.train_size, options.n_train, n);
    // Shares that together exceed 1 are a mistake even where rounding would hide it.
    if (options.test_size && options.train_size && *options.test_size + *options.train_size > 1.0)
        fail("test_size is {} and train_size {}, expected at most 1 together", *options.test_size, *options.train_size);

    std::optional<std::int64_t> test = options.n_test, train = options.n_train;
    const auto samples = static_cast<double>(n);
    if (options.test_size) test = static_cast<std::int64_t>(std::ceil(*options.test_size * samples));
    if (options.train_size) train = static_cast<std::int64_t>(std::floor(*options.train_size * samples));
    if (!train) train = n - *test;
    if (!test) test = n - *train;
    if (*train > n - *test)
        fail("of {} samples {} for training and {} for testing were asked for, expected no more than there are", n,
             *train, *test);
    if (*train == 0 || *test == 0)
        fail("of {} samples {} for training and {} for testing would be taken, expected at least 1 each", n, *train,
             *test);
    return {*train, *test};
}

}  // namespace

Split train_test_split(const Tensor& x, const Tensor& y, const SplitOptions& options) {
    const std::int64_t n = detail::check_rows("train_test_split", x, y);
    const auto [n_train, n_test] = count_parts(options, n);
    if (options.stratify.defined() && !options.shuffle)
        fail("stratify is given and shuffle is false, expected shuffle with it");
    const Tensor inputs = x.detach(), targets = y.detach();
    if (!options.shuffle)
        return {inputs.slice(0, 0, n_train), inputs.slice(0, n_train, n_train + n_test), targets.slice(0, 0, n_train),
                targets.slice(0, n_train, n_train + n_test)};

    // As scikit-learn deals them out: the first of the shuffled samples are for testing.
    detail::RandomState random(options.random_state);
    detail::StratifiedParts rows;
    if (options.stratify.defined()) {
        detail::check_rows("train_test_split with stratify as y", x, options.stratify);
        const detail::Strata strata =
            detail::strata_of("train_test_split", "stratify", options.stratify, detail::Labels::any);
        rows = detail::stratified_split("train_test_split", strata, n_train, n_test, random);
    } else {
        rows.test = random.permutation(n);
        rows.train.assign(rows.test.begin() + n_test, rows.test.begin() + n_test + n_train);
        rows.test.resize(static_cast<std::size_t>(n_test));
    }
    const Tensor x_rows = inputs.contiguous(), y_rows = targets.contiguous();
    const auto gather = [](const Tensor& from, const std::vector<std::int64_t>& order) {
        return detail::gather_rows(from, order.data(), static_cast<std::int64_t>(order.size()));
    };
    return {gather(x_rows, rows.train), gather(x_rows, rows.test), gather(y_rows, rows.train),
            gather(y_rows, rows.test)};
}

}  // namespace xg::data
