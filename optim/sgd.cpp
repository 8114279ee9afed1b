#include <xgrad/optim/sgd.hpp>

#include <cmath>
#include <string>
#include <utility>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>

namespace xg::optim {
namespace {

/// What one step does to one parameter, in one pass.
struct Update {
    double lr, momentum, dampening, weight_decay;
    bool nesterov;

    template <class T>
    void plain(T* p, const T* g, std::int64_t n) const {
        const T rate = static_cast<T>(lr), decay = static_cast<T>(weight_decay);
        if (decay == T(0)) {
            for (std::int64_t i = 0; i < n; ++i) p[i] -= rate * g[i];
        } else {
            for (std::int64_t i = 0; i < n; ++i) p[i] -= rate * (g[i] + decay * p[i]);
        }
    }

    template <class T>
    void with_momentum(T* p, const T* g, T* v, std::int64_t n, bool first) const {
        const T rate = static_cast<T>(lr), keep = static_cast<T>(first ? 0 : momentum),
                decay = static_cast<T>(weight_decay);
        const T take = static_cast<T>(first ? 1 : 1 - dampening), ahead = static_cast<T>(momentum);
        for (std::int64_t i = 0; i < n; ++i) {
            const T gradient = g[i] + decay * p[i];
            v[i] = keep * v[i] + take * gradient;
            p[i] -= rate * (nesterov ? gradient + ahead * v[i] : v[i]);
        }
    }

    template <class T>
    void apply(Tensor& p, const Tensor& g, Tensor& velocity) const {
        const Tensor gradient = g.contiguous();
        if (momentum == 0) return plain(p.mutable_data<T>(), gradient.data<T>(), p.numel());
        const bool first = !velocity.defined();
        if (first)
            velocity = zeros_like(p);
        else if (velocity.dtype() != p.dtype())  // the model was converted since
            velocity = velocity.to(p.dtype());
        with_momentum(p.mutable_data<T>(), gradient.data<T>(), velocity.mutable_data<T>(), p.numel(), first);
    }
};

}  // namespace

SGD::SGD(std::vector<Tensor> parameters, const SGDOptions& options)
    : Optimizer("SGD", std::move(parameters), options.lr), options_(options), velocity_(this->parameters().size()) {
    if (!(options.momentum >= 0 && options.momentum < 1))
        throw ValueError("SGD: expected a momentum in [0, 1), got " + std::to_string(options.momentum));
    if (!std::isfinite(options.dampening))
        throw ValueError("SGD: expected a finite dampening, got " + std::to_string(options.dampening));
    if (!(options.weight_decay >= 0))
        throw ValueError("SGD: expected a weight_decay of at least 0, got " + std::to_string(options.weight_decay));
    if (options.nesterov && (options.momentum == 0 || options.dampening != 0))
        throw ValueError("SGD: nesterov needs a momentum above 0 and a dampening of 0");
}

void SGD::step() {
    const NoGrad no_grad;
    const Update update{lr(), options_.momentum, options_.dampening, options_.weight_decay, options_.nesterov};
    for (std::size_t i = 0; i < parameters().size(); ++i) {
        Tensor p = parameters()[i];
        const Tensor g = p.grad();
        if (!g.defined()) continue;
        if (p.dtype() == float32)
            update.apply<float>(p, g, velocity_[i]);
        else
            update.apply<double>(p, g, velocity_[i]);
    }
}

}  // namespace xg::optim
