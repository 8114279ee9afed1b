#include <xgrad/core/detail/process.hpp>

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

extern char** environ;

namespace xg::detail {
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

}  // namespace

TemporaryFolder::TemporaryFolder(const std::string& who) {
    std::error_code code;
    const fs::path base = fs::temp_directory_path(code);
    if (code) throw FileError(fmt::format("{}: no folder for temporary files: {}", who, code.message()));
    path_ = (base / ("xgrad-" + who + "-XXXXXX")).string();
    if (::mkdtemp(path_.data()) == nullptr)
        throw FileError(fmt::format("{}: cannot make the folder '{}': {}", who, path_, reason(errno)));
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code code;
    fs::remove_all(path_, code);
}

ProgramEnd run_program(const std::string& who, const std::string& program, const std::vector<std::string>& arguments,
                       const std::string& folder, const std::string& log) {
    std::vector<std::string> words = {program};
    if (program.find('/') != std::string::npos) {
        std::error_code code;
        const fs::path full = fs::absolute(program, code);  // the child begins in another folder
        if (!code) words[0] = full.string();
    }
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    Start start(folder, log);
    pid_t child = 0;
    const int error = ::posix_spawnp(&child, argv[0], &start.actions, &start.attributes, argv.data(), environ);
    if (error == ENOENT || error == EACCES || error == ENOTDIR) return {.found = false};
    if (error != 0) throw Error(fmt::format("{}: cannot run '{}': {}", who, program, reason(error)));

    int status = 0;
    pid_t ended = 0;
    do ended = ::waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0) return {};  // a host that ignores SIGCHLD never learns the status; the files will tell
    if (WIFSIGNALED(status)) return {.signal = WTERMSIG(status)};
    return {.status = WEXITSTATUS(status)};
}

}  // namespace xg::detail
