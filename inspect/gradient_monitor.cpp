#include <xgrad/inspect/gradient_monitor.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/inspect/norm.hpp>
#include <xgrad/inspect/report.hpp>
#include <xgrad/nn/activations.hpp>
#include <xgrad/nn/detail/state.hpp>
#include <xgrad/nn/sequential.hpp>

namespace xg::inspect {
namespace {

/// What a step has shown of a layer; NaN where there was nothing.
struct Norms {
    double output = NAN, weight = NAN, bias = NAN, dead = NAN;
    bool measured = false;  // a gradient came by
};

/// Makes `total` the norm of both together. No squares are kept: in float64 they would leave the range before the norm does.
/// A norm that is not a number counts as infinite: NaN stands for what was not measured.
void add(double& total, double norm) {
    if (std::isnan(norm)) norm = INFINITY;
    total = total == 0 ? norm : std::hypot(total, norm);
}

/// A layer that is watched, and what this step has shown so far.
struct Watched {
    std::string name, type;
    std::vector<Tensor> weights, biases;
    bool relu = false;
    double output_norm = 0, weight_norm = 0, bias_norm = 0;
    std::int64_t output_passes = 0, weight_passes = 0, bias_passes = 0;
    std::vector<char> active;  // a unit's, over the step's batches
    Norms latest;              // of the step that was recorded last

    double dead_share() const {
        if (active.empty() || output_passes == 0) return NAN;
        return static_cast<double>(std::count(active.begin(), active.end(), 0)) / static_cast<double>(active.size());
    }

    Norms norms() const {
        const auto of_parameters = [](const std::vector<Tensor>& parameters, double norm, std::int64_t passes) {
            if (passes == 0) return static_cast<double>(NAN);
            if (passes <= static_cast<std::int64_t>(parameters.size())) return norm;
            // Several passes were summed in the parameters: the norm of the sums is what counts.
            double total = 0;
            for (const Tensor& p : parameters)
                if (p.grad().defined()) add(total, l2_norm(p.grad()));
            return total;
        };
        return {output_passes == 0 ? NAN : output_norm, of_parameters(weights, weight_norm, weight_passes),
                of_parameters(biases, bias_norm, bias_passes), dead_share(),
                output_passes + weight_passes + bias_passes > 0};
    }

    void forget() {
        output_norm = weight_norm = bias_norm = 0;
        output_passes = weight_passes = bias_passes = 0;
        std::fill(active.begin(), active.end(), char{0});
    }
};

/// Marks the units that are not 0 or less in every row (NaN is no sign of death), a group of columns at a time, in registers.
template <class T>
void mark_active(const T* h, std::int64_t rows, std::vector<char>& active) {
    constexpr std::size_t group = 64;
    const std::size_t units = active.size();
    for (std::size_t first = 0; first < units; first += group) {
        const std::size_t n = std::min(group, units - first);
        int alive[group] = {};
        const T* row = h + first;
        for (std::int64_t r = 0; r < rows; ++r, row += units) {
            if (n == group)
                for (std::size_t j = 0; j < group; ++j) alive[j] |= row[j] <= T(0) ? 0 : 1;
            else
                for (std::size_t j = 0; j < n; ++j) alive[j] |= row[j] <= T(0) ? 0 : 1;
        }
        for (std::size_t j = 0; j < n; ++j) active[first + j] = static_cast<char>(active[first + j] | alive[j]);
    }
}

void mark_active(const Tensor& output, std::vector<char>& active) {
    if (output.rank() == 0 || !output.is_contiguous()) return;
    active.resize(static_cast<std::size_t>(output.size(-1)));
    if (active.empty()) return;
    const std::int64_t rows = output.numel() / static_cast<std::int64_t>(active.size());
    if (output.dtype() == float32)
        mark_active(output.data<float>(), rows, active);
    else if (output.dtype() == float64)
        mark_active(output.data<double>(), rows, active);
}

}  // namespace

struct GradientMonitor::State {
    std::vector<Watched> layers;
    MonitorOptions options;
    std::int64_t steps = 0;
    bool measuring = true;
    bool passed = false;      // a backward went through since the last record
    std::int64_t latest = 0;  // the step that was measured last
    Profile first;
    std::vector<double> history;  // a row of output norms a step

    Profile snapshot() const;
};

/// Takes the norm of what reaches a parameter.
struct GradientMonitor::ParameterObserver final : xg::detail::GradientObserver {
    std::shared_ptr<State> state;
    std::size_t layer;
    bool is_bias;

    ParameterObserver(std::shared_ptr<State> s, std::size_t i, bool bias)
        : state(std::move(s)), layer(i), is_bias(bias) {}

    void observe(const Tensor& gradient) override {
        state->passed = true;
        if (!state->measuring) return;
        Watched& w = state->layers[layer];
        add(is_bias ? w.bias_norm : w.weight_norm, l2_norm(gradient, is_bias ? w.latest.bias : w.latest.weight));
        ++(is_bias ? w.bias_passes : w.weight_passes);
    }
};

/// Takes the norm of what reaches a layer's output.
struct GradientMonitor::OutputObserver final : xg::detail::GradientObserver {
    std::shared_ptr<State> state;
    std::size_t layer;

    OutputObserver(std::shared_ptr<State> s, std::size_t i) : state(std::move(s)), layer(i) {}

    void observe(const Tensor& gradient) override {
        if (!state->measuring) return;
        Watched& w = state->layers[layer];
        add(w.output_norm, l2_norm(gradient, w.latest.output));
        ++w.output_passes;
        state->passed = true;
    }
};

/// What the model holds of the monitor; taken away with the monitor's last handle.
struct GradientMonitor::Attachment {
    std::vector<HookHandle> handles;
    std::vector<std::pair<Tensor, std::unique_ptr<ParameterObserver>>> parameters;

