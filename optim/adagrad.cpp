#include <xgrad/optim/adagrad.hpp>

#include <utility>

#include <xgrad/optim/detail/rule.hpp>
#include <xgrad/optim/detail/sweep.hpp>

namespace xg::optim {
namespace {

using detail::Doubles;
using detail::Floats;
using detail::number;

template <class Vector>
struct SumOfSquares {
    static constexpr std::size_t slots = 1;
    Vector sign, decay, keep, inner, outer, rate;
    bool decays;

    explicit SumOfSquares(const std::array<double, detail::kMaxNumbers>& n)
        : sign(number<Vector>(n, 0)),
          decay(number<Vector>(n, 1)),
          keep(number<Vector>(n, 2)),
          inner(number<Vector>(n, 3)),
          outer(number<Vector>(n, 4)),
          rate(number<Vector>(n, 5)),
          decays(n[1] != 0) {}

    void operator()(Vector& p, const Vector& gradient, Vector& sum) const {
        Vector g = sign * gradient;
        if (decays) g = xsimd::fma(decay, p, g);
        sum = xsimd::fma(g, g, sum);
        p = xsimd::fnma(rate, g / (xsimd::sqrt(sum + inner) + outer), p * keep);
    }
};

enum Index : std::size_t { kLr, kLrDecay, kWeightDecay, kInitial, kEps, kMaximize, kKeras };

constexpr detail::Option option_list[] = {
    {"lr", detail::Range::at_least_0},           {"lr_decay", detail::Range::at_least_0},
    {"weight_decay", detail::Range::at_least_0}, {"initial_accumulator_value", detail::Range::at_least_0},
    {"eps", detail::Range::at_least_0},          {"maximize", detail::Range::flag},
    {"keras_formula", detail::Range::flag}};

detail::Plan plan(const detail::Options& o, double& step, double&) {
    ++step;
    const bool keras = o[kKeras] != 0;
    const double decay = o[kWeightDecay];
    const detail::Kernels kernels = detail::kernels_of<SumOfSquares<Floats>, SumOfSquares<Doubles>>();
    detail::Plan plan{.float32 = kernels.float32, .float64 = kernels.float64};
    plan.numbers = {o[kMaximize] != 0 ? -1.0 : 1.0,
                    keras ? 0 : decay,
                    keras ? 1 - o[kLr] * decay : 1,
                    keras ? o[kEps] : 0,
                    keras ? 0 : o[kEps],
                    o[kLr] / (1 + (step - 1) * o[kLrDecay])};
    plan.initial[0] = o[kInitial];
    return plan;
}

constexpr detail::Rule rule{.name = "Adagrad",
                            .options = option_list,
                            .slots = {"sum"},
                            .uses = [](const detail::Options&, std::size_t) { return true; },
                            .plan = plan};

std::vector<double> numbers_of(const AdagradOptions& o) {
    return {o.lr,
            o.lr_decay,
            o.weight_decay,
            o.initial_accumulator_value,
            o.eps,
            o.maximize ? 1.0 : 0.0,
            o.keras_formula ? 1.0 : 0.0};
}

}  // namespace

Adagrad::Adagrad(std::vector<Tensor> parameters, const AdagradOptions& options)
    : Optimizer(rule, std::move(parameters), numbers_of(options)), defaults_(options) {}

void Adagrad::add_group(std::vector<Tensor> parameters) { add_group(std::move(parameters), defaults_); }

void Adagrad::add_group(std::vector<Tensor> parameters, const AdagradOptions& options) {
    add_parameters(std::move(parameters), numbers_of(options));
}

AdagradOptions Adagrad::options(std::size_t group) const {
    const std::vector<double>& n = numbers(group);
    return {.lr = n[kLr],
            .lr_decay = n[kLrDecay],
            .weight_decay = n[kWeightDecay],
            .initial_accumulator_value = n[kInitial],
            .eps = n[kEps],
            .maximize = n[kMaximize] != 0,
            .keras_formula = n[kKeras] != 0};
}

}  // namespace xg::optim
