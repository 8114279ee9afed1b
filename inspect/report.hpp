#pragma once

#include <string>

#include <xgrad/inspect/profile.hpp>

namespace xg::inspect {

/// A page for a browser, in one file that needs nothing from outside: the verdict, and a table of the layers with bars
/// in log scale.
XG_EXPORT std::string to_html(const Profile& profile, const std::string& title = "Gradients, layer by layer");

}  // namespace xg::inspect
