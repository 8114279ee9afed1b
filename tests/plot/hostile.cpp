// No name reaches gnuplot as code: had one, a file would lie in the test's folder that nobody asked for.
#include <sys/wait.h>

#include <string>
#include <vector>

#include "support.hpp"

namespace fs = std::filesystem;
using namespace plot_tests;
using namespace xg::plot;

namespace {

std::vector<std::string> hostile_texts(const std::string& trap) {
    return {
        "`touch " + trap + "`",
        "$(touch " + trap + ")",
        "'.system(\"touch " + trap + "\").'",
        "\".system('touch " + trap + "').\"",
        "'\nsystem('touch " + trap + "')\n'",
        "x' ; system(\"touch " + trap + "\") #",
        "\\'; system('touch " + trap + "'); \\'",
        "'`touch " + trap + "`'",
        "\"`touch " + trap + "`\"",
        "''`touch " + trap + "`''",
        "\r!touch " + trap,
        "@trap ARG0 $trap",
        "< touch " + trap,
        "| touch " + trap,
        "'.system(\"touch " + trap + "\")#",
        "''.system(\"touch " + trap + "\").''",
        "\\140touch " + trap + "\\140",
        "it's \\",
        "\\",
        "'",
    };
}

std::string xml(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else
            out += c;
    }
    return out;
}

/// The figure with `text` wherever a text can stand.
Figure everywhere(const std::string& text) {
    Figure figure({.columns = 2, .panel_width = 1200, .title = text, .caption = text});
    figure.axes()
        .set({.title = text, .x_label = text, .y_label = text})
        .line({1, 2, 3}, {2, 1, 3}, {.label = text})
        .band({1, 2, 3}, {1, 0, 2}, {3, 2, 4}, {.label = text})
        .points({1, 2}, {2, 3}, {.label = text})
        .bars({1, 2}, {1, 1}, {.label = text})
        .hline(2, {.label = text})
        .vline(2, {.label = text})
        .text(2, 2, text)
        .set_x_ticks({1, 2}, {text, text});
    figure.axes(0, 1)
        .matrix({1, 2}, 1, {.texts = {text, text}, .color_bar = true})
        .barh({1}, {1}, {.label = text})
        .steps({0, 1}, {1}, {.label = text})
        .set_y_ticks({0, 1}, {text, text});
    return figure;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile, *boost::unit_test::precondition(NeedsGnuplot()))

BOOST_AUTO_TEST_CASE(the_trap_works) {
    const Folder folder;
    const std::string trap = folder / "trap";
    xg::write_file(folder / "script.gp", "set title \"`touch " + trap + "`\"\n");
    BOOST_REQUIRE(std::system(("gnuplot '" + (folder / "script.gp") + "'").c_str()) == 0);
    BOOST_TEST(fs::exists(trap));
}

BOOST_AUTO_TEST_CASE(texts_are_not_run) {
    const Folder folder;
    const std::string trap = folder / "trap";
    for (const std::string& text : hostile_texts(trap)) {
        BOOST_TEST_CONTEXT(text) {
            const Written written = everywhere(text).write(folder / "figure", {.keep_script = true});
            BOOST_TEST(written.drawn);
            BOOST_TEST(!fs::exists(trap));
            BOOST_TEST(folder.files() == 4U);
            // Nor by whoever runs the script that was left.
            BOOST_TEST(std::system(("cd '" + folder.path.string() + "' && gnuplot figure.gp").c_str()) == 0);
            BOOST_TEST(!fs::exists(trap));
            BOOST_TEST(folder.files() == 4U);
        }
    }
}

