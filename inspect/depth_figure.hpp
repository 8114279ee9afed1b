#pragma once

#include <string>
#include <vector>

#include <xgrad/inspect/profile.hpp>
#include <xgrad/plot/figure.hpp>

namespace xg::inspect {

/// A model's profile under the name that it has in a figure.
struct NamedProfile {
    std::string name;
    Profile profile;
};

/// Two panels beside each other, over depth in log scale: ‖∂L/∂h‖ of each profile with the theory's line and a band of
/// two standard deviations, and ‖∂L/∂W‖. The theory starts from the measured norm at each profile's last layer and
/// holds for one input; see `predict_gradient_norms`. Throws ValueError for no profiles.
XG_EXPORT plot::Figure depth_figure(const std::vector<NamedProfile>& profiles, const std::string& title,
                                    const std::string& caption);

}  // namespace xg::inspect
