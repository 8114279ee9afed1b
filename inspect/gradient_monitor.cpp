#include <xgrad/inspect/gradient_monitor.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <deque>
#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/detail/task_context.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/inspect/norm.hpp>
#include <xgrad/inspect/report.hpp>
#include <xgrad/nn/activations.hpp>
#include <xgrad/nn/detail/state.hpp>
#include <xgrad/nn/sequential.hpp>

namespace xg::inspect {
namespace {

/// Makes `total` the norm of both together. No squares are kept: in float64 they would leave the range before the norm
/// does. A norm that is not a number counts as infinite: NaN stands for what was not measured.
void add(double& total, double norm) {
    if (std::isnan(norm)) norm = INFINITY;
    total = total == 0 ? norm : std::hypot(total, norm);
}

enum Kind : std::size_t { output, weight, bias, kinds };

/// What has been seen of a layer's gradients, all in one line of the cache: by the time that backward comes to a layer,
/// whatever belongs to it has long left the first level.
struct alignas(64) Seen {
    double norm[kinds] = {};                 // in this step, so far
    double latest[kinds] = {NAN, NAN, NAN};  // in the step that was recorded last; NaN where there was nothing
    std::int32_t passes[kinds] = {};
    bool measuring = true;
    bool passed = false;  // a backward went through since the last record

    void take(Kind kind, const Tensor& gradient) {
        passed = true;
        if (measuring) take(kind, l2_norm(gradient, latest[kind]));
    }
    void take(Kind kind, double of_gradient) {
        passed = true;
        if (!measuring) return;
        add(norm[kind], of_gradient);
        ++passes[kind];
    }

    bool measured() const {
        return !std::isnan(latest[output]) || !std::isnan(latest[weight]) || !std::isnan(latest[bias]);
    }
};

/// The same of a layer's output in one of several ranges of a batch, which may be under way at once.
struct SeenInPart {
    double norm = 0;
    std::int32_t passes = 0;
    std::vector<char> active;
};

/// A layer that is watched.
struct Watched {
    std::string name, type;
    std::vector<Tensor> weights, biases;
    bool relu = false;
    std::size_t below = 0;  // how many of the layers that follow it lie within it; then it is none of the chain itself
    std::int64_t called = 0;   // the number of its first call, counted over all layers; 0 before it
    std::vector<char> active;  // a unit's, over the step's batches
    double dead = NAN;         // the share of units that were not active in the step that was recorded last

    double dead_share(const Seen& seen) const {
        if (active.empty() || seen.passes[output] == 0) return NAN;
        return static_cast<double>(std::count(active.begin(), active.end(), 0)) / static_cast<double>(active.size());
    }
};

/// The norm of the gradients that several passes have summed in the parameters.
double collected_norm(const std::vector<Tensor>& parameters) {
    double total = 0;
    for (const Tensor& p : parameters)
        if (p.grad().defined()) add(total, l2_norm(p.grad()));
    return total;
}

/// The mean of fourth powers over the square of the mean square, which is given.
double kurtosis(const Tensor& weights, double mean_square) {
    if (!(mean_square > 0) || !std::isfinite(mean_square)) return 3;
    const NoGrad no_grad;
    return mean(square(square(weights.detach() / std::sqrt(mean_square)))).item();
}

/// Marks the units that are not 0 or less in every row (NaN is no sign of death), a group of columns at a time, in
/// registers.
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

/// Takes the norm of what reaches a layer's output or one of its parameters.
struct GradientMonitor::Observer final : xg::detail::GradientObserver {
    Seen* seen;
    Kind kind;
    State* state;
    std::size_t layer;