BOOST_AUTO_TEST_CASE(texts_come_out_as_they_are) {
    const Folder folder;
    for (const std::string text :
         {"it's `ls` $(ls) \"q\" \\n \\\\", "a_b^c {x}_{2} &{y} ~a{.5b} @x", "<b>&amp;</b> 5 > 3", "‖∂L/∂h‖ → 中文 é 😀",
          "%d %s %%", "{/Bold x}{/Symbol a}", "100 % # not a comment ; , :"}) {
        BOOST_TEST_CONTEXT(text) {
            everywhere(text).write(folder / "figure.svg");
            // Title, caption, panel's title, two axes, four names, two rules, one text, two ticks; in the second panel two
            // cells, two names, two ticks.
            BOOST_TEST(count(xg::read_file(folder / "figure.svg"), "<text>" + xml(text) + "</text>") == 20U);
        }
    }
}

BOOST_AUTO_TEST_CASE(control_characters_and_bytes_that_are_no_text) {
    const Folder folder;
    using namespace std::string_literals;
    everywhere("a\nb\tc\0d\x1b[31me\x7f"s).write(folder / "figure.svg");
    const std::string svg = xg::read_file(folder / "figure.svg");
    BOOST_TEST(contains(svg, "a b c d [31me"));
    BOOST_TEST(count(svg, "\x1b") == 0U);
    everywhere("bad \xff\xc0\xaf \xe2\x82 end").write(folder / "figure");
    BOOST_TEST(contains(xg::read_file(folder / "figure.svg"), "bad \uFFFD\uFFFD\uFFFD \uFFFD\uFFFD end"));
    BOOST_TEST(contains(xg::read_file(folder / "figure.png").substr(0, 8), "PNG"));
}

BOOST_AUTO_TEST_CASE(names_of_files) {
    for (const std::string& name : std::vector<std::string>{
             "sp ace", "it's", "q\"q", "`touch trap`", "$(touch trap)", "| touch trap", "< touch trap", "!touch trap",
             "a;touch trap", "-e 'x'", "$data", "@x", "a\nb", "é‖", "\\", "100%d"}) {
        const Folder folder;
        BOOST_TEST_CONTEXT(name) {
            const Written written = small_figure().write(folder / name, {.keep_script = true});
            BOOST_TEST(written.drawn);
            BOOST_REQUIRE_EQUAL(written.paths.size(), 4U);
            for (const std::string& path : written.paths) BOOST_TEST(fs::file_size(path) > 0U);
            BOOST_TEST(written.paths[0] == (folder / name) + ".svg");
            BOOST_TEST(folder.files() == 4U);
            // The script that was left draws, in its folder, under the same names.
            for (int i : {0, 1}) fs::remove(written.paths[static_cast<std::size_t>(i)]);
            fs::copy_file(written.paths[3], folder / "run.gp");
            BOOST_TEST(std::system(("cd '" + folder.path.string() + "' && gnuplot run.gp").c_str()) == 0);
            BOOST_TEST(folder.files() == 5U);
            BOOST_TEST(!fs::exists(folder / "trap"));
            BOOST_TEST(!fs::exists("trap"));
        }
    }
}

BOOST_AUTO_TEST_CASE(names_of_folders) {
    const Folder folder;
    const std::string name = folder / "it's `touch trap` \"$(touch trap)\"\n/new one/figure.png";
    const Written written = small_figure().write(name);
    BOOST_TEST(written.drawn);
    BOOST_TEST(fs::file_size(name) > 0U);
    BOOST_TEST(!fs::exists("trap"));
}

BOOST_AUTO_TEST_CASE(colors_are_checked) {
    Figure figure;
    for (const char* color : {"red", "#12345", "#12345g", "#1234567", "'", "#0072b2' ; system('x')"}) {
        BOOST_CHECK_THROW(figure.axes().line({1}, {1}, {.color = color}), xg::ValueError);
        BOOST_CHECK_THROW(figure.axes().hline(1, {.color = color}), xg::ValueError);
        BOOST_CHECK_THROW(figure.axes().text(1, 1, "", {.color = color}), xg::ValueError);
    }
}

BOOST_AUTO_TEST_SUITE_END()
