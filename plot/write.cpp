#include <filesystem>

#include <fmt/core.h>

#include <xgrad/core/detail/process.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/plot/detail/gnuplot.hpp>
#include <xgrad/plot/detail/model.hpp>
#include <xgrad/plot/detail/script.hpp>
#include <xgrad/plot/detail/text.hpp>
#include <xgrad/plot/figure.hpp>

namespace xg::plot {
namespace {

namespace fs = std::filesystem;

/// Where the figure goes: the folder and name without the ending, and what is to be drawn.
struct Target {
    std::string base;
    bool svg = true;
    bool png = true;
};

Target target_of(const std::string& path) {
    const fs::path name(path);
    const std::string ending = name.extension().string();
    if (name.filename().empty()) throw FileError(fmt::format("plot: cannot write '{}': it names no file", path));
    if (ending == ".svg" || ending == ".png")
        return {path.substr(0, path.size() - 4), ending == ".svg", ending == ".png"};
    for (const char* other : {".pdf", ".eps", ".ps", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".html"})
        if (ending == other)
            throw ValueError(
                fmt::format("plot: cannot draw '{}': expected .svg, .png or no ending, got {}", path, ending));
    return {path};
}

/// Written by whoever runs the script by hand: the data's name in it holds no character that gnuplot can't be told.
Target script_target(Target target) {
    const std::size_t slash = target.base.rfind('/');
    const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
    target.base = target.base.substr(0, begin) + detail::clean(target.base.substr(begin));
    return target;
}

void leave_script(const detail::FigureData& figure, const Target& wanted, const WriteOptions& options,
                  std::vector<std::string>& paths) {
    const Target target = script_target(wanted);
    const std::string stem = fs::path(target.base).filename().string();
    const detail::Drawing drawing =
        detail::draw(figure, {stem, target.svg, target.png, options.png_scale, options.theme});
    write_file(target.base + ".dat", drawing.data);
    paths.push_back(target.base + ".dat");
    write_file(target.base + ".gp", drawing.script);
    paths.push_back(target.base + ".gp");
}

}  // namespace

Written Figure::write(const std::string& path, const WriteOptions& options) const {
    if (!(options.png_scale >= 0.5 && options.png_scale <= 8))
        throw ValueError(fmt::format("plot: write: png_scale is {}, expected 0.5 to 8", options.png_scale));
    const Target target = target_of(path);
    const std::string folder = fs::path(path).parent_path().string();
    make_folder(folder.empty() ? "." : folder);  // before the work, not after it

    // gnuplot sees only names that were made here, in a folder of its own; the user's names stay out of its language.
    const xg::detail::TemporaryFolder temporary("plot");
    const detail::Drawing drawing =
        detail::draw(*data_, {"figure", target.svg, target.png, options.png_scale, options.theme});
    write_file(temporary.path() + "/figure.dat", drawing.data);
    write_file(temporary.path() + "/figure.gp", drawing.script);
    Written written;
    if (!detail::run_gnuplot(temporary.path(), "figure.gp")) {
        leave_script(*data_, target, options, written.paths);
        written.message = fmt::format(
            "'{}' was not drawn: there is no program '{}'. The data and gnuplot's script are in '{}' and '{}'; where "
            "gnuplot is "
            "installed, run it with the script, in that folder.",
            detail::clean(path), detail::clean(detail::gnuplot_program()), detail::clean(written.paths[0]),
            detail::clean(written.paths[1]));
        return written;
    }
    std::vector<std::pair<std::string, std::string>> images;
    for (const auto& [wanted, ending] : {std::pair(target.svg, ".svg"), std::pair(target.png, ".png")}) {
        if (!wanted) continue;
        std::vector<std::string> endings{ending};
        if (options.theme == Theme::both) endings.push_back(std::string("-dark") + ending);
        for (const std::string& e : endings) {
            const std::string drawn = temporary.path() + "/figure" + e;
            std::error_code code;
            if (!fs::exists(drawn, code) || fs::file_size(drawn, code) == 0)
                throw Error(
                    fmt::format("plot: {} ended without drawing '{}{}'", detail::gnuplot_program(), target.base, e));
            images.emplace_back(target.base + e, read_file(drawn));
        }
    }
    for (const auto& [name, content] : images) {
        write_file(name, content);
        written.paths.push_back(name);
    }
    written.drawn = true;
    if (options.keep_script) leave_script(*data_, target, options, written.paths);
    return written;
}

}  // namespace xg::plot
