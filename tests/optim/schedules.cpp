#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/optim/adagrad.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/one_cycle.hpp>
#include <xgrad/optim/plateau.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/optim/sequences.hpp>
#include <xgrad/optim/sgd.hpp>

#include "reference/schedules.hpp"

using namespace xg::optim;
using xg::Tensor;

namespace {

Tensor leaf() { return xg::zeros({1}, {.requires_grad = true}); }

auto says(const std::string& part) {
    return [part](const xg::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(part) != std::string::npos;
    };
}

/// An optimizer of two groups with the schedules of one case on it.
struct Driven {
    std::unique_ptr<Optimizer> optimizer;
    std::vector<std::unique_ptr<LRScheduler>> schedules;  ///< The last is the one that is called.
    std::unique_ptr<ReduceLROnPlateau> plateau;
    double sign = 1;

    template <class Kind, class... Arguments>
    Driven& add(Arguments&&... arguments) {
        schedules.push_back(std::make_unique<Kind>(*optimizer, std::forward<Arguments>(arguments)...));
        return *this;
    }
    LRSchedulers parts() const {
        LRSchedulers all;
        for (const auto& schedule : schedules) all.push_back(*schedule);
        return all;
    }
    void step(int i) {
        const int stuck = std::min(i, 20 + i / 60 * 10);
        if (plateau)
            plateau->step(sign / (1 + stuck));
        else
            schedules.back()->step();
    }
    State state() const { return plateau ? plateau->state() : schedules.back()->state(); }
    void load_state(const State& state) { plateau ? plateau->load_state(state) : schedules.back()->load_state(state); }
    std::vector<double> last() const { return plateau ? plateau->get_last_lr() : schedules.back()->get_last_lr(); }
};

Driven drive(const std::string& name) {
    Driven d;
    if (name == "one cycle of Adam") {
        auto adam = std::make_unique<Adam>(std::vector<Tensor>{leaf()}, AdamOptions{.lr = reference::rates[0]});
        adam->add_group({leaf()}, {.lr = reference::rates[1]});
        d.optimizer = std::move(adam);
        d.add<OneCycleLR>(OneCycleLROptions{.max_lr = {0.4, 0.1},
                                            .epochs = 20,
                                            .steps_per_epoch = 11,
                                            .pct_start = 0.2,
                                            .anneal_strategy = Anneal::linear,
                                            .div_factor = 10,
                                            .final_div_factor = 100});
        return d;
    }
    const SGDOptions options{.lr = reference::rates[0], .momentum = 0.9};
    auto sgd = std::make_unique<SGD>(std::vector<Tensor>{leaf()}, options);
    sgd->add_group({leaf()}, {.lr = reference::rates[1], .momentum = 0.9});
    d.optimizer = std::move(sgd);
    using Maker = std::function<void()>;
    const std::map<std::string, Maker> makers{
        {"step", [&] { d.add<StepLR>(StepLROptions{.step_size = 30, .gamma = 0.5}); }},
        {"multi step",
         [&] {
             d.add<MultiStepLR>(MultiStepLROptions{.milestones = {5, 80, 80, 150}, .gamma = 0.3});
         }},
        {"constant", [&] { d.add<ConstantLR>(ConstantLROptions{.factor = 0.25, .total_iters = 7}); }},
        {"linear",
         [&] { d.add<LinearLR>(LinearLROptions{.start_factor = 0.1, .end_factor = 0.9, .total_iters = 12}); }},
        {"exponential", [&] { d.add<ExponentialLR>(ExponentialLROptions{.gamma = 0.97}); }},
        {"cosine", [&] { d.add<CosineAnnealingLR>(CosineAnnealingLROptions{.T_max = 60, .eta_min = 0.001}); }},
        {"cosine to the end", [&] { d.add<CosineAnnealingLR>(CosineAnnealingLROptions{.T_max = 200}); }},
        {"warm restarts",
         [&] {
             d.add<CosineAnnealingWarmRestarts>(
                 CosineAnnealingWarmRestartsOptions{.T_0 = 10, .T_mult = 2, .eta_min = 0.001});
         }},
        {"warm restarts, even",
         [&] { d.add<CosineAnnealingWarmRestarts>(CosineAnnealingWarmRestartsOptions{.T_0 = 25}); }},
        {"lambda",
         [&] {
             d.add<LambdaLR>(
                 std::vector<LRLambda>{[](std::int64_t t) { return 1 / (1 + static_cast<double>(t)); },
                                       [](std::int64_t t) { return std::pow(0.95, static_cast<double>(t)); }});
         }},
        {"one cycle", [&] { d.add<OneCycleLR>(OneCycleLROptions{.max_lr = 0.4, .total_steps = 200}); }},
        {"one cycle in three phases",
         [&] {
             d.add<OneCycleLR>(OneCycleLROptions{
                 .max_lr = 0.4, .total_steps = 210, .base_momentum = 0.8, .max_momentum = 0.9, .three_phase = true});
         }},
        {"one cycle, momentum alone",
         [&] { d.add<OneCycleLR>(OneCycleLROptions{.max_lr = 0.4, .total_steps = 200, .cycle_momentum = false}); }},
        {"plateau",
         [&] {
             d.plateau = std::make_unique<ReduceLROnPlateau>(
                 *d.optimizer,
                 ReduceLROnPlateauOptions{.factor = 0.5, .patience = 4, .cooldown = 3, .min_lr = {0.001, 0.003}});
         }},
        {"plateau of a maximum",
         [&] {
             d.sign = -1;
             d.plateau = std::make_unique<ReduceLROnPlateau>(
                 *d.optimizer,
                 ReduceLROnPlateauOptions{
                     .mode = Mode::max, .patience = 20, .threshold = 0.01, .threshold_mode = ThresholdMode::abs});
         }},
        {"warm-up and cosine",
         [&] {
             d.add<LinearLR>(LinearLROptions{.start_factor = 0.01, .total_iters = 20});
             d.add<CosineAnnealingLR>(CosineAnnealingLROptions{.T_max = 180});
             d.add<SequentialLR>(d.parts(), std::vector<std::int64_t>{20});
         }},
        {"three in a row",
         [&] {
             d.add<ConstantLR>(ConstantLROptions{.factor = 0.5, .total_iters = 10});
             d.add<ExponentialLR>(ExponentialLROptions{.gamma = 0.9});
             d.add<CosineAnnealingWarmRestarts>(CosineAnnealingWarmRestartsOptions{.T_0 = 15});
             d.add<SequentialLR>(d.parts(), std::vector<std::int64_t>{12, 50});
         }},
        {"steps in a row",
         [&] {
             d.add<LambdaLR>([](std::int64_t t) { return 0.1 * static_cast<double>(t + 1); });
             d.add<MultiStepLR>(MultiStepLROptions{.milestones = {20, 40}, .gamma = 0.5});
             d.add<SequentialLR>(d.parts(), std::vector<std::int64_t>{9});
         }},
        {"chained", [&] {
             d.add<ConstantLR>(ConstantLROptions{.factor = 0.1, .total_iters = 20});
             d.add<ExponentialLR>(ExponentialLROptions{.gamma = 0.98});
             d.add<StepLR>(StepLROptions{.step_size = 50, .gamma = 0.5});
             const LRSchedulers all = d.parts();
             d.schedules.push_back(std::make_unique<ChainedScheduler>(all));
         }}};
    const auto found = makers.find(name);
    BOOST_REQUIRE_MESSAGE(found != makers.end(), "no schedule " << name);
    found->second();
    return d;
}

/// Follows a schedule, and returns how far it ever is from the recorded one. At the step `replaced` all is made anew
/// and takes over the states.
double distance(const reference::Schedule& s, int replaced) {
    Driven d = drive(s.name);
    std::array<double, 3> sums{};
    double worst = 0;
    std::size_t next = 0;
    for (int i = 0; i <= reference::schedule_steps; ++i) {
        if (i > 0) d.step(i - 1);
        if (i == replaced) {
            const State of_optimizer = d.optimizer->state(), of_schedule = d.state();
            d = drive(s.name);
            d.optimizer->load_state(of_optimizer);
            d.load_state(of_schedule);
        }
        const std::array<double, 3> now{d.optimizer->lr(0), d.optimizer->lr(1), d.optimizer->momentum()};
        BOOST_TEST((d.last() == std::vector<double>{now[0], now[1]}));
        for (std::size_t k = 0; k < 3; ++k) sums[k] += now[k];
        if (i != reference::shown[next]) continue;
        for (std::size_t k = 0; k < 3; ++k) worst = std::max(worst, std::abs(now[k] - s.values[next][k]));
        ++next;
    }
    BOOST_TEST(next == reference::shown.size());
    for (std::size_t k = 0; k < 3; ++k)
        worst = std::max(worst, std::abs(sums[k] - s.sums[k]) / reference::schedule_steps);
    return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schedules)

BOOST_AUTO_TEST_CASE(two_hundred_steps_are_pytorchs) {
    for (const reference::Schedule& s : reference::schedules) {
        BOOST_TEST_CONTEXT(s.name) {
            BOOST_TEST(distance(s, -1) < 1e-14);
            for (const int replaced : {0, 7, 50, 131}) BOOST_TEST(distance(s, replaced) < 1e-14);
        }
    }
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
    SGD sgd({leaf()}, {.momentum = 0.5});
    Adagrad adagrad({leaf()});
    const auto refused = [](auto&& make, const std::string& part) {
        BOOST_CHECK_EXCEPTION(make(), xg::ValueError, says(part));
    };
    refused([&] { StepLR(sgd, {.step_size = 0}); }, "StepLR: expected a step_size of at least 1, got 0");
    refused([&] { StepLR(sgd, {.gamma = -1}); }, "StepLR: expected a gamma of at least 0, got -1");
    refused([&] { MultiStepLR(sgd, {.milestones = {3, -1}}); }, "milestones of at least 0, got -1");
    refused([&] { MultiStepLR(sgd, {.gamma = -0.5}); }, "MultiStepLR: expected a gamma");
    refused([&] { ConstantLR(sgd, {.factor = 1.5}); }, "ConstantLR: expected a factor in (0, 1], got 1.5");
    refused([&] { ConstantLR(sgd, {.total_iters = -1}); }, "total_iters of at least 0");
    refused([&] { LinearLR(sgd, {.start_factor = 0}); }, "LinearLR: expected a start_factor in (0, 1], got 0");
    refused([&] { LinearLR(sgd, {.end_factor = 2}); }, "end_factor in [0, 1], got 2");
    refused([&] { LinearLR(sgd, {.total_iters = 0}); }, "total_iters of at least 1");
    refused([&] { ExponentialLR(sgd, {.gamma = -0.1}); }, "ExponentialLR: expected a gamma");
    refused([&] { CosineAnnealingLR(sgd, {.T_max = 0}); }, "CosineAnnealingLR: expected a T_max of at least 1, got 0");
    refused([&] { CosineAnnealingLR(sgd, {.eta_min = -1}); }, "eta_min");
    refused([&] { CosineAnnealingWarmRestarts(sgd, {.T_0 = 0}); }, "T_0 of at least 1, got 0");
    refused([&] { CosineAnnealingWarmRestarts(sgd, {.T_mult = 0}); }, "T_mult of at least 1, got 0");
    refused([&] { CosineAnnealingWarmRestarts(sgd, {.eta_min = -1}); }, "eta_min");
    refused([&] { LambdaLR(sgd, std::vector<LRLambda>(2, [](std::int64_t) { return 1.0; })); }, "1 groups, got 2");
    refused([&] { LambdaLR(sgd, LRLambda()); }, "got an empty one");
    refused([&] { LambdaLR(sgd, [](std::int64_t) { return -1.0; }); }, "LambdaLR: the rate of group 0 at epoch 0 is");
    refused([&] { OneCycleLR(sgd, {}); }, "OneCycleLR: expected total_steps, or epochs, of at least 1, got 0");
    refused([&] { OneCycleLR(sgd, {.total_steps = -3}); }, "total_steps of at least 1, got -3");
    refused([&] { OneCycleLR(sgd, {.epochs = 2}); }, "steps_per_epoch, of at least 1, got 0");
    refused([&] { OneCycleLR(sgd, {.total_steps = 5, .pct_start = 1.5}); }, "pct_start in [0, 1], got 1.5");
    refused(
        [&] {
            OneCycleLR(sgd, {.max_lr = {1, 2}, .total_steps = 5});
        },
        "one max_lr, or one for each of the 1 groups");
    refused([&] { OneCycleLR(sgd, {.max_lr = -1.0, .total_steps = 5}); }, "max_lr of at least 0");
    refused([&] { OneCycleLR(sgd, {.total_steps = 5, .max_momentum = 1.0}); }, "max_momentum in [0, 1), got 1");
    refused([&] { OneCycleLR(sgd, {.total_steps = 5, .base_momentum = -1.0}); }, "base_momentum in [0, 1), got -1");
    refused([&] { OneCycleLR(sgd, {.total_steps = 5, .div_factor = 0}); }, "div_factor above 0");
    refused([&] { OneCycleLR(sgd, {.total_steps = 5, .final_div_factor = 0}); }, "final_div_factor above 0");
    refused([&] { OneCycleLR(adagrad, {.total_steps = 5}); }, "momentum or betas to cycle, got Adagrad");
    refused([&] { ReduceLROnPlateau(sgd, {.factor = 1}); }, "ReduceLROnPlateau: expected a factor in [0, 1), got 1");
    refused([&] { ReduceLROnPlateau(sgd, {.patience = -1}); }, "patience of at least 0");
    refused([&] { ReduceLROnPlateau(sgd, {.cooldown = -1}); }, "cooldown of at least 0");
    refused([&] { ReduceLROnPlateau(sgd, {.min_lr = {0, 0}}); }, "one min_lr");
    refused([&] { ReduceLROnPlateau(sgd, {.min_lr = -1.0}); }, "min_lr of at least 0");
    refused([&] { ReduceLROnPlateau(sgd, {.eps = -1}); }, "eps of at least 0");
    // None of these has touched the rate.
    BOOST_TEST((sgd.lr() == 0.01 && sgd.momentum() == 0.5 && sgd.initial_lr() == 0.01));
}

BOOST_AUTO_TEST_CASE(sequences_that_are_refused) {
    SGD sgd({leaf()}), other({leaf()});
    StepLR a(sgd), b(sgd), of_other(other);
    ChainedScheduler chain({a});
    const auto refused = [&](const LRSchedulers& parts, const std::vector<std::int64_t>& milestones,
                             const std::string& part) {
        BOOST_CHECK_EXCEPTION(SequentialLR(sgd, parts, milestones), xg::ValueError, says(part));
    };
    refused({}, {}, "SequentialLR: expected at least one schedule");
    refused({a, of_other}, {3}, "schedule 1 (StepLR) is of another optimizer");
    refused({a, b}, {}, "one milestone fewer than the 2 schedules, got 0");
    refused({a, b}, {0}, "milestones of at least 1 that rise, got 0");
    refused({a, b, b}, {4, 4}, "milestones of at least 1 that rise, got 4 as number 1");
    refused({a, chain}, {2}, "can begin anew, got ChainedScheduler as number 1");
    BOOST_CHECK_EXCEPTION(ChainedScheduler({}), xg::ValueError, says("ChainedScheduler: expected at least one"));
    BOOST_CHECK_EXCEPTION(ChainedScheduler({a, of_other}), xg::ValueError, says("another optimizer"));
}

BOOST_AUTO_TEST_CASE(what_happens_at_the_ends) {
    SGD sgd({leaf()}, {.lr = 1, .momentum = 0.5});
    OneCycleLR cycle(sgd, {.max_lr = 1.0, .total_steps = 3});
    for (int i = 0; i < 3; ++i) cycle.step();
    const double rate = sgd.lr();
    BOOST_CHECK_EXCEPTION(cycle.step(), xg::ValueError, says("OneCycleLR: step 4 of a cycle of 3"));
    BOOST_TEST((cycle.last_epoch() == 3 && sgd.lr() == rate));

    SGD grown({leaf()});
    StepLR step(grown);
    ReduceLROnPlateau plateau(grown);
    grown.add_group({leaf()});
    BOOST_CHECK_EXCEPTION(step.step(), xg::ValueError, says("StepLR: the optimizer has 2 groups; expected the 1"));
    BOOST_CHECK_EXCEPTION(plateau.step(1), xg::ValueError, says("ReduceLROnPlateau: the optimizer has 2 groups"));
    BOOST_TEST((step.last_epoch() == 0 && plateau.last_epoch() == 0));

    // A NaN is a bad epoch, as in PyTorch.
    SGD lost({leaf()}, {.lr = 1});
    ReduceLROnPlateau watch(lost, {.patience = 0});
    watch.step(std::numeric_limits<double>::quiet_NaN());
    BOOST_TEST((lost.lr() == 0.1 && std::isinf(watch.best()) && watch.num_bad_epochs() == 0));
}

BOOST_AUTO_TEST_CASE(states_with_other_names) {
    SGD sgd({leaf()});
    CosineAnnealingWarmRestarts schedule(sgd, {.T_0 = 4});
    schedule.step();
    const State good = schedule.state();
    State bad = good;
    bad.numbers[0].name = "first_epoch";
    BOOST_CHECK_EXCEPTION(schedule.load_state(bad), xg::ValueError,
                          says("CosineAnnealingWarmRestarts: this state can't be loaded; missing: last_epoch; "
                               "unexpected: first_epoch"));
    bad = good;
    bad.numbers.back().value = 0.5;
    BOOST_CHECK_EXCEPTION(schedule.load_state(bad), xg::ValueError,
                          says("T_i: expected a whole number of at least 1, got 0.5"));
    BOOST_TEST(schedule.last_epoch() == 1);
    schedule.load_state(good);
}

BOOST_AUTO_TEST_SUITE_END()
