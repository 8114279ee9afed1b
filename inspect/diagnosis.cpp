#include <xgrad/inspect/diagnosis.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include <xgrad/inspect/detail/text.hpp>

namespace xg::inspect {
namespace {

/// A fall of so many decades leaves the first layers a thousandth of the last one's gradient.
constexpr double kDecades = 3;

std::vector<LayerGeometry> geometry(const Profile& profile) {
    std::vector<LayerGeometry> layers;
    for (const LayerRecord& layer : profile.layers) layers.push_back(layer.geometry);
    return layers;
}

/// The median of the gains of the layers with a ReLU: what one of them does to the squared norm.
double typical_gain(const std::vector<LayerGeometry>& layers) {
    std::vector<double> gains;
    for (const LayerGeometry& layer : layers)
        if (layer.relu) gains.push_back(backward_gain(layer));
    if (gains.empty()) return NAN;
    const auto middle = gains.begin() + static_cast<std::ptrdiff_t>(gains.size() / 2);
    std::nth_element(gains.begin(), middle, gains.end());
    return *middle;
}

std::string finding_sentence(const Diagnosis& d, const Profile& profile) {
    switch (d.finding) {
        case Finding::unknown: return "Nothing to judge: record at least one step of a model with two layers or more.";
        case Finding::not_finite:
            return fmt::format("The gradient at layer {} is not finite.", detail::printable(d.layer));
        case Finding::zero:
            return "The gradient is 0 in every layer: the loss is at a minimum, or does not depend on the model.";
        case Finding::dead:
            return fmt::format(
                "Layer {} is dead: none of its units was active for any row, so no gradient reaches the layers in "
                "front of it.",
                detail::printable(d.layer));
        case Finding::vanishing:
            return fmt::format(
                "The gradient has vanished: from the last layer to the first, ‖∂L/∂h‖ falls by {:.1f} decades ({:.3f} "
                "a layer); "
                "from layer {} back to the first it is below a thousandth of the last one's.",
                d.decades, profile.decades_per_layer(), detail::printable(d.layer));
        case Finding::exploding:
            return fmt::format(
                "The gradient explodes: from the last layer to the first, ‖∂L/∂h‖ grows by {:.1f} decades ({:.3f} a "
                "layer); "
                "from layer {} back to the first it is more than a thousand times the last one's.",
                -d.decades, -profile.decades_per_layer(), detail::printable(d.layer));
        case Finding::healthy:
            return fmt::format(
                "The gradient keeps its size: from the last layer to the first, ‖∂L/∂h‖ {} by {:.1f} decades.",
                d.decades < 0 ? "grows" : "falls", std::abs(d.decades));
    }
    return "";
}

void explain(Diagnosis& d, const Profile& profile) {
    d.sentences.push_back(finding_sentence(d, profile));
    if (d.finding == Finding::unknown || d.finding == Finding::not_finite || d.finding == Finding::dead ||
        d.finding == Finding::zero)
        return;
    const double gain = typical_gain(geometry(profile));
    if (!std::isnan(d.predicted_decades) && !std::isnan(gain))
        d.sentences.push_back(
            fmt::format("Theory: each ReLU layer multiplies E‖∂L/∂h‖² by ½·n_in·Var(W) = {:.3f}; over these {} layers "
                        "‖∂L/∂h‖ then {} by {:.1f} ± {:.1f} decades (one input, one standard deviation).",
                        gain, profile.layers.size(), d.predicted_decades < 0 ? "grows" : "falls",
                        std::abs(d.predicted_decades), d.predicted_deviation));
    if (d.finding == Finding::healthy) {
        if (profile.layers.size() >= 30)
            d.sentences.push_back(
                "A gradient that keeps its size is not yet a network that learns: in a deep plain stack all inputs "
                "look alike by the last layer, "
                "and SGD overshoots. See whether the loss falls.");
        return;
    }
    double weakest = HUGE_VAL, strongest = 0;
    for (const LayerRecord& layer : profile.layers) {
        weakest = std::min(weakest, layer.weight_gradient_norm);
        strongest = std::max(strongest, layer.weight_gradient_norm);
    }
    if (d.finding == Finding::vanishing && weakest > 0 && std::log10(strongest / weakest) < d.decades / 2)
        d.sentences.push_back(
            fmt::format("‖∂L/∂W‖ does not show it ({:.0e} to {:.0e} over all layers): activations shrink going forward "
                        "as the gradient shrinks going back.",
                        weakest, strongest));
    d.sentences.push_back(
        fmt::format("Try residual branches scaled by the depth, h + relu(W·h) / {}, with He initialisation: on this "
                    "kind of stack they train at SGD 0.01. "
                    "He initialisation alone flattens ‖∂L/∂h‖ but does not train a deep plain stack with SGD.",
                    std::max<std::size_t>(profile.layers.size() - 1, 1)));
}

}  // namespace

std::string Diagnosis::text() const {
    std::string text;
    for (const std::string& sentence : sentences) text += (text.empty() ? "" : "\n") + sentence;
    return text;
}

Diagnosis diagnose(const Profile& recorded) {
    // What took no part in the step has no gradient to judge.
    Profile profile = recorded;
    std::erase_if(profile.layers, [](const LayerRecord& l) { return !l.measured || std::isnan(l.gradient_norm); });
    Diagnosis d;
    d.decades = profile.decades();
    d.predicted_decades = d.predicted_deviation = NAN;
    const std::vector<LayerRecord>& layers = profile.layers;
    const auto named = [&](auto&& matches) {
        const auto at = std::find_if(layers.rbegin(), layers.rend(), matches);
        d.layer = at == layers.rend() ? "" : at->name;
        return at != layers.rend();
    };
    if (profile.step == 0 || layers.size() < 2) {
        d.finding = Finding::unknown;
    } else if (named([](const LayerRecord& l) {
                   return std::isinf(l.gradient_norm) || std::isinf(l.weight_gradient_norm) ||
                          std::isinf(l.bias_gradient_norm);
               })) {
        d.finding = Finding::not_finite;
    } else if (std::all_of(layers.begin(), layers.end(), [](const LayerRecord& l) { return l.gradient_norm == 0; })) {
        d.finding = Finding::zero;
    } else if (const auto dead =
                   std::find_if(layers.begin(), layers.end(), [](const LayerRecord& l) { return l.dead_share == 1; });
               dead != layers.end()) {
        d.finding = Finding::dead;
        d.layer = dead->name;  // what lies behind it may be dead for no other reason than this
    } else {
        const double last = layers.back().gradient_norm;
        const std::vector<NormLaw> laws = predict_gradient_norms(geometry(profile), last);
        // The theory is that of weight matrices; the first layer's do not matter to its output's gradient.
        if (std::all_of(layers.begin() + 1, layers.end(),
                        [](const LayerRecord& l) { return backward_gain(l.geometry) > 0; })) {
            d.predicted_decades = std::log10(last) - laws.front().mean;
            d.predicted_deviation = laws.front().deviation;
        }
        d.finding = d.decades > kDecades    ? Finding::vanishing
                    : d.decades < -kDecades ? Finding::exploding
                                            : Finding::healthy;
        const double factor = std::pow(10.0, kDecades);
        if (d.finding == Finding::vanishing)
            named([&](const LayerRecord& l) { return l.gradient_norm < last / factor; });
        if (d.finding == Finding::exploding)
            named([&](const LayerRecord& l) { return l.gradient_norm > last * factor; });
        if (d.finding == Finding::healthy) d.layer.clear();
    }
    explain(d, profile);
    return d;
}

}  // namespace xg::inspect
