#pragma once

#include <string>

namespace xg::plot::detail {

/// The program that draws: what XGRAD_GNUPLOT says, else `gnuplot`.
std::string gnuplot_program();

/// Runs gnuplot on the file `script` in `folder`, with no shell between. False if there is no such program. Throws
/// Error, with what it said on its error output, if it fails.
bool run_gnuplot(const std::string& folder, const std::string& script);

}  // namespace xg::plot::detail
