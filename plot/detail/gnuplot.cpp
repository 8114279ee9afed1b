#include <xgrad/plot/detail/gnuplot.hpp>

#include <cstdlib>

#include <fmt/core.h>

#include <xgrad/core/detail/process.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/plot/detail/text.hpp>

namespace xg::plot::detail {
namespace {

std::string said(const std::string& log) {
    std::string text;
    try {
        text = read_file(log);
    } catch (const FileError&) {
        return "it left no message";
    }
    if (text.size() > 2000) text.resize(2000);
    std::string out;
    for (const std::string& line : wrap(text, 1e9))
        if (line.find_first_not_of(' ') != std::string::npos) out += (out.empty() ? "" : "\n") + line;
    return out.empty() ? "it left no message" : out;
}

}  // namespace

std::string gnuplot_program() {
    const char* name = std::getenv("XGRAD_GNUPLOT");
    return name != nullptr && *name != '\0' ? name : "gnuplot";
}

bool run_gnuplot(const std::string& folder, const std::string& script) {
    const std::string name = gnuplot_program(), log = folder + "/gnuplot.log";
    // Without the user's own settings: a figure looks the same everywhere.
    const xg::detail::ProgramEnd end =
        xg::detail::run_program("plot", name, {"--default-settings", script}, folder, log);
    if (!end.found) return false;
    if (end.signal != 0) throw Error(fmt::format("plot: {} was ended by signal {}: {}", name, end.signal, said(log)));
    if (end.status != 0) throw Error(fmt::format("plot: {} failed with status {}: {}", name, end.status, said(log)));
    return true;
}

}  // namespace xg::plot::detail
