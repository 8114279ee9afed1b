#include <xgrad/optim/sgd.hpp>

#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/optim/detail/rule.hpp>
#include <xgrad/optim/detail/sweep.hpp>

namespace xg::optim {
namespace {

using detail::Doubles;
using detail::Floats;
using detail::number;

/// Without momentum.
template <class Vector>
struct Plain {
    static constexpr std::size_t slots = 0;
    Vector sign, decay, keep, rate;
    bool decays;

    explicit Plain(const std::array<double, detail::kMaxNumbers>& n)
        : sign(number<Vector>(n, 0)),
          decay(number<Vector>(n, 1)),
          keep(number<Vector>(n, 2)),
          rate(number<Vector>(n, 3)),
          decays(n[1] != 0) {}
    void operator()(Vector& p, const Vector& gradient) const {
        Vector g = sign * gradient;
        if (decays) g = xsimd::fma(decay, p, g);
        p = xsimd::fnma(rate, g, p * keep);
    }
};

template <class Vector, bool nesterov>
struct WithMomentum : Plain<Vector> {
    static constexpr std::size_t slots = 1;
    Vector momentum, take, ahead, direct;

    explicit WithMomentum(const std::array<double, detail::kMaxNumbers>& n)
        : Plain<Vector>(n),
          momentum(number<Vector>(n, 4)),
          take(number<Vector>(n, 5)),
          ahead(number<Vector>(n, 6)),
          direct(number<Vector>(n, 7)) {}
    void operator()(Vector& p, const Vector& gradient, Vector& v) const {
        Vector g = this->sign * gradient;
        if (this->decays) g = xsimd::fma(this->decay, p, g);
        v = xsimd::fma(momentum, v, take * g);
        const Vector way = nesterov ? xsimd::fma(ahead, v, direct * g) : v;
        p = xsimd::fnma(this->rate, way, p * this->keep);
    }
};
template <class Vector>
using Heavy = WithMomentum<Vector, false>;
template <class Vector>
using Nesterov = WithMomentum<Vector, true>;

enum Index : std::size_t { kLr, kMomentum, kDampening, kWeightDecay, kNesterov, kMaximize, kKeras };

constexpr detail::Option option_list[] = {
    {"lr", detail::Range::at_least_0},     {"momentum", detail::Range::below_1},
    {"dampening", detail::Range::any},     {"weight_decay", detail::Range::at_least_0},
    {"nesterov", detail::Range::flag},     {"maximize", detail::Range::flag},
    {"keras_formula", detail::Range::flag}};

void check(const detail::Options& o) {
    if (o[kNesterov] != 0 && o[kDampening] != 0)
        throw ValueError("SGD: nesterov needs a momentum above 0 and a dampening of 0, got dampening " +
                         detail::text(o[kDampening]));
    if (o[kKeras] != 0 && o[kDampening] != 0)
        throw ValueError("SGD: Keras's formula has no dampening, got " + detail::text(o[kDampening]));
}

bool uses(const detail::Options& o, std::size_t) { return o[kMomentum] != 0; }

detail::Plan plan(const detail::Options& o, double& step, double&) {
    const double sign = o[kMaximize] != 0 ? -1 : 1, lr = o[kLr], decay = o[kWeightDecay];
    const bool keras = o[kKeras] != 0;
    detail::Plan plan;
    const double keep = keras ? 1 - lr * decay : 1, coupled = keras ? 0 : decay;
    detail::Kernels kernels;
    if (o[kMomentum] == 0) {
        kernels = detail::kernels_of<Plain<Floats>, Plain<Doubles>>();
        plan.numbers = {sign, coupled, keep, lr};
    } else {
        const bool first = ++step == 1;
        kernels = o[kNesterov] != 0 ? detail::kernels_of<Nesterov<Floats>, Nesterov<Doubles>>()
                                    : detail::kernels_of<Heavy<Floats>, Heavy<Doubles>>();
        if (keras)
            plan.numbers = {sign, coupled, keep, -1, o[kMomentum], -lr, o[kMomentum], -lr};
        else
            plan.numbers = {sign,         coupled, keep, lr, first ? 0 : o[kMomentum], first ? 1 : 1 - o[kDampening],
                            o[kMomentum], 1};
    }
    plan.float32 = kernels.float32;
    plan.float64 = kernels.float64;
    return plan;
}

constexpr detail::Rule rule{.name = "SGD",
                            .options = option_list,
                            .slots = {"momentum_buffer"},
                            .momentum = kMomentum,
                            .check = check,
                            .uses = uses,
                            .plan = plan};

std::vector<double> numbers_of(const SGDOptions& o) {
    if (o.nesterov && o.momentum == 0)
        throw ValueError("SGD: nesterov needs a momentum above 0 and a dampening of 0, got momentum 0");
    return {o.lr,
            o.momentum,
            o.dampening,
            o.weight_decay,
            o.nesterov ? 1.0 : 0.0,
            o.maximize ? 1.0 : 0.0,
            o.keras_formula ? 1.0 : 0.0};
}

}  // namespace

SGD::SGD(std::vector<Tensor> parameters, const SGDOptions& options)
    : Optimizer(rule, std::move(parameters), numbers_of(options)), defaults_(options) {}

void SGD::add_group(std::vector<Tensor> parameters) { add_group(std::move(parameters), defaults_); }

void SGD::add_group(std::vector<Tensor> parameters, const SGDOptions& options) {
    add_parameters(std::move(parameters), numbers_of(options));
}

SGDOptions SGD::options(std::size_t group) const {
    const std::vector<double>& n = numbers(group);
    return {.lr = n[kLr],
            .momentum = n[kMomentum],
            .dampening = n[kDampening],
            .weight_decay = n[kWeightDecay],
            .nesterov = n[kNesterov] != 0,
            .maximize = n[kMaximize] != 0,
            .keras_formula = n[kKeras] != 0};
}

}  // namespace xg::optim
