// What happens around the program that draws: missing, failing, files that can't be written.
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "support.hpp"

namespace fs = std::filesystem;
using namespace plot_tests;
using namespace xg::plot;

namespace {

/// A program that stands in for gnuplot.
std::string stand_in(const Folder& folder, const std::string& body) {
    const std::string path = folder / "stand-in";
    xg::write_file(path, "#!/bin/sh\n" + body + "\n");
    chmod(path.c_str(), 0755);
    return path;
}

auto says(std::string part) {
    return [part = std::move(part)](const xg::Error& e) {
        BOOST_TEST_MESSAGE(e.what());
        return contains(e.what(), part);
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(program)

BOOST_AUTO_TEST_CASE(a_missing_gnuplot_leaves_data_and_script) {
    for (const char* name : {"no-such-program-xgrad", "/nowhere/gnuplot", "/etc/passwd", "/etc/passwd/gnuplot"}) {
        const Folder folder;
        const Program program(name);
        const Written written = small_figure().write(folder / "new/profile.svg");
        BOOST_TEST(!written.drawn);
        BOOST_TEST((written.paths == std::vector<std::string>{folder / "new/profile.dat", folder / "new/profile.gp"}));
        BOOST_TEST(contains(written.message, name));
        BOOST_TEST(contains(written.message, folder / "new/profile.gp"));
        BOOST_TEST(contains(xg::read_file(folder / "new/profile.dat"), "2 1\n"));
        BOOST_TEST(!fs::exists(folder / "new/profile.svg"));
    }
}

BOOST_AUTO_TEST_CASE(the_script_that_was_left_draws, *boost::unit_test::precondition(NeedsGnuplot())) {
    const Folder folder;
    {
        const Program program("no-such-program-xgrad");
        small_figure().write(folder / "profile");
    }
    BOOST_REQUIRE(std::system(("cd '" + folder.path.string() + "' && gnuplot profile.gp").c_str()) == 0);
    BOOST_TEST(contains(xg::read_file(folder / "profile.svg"), "a title"));
    BOOST_TEST(fs::file_size(folder / "profile.png") > 1000U);
}

BOOST_AUTO_TEST_CASE(a_failure_is_told_in_the_programs_own_words) {
    const Folder folder;
    xg::write_file(folder / "figure.svg", "old");
    {
        const Program program(stand_in(folder, "echo out of ink >&2; exit 3"));
        BOOST_CHECK_EXCEPTION(small_figure().write(folder / "figure.svg"), xg::Error, says("status 3: out of ink"));
    }
    {
        const Program program(stand_in(folder, "kill -9 $$"));
        BOOST_CHECK_EXCEPTION(small_figure().write(folder / "figure.svg"), xg::Error, says("signal 9"));
    }
    {
        const Program program(stand_in(folder, "exit 0"));
        BOOST_CHECK_EXCEPTION(small_figure().write(folder / "figure.svg"), xg::Error, says("without drawing"));
    }
    {
        // Half of a pair is nothing: what was there stays.
        const Program program(stand_in(folder, "echo new > figure.svg"));
        BOOST_CHECK_EXCEPTION(small_figure().write(folder / "figure"), xg::Error, says("without drawing"));
    }
    BOOST_TEST(xg::read_file(folder / "figure.svg") == "old");
    BOOST_TEST(folder.files() == 2U);
}

BOOST_AUTO_TEST_CASE(how_it_is_called) {
    const Folder folder;
    const Program program(
        stand_in(folder, "echo \"$#:$1:$2:$(cat)\" > figure.svg; pwd > '" + (folder / "where") + "'"));
    small_figure().write(folder / "figure.svg");
    BOOST_TEST(xg::read_file(folder / "figure.svg") == "2:--default-settings:figure.gp:\n");
    std::string where = xg::read_file(folder / "where");
    where.pop_back();
    BOOST_TEST(!fs::exists(where));  // its folder is gone
}

BOOST_AUTO_TEST_CASE(a_relative_program) {
    const Folder folder;
    stand_in(folder, "echo drawn > figure.svg");
    const fs::path before = fs::current_path();
    fs::current_path(folder.path);
    const Program program("./stand-in");
    const Written written = small_figure().write("figure.svg");
    fs::current_path(before);
    BOOST_TEST(written.drawn);
    BOOST_TEST(xg::read_file(folder / "figure.svg") == "drawn\n");
}

BOOST_AUTO_TEST_CASE(a_host_that_ignores_its_children) {
    const Folder folder;
    const Program program(stand_in(folder, "echo drawn > figure.svg"));
    const auto before = std::signal(SIGCHLD, SIG_IGN);
    const Written written = small_figure().write(folder / "figure.svg");
    std::signal(SIGCHLD, before);
    BOOST_TEST(written.drawn);
}

BOOST_AUTO_TEST_CASE(places_that_can_not_be_written) {
    const Folder folder;
    xg::write_file(folder / "file", "old");
    fs::create_directory(folder / "taken.svg");
    BOOST_CHECK_THROW(small_figure().write("/proc/xgrad/figure.svg"), xg::FileError);
    BOOST_CHECK_EXCEPTION(small_figure().write(folder / "file/figure.svg"), xg::FileError, says(folder / "file"));
    {
        const Program program(stand_in(folder, "echo drawn > figure.svg"));
        BOOST_CHECK_THROW(small_figure().write(folder / "taken.svg"), xg::FileError);
    }
    BOOST_TEST(xg::read_file(folder / "file") == "old");
    BOOST_TEST(fs::is_directory(folder / "taken.svg"));
}

BOOST_AUTO_TEST_SUITE_END()
