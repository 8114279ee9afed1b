#pragma once

#include <string>

namespace xg::plot::detail {

/// A folder of its own below the system's folder for temporary files; gone with everything in it at the end of the scope.
class TemporaryFolder {
public:
    /// Throws FileError.
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

/// The program that draws: what XGRAD_GNUPLOT says, else `gnuplot`.
std::string gnuplot_program();

/// Runs gnuplot on the file `script` in `folder`, with no shell between. False if there is no such program. Throws Error,
/// with what it said on its error output, if it fails.
bool run_gnuplot(const std::string& folder, const std::string& script);

}  // namespace xg::plot::detail
