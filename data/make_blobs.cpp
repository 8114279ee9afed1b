#include <xgrad/data/make_blobs.hpp>

#include <fmt/format.h>

#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/drawn.hpp>
#include <xgrad/data/detail/numpy_random.hpp>

// This file must be compiled with -ffp-contract=off (see CMakeLists.txt), as all that repeats NumPy's draws.

namespace xg::data {

namespace {

using detail::Drawn, detail::Order, detail::RandomState, detail::in_sequence;

constexpr const char* kOperation = "make_blobs";

template <class... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> what, Arguments&&... arguments) {
    throw ValueError("make_blobs: " + fmt::format(what, std::forward<Arguments>(arguments)...));
}

void check(const BlobsOptions& options) {
    for (const std::int64_t n : options.n_samples.values())
        detail::check_at_least(kOperation, "n_samples", n, options.n_samples.is_list() ? 0 : 1);
    if (options.n_samples.values().empty()) fail("n_samples is an empty list, expected the samples of each centre");
    detail::check_at_least(kOperation, "n_features", options.n_features, 1);
    for (const double deviation : options.cluster_std.values())
        detail::check_not_negative(kOperation, "cluster_std", deviation);
    const auto [low, high] = options.center_box;
    detail::check_finite(kOperation, "center_box", low);
    detail::check_finite(kOperation, "center_box", high);
    detail::check_finite(kOperation, "the width of center_box", high - low);
    if (low > high) fail("center_box is ({}, {}), expected the lower bound first", low, high);
    detail::check_floating(kOperation, options.dtype);
}

Drawn given_centers(const Tensor& centers) {
    if (!centers.defined()) fail("centers is undefined, expected a number or a tensor");
    if (centers.rank() != 2 || centers.numel() == 0)
        throw ShapeError(
            fmt::format("make_blobs: centers has shape {}, expected (n_centers, n_features), at least 1 each",
                        centers.shape().str()));
    Drawn result(centers.size(0), centers.size(1));
    result.values = centers.to_vector();
    for (const double value : result.values) detail::check_finite(kOperation, "an entry of centers", value);
    return result;
}

Drawn draw_centers(const BlobsOptions& options, RandomState& random) {
    const std::int64_t listed =
        options.n_samples.is_list() ? static_cast<std::int64_t>(options.n_samples.values().size()) : 3;
    const auto* asked = std::get_if<std::int64_t>(&options.centers);
    const std::int64_t n = asked != nullptr ? *asked : listed;
    detail::check_at_least(kOperation, "centers", n, 1);
    if (options.n_samples.is_list() && n != listed)
        fail("n_samples lists {} centres and centers is {}, expected as many", listed, n);
    detail::check_addressable(kOperation, "centers and n_features", n, options.n_features);
    Drawn result(n, options.n_features);
    for (double& value : result.values) value = random.uniform(options.center_box.first, options.center_box.second);
    return result;
}

/// How many samples each of n centres has.
Order cluster_sizes(const OneOrEach<std::int64_t>& n_samples, std::int64_t n) {
    if (n_samples.is_list()) return n_samples.values();
    const std::int64_t total = n_samples.at(0);
    Order sizes(static_cast<std::size_t>(n), total / n);
    for (std::int64_t i = 0; i < total % n; ++i) ++sizes[static_cast<std::size_t>(i)];
    return sizes;
}

}  // namespace

Blobs make_blobs_with_centers(const BlobsOptions& options) {
    check(options);
    RandomState random(options.random_state);
    const auto* given = std::get_if<Tensor>(&options.centers);
    const Drawn centers = given != nullptr ? given_centers(*given) : draw_centers(options, random);
    const std::int64_t features = centers.columns;
    const std::int64_t n_centers = static_cast<std::int64_t>(centers.values.size()) / features;
    const auto listed = [&](const char* option, bool is_list, std::size_t n) {
        if (is_list && static_cast<std::int64_t>(n) != n_centers)
            fail("{} lists {} entries and there are {} centres, expected as many", option, n, n_centers);
    };
    listed("n_samples", options.n_samples.is_list(), options.n_samples.values().size());
    listed("cluster_std", options.cluster_std.is_list(), options.cluster_std.values().size());

    const Order sizes = cluster_sizes(options.n_samples, n_centers);
    std::int64_t n = 0;
    for (const std::int64_t size : sizes) n = detail::checked_sum(kOperation, "the entries of n_samples", n, size);
    detail::check_at_least(kOperation, "the sum of n_samples", n, 1);
    detail::check_addressable(kOperation, "n_samples and n_features", n, features);

    Drawn x(n, features);
    std::vector<std::int64_t> y;
    double* to = x.values.data();
    for (std::int64_t c = 0; c < n_centers; ++c) {
        const double deviation = options.cluster_std.at(static_cast<std::size_t>(c));
        for (std::int64_t i = 0; i < sizes[static_cast<std::size_t>(c)]; ++i) {
            for (std::int64_t j = 0; j < features; ++j) *to++ = random.normal(centers.row(c)[j], deviation);
            y.push_back(c);
        }
    }
    const Order rows = options.shuffle ? random.permutation(n) : in_sequence(n);
    const Order columns = in_sequence(features);
    using detail::ordered;
    return {ordered(x, rows, columns, options.dtype), ordered(y, rows),
            ordered(centers, in_sequence(n_centers), columns, options.dtype)};
}

Samples make_blobs(const BlobsOptions& options) {
    Blobs blobs = make_blobs_with_centers(options);
    return {std::move(blobs.x), std::move(blobs.y)};
}

}  // namespace xg::data
