#include <xgrad/inspect/theory.hpp>

#include <algorithm>
#include <cmath>

namespace xg::inspect {
namespace {

constexpr double kNormal = 3;  // a normal number's kurtosis

/// The kurtosis of the gradient at a layer's input: of sums of weights times the gradient at its output, which are the
/// more normal the more outputs share in them. What a normal gradient shares out over n units counts as (n + 2) / 3
/// equal ones, half of that behind a ReLU.
double gradient_kurtosis(const LayerGeometry& layer) {
    const double share = std::min(1.0, (layer.relu ? 2 : 1) * kNormal / (layer.n_out + 2));
    return kNormal + (layer.weight_kurtosis - kNormal) * share;
}

/// How much ln‖·‖² spreads on the way back through a layer, as a variance; `kurtosis` is that of the gradient at its
/// output.
double spread(const LayerGeometry& layer, double kurtosis) {
    const double directions = 2 / layer.n_in * (1 - 1 / layer.n_out);
    return directions + (layer.relu ? kurtosis / layer.n_out : 0);
}

}  // namespace

double backward_gain(const LayerGeometry& layer) noexcept {
    return (layer.relu ? 0.5 : 1.0) * layer.n_in * layer.weight_variance;
}

std::vector<NormLaw> predict_gradient_norms(const std::vector<LayerGeometry>& layers, double output_norm) {
    std::vector<NormLaw> laws(layers.size());
    const double ln10 = std::log(10.0);
    double log_squared = 2 * std::log10(output_norm), beta = 0, kurtosis = kNormal;
    for (std::size_t i = layers.size(); i-- > 0;) {
        laws[i].shift = beta / (4 * ln10);
        laws[i].deviation = std::sqrt(beta) / (2 * ln10);
        laws[i].mean = log_squared / 2 - laws[i].shift;
        log_squared += std::log10(backward_gain(layers[i]));
        beta += spread(layers[i], kurtosis);
        kurtosis = gradient_kurtosis(layers[i]);
    }
    return laws;
}

}  // namespace xg::inspect
