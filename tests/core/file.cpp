#include <xgrad/core/file.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>

namespace {

namespace fs = std::filesystem;

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "xgrad-file-XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const std::string& name) const { return (path / name).string(); }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
    fs::path path;
};

/// Whether the message names `path` and says `why`.
auto says(const std::string& path, const std::string& why) {
    return [=](const xg::FileError& e) {
        const std::string what = e.what();
        BOOST_TEST_MESSAGE(what);
        return what.find(path) != std::string::npos && what.find(why) != std::string::npos;
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
    const Folder folder;
    std::string bytes;
    for (int i = 0; i < 300'000; ++i) bytes.push_back(static_cast<char>(i * 7 % 256));
    for (const std::string& content : {std::string(), std::string("x"), std::string("a\0b\r\n", 5), bytes}) {
        xg::write_file(folder / "file", content);
        BOOST_TEST((xg::read_file(folder / "file") == content));
        BOOST_TEST(folder.files() == 1U);
    }
    BOOST_TEST(!xg::read_file("/proc/self/status").empty());  // says that it has 0 bytes
}

BOOST_AUTO_TEST_CASE(names_and_folders) {
    const Folder folder;
    const std::string long_name(255, 'n');  // the longest that Linux allows
    for (const std::string& name :
         {std::string("a/b/c"), std::string("sp ace"), std::string("'\"`$(x)\n"), long_name}) {
        xg::write_file(folder / name, name);
        BOOST_TEST(xg::read_file(folder / name) == name);
    }
    const fs::path before = fs::current_path();
    fs::current_path(folder.path);
    xg::write_file("plain", "here");
    fs::current_path(before);
    BOOST_TEST(xg::read_file(folder / "plain") == "here");
}

BOOST_AUTO_TEST_CASE(modes_and_links) {
    const Folder folder;
    const mode_t mask = umask(027);
    xg::write_file(folder / "new", "1");
    umask(mask);
    struct stat info {};
    BOOST_REQUIRE(stat((folder / "new").c_str(), &info) == 0);
    BOOST_TEST((info.st_mode & 0777) == 0640U);
    chmod((folder / "new").c_str(), 0604);
    xg::write_file(folder / "new", "2");
    BOOST_REQUIRE(stat((folder / "new").c_str(), &info) == 0);
    BOOST_TEST((info.st_mode & 0777) == 0604U);

    fs::create_symlink("new", folder / "link");
    xg::write_file(folder / "link", "3");
    BOOST_TEST(fs::is_symlink(folder / "link"));
    BOOST_TEST(xg::read_file(folder / "new") == "3");
}

BOOST_AUTO_TEST_CASE(an_open_reader_keeps_the_whole_old_file) {
    const Folder folder;
    xg::write_file(folder / "file", "old");
    std::ifstream reader(folder / "file");
    xg::write_file(folder / "file", "new and longer");
    std::string line;
    std::getline(reader, line);
    BOOST_TEST(line == "old");
}

BOOST_AUTO_TEST_CASE(a_failed_write_leaves_the_old_file_and_nothing_else) {
    const Folder folder;
    xg::write_file(folder / "file", "old");
    // A limit on the size of files stops the write half way, as a full disk does.
    rlimit before{};
    BOOST_REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, before.rlim_max};
    BOOST_REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    BOOST_CHECK_EXCEPTION(xg::write_file(folder / "file", std::string(100'000, 'x')), xg::FileError,
                          says(folder / "file", "File too large"));
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    BOOST_TEST(xg::read_file(folder / "file") == "old");
    BOOST_TEST(folder.files() == 1U);
}

BOOST_AUTO_TEST_CASE(what_can_not_be_written) {
    const Folder folder;
    xg::write_file(folder / "file", "old");
    fs::create_directory(folder / "folder");
    BOOST_CHECK_EXCEPTION(xg::write_file(folder / "folder", "x"), xg::FileError,
                          says(folder / "folder", "Is a directory"));
    BOOST_CHECK_EXCEPTION(xg::write_file(folder / "new/", "x"), xg::FileError, says(folder / "new/", "Is a directory"));
    BOOST_CHECK_EXCEPTION(xg::write_file(folder / "file/below", "x"), xg::FileError,
                          says(folder / "file/below", "Not a directory"));
    BOOST_CHECK_EXCEPTION(xg::write_file("/proc/xgrad/file", "x"), xg::FileError,
                          says("/proc/xgrad/file", "No such file"));
    BOOST_CHECK_EXCEPTION(xg::write_file("/proc/file", "x"), xg::FileError, says("/proc/file", ""));
    BOOST_CHECK_EXCEPTION(xg::write_file("/dev/null", "x"), xg::FileError, says("/dev/null", "not a regular file"));
    BOOST_CHECK_EXCEPTION(xg::write_file(folder / std::string(256, 'n'), "x"), xg::FileError, says("nnn", "too long"));
    BOOST_CHECK_THROW(xg::write_file("", "x"), xg::FileError);
    BOOST_CHECK_THROW(xg::write_file((folder / "cut") + std::string("\0me", 3), "x"), xg::FileError);
    BOOST_TEST(!fs::exists(folder / "cut"));
    BOOST_TEST(fs::is_character_file("/dev/null"));
    BOOST_TEST(folder.files() == 2U);
}

BOOST_AUTO_TEST_CASE(permissions, *boost::unit_test::precondition([](auto) { return geteuid() != 0; })) {
    const Folder folder;
    xg::write_file(folder / "file", "old");
    chmod(folder.path.c_str(), 0555);
    BOOST_CHECK_EXCEPTION(xg::write_file(folder / "file", "x"), xg::FileError,
                          says(folder / "file", "Permission denied"));
    BOOST_CHECK_EXCEPTION(xg::make_folder(folder.path.string()), xg::FileError,
                          says(folder.path.string(), "Permission denied"));
    BOOST_TEST(xg::read_file(folder / "file") == "old");
    chmod(folder.path.c_str(), 0755);
}

BOOST_AUTO_TEST_CASE(what_can_not_be_read) {
    const Folder folder;
    BOOST_CHECK_EXCEPTION(xg::read_file(folder / "none"), xg::FileError, says(folder / "none", "No such file"));
    BOOST_CHECK_EXCEPTION(xg::read_file(folder.path.string()), xg::FileError,
                          says(folder.path.string(), "Is a directory"));
    BOOST_CHECK_THROW(xg::read_file(""), xg::FileError);
}

BOOST_AUTO_TEST_CASE(folders_are_made_and_tried) {
    const Folder folder;
    xg::make_folder(folder / "a/b");
    xg::make_folder(folder / "a/b");
    BOOST_TEST(fs::is_directory(folder / "a/b"));
    BOOST_TEST(fs::is_empty(folder / "a/b"));
    xg::write_file(folder / "file", "");
    BOOST_CHECK_EXCEPTION(xg::make_folder(folder / "file"), xg::FileError, says(folder / "file", "Not a directory"));
    BOOST_CHECK_EXCEPTION(xg::make_folder(folder / "file/b"), xg::FileError,
                          says(folder / "file/b", "Not a directory"));
    BOOST_CHECK_EXCEPTION(xg::make_folder("/proc/self"), xg::FileError, says("/proc/self", ""));
    BOOST_CHECK_THROW(xg::make_folder(""), xg::FileError);
}

BOOST_AUTO_TEST_SUITE_END()
