#include <cmath>
#include <string>
#include <utility>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/optim/detail/optimizer_body.hpp>
#include <xgrad/optim/detail/state_reader.hpp>
#include <xgrad/optim/optimizer.hpp>

namespace xg::optim {
namespace {

std::string of_parameter(std::size_t i, const char* name) { return "state." + std::to_string(i) + "." + name; }
std::string of_group(std::size_t i, const char* name) { return "param_groups." + std::to_string(i) + "." + name; }

bool uses(const detail::Rule& rule, const detail::Options& options, std::size_t slot) {
    return rule.slots[slot] != nullptr && rule.uses(options, slot);
}

}  // namespace

State Optimizer::state() const {
    const detail::OptimizerBody& b = *body_;
    State state;
    for (std::size_t number = 0; number < b.groups.size(); ++number) {
        const detail::Group& group = b.groups[number];
        for (std::size_t i = group.begin; i < group.end; ++i) {
            if (b.rule->plan == nullptr) break;
            const detail::Kept& kept = b.kept[i];
            state.numbers.push_back({of_parameter(i, "step"), kept.step});
            if (b.rule->has_mu_product) state.numbers.push_back({of_parameter(i, "mu_product"), kept.mu_product});
            for (std::size_t k = 0; k < detail::kMaxSlots && kept.step > 0; ++k) {
                if (!uses(*b.rule, group.options, k)) continue;
                // One that an option has asked for since the last step has not been needed yet.
                const Tensor& slot = kept.slots[k];
                state.tensors.push_back(
                    {b.slot_name(i, k), slot.defined() ? slot : zeros_like(b.parameters[i]).detach()});
            }
        }
    }
    for (std::size_t i = 0; i < b.groups.size(); ++i) {
        const detail::Group& group = b.groups[i];
        state.numbers.push_back({of_group(i, "params"), static_cast<double>(group.end - group.begin)});
        for (std::size_t k = 0; k < b.rule->options.size(); ++k)
            state.numbers.push_back({of_group(i, b.rule->options[k].name), group.options[k]});
        if (!std::isnan(group.initial_lr)) state.numbers.push_back({of_group(i, "initial_lr"), group.initial_lr});
    }
    return state;
}

void Optimizer::load_state(const State& state) {
    detail::OptimizerBody& b = *body_;
    detail::StateReader reader(b.name.c_str(), state);
    std::vector<detail::Group> groups = b.groups;
    std::vector<detail::Kept> kept(b.parameters.size());
    for (std::size_t number = 0; number < groups.size(); ++number) {
        detail::Group& group = groups[number];
        const auto count = static_cast<double>(group.end - group.begin);
        if (const double n = reader.number(of_group(number, "params"), count); n != count)
            reader.refuse(of_group(number, "params"), n, detail::text(count) + " parameters");
        for (std::size_t k = 0; k < b.rule->options.size(); ++k) {
            const detail::Option& option = b.rule->options[k];
            const std::string name = of_group(number, option.name);
            group.options[k] = reader.number(name, group.options[k]);
            if (!detail::in_range(option.range, group.options[k]))
                reader.refuse(name, group.options[k], std::string("a value ") + detail::description(option.range));
        }
        const std::string initial = of_group(number, "initial_lr");
        group.initial_lr = reader.optional_number(initial, group.initial_lr);
        if (!std::isnan(group.initial_lr) && !detail::in_range(detail::Range::at_least_0, group.initial_lr))
            reader.refuse(initial, group.initial_lr, "a value of at least 0");
        for (std::size_t i = group.begin; i < group.end && b.rule->plan != nullptr; ++i) {
            detail::Kept& one = kept[i];
            const std::string step = of_parameter(i, "step");
            one.step = static_cast<double>(reader.whole(step, 0));
            if (b.rule->has_mu_product) {
                const std::string name = of_parameter(i, "mu_product");
                one.mu_product = reader.number(name, 1);
                if (!detail::in_range(detail::Range::up_to_1, one.mu_product))
                    reader.refuse(name, one.mu_product, "a value in [0, 1]");
            }
            const Tensor& p = b.parameters[i];
            for (std::size_t k = 0; k < detail::kMaxSlots && one.step > 0; ++k)
                if (uses(*b.rule, group.options, k))
                    one.slots[k] = reader.tensor(b.slot_name(i, k), p.shape(), p.dtype());
        }
    }
    reader.finish();
    for (const detail::Group& group : groups) b.check(group.options);
    const NoGrad no_grad;
    for (detail::Kept& one : kept)
        for (Tensor& slot : one.slots)
            if (slot.defined()) slot = slot.detach().clone();
    b.groups = std::move(groups);
    b.kept = std::move(kept);
}

}  // namespace xg::optim
