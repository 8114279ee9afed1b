#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/nadam.hpp>
#include <xgrad/optim/rmsprop.hpp>
#include <xgrad/optim/sgd.hpp>

#include "reference/reference.hpp"

using namespace xg::optim;
using xg::Tensor;

namespace {

Tensor value(reference::Function function, const Tensor& x, const Tensor& y) {
    if (function == reference::Function::quadratic)
        return 0.5 * xg::square(x - 1) + 1.5 * xg::square(y + 2) + 0.5 * x * y;
    return xg::square(1 - x) + 100 * xg::square(y - xg::square(x));
}

/// The options of a trajectory by name, with their use noted.
class Named {
public:
    explicit Named(const char* text) {
        std::istringstream words(text);
        for (std::string word; words >> word;) {
            const std::size_t sign = word.find('=');
            values_[word.substr(0, sign)] = std::stod(word.substr(sign + 1));
        }
    }
    void number(const char* name, double& value) {
        const auto found = values_.find(prefix_ + name);
        if (found == values_.end()) return;
        value = found->second;
        ++used_;
    }
    void flag(const char* name, bool& value) {
        double number = value ? 1 : 0;
        this->number(name, number);
        value = number != 0;
    }
    /// From now on the options of the second number's own group; false if it has none.
    bool of_second() {
        prefix_ = "y.";
        return std::any_of(values_.begin(), values_.end(), [](const auto& v) { return v.first[1] == '.'; });
    }
    bool all_used() const { return used_ == values_.size(); }

private:
    std::map<std::string, double> values_;
    std::string prefix_;
    std::size_t used_ = 0;
};

void set(Named& n, SGDOptions& o) {
    n.number("lr", o.lr);
    n.number("momentum", o.momentum);
    n.number("dampening", o.dampening);
    n.number("weight_decay", o.weight_decay);
    n.flag("nesterov", o.nesterov);
}

template <class Options>
void set_adaptive(Named& n, Options& o) {
    n.number("lr", o.lr);
    n.number("beta1", o.betas.first);
    n.number("beta2", o.betas.second);
    n.number("eps", o.eps);
    n.number("weight_decay", o.weight_decay);
}

void set(Named& n, AdamOptions& o) {
    set_adaptive(n, o);
    n.flag("amsgrad", o.amsgrad);
    n.flag("decoupled_weight_decay", o.decoupled_weight_decay);
}

void set(Named& n, AdamWOptions& o) {
    set_adaptive(n, o);
    n.flag("amsgrad", o.amsgrad);
}

void set(Named& n, RMSpropOptions& o) {
    n.number("lr", o.lr);
    n.number("alpha", o.alpha);
    n.number("eps", o.eps);
    n.number("weight_decay", o.weight_decay);
    n.number("momentum", o.momentum);
    n.flag("centered", o.centered);
}

void set(Named& n, AdagradOptions& o) {
    n.number("lr", o.lr);
    n.number("lr_decay", o.lr_decay);
    n.number("weight_decay", o.weight_decay);
    n.number("initial_accumulator_value", o.initial_accumulator_value);
    n.number("eps", o.eps);
}

void set(Named& n, NAdamOptions& o) {
    set_adaptive(n, o);
    n.number("momentum_decay", o.momentum_decay);
    n.flag("decoupled_weight_decay", o.decoupled_weight_decay);
}

/// The optimizer of a trajectory: one group, or one for each number.
template <class Kind, class Options>
std::unique_ptr<Optimizer> make(const reference::Trajectory& t, const Tensor& x, const Tensor& y) {
    Named named(t.options);
    Options options = t.source == std::string("Keras") ? Options::keras() : Options();
    set(named, options);
    std::unique_ptr<Kind> optimizer;
    if (named.of_second()) {
        optimizer = std::make_unique<Kind>(std::vector<Tensor>{x}, options);
        set(named, options);
        optimizer->add_group({y}, options);
    } else {
        optimizer = std::make_unique<Kind>(std::vector<Tensor>{x, y}, options);
    }
    BOOST_TEST(named.all_used());
    return optimizer;
}

std::unique_ptr<Optimizer> make(const reference::Trajectory& t, const Tensor& x, const Tensor& y) {
    const std::string name = t.optimizer;
    if (name == "SGD") return make<SGD, SGDOptions>(t, x, y);
    if (name == "Adam") return make<Adam, AdamOptions>(t, x, y);
    if (name == "AdamW") return make<AdamW, AdamWOptions>(t, x, y);
    if (name == "RMSprop") return make<RMSprop, RMSpropOptions>(t, x, y);
    if (name == "Adagrad") return make<Adagrad, AdagradOptions>(t, x, y);
    BOOST_REQUIRE(name == "NAdam");
    return make<NAdam, NAdamOptions>(t, x, y);
}

Tensor scalar(double value, xg::DType dtype) { return xg::full({}, value, {.dtype = dtype, .requires_grad = true}); }

/// Follows a trajectory, and returns how far it ever is from the recorded one. Half-way the optimizer is replaced by
/// one that takes over its state, if asked for.
double distance(const reference::Trajectory& t, xg::DType dtype, bool handed_over = false) {
    Tensor x = scalar(t.start[0], dtype), y = scalar(t.start[1], dtype);
    std::unique_ptr<Optimizer> optimizer = make(t, x, y);
    double worst = 0;
    std::size_t next = 0;
    for (int step = 1; step <= reference::steps.back(); ++step) {
        if (handed_over && step == 71) {
            const State state = optimizer->state();
            optimizer = make(t, x, y);
            optimizer->load_state(state);
        }
        optimizer->zero_grad();
        value(t.function, x, y).backward();
        optimizer->step();
        if (step != reference::steps[next]) continue;
        worst = std::max({worst, std::abs(x.item() - t.points[next][0]), std::abs(y.item() - t.points[next][1])});
        ++next;
    }
    BOOST_TEST(next == reference::steps.size());
    return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trajectories)

BOOST_AUTO_TEST_CASE(two_hundred_steps_are_pytorchs_and_kerass) {
    for (const reference::Trajectory& t : reference::trajectories) {
        BOOST_TEST_CONTEXT(t.source << "'s " << t.optimizer << ", " << t.options << ", "
                                    << (t.function == reference::Function::quadratic ? "quadratic" : "rosenbrock")) {
            const double near = t.exact ? 1e-10 : 1e-5;
            BOOST_TEST(distance(t, xg::float64) < near);
            BOOST_TEST(distance(t, xg::float64, true) < near);
            BOOST_TEST(distance(t, xg::float32) < 1e-3);
        }
    }
}

// The gradient is c, whatever the parameter: each of the formulas has a closed form.
BOOST_AUTO_TEST_CASE(closed_forms_for_a_constant_gradient) {
    constexpr double c = 1.5, lr = 0.1, m = 0.75, d = 0.25, w = 0.5, start = 2;
    constexpr int n = 20;
    const auto run = [&](const SGDOptions& options) {
        Tensor p = scalar(start, xg::float64);
        SGD optimizer({p}, options);
        for (int i = 0; i < n; ++i) {
            optimizer.zero_grad();
            (p * c).backward();
            optimizer.step();
        }
        return p.item();
    };
    const auto near = [](double a, double b) { return std::abs(a - b) < 1e-12 * std::max(1.0, std::abs(b)); };
    BOOST_TEST(near(run({.lr = lr}), start - n * lr * c));
    BOOST_TEST(near(run({.lr = lr, .maximize = true}), start + n * lr * c));
    // p + c/w shrinks by 1 - lr·w a step.
    BOOST_TEST(near(run({.lr = lr, .weight_decay = w}), (start + c / w) * std::pow(1 - lr * w, n) - c / w));
    // v_k = c (1 - m^k) / (1 - m).
    double moved = 0, nesterov = 0, dampened = 0;
    for (int k = 1; k <= n; ++k) {
        const double v = c * (1 - std::pow(m, k)) / (1 - m);
        moved += lr * v;
        nesterov += lr * (c + m * v);
        // The first step is not dampened: v_k = m^(k-1) c + (1 - d) c (1 - m^(k-1)) / (1 - m).
        dampened += lr * c * (std::pow(m, k - 1) + (1 - d) * (1 - std::pow(m, k - 1)) / (1 - m));
    }
    BOOST_TEST(near(run({.lr = lr, .momentum = m}), start - moved));
    BOOST_TEST(near(run({.lr = lr, .momentum = m, .nesterov = true}), start - nesterov));
    BOOST_TEST(near(run({.lr = lr, .momentum = m, .dampening = d}), start - dampened));
}

// Adam moves by lr · c / (|c| + eps), whatever its averages have seen of a constant gradient; with maximize the other
// way.
BOOST_AUTO_TEST_CASE(maximize_goes_the_other_way) {
    const auto moves = [](auto&& make_optimizer) {
        Tensor p = scalar(1, xg::float64);
        auto optimizer = make_optimizer(p);
        p.set_grad(xg::full({}, 2, {.dtype = xg::float64}));
        optimizer.step();
        return p.item() - 1;
    };
    BOOST_TEST(std::abs(moves([](const Tensor& p) { return Adam({p}, {.lr = 0.1}); }) + 0.1) < 1e-8);
    BOOST_TEST(std::abs(moves([](const Tensor& p) { return Adam({p}, {.lr = 0.1, .maximize = true}); }) - 0.1) < 1e-8);
    BOOST_TEST(moves([](const Tensor& p) { return AdamW({p}, {.weight_decay = 0, .maximize = true}); }) > 0);
    BOOST_TEST(moves([](const Tensor& p) { return RMSprop({p}, {.maximize = true}); }) > 0);
    BOOST_TEST(moves([](const Tensor& p) { return Adagrad({p}, {.maximize = true}); }) > 0);
    BOOST_TEST(moves([](const Tensor& p) { return NAdam({p}, {.maximize = true}); }) > 0);
}

BOOST_AUTO_TEST_SUITE_END()
