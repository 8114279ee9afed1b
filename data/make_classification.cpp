#include <xgrad/data/make_classification.hpp>

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/drawn.hpp>
#include <xgrad/data/detail/numpy_random.hpp>

// This file must be compiled with -ffp-contract=off (see CMakeLists.txt), as all that repeats NumPy's draws.

namespace xg::data {

namespace {

using detail::Drawn, detail::Order, detail::RandomState, detail::in_sequence;

constexpr const char* kOperation = "make_classification";

template <class... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> what, Arguments&&... arguments) {
    throw ValueError("make_classification: " + fmt::format(what, std::forward<Arguments>(arguments)...));
}

void check_shares(const ClassificationOptions& options) {
    const auto given = static_cast<std::int64_t>(options.weights.size());
    if (given == 0) return;
    if (given != options.n_classes && given != options.n_classes - 1)
        fail("weights has {} entries, expected one for each of the {} classes, or for each but the last", given,
             options.n_classes);
    double sum = 0.0;
    for (const double weight : options.weights) {
        if (!(weight >= 0.0 && weight <= 1.0)) fail("weights holds {}, expected shares in [0, 1]", weight);
        sum += weight;
    }
    if (sum > 1.0 + 1e-9) fail("weights add up to {}, expected at most 1", sum);
}

void check_per_feature(const char* option, const OneOrEach<double>& value, std::int64_t n_features) {
    if (value.is_list() && !value.values().empty() && static_cast<std::int64_t>(value.values().size()) != n_features)
        fail("{} has {} entries, expected one number, or one for each of the {} features", option,
             value.values().size(), n_features);
    for (const double v : value.values()) detail::check_finite(kOperation, option, v);
}

void check(const ClassificationOptions& options) {
    detail::check_at_least(kOperation, "n_samples", options.n_samples, 1);
    detail::check_at_least(kOperation, "n_features", options.n_features, 1);
    detail::check_at_least(kOperation, "n_informative", options.n_informative, 1);
    detail::check_at_least(kOperation, "n_redundant", options.n_redundant, 0);
    detail::check_at_least(kOperation, "n_repeated", options.n_repeated, 0);
    detail::check_at_least(kOperation, "n_classes", options.n_classes, 1);
    detail::check_at_least(kOperation, "n_clusters_per_class", options.n_clusters_per_class, 1);
    std::int64_t used;
    if (__builtin_add_overflow(options.n_informative, options.n_redundant, &used) ||
        __builtin_add_overflow(used, options.n_repeated, &used) || used > options.n_features)
        fail(
            "n_informative is {}, n_redundant {} and n_repeated {}, expected no more together than n_features, which "
            "is {}",
            options.n_informative, options.n_redundant, options.n_repeated, options.n_features);
    std::int64_t clusters;
    if (__builtin_mul_overflow(options.n_classes, options.n_clusters_per_class, &clusters) ||
        (options.n_informative < 62 && clusters > (std::int64_t{1} << options.n_informative)))
        fail(
            "n_classes is {} and n_clusters_per_class {}, expected a product of at most 2^n_informative, where "
            "n_informative is {}",
            options.n_classes, options.n_clusters_per_class, options.n_informative);
    check_shares(options);
    if (!(options.flip_y >= 0.0 && options.flip_y <= 1.0))
        fail("flip_y is {}, expected a share in [0, 1]", options.flip_y);
    detail::check_not_negative(kOperation, "class_sep", options.class_sep);
    check_per_feature("shift", options.shift, options.n_features);
    check_per_feature("scale", options.scale, options.n_features);
    detail::check_floating(kOperation, options.dtype);
    detail::check_addressable(kOperation, "n_samples and n_features", options.n_samples, options.n_features);
    detail::check_addressable(kOperation, "the clusters and n_informative", clusters, options.n_informative);
    detail::check_addressable(kOperation, "n_informative and n_features", options.n_informative, options.n_features);
}

/// `n` different integers below `population`, as scikit-learn's `sample_without_replacement` takes them: how depends
/// on their share.
Order sample_without_replacement(std::int64_t population, std::int64_t n, RandomState& random) {
    const double share = static_cast<double>(n) / static_cast<double>(population);
    if (share > 0.01 && share < 0.99) {
        Order order = random.permutation(population);
        order.resize(static_cast<std::size_t>(n));
        return order;
    }
    Order chosen;
    if (share < 0.2) {
        std::unordered_set<std::int64_t> seen;
        while (static_cast<std::int64_t>(chosen.size()) < n) {
            const std::int64_t candidate = random.randint(0, population);
            if (seen.insert(candidate).second) chosen.push_back(candidate);
        }
        return chosen;
    }
    chosen = in_sequence(n);  // a reservoir
    for (std::int64_t i = n; i < population; ++i) {
        const std::int64_t place = random.randint(0, i + 1);
        if (place < n) chosen[static_cast<std::size_t>(place)] = i;
    }
    return chosen;
}

/// Different corners of the unit hypercube, one a row.
Drawn corners(std::int64_t n, std::int64_t dimensions, RandomState& random) {
    constexpr std::int64_t bits = 30;  // of the last dimensions, which alone make the corners differ
    Drawn result(n, dimensions);
    // Beyond, blocks of free bits are drawn: first all but the last 30 dimensions.
    const std::int64_t free = std::max<std::int64_t>(0, dimensions - bits), kept = dimensions - free;
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < free; ++j) result.row(i)[j] = static_cast<double>(random.randint(0, 2));
    const Order codes = sample_without_replacement(std::int64_t{1} << kept, n, random);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < kept; ++j)
            result.row(i)[free + j] = static_cast<double>((codes[static_cast<std::size_t>(i)] >> (kept - 1 - j)) & 1);
    return result;
}

