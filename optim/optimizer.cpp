#include <xgrad/optim/optimizer.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/optim/detail/optimizer_body.hpp>

namespace xg::optim {
namespace detail {

bool in_range(Range range, double value) noexcept {
    switch (range) {
        case Range::at_least_0: return value >= 0 && std::isfinite(value);
        case Range::below_1: return value >= 0 && value < 1;
        case Range::up_to_1: return value >= 0 && value <= 1;
        case Range::any: return std::isfinite(value);
        case Range::flag: return value == 0 || value == 1;
    }
    __builtin_unreachable();
}

const char* description(Range range) noexcept {
    switch (range) {
        case Range::at_least_0: return "of at least 0";
        case Range::below_1: return "in [0, 1)";
        case Range::up_to_1: return "in [0, 1]";
        case Range::any: return "that is finite";
        case Range::flag: return "of 0 or 1";
    }
    __builtin_unreachable();
}

std::string text(double value) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.9g", value);
    return buffer;
}

Group& OptimizerBody::group(std::size_t i) {
    if (i >= groups.size())
        throw IndexError(name + ": there is no group " + std::to_string(i) + ", only " + std::to_string(groups.size()));
    return groups[i];
}

void OptimizerBody::check_option(std::size_t i, double value) const {
    const Option& option = rule->options[i];
    if (in_range(option.range, value)) return;
    if (i == 0) throw ValueError(name + ": expected a learning rate of at least 0, got lr = " + text(value));
    throw ValueError(name + ": expected " + option.name + " " + description(option.range) + ", got " + text(value));
}

void OptimizerBody::check(const Options& options) const {
    for (std::size_t i = 0; i < rule->options.size(); ++i) check_option(i, options[i]);
    if (rule->check != nullptr) rule->check(options);
}

std::string OptimizerBody::slot_name(std::size_t parameter, std::size_t slot) const {
    return "state." + std::to_string(parameter) + "." + rule->slots[slot];
}

namespace {

constexpr Option only_lr[] = {{"lr", Range::at_least_0}};
constexpr Rule custom{.name = "Optimizer", .options = only_lr};

/// Throws unless all of `added` can be parameters beside those there are.
void check_parameters(const OptimizerBody& body, const std::vector<Tensor>& added) {
    if (added.empty()) {
        throw ValueError(body.name + ": expected at least one parameter" +
                         (body.groups.empty() ? "" : " in group " + std::to_string(body.groups.size())));
    }
    std::vector<std::pair<const void*, std::size_t>> seen;
    for (std::size_t i = 0; i < body.parameters.size(); ++i) seen.emplace_back(body.parameters[i].unsafe_body(), i);
    for (std::size_t i = 0; i < added.size(); ++i) {
        const Tensor& p = added[i];
        const std::size_t number = body.parameters.size() + i;
        const std::string which = body.name + ": parameter " + std::to_string(number);
        if (!p.defined()) throw ValueError(which + " is undefined");
        if (!p.is_leaf()) throw GradError(which + " is the result of an operation, not a leaf");
        if (!is_floating(p.dtype()))
            throw DTypeError(which + " is " + xg::name(p.dtype()) + "; expected float32 or float64");
        seen.emplace_back(p.unsafe_body(), number);
    }
    std::sort(seen.begin(), seen.end());
    for (std::size_t i = 1; i < seen.size(); ++i) {
        if (seen[i].first == seen[i - 1].first)
            throw ValueError(body.name + ": parameter " + std::to_string(seen[i].second) + " is parameter " +
                             std::to_string(seen[i - 1].second) + " again; expected each once");
    }
}

/// Adds the piece of a parameter that has a gradient; its formula's numbers come later.
void add_piece(OptimizerBody& body, const Options& options, std::size_t i) {
    Tensor& parameter = body.parameters[i];
    const xg::detail::Body& b = xg::detail::body(parameter);
    if (b.leaf == nullptr || !b.leaf->gradient.defined()) return;
    const Tensor* gradient = &b.leaf->gradient;
    Kept& kept = body.kept[i];
    // The model may have been converted since: what is kept follows.
    for (Tensor& slot : kept.slots)
        if (slot.defined() && xg::detail::body(slot).dtype != b.dtype) slot = slot.to(b.dtype);
    if (!xg::detail::body(*gradient).contiguous) gradient = &body.dense.emplace_back(gradient->contiguous());
    Piece piece{.gradient = xg::detail::body(*gradient).data, .numel = b.numel};
    xg::detail::check_writable(parameter, body.name.c_str());
    piece.parameter = b.data;
    for (std::size_t k = 0; k < kMaxSlots; ++k) {
        if (body.rule->slots[k] == nullptr || !body.rule->uses(options, k)) continue;
        // Filled when the plan is there.
        if (!kept.slots[k].defined()) kept.slots[k] = full(b.shape, 0, {.dtype = b.dtype});
        piece.slots[k] = xg::detail::body(kept.slots[k]).data;
    }
    body.pieces.push_back(piece);
    body.moved.push_back(i);
}

/// Counts the step of a group's pieces. Parameters mostly have seen as many steps: their plan is made once.
void plan_pieces(OptimizerBody& body, const Options& options, std::size_t first, std::size_t last) {
    Plan plan;
    double before_step = -1, before_product = 0, after_step = 0, after_product = 0;
    for (std::size_t k = first; k < last; ++k) {
        const std::size_t i = body.moved[k];
        Kept& kept = body.kept[i];
        if (kept.step != before_step || kept.mu_product != before_product) {
            before_step = after_step = kept.step;
            before_product = after_product = kept.mu_product;
            plan = body.rule->plan(options, after_step, after_product);
        }
        if (kept.step == 0) {
            for (std::size_t s = 0; s < kMaxSlots; ++s)
                if (plan.initial[s] != 0 && kept.slots[s].defined()) kept.slots[s].fill_(plan.initial[s]);
        }
        kept.step = after_step;
        kept.mu_product = after_product;
        Piece& piece = body.pieces[k];
        piece.kernel = xg::detail::body(body.parameters[i]).dtype == xg::float32 ? plan.float32 : plan.float64;
        piece.numbers = plan.numbers;
    }
}

}  // namespace
}  // namespace detail

