#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include <xgrad/inspect/theory.hpp>

namespace xg::inspect {

/// What was measured of one layer in one step. Norms are Euclidean, over all elements and the whole batch; NaN where
/// there was none, infinite where elements were infinite or NaN.
struct LayerRecord {
    std::string name;          ///< Dotted, as in the model.
    std::string type;          ///< Such as `Linear + ReLU`.
    double gradient_norm = 0;  ///< ‖∂L/∂h‖, h being the layer's output, after the activation that follows it.
    double weight_gradient_norm = 0;  ///< ‖∂L/∂W‖
    double bias_gradient_norm = 0;    ///< ‖∂L/∂b‖
    double weight_norm = 0;           ///< ‖W‖, before the step.
    double dead_share = 0;  ///< The share of the units that were 0 for every row of the batch; NaN without a ReLU.
    LayerGeometry geometry = {};
    bool measured = true;  ///< Whether the layer took part in the step: a gradient reached it or its parameters.
};

/// The layers of a model at one step, from the first to the last.
struct XG_EXPORT Profile {
    std::int64_t step = 0;  ///< Counted from 1; 0 if nothing was recorded.
    std::vector<LayerRecord> layers;

    /// The decades by which ‖∂L/∂h‖ falls from the last layer to the first; negative where it grows; NaN for fewer than
    /// two layers.
    double decades() const;
    /// The slope of a straight line through log10‖∂L/∂h‖ over depth, in decades a layer (positive: smaller in front).
    double decades_per_layer() const;

    /// A table, one line a layer, with a bar in log scale.
    std::string table() const;
    std::string to_csv() const;
    std::string to_json() const;
};

/// Prints the table, then the verdict of `diagnose`.
XG_EXPORT std::ostream& operator<<(std::ostream& out, const Profile& profile);

}  // namespace xg::inspect
