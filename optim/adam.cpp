#include <xgrad/optim/adam.hpp>

#include <cmath>
#include <utility>

#include <xgrad/optim/detail/rule.hpp>
#include <xgrad/optim/detail/sweep.hpp>

namespace xg::optim {
namespace {

using detail::Doubles;
using detail::Floats;
using detail::number;

/// Both placements of ε are one formula: the denominator is √v · scale + ε, with a scale of 1 in Keras's.
template <class Vector>
struct Moments {
    static constexpr std::size_t slots = 2;
    Vector sign, decay, keep, take_first, keep_second, take_second, scale, eps, rate;
    bool decays;

    explicit Moments(const std::array<double, detail::kMaxNumbers>& n)
        : sign(number<Vector>(n, 0)),
          decay(number<Vector>(n, 1)),
          keep(number<Vector>(n, 2)),
          take_first(number<Vector>(n, 3)),
          keep_second(number<Vector>(n, 4)),
          take_second(number<Vector>(n, 5)),
          scale(number<Vector>(n, 6)),
          eps(number<Vector>(n, 7)),
          rate(number<Vector>(n, 8)),
          decays(n[1] != 0) {}

    void average(const Vector& p, const Vector& gradient, Vector& m, Vector& v) const {
        Vector g = sign * gradient;
        if (decays) g = xsimd::fma(decay, p, g);
        m = xsimd::fma(take_first, g - m, m);
        v = xsimd::fma(take_second * g, g, keep_second * v);
    }
    void move(Vector& p, const Vector& m, const Vector& v) const {
        p = xsimd::fnma(rate, m / xsimd::fma(xsimd::sqrt(v), scale, eps), p * keep);
    }
    void operator()(Vector& p, const Vector& gradient, Vector& m, Vector& v) const {
        average(p, gradient, m, v);
        move(p, m, v);
    }
};

template <class Vector>
struct Greatest : Moments<Vector> {
    static constexpr std::size_t slots = 3;
    using Moments<Vector>::Moments;

    void operator()(Vector& p, const Vector& gradient, Vector& m, Vector& v, Vector& greatest) const {
        this->average(p, gradient, m, v);
        // NaN stays, as in PyTorch: the comparison is false for it.
        greatest = xsimd::select(v <= greatest, greatest, v);
        this->move(p, m, greatest);
    }
};

enum Index : std::size_t { kLr, kBeta1, kBeta2, kEps, kWeightDecay, kAmsgrad, kMaximize, kDecoupled, kKeras };

constexpr detail::Option option_list[] = {
    {"lr", detail::Range::at_least_0},           {"betas.0", detail::Range::below_1},
    {"betas.1", detail::Range::below_1},         {"eps", detail::Range::at_least_0},
    {"weight_decay", detail::Range::at_least_0}, {"amsgrad", detail::Range::flag},
    {"maximize", detail::Range::flag},           {"decoupled_weight_decay", detail::Range::flag},
    {"keras_formula", detail::Range::flag}};

bool uses(const detail::Options& o, std::size_t slot) { return slot < 2 || o[kAmsgrad] != 0; }

detail::Plan plan(const detail::Options& o, double& step, double&) {
    ++step;
    const double first = 1 - std::pow(o[kBeta1], step), root = std::sqrt(1 - std::pow(o[kBeta2], step));
    const bool keras = o[kKeras] != 0, decoupled = keras || o[kDecoupled] != 0;
    const double decay = o[kWeightDecay];
    const detail::Kernels kernels = o[kAmsgrad] != 0 ? detail::kernels_of<Greatest<Floats>, Greatest<Doubles>>()
                                                     : detail::kernels_of<Moments<Floats>, Moments<Doubles>>();
    detail::Plan plan{.float32 = kernels.float32, .float64 = kernels.float64};
    plan.numbers = {o[kMaximize] != 0 ? -1.0 : 1.0,
                    decoupled ? 0 : decay,
                    decoupled ? 1 - o[kLr] * decay : 1,
                    1 - o[kBeta1],
                    o[kBeta2],
                    1 - o[kBeta2],
                    keras ? 1 : 1 / root,
                    o[kEps],
                    (keras ? o[kLr] * root : o[kLr]) / first};
    return plan;
}

constexpr detail::Rule rule_of(const char* name) {
    return {.name = name,
            .options = option_list,
            .slots = {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"},
            .momentum = kBeta1,
            .uses = uses,
            .plan = plan};
}
constexpr detail::Rule adam_rule = rule_of("Adam"), adamw_rule = rule_of("AdamW");

std::vector<double> numbers_of(const AdamOptions& o) {
    const auto flag = [](bool on) { return on ? 1.0 : 0.0; };
    return {o.lr,
            o.betas.first,
            o.betas.second,
            o.eps,
            o.weight_decay,
            flag(o.amsgrad),
            flag(o.maximize),
            flag(o.decoupled_weight_decay),
            flag(o.keras_formula)};
}

std::vector<double> numbers_of(const AdamWOptions& o) {
    return numbers_of({.lr = o.lr,
                       .betas = o.betas,
                       .eps = o.eps,
                       .weight_decay = o.weight_decay,
                       .amsgrad = o.amsgrad,
                       .maximize = o.maximize,
                       .decoupled_weight_decay = true,
                       .keras_formula = o.keras_formula});
}

}  // namespace

Adam::Adam(std::vector<Tensor> parameters, const AdamOptions& options)
    : Optimizer(adam_rule, std::move(parameters), numbers_of(options)), defaults_(options) {}

void Adam::add_group(std::vector<Tensor> parameters) { add_group(std::move(parameters), defaults_); }

void Adam::add_group(std::vector<Tensor> parameters, const AdamOptions& options) {
    add_parameters(std::move(parameters), numbers_of(options));
}

AdamOptions Adam::options(std::size_t group) const {
    const std::vector<double>& n = numbers(group);
    return {.lr = n[kLr],
            .betas = {n[kBeta1], n[kBeta2]},
            .eps = n[kEps],
            .weight_decay = n[kWeightDecay],
            .amsgrad = n[kAmsgrad] != 0,
            .maximize = n[kMaximize] != 0,
            .decoupled_weight_decay = n[kDecoupled] != 0,
            .keras_formula = n[kKeras] != 0};
}

AdamW::AdamW(std::vector<Tensor> parameters, const AdamWOptions& options)
    : Optimizer(adamw_rule, std::move(parameters), numbers_of(options)), defaults_(options) {}

void AdamW::add_group(std::vector<Tensor> parameters) { add_group(std::move(parameters), defaults_); }

void AdamW::add_group(std::vector<Tensor> parameters, const AdamWOptions& options) {
    add_parameters(std::move(parameters), numbers_of(options));
}

AdamWOptions AdamW::options(std::size_t group) const {
    const std::vector<double>& n = numbers(group);
    return {.lr = n[kLr],
            .betas = {n[kBeta1], n[kBeta2]},
            .eps = n[kEps],
            .weight_decay = n[kWeightDecay],
            .amsgrad = n[kAmsgrad] != 0,
            .maximize = n[kMaximize] != 0,
            .keras_formula = n[kKeras] != 0};
}

}  // namespace xg::optim
