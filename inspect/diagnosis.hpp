#pragma once

#include <string>
#include <vector>

#include <xgrad/inspect/profile.hpp>

namespace xg::inspect {

/// What is wrong with the gradient, if anything.
enum class Finding {
    healthy,     ///< It keeps its size within three decades from the last layer to the first.
    vanishing,   ///< It is more than three decades smaller at the first layer.
    exploding,   ///< It is more than three decades larger at the first layer.
    dead,        ///< A layer has no unit left that is ever active: nothing in front of it gets a gradient.
    not_finite,  ///< It is NaN or infinite somewhere.
    unknown,     ///< Too little was recorded.
    zero,        ///< It is 0 in every layer.
};

/// A finding with its evidence and what helps against it.
struct XG_EXPORT Diagnosis {
    Finding finding = Finding::unknown;
    std::string
        layer;  ///< The layer from which on, going back, the finding holds; of dead ones the first; empty for none.
    double decades = 0;  ///< Measured from the last layer to the first; positive: smaller in front.
    double predicted_decades =
        0;  ///< What the theory predicts from the weights, for one input; NaN where it does not apply.
    double predicted_deviation = 0;
    std::vector<std::string> sentences;  ///< The verdict in words, one thought each.

    /// The sentences, one a line.
    std::string text() const;
};

/// Judges the gradient's way from the last layer to the first. The size at the last layer is the measure, so that the
/// verdict does not depend on the loss's scale or the batch's size.
XG_EXPORT Diagnosis diagnose(const Profile& profile);

}  // namespace xg::inspect
