#include <xgrad/data/detail/sampling.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>

namespace xg::data::detail {

namespace {

/// Uniform in [0, 1), two a block.
class Uniform {
public:
    explicit Uniform(const Philox& stream) : stream_(stream) {}
    double operator()() noexcept {
        if (std::exchange(half_, !half_)) return uniform_double(words_[2], words_[3]);
        words_ = stream_.block(counter_++);
        return uniform_double(words_[0], words_[1]);
    }

private:
    Philox stream_;
    std::array<std::uint32_t, 4> words_{};
    std::uint64_t counter_ = 0;
    bool half_ = false;
};

}  // namespace

std::int64_t check_sampler(const WeightedRandomSampler& sampler, std::int64_t samples) {
    const auto n = static_cast<std::int64_t>(sampler.weights.size());
    if (n != samples)
        throw ValueError(
            fmt::format("DataLoader: the sampler has {} weights, expected one for each of {} samples", n, samples));
    double sum = 0;
    std::int64_t positive = 0;
    for (std::size_t i = 0; i < sampler.weights.size(); ++i) {
        const double weight = sampler.weights[i];
        if (!(weight >= 0) || !std::isfinite(weight))
            throw ValueError(fmt::format(
                "DataLoader: the sampler's weight {} is {}, expected a finite number, at least 0", i, weight));
        sum += weight;
        if (weight > 0) ++positive;
    }
    const std::int64_t draws = sampler.num_samples.value_or(samples);
    if (draws < 0) throw ValueError(fmt::format("DataLoader: num_samples is {}, expected at least 0", draws));
    if (draws > 0 && (sum == 0 || !std::isfinite(sum)))
        throw ValueError(
            fmt::format("DataLoader: the sampler's weights add up to {}, expected a finite number above 0", sum));
    if (!sampler.replacement && draws > positive)
        throw ValueError(
            fmt::format("DataLoader: num_samples is {}, expected at most {}, the number of weights above 0, as samples "
                        "are not replaced",
                        draws, positive));
    return draws;
}

Tensor weighted_order(const WeightedRandomSampler& sampler, std::int64_t draws, const Philox& stream) {
    Tensor result = empty({draws}, {.dtype = int64});
    if (draws == 0) return result;
    auto* order = result.mutable_data<std::int64_t>();
    Uniform uniform(stream);
    const std::vector<double>& weights = sampler.weights;
    if (sampler.replacement) {
        std::vector<double> sums;
        double sum = 0;
        for (const double weight : weights) sums.push_back(sum += weight);
        for (std::int64_t i = 0; i < draws; ++i) {
            // The first whose sum is above: one of weight 0 never is. Rounding may reach the whole sum: then the last
            // above 0.
            auto found = std::upper_bound(sums.begin(), sums.end(), uniform() * sum);
            if (found == sums.end()) found = std::lower_bound(sums.begin(), sums.end(), sum);
            order[i] = found - sums.begin();
        }
        return result;
    }
    // Exponential variables, each with its weight as rate: they arrive in the order in which samples would be drawn one
    // by one (Efraimidis and Spirakis, Information Processing Letters 97 (2006)).
    std::vector<std::pair<double, std::int64_t>> arrivals;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double time = -std::log1p(-uniform());
        if (weights[i] > 0) arrivals.emplace_back(time / weights[i], static_cast<std::int64_t>(i));
    }
    std::partial_sort(arrivals.begin(), arrivals.begin() + draws, arrivals.end());
    for (std::int64_t i = 0; i < draws; ++i) order[i] = arrivals[static_cast<std::size_t>(i)].second;
    return result;
}

}  // namespace xg::data::detail
