#pragma once

#include <string>
#include <vector>

#include <xgrad/core/export.hpp>

// Programs that draw (gnuplot, Graphviz), without a shell between.

namespace xg::detail {

/// A folder of its own below the system's folder for temporary files; gone with everything in it at the end of the
/// scope.
class TemporaryFolder {
public:
    /// `who` begins the message of the FileError that it may throw, and the folder's name.
    explicit TemporaryFolder(const std::string& who);
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

/// How a program ended.
struct ProgramEnd {
    bool found = true;  ///< There is such a program.
    int signal = 0;     ///< That ended it; 0 for none.
    int status = 0;     ///< Its exit status; 0 too where the host ignores SIGCHLD and never learns it.
};

/// Runs `program`, found as a shell would find it, in `folder`, and waits for it; what it prints goes to the file
/// `log`. Throws Error, naming `who`, if it cannot be started though it is there.
ProgramEnd run_program(const std::string& who, const std::string& program, const std::vector<std::string>& arguments,
                       const std::string& folder, const std::string& log);

}  // namespace xg::detail
