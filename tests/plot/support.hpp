#pragma once

#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/plot/figure.hpp>

namespace plot_tests {

/// A folder of the test's own.
struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "xgrad-plot-test-XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string operator/(const std::string& name) const { return path.string() + "/" + name; }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(path), std::filesystem::directory_iterator()));
    }
    std::filesystem::path path;
};

/// Sets the environment variable XGRAD_GNUPLOT for a scope.
struct Program {
    explicit Program(const std::string& name) { setenv("XGRAD_GNUPLOT", name.c_str(), 1); }
    ~Program() { unsetenv("XGRAD_GNUPLOT"); }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
};

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
    return n;
}

inline bool have_gnuplot() {
    static const bool found = std::system("command -v gnuplot > /dev/null 2>&1") == 0;
    return found;
}

/// For tests that draw.
struct NeedsGnuplot {
    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
        boost::test_tools::assertion_result result(have_gnuplot());
        result.message() << "gnuplot is not installed";
        return result;
    }
};

/// A figure with one line.
inline xg::plot::Figure small_figure() {
    xg::plot::Figure figure;
    figure.axes()
        .set({.title = "a title", .x_label = "x", .y_label = "y"})
        .line({1, 2, 3}, {2, 1, 3}, {.label = "a line"});
    return figure;
}

}  // namespace plot_tests
