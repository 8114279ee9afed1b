#include <xgrad/plot/detail/gnuplot.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/plot/detail/text.hpp>

extern char** environ;

namespace xg::plot::detail {
namespace {

namespace fs = std::filesystem;

std::string reason(int code) { return std::generic_category().message(code); }

/// How the child begins: in its folder, with nothing to read, its output in a file, and no signal blocked or ignored
/// that the host has blocked or ignored.
class Start {
public:
    Start(const std::string& folder, const std::string& log) {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
        ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
        sigset_t none, all;
        sigemptyset(&none);
        sigemptyset(&all);
        for (const int s : {SIGPIPE, SIGTERM, SIGHUP, SIGCHLD, SIGXFSZ}) sigaddset(&all, s);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~Start() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    Start(const Start&) = delete;
    Start& operator=(const Start&) = delete;

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

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

TemporaryFolder::TemporaryFolder() {
    std::error_code code;
    const fs::path base = fs::temp_directory_path(code);
    if (code) throw FileError(fmt::format("plot: no folder for temporary files: {}", code.message()));
    path_ = (base / "xgrad-plot-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr)
        throw FileError(fmt::format("plot: cannot make the folder '{}': {}", path_, reason(errno)));
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code code;
    fs::remove_all(path_, code);
}

std::string gnuplot_program() {
    const char* name = std::getenv("XGRAD_GNUPLOT");
    return name != nullptr && *name != '\0' ? name : "gnuplot";
}

bool run_gnuplot(const std::string& folder, const std::string& script) {
    const std::string name = gnuplot_program();
    std::string program = name;
    if (program.find('/') != std::string::npos) {
        std::error_code code;
        const fs::path full = fs::absolute(program, code);  // the child begins in another folder
        if (!code) program = full.string();
    }
    const std::string log = folder + "/gnuplot.log";
    Start start(folder, log);
    // Without the user's own settings: a figure looks the same everywhere.
    std::string options = "--default-settings";
    std::string file = script;
    char* arguments[] = {program.data(), options.data(), file.data(), nullptr};
    pid_t child = 0;
    const int error = ::posix_spawnp(&child, program.c_str(), &start.actions, &start.attributes, arguments, environ);
    if (error == ENOENT || error == EACCES || error == ENOTDIR) return false;
    if (error != 0) throw Error(fmt::format("plot: cannot run '{}': {}", name, reason(error)));

    int status = 0;
    pid_t ended = 0;
    do ended = ::waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0) return true;  // a host that ignores SIGCHLD never learns the status; the files will tell
    if (WIFSIGNALED(status))
        throw Error(fmt::format("plot: {} was ended by signal {}: {}", name, WTERMSIG(status), said(log)));
    if (WEXITSTATUS(status) != 0)
        throw Error(fmt::format("plot: {} failed with status {}: {}", name, WEXITSTATUS(status), said(log)));
    return true;
}

}  // namespace xg::plot::detail