    Observer(Seen& s, Kind k, State* st = nullptr, std::size_t l = 0) : seen(&s), kind(k), state(st), layer(l) {}
    void observe(const Tensor& gradient) override {
        if (xg::detail::context.lane == 0) [[likely]]
            seen->take(kind, gradient);
        else
            take_part(gradient, NAN);
    }
    void observe(const Tensor& gradient, double squares) override {
        if (xg::detail::context.lane == 0) [[likely]]
            seen->take(kind, std::sqrt(squares));
        else
            take_part(gradient, std::sqrt(squares));
    }
    /// A range other than the first, perhaps on another thread. Parameters get theirs when all are done.
    void take_part(const Tensor& gradient, double norm);
};

struct GradientMonitor::State {
    std::vector<Watched> layers;
    std::vector<Seen> seen;                      // a layer's each
    std::vector<Observer> at_output;             // likewise
    std::vector<std::vector<SeenInPart>> parts;  // of the ranges from the second on, each layer's; see join_parts
    std::atomic<bool> in_parts{false};           // whether there is anything in them
    MonitorOptions options;
    std::int64_t steps = 0;
    std::int64_t calls = 0;  // first calls of a layer
    bool measuring = true;
    std::int64_t latest = 0;  // the step that was measured last
    Profile first;
    std::vector<double> history;  // a row of output norms a step, by the layers' registration

    /// The layers' places in `layers` in the order in which they were first called; those that never were come last.
    /// What is around others stands in front of them.
    std::vector<std::size_t> order() const;
    Profile snapshot() const;
    void close(Watched& w, Seen& seen);
    /// Adds what the ranges have seen to what the first one has, in their order.
    void join_parts();
    SeenInPart& part(std::size_t layer) {
        in_parts.store(true, std::memory_order_relaxed);
        return parts[static_cast<std::size_t>(xg::detail::context.lane - 1)][layer];
    }
};

void GradientMonitor::Observer::take_part(const Tensor& gradient, double norm) {
    if (xg::detail::context.lane < 0 || state == nullptr || !state->measuring) return;
    SeenInPart& p = state->part(layer);
    add(p.norm, std::isnan(norm) ? l2_norm(gradient, seen->latest[kind]) : norm);
    ++p.passes;
}

void GradientMonitor::State::join_parts() {
    if (!in_parts.exchange(false, std::memory_order_relaxed)) return;
    for (std::vector<SeenInPart>& range : parts)
        for (std::size_t i = 0; i < layers.size(); ++i) {
            SeenInPart& p = range[i];
            std::vector<char>& active = layers[i].active;
            if (active.size() < p.active.size()) active.resize(p.active.size());
            for (std::size_t u = 0; u < p.active.size(); ++u) active[u] = static_cast<char>(active[u] | p.active[u]);
            std::fill(p.active.begin(), p.active.end(), char{0});
            if (p.passes == 0) continue;
            seen[i].passed = true;
            add(seen[i].norm[output], p.norm);
            seen[i].passes[output] += p.passes;
            p.norm = 0;
            p.passes = 0;
        }
}

/// What the model holds of the monitor; taken away with the monitor's last handle.
struct GradientMonitor::Attachment {
    std::shared_ptr<State> state;
    std::vector<HookHandle> handles;
    std::vector<nn::Module> hooked;                      // by them
    std::deque<std::pair<Tensor, Observer>> parameters;  // which the parameters point to

    void watch(const Tensor& parameter, Seen& seen, Kind kind) {
        parameters.emplace_back(parameter, Observer(seen, kind));
        xg::detail::observe_leaf(parameter, parameters.back().second);
    }

    ~Attachment() {
        for (HookHandle& handle : handles) handle.remove();
        for (const nn::Module& module : hooked) --module.state().hooks_for_parts;
        for (const auto& [parameter, observer] : parameters) xg::detail::unobserve_leaf(parameter, observer);
    }
};

namespace {

struct Place {
    nn::Module layer, outermost;  // the second is what its activation, if any, makes of the first
    std::string name;
    std::size_t below = 0;
};

bool is_activation(const nn::Module& m) {
    return m.get_if<nn::ReLU>() != nullptr || m.get_if<nn::Tanh>() != nullptr || m.get_if<nn::Sigmoid>() != nullptr;
}

/// The modules with parameters of their own, each once and with the activation behind it.
class LayerSearch {
public:
    explicit LayerSearch(const nn::Module& model) {
        count_uses(model);
        find(model, "", model);
    }
    std::vector<Place> places;

private:
    void count_uses(const nn::Module& module) {
        if (uses_[&module.state()]++ > 0) return;
        for (const auto& [name, child] : module.children()) count_uses(child);
    }

