#include <xgrad/inspect/depth_figure.hpp>

#include <cmath>

#include <xgrad/core/error.hpp>

namespace xg::inspect {
namespace {

struct Series {
    std::vector<double> depth, outputs, weights, theory, low, high;

    explicit Series(const Profile& profile) {
        std::vector<LayerGeometry> geometry;
        for (const LayerRecord& layer : profile.layers) {
            depth.push_back(static_cast<double>(depth.size() + 1));
            outputs.push_back(layer.gradient_norm);
            weights.push_back(layer.weight_gradient_norm);
            geometry.push_back(layer.geometry);
        }
        for (const NormLaw& law : predict_gradient_norms(geometry, outputs.empty() ? 1 : outputs.back())) {
            theory.push_back(std::pow(10, law.mean));
            low.push_back(std::pow(10, law.mean - 2 * law.deviation));
            high.push_back(std::pow(10, law.mean + 2 * law.deviation));
        }
    }
};

}  // namespace

plot::Figure depth_figure(const std::vector<NamedProfile>& profiles, const std::string& title,
                          const std::string& caption) {
    if (profiles.empty()) throw ValueError("depth_figure: expected at least one profile");
    plot::Figure figure({.columns = 2, .title = title, .caption = caption});
    plot::Axes& outputs = figure.axes(0, 0);
    plot::Axes& weights = figure.axes(0, 1);
    outputs.set({.title = "‖∂L/∂h‖: what reaches each layer",
                 .x_label = "layer",
                 .y_label = "norm over the batch",
                 .log_y = true,
                 .legend = plot::Legend::direct});
    weights.set({.title = "‖∂L/∂W‖: what each layer's weights get",
                 .x_label = "layer",
                 .y_label = "norm",
                 .log_y = true,
                 .legend = plot::Legend::direct});
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const Series s(profiles[i].profile);
        const std::string color = plot::palette(static_cast<int>(i));
        outputs.band(s.depth, s.low, s.high, {.color = color});
        outputs.line(s.depth, s.theory, {.color = color, .width = 1.2, .dash = plot::Dash::dashed});
        outputs.line(s.depth, s.outputs, {.label = profiles[i].name, .color = color});
        weights.line(s.depth, s.weights, {.label = profiles[i].name, .color = color});
    }
    return figure;
}

}  // namespace xg::inspect
