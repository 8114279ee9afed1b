#include <xgrad/optim/rmsprop.hpp>

#include <utility>

#include <xgrad/optim/detail/rule.hpp>
#include <xgrad/optim/detail/sweep.hpp>

namespace xg::optim {
namespace {

using detail::Doubles;
using detail::Floats;
using detail::number;

/// Both placements of ε are one formula, √(v + inner) + outer, of which one is 0; and so are both of the learning rate.
///
/// An unused slot is not read: its numbers are passed on.
template <class Vector, bool heavy, bool centered>
struct RootMeanSquare {
    Vector sign, decay, keep, keep_square, take, inner, outer, momentum, rate, gain;
    bool decays;

    explicit RootMeanSquare(const std::array<double, detail::kMaxNumbers>& n)
        : sign(number<Vector>(n, 0)),
          decay(number<Vector>(n, 1)),
          keep(number<Vector>(n, 2)),
          keep_square(number<Vector>(n, 3)),
          take(number<Vector>(n, 4)),
          inner(number<Vector>(n, 5)),
          outer(number<Vector>(n, 6)),
          momentum(number<Vector>(n, 7)),
          rate(number<Vector>(n, 8)),
          gain(number<Vector>(n, 9)),
          decays(n[1] != 0) {}

    void update(Vector& p, const Vector& gradient, Vector& square, Vector& buffer, Vector& mean) const {
        Vector g = sign * gradient;
        if (decays) g = xsimd::fma(decay, p, g);
        square = xsimd::fma(take * g, g, keep_square * square);
        Vector variance = square + inner;
        if (centered) {
            mean = xsimd::fma(take, g - mean, mean);
            variance = xsimd::fnma(mean, mean, square) + inner;
        }
        Vector way = gain * g / (xsimd::sqrt(variance) + outer);
        if (heavy) way = buffer = xsimd::fma(momentum, buffer, way);
        p = xsimd::fnma(rate, way, p * keep);
    }
};

template <class Vector>
struct Light : RootMeanSquare<Vector, false, false> {
    static constexpr std::size_t slots = 1;
    using RootMeanSquare<Vector, false, false>::RootMeanSquare;
    void operator()(Vector& p, const Vector& g, Vector& square) const {
        Vector unused(g);
        this->update(p, g, square, unused, unused);
    }
};

template <class Vector>
struct Heavy : RootMeanSquare<Vector, true, false> {
    static constexpr std::size_t slots = 2;
    using RootMeanSquare<Vector, true, false>::RootMeanSquare;
    void operator()(Vector& p, const Vector& g, Vector& square, Vector& buffer) const {
        Vector unused(g);
        this->update(p, g, square, buffer, unused);
    }
};

template <class Vector>
struct Centered : RootMeanSquare<Vector, false, true> {
    static constexpr std::size_t slots = 2;
    using RootMeanSquare<Vector, false, true>::RootMeanSquare;
    void operator()(Vector& p, const Vector& g, Vector& square, Vector& mean) const {
        Vector unused(g);
        this->update(p, g, square, unused, mean);
    }
};

template <class Vector>
struct HeavyCentered : RootMeanSquare<Vector, true, true> {
    static constexpr std::size_t slots = 3;
    using RootMeanSquare<Vector, true, true>::RootMeanSquare;
    void operator()(Vector& p, const Vector& g, Vector& square, Vector& buffer, Vector& mean) const {
        this->update(p, g, square, buffer, mean);
    }
};

enum Index : std::size_t { kLr, kAlpha, kEps, kWeightDecay, kMomentum, kCentered, kMaximize, kKeras };

constexpr detail::Option option_list[] = {
    {"lr", detail::Range::at_least_0},    {"alpha", detail::Range::up_to_1},
    {"eps", detail::Range::at_least_0},   {"weight_decay", detail::Range::at_least_0},
    {"momentum", detail::Range::below_1}, {"centered", detail::Range::flag},
    {"maximize", detail::Range::flag},    {"keras_formula", detail::Range::flag}};

bool uses(const detail::Options& o, std::size_t slot) {
    return slot == 0 || (slot == 1 && o[kMomentum] != 0) || (slot == 2 && o[kCentered] != 0);
}

/// As `Centered`, for which the place of the buffer is empty.
template <class Vector>
void sweep_centered(const detail::Piece& piece, std::int64_t begin, std::int64_t end) {
    detail::Piece moved = piece;
    moved.slots[1] = piece.slots[2];
    detail::sweep<Vector, Centered<Vector>>(moved, begin, end);
}

detail::Kernels kernels_for(bool heavy, bool centered) {
    if (heavy)
        return centered ? detail::kernels_of<HeavyCentered<Floats>, HeavyCentered<Doubles>>()
                        : detail::kernels_of<Heavy<Floats>, Heavy<Doubles>>();
    if (centered) return {sweep_centered<Floats>, sweep_centered<Doubles>};
    return detail::kernels_of<Light<Floats>, Light<Doubles>>();
}

detail::Plan plan(const detail::Options& o, double& step, double&) {
    ++step;
    const bool keras = o[kKeras] != 0, heavy = o[kMomentum] != 0;
    const double lr = o[kLr], decay = o[kWeightDecay];
    const detail::Kernels kernels = kernels_for(heavy, o[kCentered] != 0);
    detail::Plan plan{.float32 = kernels.float32, .float64 = kernels.float64};
    plan.numbers = {o[kMaximize] != 0 ? -1.0 : 1.0,
                    keras ? 0 : decay,
                    keras ? 1 - lr * decay : 1,
                    o[kAlpha],
                    1 - o[kAlpha],
                    keras ? o[kEps] : 0,
                    keras ? 0 : o[kEps],
                    o[kMomentum],
                    keras ? 1 : lr,
                    keras ? lr : 1};
    return plan;
}

constexpr detail::Rule rule{.name = "RMSprop",
                            .options = option_list,
                            .slots = {"square_avg", "momentum_buffer", "grad_avg"},
                            .momentum = kMomentum,
                            .uses = uses,
                            .plan = plan};

std::vector<double> numbers_of(const RMSpropOptions& o) {
    const auto flag = [](bool on) { return on ? 1.0 : 0.0; };
    return {
        o.lr, o.alpha, o.eps, o.weight_decay, o.momentum, flag(o.centered), flag(o.maximize), flag(o.keras_formula)};
}

}  // namespace

RMSprop::RMSprop(std::vector<Tensor> parameters, const RMSpropOptions& options)
    : Optimizer(rule, std::move(parameters), numbers_of(options)), defaults_(options) {}

void RMSprop::add_group(std::vector<Tensor> parameters) { add_group(std::move(parameters), defaults_); }

void RMSprop::add_group(std::vector<Tensor> parameters, const RMSpropOptions& options) {
    add_parameters(std::move(parameters), numbers_of(options));
}

RMSpropOptions RMSprop::options(std::size_t group) const {
    const std::vector<double>& n = numbers(group);
    return {.lr = n[kLr],
            .alpha = n[kAlpha],
            .eps = n[kEps],
            .weight_decay = n[kWeightDecay],
            .momentum = n[kMomentum],
            .centered = n[kCentered] != 0,
            .maximize = n[kMaximize] != 0,
            .keras_formula = n[kKeras] != 0};
}

}  // namespace xg::optim
