#include <xgrad/inspect/profile.hpp>

#include <algorithm>
#include <cmath>
#include <ostream>

#include <fmt/core.h>

#include <xgrad/core/detail/json.hpp>
#include <xgrad/inspect/detail/text.hpp>
#include <xgrad/inspect/diagnosis.hpp>

namespace xg::inspect {
namespace {

constexpr int kBarWidth = 24;

/// The decades that the bars span.
struct Range {
    double low = HUGE_VAL, high = -HUGE_VAL;

    explicit Range(const Profile& profile) {
        for (const LayerRecord& layer : profile.layers) {
            if (!(layer.gradient_norm > 0) || !std::isfinite(layer.gradient_norm)) continue;
            low = std::min(low, std::log10(layer.gradient_norm));
            high = std::max(high, std::log10(layer.gradient_norm));
        }
        low = std::floor(low);
        high = std::max(std::ceil(high), low + 1) + 0.0;  // no -0
    }

    std::string title() const {
        return std::isfinite(low) ? fmt::format("‖∂L/∂h‖, 1e{:.0f} to 1e{:.0f}", low, high) : "‖∂L/∂h‖";
    }

    std::string bar(double norm) const {
        if (!(norm > 0) || !std::isfinite(norm)) return "";
        const auto eighths = static_cast<int>(std::lround((std::log10(norm) - low) / (high - low) * kBarWidth * 8));
        static constexpr const char* parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
        std::string text;
        for (int i = 0; i < eighths / 8; ++i) text += "█";
        text += parts[eighths % 8];
        return text.empty() ? "▏" : text;
    }
};

std::string number(double v) { return std::isnan(v) ? fmt::format("{:>10}", "–") : fmt::format("{:>10.2e}", v); }
std::string percent(double v) { return std::isnan(v) ? fmt::format("{:>6}", "–") : fmt::format("{:>5.0f}%", 100 * v); }

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

std::string csv_number(double v) { return std::isnan(v) ? "" : fmt::format("{:.9g}", v); }

/// JSON has neither NaN nor infinity.
xg::detail::Json json_number(double v) {
    if (std::isinf(v)) return v > 0 ? "inf" : "-inf";
    return v;
}

}  // namespace

double Profile::decades() const {
    const auto measured = [](const LayerRecord& layer) { return layer.measured && !std::isnan(layer.gradient_norm); };
    const auto first = std::find_if(layers.begin(), layers.end(), measured);
    const auto last = std::find_if(layers.rbegin(), layers.rend(), measured);
    if (first == layers.end() || &*first == &*last) return NAN;
    return std::log10(last->gradient_norm) - std::log10(first->gradient_norm);
}

double Profile::decades_per_layer() const {
    double n = 0, x_mean = 0, y_mean = 0;
    const auto usable = [&](std::size_t i) {
        return layers[i].gradient_norm > 0 && std::isfinite(layers[i].gradient_norm);
    };
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (!usable(i)) continue;
        n += 1;
        x_mean += static_cast<double>(i);
        y_mean += std::log10(layers[i].gradient_norm);
    }
    x_mean /= n;
    y_mean /= n;
    double xy = 0, xx = 0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (!usable(i)) continue;
        xy += (static_cast<double>(i) - x_mean) * (std::log10(layers[i].gradient_norm) - y_mean);
        xx += (static_cast<double>(i) - x_mean) * (static_cast<double>(i) - x_mean);
    }
    return xx > 0 ? xy / xx : NAN;
}

std::string Profile::table() const {
    if (layers.empty()) return "no layers were recorded\n";
    std::size_t name_width = 5, type_width = 4;
    for (const LayerRecord& layer : layers) {
        name_width = std::max(name_width, layer.name.size());
        type_width = std::max(type_width, layer.type.size());
    }
    const Range range(*this);
    // fmt counts code points, and ‖ ∂ are one column each.
    std::string text = fmt::format("{:>{}}  {:<{}}  {:>10} {:>10} {:>10} {:>10} {:>6}  {}\n", "layer", name_width,
                                   "type", type_width, "‖∂L/∂h‖", "‖∂L/∂W‖", "‖∂L/∂b‖", "‖W‖", "dead", range.title());
    for (const LayerRecord& layer : layers)
        text += fmt::format("{:>{}}  {:<{}}  {} {} {} {} {}  {}\n", detail::printable(layer.name), name_width,
                            detail::printable(layer.type), type_width, number(layer.gradient_norm),
                            number(layer.weight_gradient_norm), number(layer.bias_gradient_norm),
                            number(layer.weight_norm), percent(layer.dead_share), range.bar(layer.gradient_norm));
    return text;
}

std::string Profile::to_csv() const {
    std::string text = "layer,type,gradient_norm,weight_gradient_norm,bias_gradient_norm,weight_norm,dead_share\n";
    for (const LayerRecord& layer : layers)
        text += fmt::format("{},{},{},{},{},{},{}\n", csv_field(layer.name), csv_field(layer.type),
                            csv_number(layer.gradient_norm), csv_number(layer.weight_gradient_norm),
                            csv_number(layer.bias_gradient_norm), csv_number(layer.weight_norm),
                            csv_number(layer.dead_share));
    return text;
}

std::string Profile::to_json() const {
    using xg::detail::Json;
    Json::List entries;
    for (const LayerRecord& layer : layers)
        entries.push_back(Json::Object{{"layer", layer.name},
                                       {"type", layer.type},
                                       {"gradient_norm", json_number(layer.gradient_norm)},
                                       {"weight_gradient_norm", json_number(layer.weight_gradient_norm)},
                                       {"bias_gradient_norm", json_number(layer.bias_gradient_norm)},
                                       {"weight_norm", json_number(layer.weight_norm)},
                                       {"dead_share", json_number(layer.dead_share)},
                                       {"n_in", layer.geometry.n_in},
                                       {"n_out", layer.geometry.n_out}});
    const Json root(Json::Object{{"step", step}, {"decades", json_number(decades())}, {"layers", std::move(entries)}});
    // Names may hold any bytes: what is no UTF-8 is replaced.
    return root.dump(2, true) + "\n";
}

std::ostream& operator<<(std::ostream& out, const Profile& profile) {
    return out << profile.table() << '\n' << diagnose(profile).text() << '\n';
}

}  // namespace xg::inspect