/// How many samples each cluster has; cluster k is of class k % n_classes.
Order cluster_sizes(const ClassificationOptions& options, std::int64_t clusters) {
    std::vector<double> weights = options.weights;
    if (weights.empty())
        weights.assign(static_cast<std::size_t>(options.n_classes), 1.0 / static_cast<double>(options.n_classes));
    if (static_cast<std::int64_t>(weights.size()) < options.n_classes) {
        double sum = 0.0;
        for (const double weight : weights) sum += weight;
        weights.push_back(1.0 - sum);
    }
    Order sizes;
    std::int64_t left = options.n_samples;
    for (std::int64_t k = 0; k < clusters; ++k) {
        const double share = weights[static_cast<std::size_t>(k % options.n_classes)];
        sizes.push_back(static_cast<std::int64_t>(static_cast<double>(options.n_samples) * share /
                                                  static_cast<double>(options.n_clusters_per_class)));
        left -= sizes.back();
    }
    for (std::int64_t i = 0; i < left; ++i) ++sizes[static_cast<std::size_t>(i % clusters)];
    return sizes;
}

/// to[j] = the sum over k of from[k] * matrix[k][j], for each of the matrix's columns.
void multiply(const double* from, const Drawn& matrix, std::int64_t rows, double* to) {
    std::fill_n(to, matrix.columns, 0.0);
    for (std::int64_t k = 0; k < rows; ++k)
        for (std::int64_t j = 0; j < matrix.columns; ++j) to[j] += from[k] * matrix.row(k)[j];
}

Drawn symmetric_uniform(std::int64_t rows, std::int64_t columns, RandomState& random) {
    Drawn result(rows, columns);
    for (double& value : result.values) value = 2.0 * random.uniform() - 1.0;
    return result;
}

