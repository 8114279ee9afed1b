#include <xgrad/data/folds.hpp>

#include <cstddef>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/drawn.hpp>
#include <xgrad/data/detail/numpy_random.hpp>
#include <xgrad/data/detail/rows.hpp>
#include <xgrad/data/detail/strata.hpp>

namespace xg::data {

namespace {

void check_splits(const char* operation, std::int64_t n_splits, std::int64_t n) {
    if (n_splits > n)
        throw ValueError(
            fmt::format("{}: n_splits is {}, expected no more than the {} samples", operation, n_splits, n));
    detail::check_addressable(operation, "n_splits and the samples", n_splits, n);
}

/// One fold of those in which sample i is tested by fold number test_of[i].
std::vector<Fold> folds_of(const std::vector<std::int64_t>& test_of, std::int64_t n_splits) {
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(n_splits), 0);
    for (const std::int64_t fold : test_of) ++sizes[static_cast<std::size_t>(fold)];
    const auto n = static_cast<std::int64_t>(test_of.size());
    std::vector<Fold> folds;
    for (std::int64_t fold = 0; fold < n_splits; ++fold) {
        const std::int64_t n_test = sizes[static_cast<std::size_t>(fold)];
        Fold rows{empty({n - n_test}, {.dtype = int64}), empty({n_test}, {.dtype = int64})};
        auto *train = rows.train.mutable_data<std::int64_t>(), *test = rows.test.mutable_data<std::int64_t>();
        for (std::int64_t i = 0; i < n; ++i) *(test_of[static_cast<std::size_t>(i)] == fold ? test : train)++ = i;
        folds.push_back(std::move(rows));
    }
    return folds;
}

}  // namespace

KFold::KFold(const KFoldOptions& options) : options_(options) {
    detail::check_at_least("KFold", "n_splits", options.n_splits, 2);
}

std::vector<Fold> KFold::split(std::int64_t n) const {
    check_splits("KFold", options_.n_splits, n);
    const std::vector<std::int64_t> order =
        options_.shuffle ? detail::RandomState(options_.random_state).permutation(n) : detail::in_sequence(n);
    std::vector<std::int64_t> test_of(order.size());
    std::size_t at = 0;
    for (std::int64_t fold = 0; fold < options_.n_splits; ++fold) {
        const std::int64_t size = n / options_.n_splits + (fold < n % options_.n_splits ? 1 : 0);
        for (std::int64_t k = 0; k < size; ++k, ++at) test_of[static_cast<std::size_t>(order[at])] = fold;
    }
    return folds_of(test_of, options_.n_splits);
}

std::vector<Fold> KFold::split(const Tensor& x) const { return split(detail::check_rows("KFold", x, x)); }

StratifiedKFold::StratifiedKFold(const KFoldOptions& options) : options_(options) {
    detail::check_at_least("StratifiedKFold", "n_splits", options.n_splits, 2);
}

std::vector<Fold> StratifiedKFold::split(const Tensor& y) const {
    constexpr const char* operation = "StratifiedKFold";
    const detail::Strata strata = detail::strata_of(operation, "y", y, detail::Labels::whole_numbers);
    check_splits(operation, options_.n_splits, y.size(0));
    detail::RandomState random(options_.random_state);
    return folds_of(
        detail::stratified_folds(operation, strata, options_.n_splits, options_.shuffle ? &random : nullptr),
        options_.n_splits);
}

std::vector<Fold> StratifiedKFold::split(const Tensor& x, const Tensor& y) const {
    detail::check_rows("StratifiedKFold", x, y);
    return split(y);
}

}  // namespace xg::data
