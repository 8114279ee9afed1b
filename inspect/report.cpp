#include <xgrad/inspect/report.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include <xgrad/inspect/detail/text.hpp>
#include <xgrad/inspect/diagnosis.hpp>

namespace xg::inspect {
namespace {

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : detail::printable(text)) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string cell(double v) { return std::isnan(v) ? "<td>–</td>" : fmt::format("<td>{:.2e}</td>", v); }

/// Where v stands between the least and the greatest norm, in percent of the way in log scale.
struct Scale {
    double low = HUGE_VAL, high = -HUGE_VAL;

    explicit Scale(const Profile& profile) {
        for (const LayerRecord& layer : profile.layers) {
            if (!(layer.gradient_norm > 0) || !std::isfinite(layer.gradient_norm)) continue;
            low = std::min(low, std::floor(std::log10(layer.gradient_norm)));
            high = std::max(high, std::ceil(std::log10(layer.gradient_norm)));
        }
        high = std::max(high, low + 1);
    }

    std::string title() const {
        return std::isfinite(low) ? fmt::format("‖∂L/∂h‖, 1e{:.0f} to 1e{:.0f}", low, high) : "‖∂L/∂h‖";
    }

    double percent(double v) const {
        if (!(v > 0) || !std::isfinite(v)) return 0;
        return 100 * (std::log10(v) - low) / (high - low);
    }
};

constexpr const char* kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#222;background:#fff}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:1px 10px;text-align:right}"
    "td:nth-child(-n+2),th:nth-child(-n+2),th:last-child{text-align:left}th{border-bottom:1px solid #888}"
    "td:last-child{width:22em}i{display:block;height:.8em;background:#0072b2}";

}  // namespace

std::string to_html(const Profile& profile, const std::string& title) {
    std::string page = fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta "
        "charset=\"utf-8\"><title>{0}</title><style>{1}</style></head><body>\n<h1>{0}</h1>\n",
        escaped(title), kStyle);
    for (const std::string& sentence : diagnose(profile).sentences) page += "<p>" + escaped(sentence) + "</p>\n";
    if (profile.layers.empty()) return page + "</body></html>\n";
    const Scale scale(profile);
    page += fmt::format(
        "<table><caption>Step "
        "{}</caption><tr><th>layer</th><th>type</th><th>‖∂L/∂h‖</th><th>‖∂L/∂W‖</th><th>‖∂L/∂b‖</th><th>‖W‖</"
        "th><th>dead</th>"
        "<th>{}</th></tr>\n",
        profile.step, scale.title());
    for (const LayerRecord& layer : profile.layers) {
        page += "<tr><td>" + escaped(layer.name) + "</td><td>" + escaped(layer.type) + "</td>" +
                cell(layer.gradient_norm) + cell(layer.weight_gradient_norm) + cell(layer.bias_gradient_norm) +
                cell(layer.weight_norm);
        page += std::isnan(layer.dead_share) ? "<td>–</td>" : fmt::format("<td>{:.0f} %</td>", 100 * layer.dead_share);
        page += fmt::format("<td><i style=\"width:{:.1f}%\"></i></td></tr>\n", scale.percent(layer.gradient_norm));
    }
    return page + "</table></body></html>\n";
}

}  // namespace xg::inspect
