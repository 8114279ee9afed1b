#include <xgrad/optim/nadam.hpp>

#include <cmath>
#include <utility>

#include <xgrad/optim/detail/rule.hpp>
#include <xgrad/optim/detail/sweep.hpp>

namespace xg::optim {
namespace {

using detail::Doubles;
using detail::Floats;
using detail::number;

template <class Vector>
struct Ahead {
    static constexpr std::size_t slots = 2;
    Vector sign, decay, keep, take_first, keep_second, take_second, scale, eps, direct, ahead;
    bool decays;

    explicit Ahead(const std::array<double, detail::kMaxNumbers>& n)
        : sign(number<Vector>(n, 0)),
          decay(number<Vector>(n, 1)),
          keep(number<Vector>(n, 2)),
          take_first(number<Vector>(n, 3)),
          keep_second(number<Vector>(n, 4)),
          take_second(number<Vector>(n, 5)),
          scale(number<Vector>(n, 6)),
          eps(number<Vector>(n, 7)),
          direct(number<Vector>(n, 8)),
          ahead(number<Vector>(n, 9)),
          decays(n[1] != 0) {}

    void operator()(Vector& p, const Vector& gradient, Vector& m, Vector& v) const {
        Vector g = sign * gradient;
        if (decays) g = xsimd::fma(decay, p, g);
        m = xsimd::fma(take_first, g - m, m);
        v = xsimd::fma(take_second * g, g, keep_second * v);
        p = p * keep - xsimd::fma(direct, g, ahead * m) / xsimd::fma(xsimd::sqrt(v), scale, eps);
    }
};

enum Index : std::size_t { kLr, kBeta1, kBeta2, kEps, kWeightDecay, kMomentumDecay, kDecoupled, kMaximize };

constexpr detail::Option option_list[] = {{"lr", detail::Range::at_least_0},
                                          {"betas.0", detail::Range::below_1},
                                          {"betas.1", detail::Range::below_1},
                                          {"eps", detail::Range::at_least_0},
                                          {"weight_decay", detail::Range::at_least_0},
                                          {"momentum_decay", detail::Range::at_least_0},
                                          {"decoupled_weight_decay", detail::Range::flag},
                                          {"maximize", detail::Range::flag}};

detail::Plan plan(const detail::Options& o, double& step, double& product) {
    ++step;
    const auto mu = [&o](double t) { return o[kBeta1] * (1 - 0.5 * std::pow(0.96, t * o[kMomentumDecay])); };
    const double now = mu(step), next = mu(step + 1), lr = o[kLr], decay = o[kWeightDecay];
    product *= now;
    const bool decoupled = o[kDecoupled] != 0;
    const detail::Kernels kernels = detail::kernels_of<Ahead<Floats>, Ahead<Doubles>>();
    detail::Plan plan{.float32 = kernels.float32, .float64 = kernels.float64};
    plan.numbers = {o[kMaximize] != 0 ? -1.0 : 1.0,
                    decoupled ? 0 : decay,
                    decoupled ? 1 - lr * decay : 1,
                    1 - o[kBeta1],
                    o[kBeta2],
                    1 - o[kBeta2],
                    1 / std::sqrt(1 - std::pow(o[kBeta2], step)),
                    o[kEps],
                    lr * (1 - now) / (1 - product),
                    lr * next / (1 - product * next)};
    return plan;
}

constexpr detail::Rule rule{.name = "NAdam",
                            .options = option_list,
                            .slots = {"exp_avg", "exp_avg_sq"},
                            .momentum = kBeta1,
                            .has_mu_product = true,
                            .uses = [](const detail::Options&, std::size_t) { return true; },
                            .plan = plan};

std::vector<double> numbers_of(const NAdamOptions& o) {
    return {o.lr,
            o.betas.first,
            o.betas.second,
            o.eps,
            o.weight_decay,
            o.momentum_decay,
            o.decoupled_weight_decay ? 1.0 : 0.0,
            o.maximize ? 1.0 : 0.0};
}

}  // namespace

NAdam::NAdam(std::vector<Tensor> parameters, const NAdamOptions& options)
    : Optimizer(rule, std::move(parameters), numbers_of(options)), defaults_(options) {}

void NAdam::add_group(std::vector<Tensor> parameters) { add_group(std::move(parameters), defaults_); }

void NAdam::add_group(std::vector<Tensor> parameters, const NAdamOptions& options) {
    add_parameters(std::move(parameters), numbers_of(options));
}

NAdamOptions NAdam::options(std::size_t group) const {
    const std::vector<double>& n = numbers(group);
    return {.lr = n[kLr],
            .betas = {n[kBeta1], n[kBeta2]},
            .eps = n[kEps],
            .weight_decay = n[kWeightDecay],
            .momentum_decay = n[kMomentumDecay],
            .decoupled_weight_decay = n[kDecoupled] != 0,
            .maximize = n[kMaximize] != 0};
}

}  // namespace xg::optim
