#pragma once

#include <vector>

#include <xgrad/core/export.hpp>

namespace xg::inspect {

/// What the theory needs to know of a fully connected layer, from the first to the last.
struct LayerGeometry {
    double n_in = 1;
    double n_out = 1;
    double weight_variance = 0;  ///< The mean of the squared weights.
    double weight_kurtosis =
        3;             ///< The mean of their fourth powers over the square of that: 3 if normal, 1.8 if uniform.
    bool relu = true;  ///< Whether a ReLU follows.
};

/// The law of ln‖∂L/∂h‖² at one layer's output, as decades of the norm: log10‖∂L/∂h‖ is about Gaussian.
struct NormLaw {
    double mean = 0;       ///< log10 of the typical norm; the root of the mean square lies higher, by `shift`.
    double deviation = 0;  ///< One standard deviation, in decades.
    double shift = 0;      ///< How far finite width lowers the mean, in decades.
};

/// What going back through a layer multiplies E‖∂L/∂h‖² by: ½ · n_in · Var(W), and without a ReLU twice that. (He et
/// al., Delving deep into rectifiers, 2015.)
XG_EXPORT double backward_gain(const LayerGeometry& layer) noexcept;

/// The law of ‖∂L/∂h‖ at the output of each layer, given that at the last, for random weights and zero biases, and for
/// one input. At finite width ln‖·‖² is about Gaussian with a variance β that grows with each layer gone through, and
/// its mean is lowered by β/2. In a deep stack of ReLU layers of n units β grows by 5/n a layer (Hanin and Nica,
/// Products of many large random matrices and gradients in deep neural networks, 2018): 3/n_out from the units that the
/// ReLU shuts, where 3 is the kurtosis of a gradient that sums many weights, and 2/n_in from the weights' random
/// directions. Right below an output of one unit the gradient is a row of weights, whose own kurtosis counts, and that
/// the norm of a row is known leaves no spread. Over a batch shift and spread are smaller, since its inputs share the
/// weights.
XG_EXPORT std::vector<NormLaw> predict_gradient_norms(const std::vector<LayerGeometry>& layers, double output_norm);

}  // namespace xg::inspect