    void find(const nn::Module& module, const std::string& name, const nn::Module& outermost) {
        if (!found_.insert(&module.state()).second) return;
        const std::size_t place = places.size();
        const bool own = !module.state().parameters.empty();
        if (own) places.push_back({module, outermost, name.empty() ? "(" + module.type() + ")" : name});
        const auto children = module.children();
        const bool in_order = module.get_if<nn::Sequential>() != nullptr;
        for (std::size_t i = 0; i < children.size(); ++i) {
            const auto& [child_name, child] = children[i];
            // One activation behind several layers tells nothing of any of them alone.
            const bool followed = in_order && i + 1 < children.size() && is_activation(children[i + 1].second) &&
                                  uses_[&children[i + 1].second.state()] == 1;
            find(child, name.empty() ? child_name : name + "." + child_name, followed ? children[i + 1].second : child);
        }
        if (own) places[place].below = places.size() - place - 1;
    }

    std::unordered_map<const nn::detail::ModuleState*, int> uses_;
    std::unordered_set<const nn::detail::ModuleState*> found_;
};

}  // namespace

GradientMonitor::GradientMonitor(const nn::Module& model, const MonitorOptions& options)
    : state_(std::make_shared<State>()), attachment_(std::make_shared<Attachment>()) {
    if (options.every < 1)
        throw ValueError("GradientMonitor: expected `every` of at least 1, got " + std::to_string(options.every));
    state_->options = options;
    const std::vector<Place> places = LayerSearch(model).places;
    state_->layers.resize(places.size());
    state_->seen.resize(places.size());
    const std::shared_ptr<State> s = attachment_->state = state_;
    s->at_output.reserve(s->seen.size());
    for (std::size_t i = 0; i < s->seen.size(); ++i) s->at_output.emplace_back(s->seen[i], output, s.get(), i);
    s->parts.assign(static_cast<std::size_t>(xg::detail::kMostLanes - 1), std::vector<SeenInPart>(places.size()));
    for (std::size_t i = 0; i < places.size(); ++i) {
        Watched& w = state_->layers[i];
        const Place& place = places[i];
        w.name = place.name;
        w.below = place.below;
        w.type = place.layer.type() + (place.outermost.same_as(place.layer) ? "" : " + " + place.outermost.type());
        w.relu = place.outermost.get_if<nn::ReLU>() != nullptr;
        for (const nn::NamedTensor& p : place.layer.state().parameters) {
            const bool is_bias = p.name.find("bias") != std::string::npos;
            (is_bias ? w.biases : w.weights).push_back(p.tensor);
            // A frozen one shows its size alone.
            if (p.tensor.requires_grad()) attachment_->watch(p.tensor, s->seen[i], is_bias ? bias : weight);
        }
        // What comes out of a module with layers inside is what the last of them makes.
        if (w.below > 0) continue;
        attachment_->hooked.push_back(place.outermost);
        ++place.outermost.state().hooks_for_parts;
        // Points to the layer's own observer and keeps all of them alive.
        attachment_->handles.push_back(place.outermost.register_output_hook(
            [s, i, observer = std::shared_ptr<xg::detail::GradientObserver>(s, &s->at_output[i])](const nn::Module&,
                                                                                                  const Tensor& y) {
                const std::int32_t lane = xg::detail::context.lane;
                if (lane < 0) return;
                if (lane == 0 && s->layers[i].called == 0) s->layers[i].called = ++s->calls;
                if (!s->measuring || !y.requires_grad()) return;
                if (s->options.dead_units && s->layers[i].relu)
                    mark_active(y, lane == 0 ? s->layers[i].active : s->part(i).active);
                if (xg::detail::observe_result(y, observer)) return;
                // A leaf that went through unchanged: the monitor registers as anybody would.
                y.register_hook([observer](const Tensor& gradient) {
                    observer->observe(gradient);
                    return Tensor();
                });
            }));
    }
}

std::vector<std::size_t> GradientMonitor::State::order() const {
    constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
    std::vector<std::int64_t> call(layers.size());
    std::vector<std::size_t> places(layers.size());
    for (std::size_t i = layers.size(); i-- > 0;) {
        places[i] = i;
        call[i] = layers[i].called == 0 ? never : layers[i].called;
        for (std::size_t k = i + 1; k <= i + layers[i].below; ++k) call[i] = std::min(call[i], call[k]);
    }
    // Stable: what is around a layer was registered before it, and has the same number.
    std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return call[a] < call[b]; });
    return places;
}