/// Turns the normal draws in the first columns of x into clusters, and gives them their classes.
std::vector<std::int64_t> make_clusters(const ClassificationOptions& options, Drawn& x, RandomState& random) {
    const std::int64_t clusters = options.n_classes * options.n_clusters_per_class;
    const std::int64_t informative = options.n_informative;
    const Order sizes = cluster_sizes(options, clusters);

    Drawn centroids = corners(clusters, informative, random);
    for (double& value : centroids.values) value = value * (2.0 * options.class_sep) - options.class_sep;
    if (!options.hypercube) {
        for (std::int64_t k = 0; k < clusters; ++k) {
            const double factor = random.uniform();
            for (std::int64_t j = 0; j < informative; ++j) centroids.row(k)[j] *= factor;
        }
        for (std::int64_t j = 0; j < informative; ++j) {
            const double factor = random.uniform();
            for (std::int64_t k = 0; k < clusters; ++k) centroids.row(k)[j] *= factor;
        }
    }

    for (std::int64_t i = 0; i < options.n_samples; ++i)
        for (std::int64_t j = 0; j < informative; ++j) x.row(i)[j] = random.standard_normal();
    std::vector<std::int64_t> y(static_cast<std::size_t>(options.n_samples));
    std::vector<double> turned(static_cast<std::size_t>(informative));
    std::int64_t i = 0;
    for (std::int64_t k = 0; k < clusters; ++k) {
        const Drawn covariance = symmetric_uniform(informative, informative, random);
        const std::int64_t stop = std::min(options.n_samples, i + sizes[static_cast<std::size_t>(k)]);
        for (; i < stop; ++i) {
            multiply(x.row(i), covariance, informative, turned.data());
            for (std::int64_t j = 0; j < informative; ++j)
                x.row(i)[j] = turned[static_cast<std::size_t>(j)] + centroids.row(k)[j];
            y[static_cast<std::size_t>(i)] = k % options.n_classes;
        }
    }
    return y;
}

/// The numbers that `shift` or `scale` stands for; `draw` makes one where none is given.
template <class Draw>
std::vector<double> per_feature(const OneOrEach<double>& option, std::int64_t n, Draw&& draw) {
    std::vector<double> result;
    for (std::int64_t j = 0; j < n; ++j)
        result.push_back(option.values().empty() ? draw() : option.at(static_cast<std::size_t>(j)));
    return result;
}

}  // namespace

Samples make_classification(const ClassificationOptions& options) {
    check(options);
    const std::int64_t n = options.n_samples, features = options.n_features, informative = options.n_informative;
    RandomState random(options.random_state);
    Drawn x(n, features);
    std::vector<std::int64_t> y = make_clusters(options, x, random);

    // The order of the draws is what makes them scikit-learn's.
    if (options.n_redundant > 0) {
        const Drawn combinations = symmetric_uniform(informative, options.n_redundant, random);
        for (std::int64_t i = 0; i < n; ++i) multiply(x.row(i), combinations, informative, x.row(i) + informative);
    }
    std::int64_t column = informative + options.n_redundant;
    const auto last = static_cast<double>(column - 1);
    for (std::int64_t r = 0; r < options.n_repeated; ++r, ++column) {
        const auto source = static_cast<std::int64_t>(last * random.uniform() + 0.5);
        for (std::int64_t i = 0; i < n; ++i) x.row(i)[column] = x.row(i)[source];
    }
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = column; j < features; ++j) x.row(i)[j] = random.standard_normal();

    Order flipped;
    for (std::int64_t i = 0; i < n; ++i)
        if (random.uniform() < options.flip_y) flipped.push_back(i);
    for (const std::int64_t i : flipped) y[static_cast<std::size_t>(i)] = random.randint(0, options.n_classes);

    const std::vector<double> shift =
        per_feature(options.shift, features, [&] { return (2.0 * random.uniform() - 1.0) * options.class_sep; });
    const std::vector<double> scale =
        per_feature(options.scale, features, [&] { return 1.0 + 100.0 * random.uniform(); });
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < features; ++j)
            x.row(i)[j] = (x.row(i)[j] + shift[static_cast<std::size_t>(j)]) * scale[static_cast<std::size_t>(j)];

    const Order rows = options.shuffle ? random.permutation(n) : in_sequence(n);
    const Order columns = options.shuffle ? random.permutation(features) : in_sequence(features);
    using detail::ordered;
    return {ordered(x, rows, columns, options.dtype), ordered(y, rows)};
}

}  // namespace xg::data
