#include <xgrad/data/detail/strata.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/core/error.hpp>

// This file must be compiled with -ffp-contract=off (see CMakeLists.txt): the remainders by which samples are dealt out
// are compared for equality.

namespace xg::data::detail {

namespace {

using Counts = std::vector<std::int64_t>;

std::size_t place(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Numbers the keys' classes in sorted order.
template <class Key>
Strata number_classes(const std::vector<Key>& keys) {
    std::map<Key, std::int64_t> numbers;
    for (const Key& key : keys) ++numbers[key];
    Strata result;
    for (auto& [key, number] : numbers) {
        result.counts.push_back(number);
        result.class_names.push_back(fmt::format("{}", key));
        number = static_cast<std::int64_t>(result.counts.size()) - 1;
    }
    result.classes.reserve(keys.size());
    for (const Key& key : keys) result.classes.push_back(numbers.at(key));
    return result;
}

/// scikit-learn makes one string of a row of labels; sorted as such, 10 comes before 2.
Strata rows_as_text(const Tensor& y) {
    const Tensor whole = y.contiguous();
    const auto* values = whole.data<std::int64_t>();
    const std::int64_t columns = y.size(1);
    std::vector<std::string> keys;
    for (std::int64_t i = 0; i < y.size(0); ++i, values += columns) {
        std::string key;
        for (std::int64_t k = 0; k < columns; ++k) {
            if (k > 0) key += ' ';
            key += std::to_string(values[k]);
        }
        keys.push_back(std::move(key));
    }
    return number_classes(keys);
}

/// How many of n samples each class has, most likely; ties between remainders are broken at random.
Counts deal_out(const Counts& counts, std::int64_t n, RandomState& random) {
    std::int64_t total = 0, missing = n;
    for (const std::int64_t count : counts) total += count;
    Counts result;
    std::vector<double> remainders;
    for (const std::int64_t count : counts) {
        const double share = static_cast<double>(count) / static_cast<double>(total) * static_cast<double>(n);
        result.push_back(static_cast<std::int64_t>(std::floor(share)));
        remainders.push_back(share - std::floor(share));
        missing -= result.back();
    }
    std::vector<double> values = remainders;
    std::sort(values.begin(), values.end(), std::greater<>());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (const double value : values) {
        if (missing <= 0) break;
        Counts tied;
        for (std::size_t c = 0; c < counts.size(); ++c)
            if (remainders[c] == value) tied.push_back(static_cast<std::int64_t>(c));
        const auto take = std::min<std::int64_t>(static_cast<std::int64_t>(tied.size()), missing);
        const Counts order = random.permutation(static_cast<std::int64_t>(tied.size()));
        for (std::int64_t k = 0; k < take; ++k) ++result[place(tied[place(order[place(k)])])];
        missing -= take;
    }
    return result;
}

}  // namespace

Strata strata_of(const char* operation, const char* argument, const Tensor& y, Labels labels) {
    if (!y.defined()) throw ValueError(fmt::format("{}: {} is undefined, expected labels", operation, argument));
    const bool column = y.rank() == 2 && y.size(1) == 1;
    const bool text = labels == Labels::any && y.rank() == 2 && y.dtype() == int64;
    if (y.rank() != 1 && !text && !(labels == Labels::whole_numbers && column))
        throw ShapeError(fmt::format("{}: {} has shape {} and dtype {}, expected {}", operation, argument,
                                     y.shape().str(), name(y.dtype()),
                                     labels == Labels::any ? "labels of shape (n,), or int64 of shape (n, k)"
                                                           : "labels of shape (n,) or (n, 1)"));
    if (text) return rows_as_text(y);
    const Tensor flat = y.contiguous();
    return xg::detail::dispatch(y.dtype(), [&]<class T>(T*) {
        const T* values = flat.data<T>();
        using Key = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
        const std::vector<Key> keys(values, values + flat.numel());
        if constexpr (std::is_floating_point_v<T>)
            for (std::size_t i = 0; i < keys.size(); ++i)
                if (!std::isfinite(keys[i]) || (labels == Labels::whole_numbers && keys[i] != std::floor(keys[i])))
                    throw ValueError(fmt::format("{}: {} holds {} in row {}, expected {}", operation, argument, keys[i],
                                                 i,
                                                 labels == Labels::any ? "finite labels" : "whole numbers as labels"));
        return number_classes(keys);
    });
}

StratifiedParts stratified_split(const char* operation, const Strata& strata, std::int64_t n_train, std::int64_t n_test,
                                 RandomState& random) {
    const auto n_classes = static_cast<std::int64_t>(strata.counts.size());
    std::string lonely;
    for (std::size_t c = 0, n = 0; c < strata.counts.size() && n <= 10; ++c)
        if (strata.counts[c] < 2) {
            lonely += (n > 0 ? ", " : "") + (n < 10 ? strata.class_names[c] : "…");
            ++n;
        }
    if (!lonely.empty())
        throw ValueError(fmt::format(
            "{}: classes of stratify with only 1 sample: {}; expected at least 2 of each class", operation, lonely));
    if (n_train < n_classes || n_test < n_classes)
        throw ValueError(
            fmt::format("{}: {} samples for training and {} for testing, expected at least as many each as "
                        "stratify has classes, which is {}",
                        operation, n_train, n_test, n_classes));

    std::vector<Counts> rows(strata.counts.size());
    for (std::size_t i = 0; i < strata.classes.size(); ++i)
        rows[place(strata.classes[i])].push_back(static_cast<std::int64_t>(i));
    const Counts for_training = deal_out(strata.counts, n_train, random);
    Counts left = strata.counts;
    for (std::size_t c = 0; c < left.size(); ++c) left[c] -= for_training[c];
    const Counts for_testing = deal_out(left, n_test, random);

    StratifiedParts parts;
    for (std::size_t c = 0; c < rows.size(); ++c) {
        const Counts order = random.permutation(strata.counts[c]);
        const std::int64_t train = for_training[c];
        const std::int64_t stop = std::min(strata.counts[c], train + for_testing[c]);
        for (std::int64_t k = 0; k < stop; ++k)
            (k < train ? parts.train : parts.test).push_back(rows[c][place(order[place(k)])]);
    }
    random.shuffle(parts.train);
    random.shuffle(parts.test);
    return parts;
}

std::vector<std::int64_t> stratified_folds(const char* operation, const Strata& strata, std::int64_t n_splits,
                                           RandomState* random) {
    // Classes count in the order in which they appear.
    const auto n_classes = static_cast<std::int64_t>(strata.counts.size());
    Counts rank(strata.counts.size(), -1), counts;
    for (const std::int64_t c : strata.classes)
        if (rank[place(c)] < 0) {
            rank[place(c)] = static_cast<std::int64_t>(counts.size());
            counts.push_back(strata.counts[place(c)]);
        }
    const std::int64_t largest = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
    if (n_splits > largest)
        throw ValueError(fmt::format("{}: n_splits is {}, expected no more than the {} samples of the largest class",
                                     operation, n_splits, largest));

    std::vector<Counts> rows(counts.size());
    for (std::size_t i = 0; i < strata.classes.size(); ++i)
        rows[place(rank[place(strata.classes[i])])].push_back(static_cast<std::int64_t>(i));
    Counts folds(strata.classes.size());
    std::int64_t dealt = 0;  // the samples of the classes before, dealt out to the folds in turn
    for (std::int64_t c = 0; c < n_classes; ++c) {
        Counts shares(place(n_splits), 0);
        for (std::int64_t k = 0; k < counts[place(c)]; ++k) ++shares[place((dealt + k) % n_splits)];
        dealt += counts[place(c)];
        Counts of_class;
        for (std::int64_t fold = 0; fold < n_splits; ++fold)
            of_class.insert(of_class.end(), place(shares[place(fold)]), fold);
        if (random != nullptr) random->shuffle(of_class);
        for (std::size_t k = 0; k < of_class.size(); ++k) folds[place(rows[place(c)][k])] = of_class[k];
    }
    return folds;
}

}  // namespace xg::data::detail