Profile GradientMonitor::State::snapshot() const {
    Profile profile;
    profile.step = latest;
    if (latest == 0) return profile;
    for (const std::size_t i : order()) {
        const Watched& w = layers[i];
        double weight_norm = w.weights.empty() ? NAN : 0;
        for (const Tensor& weight : w.weights) add(weight_norm, l2_norm(weight));
        LayerRecord r{.name = w.name,
                      .type = w.type,
                      .gradient_norm = seen[i].latest[output],
                      .weight_gradient_norm = seen[i].latest[weight],
                      .bias_gradient_norm = seen[i].latest[bias],
                      .weight_norm = weight_norm,
                      .dead_share = w.dead,
                      .measured = seen[i].measured()};
        r.geometry.relu = w.relu;
        if (w.weights.size() == 1 && w.weights[0].rank() >= 2) {
            r.geometry.n_out = static_cast<double>(w.weights[0].size(0));
            r.geometry.n_in = static_cast<double>(w.weights[0].numel()) / r.geometry.n_out;
            r.geometry.weight_variance = r.weight_norm * r.weight_norm / static_cast<double>(w.weights[0].numel());
            r.geometry.weight_kurtosis = kurtosis(w.weights[0], r.geometry.weight_variance);
        }
        profile.layers.push_back(std::move(r));
    }
    return profile;
}

/// Makes what this step has shown of a layer the latest.
void GradientMonitor::State::close(Watched& w, Seen& seen) {
    for (const Kind kind : {output, weight, bias}) seen.latest[kind] = seen.passes[kind] == 0 ? NAN : seen.norm[kind];
    if (seen.passes[weight] > 1 && seen.passes[weight] > static_cast<std::int32_t>(w.weights.size()))
        seen.latest[weight] = collected_norm(w.weights);
    if (seen.passes[bias] > 1 && seen.passes[bias] > static_cast<std::int32_t>(w.biases.size()))
        seen.latest[bias] = collected_norm(w.biases);
    if (options.dead_units) w.dead = w.dead_share(seen);
    history.push_back(seen.latest[output]);
}

void GradientMonitor::record() {
    State& s = *state_;
    s.join_parts();
    if (std::any_of(s.seen.begin(), s.seen.end(), [](const Seen& seen) { return seen.passed; })) {
        ++s.steps;
        if (s.measuring) {
            s.latest = s.steps;
            for (std::size_t i = 0; i < s.layers.size(); ++i) s.close(s.layers[i], s.seen[i]);
            if (s.first.step == 0) s.first = s.snapshot();
        }
        s.measuring = s.steps % s.options.every == 0;
    }
    for (Seen& seen : s.seen) {
        std::fill_n(seen.norm, kinds, 0.0);
        std::fill_n(seen.passes, kinds, 0);
        seen.measuring = s.measuring;
        seen.passed = false;
    }
    if (s.options.dead_units)
        for (Watched& w : s.layers) std::fill(w.active.begin(), w.active.end(), char{0});
}

Profile GradientMonitor::profile() const { return state_->snapshot(); }
const Profile& GradientMonitor::first() const { return state_->first; }
void GradientMonitor::write_html(const std::string& path) const { write_file(path, to_html(profile())); }
std::int64_t GradientMonitor::steps() const noexcept { return state_->steps; }

std::vector<std::vector<double>> GradientMonitor::history() const {
    const std::vector<std::size_t> order = state_->order();
    std::vector<std::vector<double>> rows;
    for (std::size_t at = 0; at < state_->history.size(); at += order.size()) {
        std::vector<double>& row = rows.emplace_back();
        for (const std::size_t i : order) row.push_back(state_->history[at + i]);
    }
    return rows;
}

}  // namespace xg::inspect