    void watch(const Tensor& parameter, std::unique_ptr<ParameterObserver> observer) {
        parameters.emplace_back(parameter, std::move(observer));
        xg::detail::observe_leaf(parameter, *parameters.back().second);
    }

    ~Attachment() {
        for (HookHandle& handle : handles) handle.remove();
        for (const auto& [parameter, observer] : parameters) xg::detail::unobserve_leaf(parameter, *observer);
    }
};

namespace {

struct Place {
    nn::Module layer, outermost;  // the second is what its activation, if any, makes of the first
    std::string name;
};

bool is_activation(const nn::Module& m) {
    return m.get_if<nn::ReLU>() != nullptr || m.get_if<nn::Tanh>() != nullptr || m.get_if<nn::Sigmoid>() != nullptr;
}

/// The modules with parameters of their own, in order, each with the activation behind it.
void find_layers(const nn::Module& module, const std::string& name, const nn::Module& outermost,
                 std::vector<Place>& out) {
    if (!module.state().parameters.empty()) out.push_back({module, outermost, name});
    const auto children = module.children();
    const bool in_order = module.get_if<nn::Sequential>() != nullptr;
    for (std::size_t i = 0; i < children.size(); ++i) {
        const auto& [child_name, child] = children[i];
        const bool followed = in_order && i + 1 < children.size() && is_activation(children[i + 1].second);
        find_layers(child, name.empty() ? child_name : name + "." + child_name,
                    followed ? children[i + 1].second : child, out);
    }
}

}  // namespace

GradientMonitor::GradientMonitor(const nn::Module& model, const MonitorOptions& options)
    : state_(std::make_shared<State>()), attachment_(std::make_shared<Attachment>()) {
    if (options.every < 1)
        throw ValueError("GradientMonitor: expected `every` of at least 1, got " + std::to_string(options.every));
    state_->options = options;
    std::vector<Place> places;
    find_layers(model, "", model, places);
    state_->layers.resize(places.size());
    const std::shared_ptr<State> s = state_;
    for (std::size_t i = 0; i < places.size(); ++i) {
        Watched& w = state_->layers[i];
        const Place& place = places[i];
        w.name = place.name;
        w.type = place.layer.type() + (place.outermost.same_as(place.layer) ? "" : " + " + place.outermost.type());
        w.relu = place.outermost.get_if<nn::ReLU>() != nullptr;
        for (const nn::NamedTensor& p : place.layer.state().parameters) {
            const bool is_bias = p.name.find("bias") != std::string::npos;
            (is_bias ? w.biases : w.weights).push_back(p.tensor);
            if (p.tensor.requires_grad())  // a frozen one shows its size alone
                attachment_->watch(p.tensor, std::make_unique<ParameterObserver>(s, i, is_bias));
        }
        attachment_->handles.push_back(place.outermost.register_output_hook(
            [s, i, observer = std::make_shared<OutputObserver>(s, i)](const nn::Module&, const Tensor& output) {
                if (!s->measuring || !output.requires_grad()) return;
                if (s->options.dead_units && s->layers[i].relu) mark_active(output, s->layers[i].active);
                if (xg::detail::observe_result(output, observer)) return;
                // Where another monitor watches already this one registers as anybody would.
                output.register_hook([observer](const Tensor& gradient) {
                    observer->observe(gradient);
                    return Tensor();
                });
            }));
    }
}

Profile GradientMonitor::State::snapshot() const {
    Profile profile;
    profile.step = latest;
    if (latest == 0) return profile;
    for (const Watched& w : layers) {
        double weight_norm = w.weights.empty() ? NAN : 0;
        for (const Tensor& weight : w.weights) add(weight_norm, l2_norm(weight));
        LayerRecord r{.name = w.name,
                      .type = w.type,
                      .gradient_norm = w.latest.output,
                      .weight_gradient_norm = w.latest.weight,
                      .bias_gradient_norm = w.latest.bias,
                      .weight_norm = weight_norm,
                      .dead_share = w.latest.dead,
                      .measured = w.latest.measured};
        r.geometry.relu = w.relu;
        if (w.weights.size() == 1 && w.weights[0].rank() >= 2) {
            r.geometry.n_out = static_cast<double>(w.weights[0].size(0));
            r.geometry.n_in = static_cast<double>(w.weights[0].numel()) / r.geometry.n_out;
            r.geometry.weight_variance = r.weight_norm * r.weight_norm / static_cast<double>(w.weights[0].numel());
        }
        profile.layers.push_back(std::move(r));
    }
    return profile;
}

void GradientMonitor::record() {
    State& s = *state_;
    if (s.passed) {
        ++s.steps;
        if (s.measuring) {
            s.latest = s.steps;
            for (Watched& w : s.layers) {
                w.latest = w.norms();
                s.history.push_back(w.latest.output);
            }
            if (s.first.step == 0) s.first = s.snapshot();
        }
        s.measuring = s.steps % s.options.every == 0;
    }
    for (Watched& w : s.layers) w.forget();
    s.passed = false;
}

Profile GradientMonitor::profile() const { return state_->snapshot(); }
const Profile& GradientMonitor::first() const { return state_->first; }
void GradientMonitor::write_html(const std::string& path) const { write_file(path, to_html(profile())); }
std::int64_t GradientMonitor::steps() const noexcept { return state_->steps; }

std::vector<std::vector<double>> GradientMonitor::history() const {
    const auto width = static_cast<std::ptrdiff_t>(state_->layers.size());
    std::vector<std::vector<double>> rows;
    for (auto at = state_->history.begin(); at != state_->history.end(); at += width) rows.emplace_back(at, at + width);
    return rows;
}

}  // namespace xg::inspect