Optimizer::Optimizer(const char* name, std::vector<Tensor> parameters, double lr)
    : body_(std::make_unique<detail::OptimizerBody>()) {
    body_->rule = &detail::custom;
    body_->name = name;
    add_parameters(std::move(parameters), {lr});
}

Optimizer::Optimizer(const detail::Rule& rule, std::vector<Tensor> parameters, std::vector<double> options)
    : body_(std::make_unique<detail::OptimizerBody>()) {
    body_->rule = &rule;
    body_->name = rule.name;
    add_parameters(std::move(parameters), std::move(options));
}

Optimizer::~Optimizer() = default;
Optimizer::Optimizer(Optimizer&&) noexcept = default;
Optimizer& Optimizer::operator=(Optimizer&&) noexcept = default;

void Optimizer::add_parameters(std::vector<Tensor> parameters, std::vector<double> options) {
    detail::check_parameters(*body_, parameters);
    body_->check(options);
    detail::OptimizerBody& b = *body_;
    const std::size_t begin = b.parameters.size(), end = begin + parameters.size();
    b.kept.reserve(end);
    b.parameters.reserve(end);
    b.groups.push_back({.begin = begin, .end = end, .options = std::move(options)});
    for (Tensor& p : parameters) b.parameters.push_back(std::move(p));
    b.kept.resize(end);
}

void Optimizer::step() {
    const NoGrad no_grad;
    detail::OptimizerBody& b = *body_;
    b.pieces.clear();
    b.moved.clear();
    b.dense.clear();
    for (const detail::Group& group : b.groups)
        for (std::size_t i = group.begin; i < group.end; ++i) detail::add_piece(b, group.options, i);
    // Nothing throws from here on: all parameters are updated, or none.
    std::size_t first = 0;
    for (const detail::Group& group : b.groups) {
        std::size_t last = first;
        while (last < b.pieces.size() && b.moved[last] < group.end) ++last;
        detail::plan_pieces(b, group.options, first, last);
        first = last;
    }
    detail::run(b.pieces);
    for (const std::size_t i : b.moved) ++xg::detail::body(b.parameters[i]).storage->version;
    b.dense.clear();
}

void Optimizer::zero_grad() {
    for (Tensor& p : body_->parameters) p.set_grad({});
}

const char* Optimizer::name() const noexcept { return body_->name.c_str(); }
const std::vector<Tensor>& Optimizer::parameters() const noexcept { return body_->parameters; }
std::size_t Optimizer::groups() const noexcept { return body_->groups.size(); }

std::vector<Tensor> Optimizer::group_parameters(std::size_t group) const {
    const detail::Group& g = body_->group(group);
    return {body_->parameters.begin() + static_cast<std::ptrdiff_t>(g.begin),
            body_->parameters.begin() + static_cast<std::ptrdiff_t>(g.end)};
}

const std::vector<double>& Optimizer::numbers(std::size_t group) const { return body_->group(group).options; }

double Optimizer::lr(std::size_t group) const { return body_->group(group).options[0]; }

void Optimizer::set_lr(double lr) {
    body_->check_option(0, lr);
    for (detail::Group& group : body_->groups) group.options[0] = lr;
}

void Optimizer::set_lr(std::size_t group, double lr) {
    detail::Group& g = body_->group(group);
    body_->check_option(0, lr);
    g.options[0] = lr;
}

void Optimizer::set_initial_lr(std::size_t group, double lr) {
    detail::Group& g = body_->group(group);
    body_->check_option(0, lr);
    g.initial_lr = lr;
}

double Optimizer::initial_lr(std::size_t group) const {
    const detail::Group& g = body_->group(group);
    return std::isnan(g.initial_lr) ? g.options[0] : g.initial_lr;
}

bool Optimizer::has_momentum() const noexcept { return body_->rule->momentum >= 0; }

double Optimizer::momentum(std::size_t group) const {
    if (!has_momentum()) throw ValueError(body_->name + " has no momentum");
    return body_->group(group).options[static_cast<std::size_t>(body_->rule->momentum)];
}

void Optimizer::set_momentum(std::size_t group, double momentum) {
    if (!has_momentum()) throw ValueError(body_->name + " has no momentum");
    detail::Group& g = body_->group(group);
    const auto which = static_cast<std::size_t>(body_->rule->momentum);
    body_->check_option(which, momentum);
    g.options[which] = momentum;
}

}  // namespace xg::optim
