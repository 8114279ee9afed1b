#include <xgrad/inspect/theory.hpp>

#include <cmath>

namespace xg::inspect {

double backward_gain(const LayerGeometry& layer) noexcept {
    return (layer.relu ? 0.5 : 1.0) * layer.n_in * layer.weight_variance;
}

std::vector<NormLaw> predict_gradient_norms(const std::vector<LayerGeometry>& layers, double output_norm) {
    std::vector<NormLaw> laws(layers.size());
    const double ln10 = std::log(10.0);
    double log_squared = 2 * std::log10(output_norm), beta = 0;
    for (std::size_t i = layers.size(); i-- > 0;) {
        laws[i].shift = beta / (4 * ln10);
        laws[i].deviation = std::sqrt(beta) / (2 * ln10);
        laws[i].mean = log_squared / 2 - laws[i].shift;
        log_squared += std::log10(backward_gain(layers[i]));
        if (layers[i].relu) beta += 5 / layers[i].n_out;
    }
    return laws;
}

}  // namespace xg::inspect
