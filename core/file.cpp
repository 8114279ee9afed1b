#include <xgrad/core/file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>

namespace xg {
namespace {

namespace fs = std::filesystem;

std::string reason(int code) { return std::generic_category().message(code); }

[[noreturn]] void fail(const char* what, const std::string& path, const std::string& why) {
    throw FileError(fmt::format("cannot {} '{}': {}", what, path, why));
}

void check_path(const char* what, const std::string& path) {
    if (path.empty()) fail(what, path, "the path is empty");
    // The system would stop reading at the zero and write to another file than the one that was named.
    if (path.find('\0') != std::string::npos) fail(what, path, "the path holds a zero byte");
}

class Descriptor {
public:
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const noexcept { return fd_; }
    bool ok() const noexcept { return fd_ >= 0; }
    /// 0, or errno: on network file systems a full disk shows only here.
    int close() noexcept {
        if (fd_ < 0) return 0;
        const int result = ::close(fd_);
        fd_ = -1;
        return result == 0 || errno == EINTR ? 0 : errno;
    }

private:
    int fd_;
};

/// A new empty file in `folder`, removed again unless it is renamed into place.
class TemporaryFile {
public:
    TemporaryFile(const std::string& folder, mode_t mode) : fd_(open_new(folder, mode)), error_(fd_.ok() ? 0 : errno) {}
    ~TemporaryFile() {
        if (fd_.ok() || written_) ::unlink(name_.c_str());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    int error() const noexcept { return error_; }

    void keep_mode(mode_t mode) noexcept { static_cast<void>(::fchmod(fd_.get(), mode)); }

    /// 0, or errno.
    int write(std::string_view content) noexcept {
        while (!content.empty()) {
            const ssize_t n = ::write(fd_.get(), content.data(), content.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return errno;
            content.remove_prefix(static_cast<std::size_t>(n));
        }
        return 0;
    }

    /// Nothing is written after it. 0, or errno.
    int finish() noexcept {
        while (::fsync(fd_.get()) != 0) {
            if (errno == EINVAL || errno == ENOTSUP) break;  // a file system that has nothing to sync
            if (errno != EINTR) return errno;
        }
        written_ = true;
        return fd_.close();
    }

    /// 0, or errno.
    int rename_to(const std::string& path) noexcept {
        if (std::rename(name_.c_str(), path.c_str()) != 0) return errno;
        written_ = false;
        return 0;
    }

private:
    int open_new(const std::string& folder, mode_t mode) {
        static std::atomic<unsigned> counter{0};
        for (;;) {
            // Not made from the wanted name: that may already be as long as the file system allows.
            name_ = fmt::format("{}/.xgrad-{}-{}.tmp", folder, ::getpid(), counter.fetch_add(1));
            const int fd = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
            if (fd >= 0 || (errno != EEXIST && errno != EINTR)) return fd;
        }
    }

    std::string name_;
    Descriptor fd_;
    int error_;
    bool written_ = false;
};

void sync_folder(const std::string& folder) noexcept {
    // Failures don't count: the file is whole by now under its name, and not every file system can sync a folder.
    const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.ok()) static_cast<void>(::fsync(fd.get()));
}

std::string folder_of(const std::string& path) {
    const std::string folder = fs::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

}  // namespace

void write_file(const std::string& path, std::string_view content) {
    write_file(path, [&] { return std::exchange(content, std::string_view()); });
}

void write_file(const std::string& path, const std::function<std::string_view()>& next) {
    check_path("write", path);
    if (path.back() == '/') fail("write", path, reason(EISDIR));
    std::error_code code;
    std::string target = path;
    // Through a link to the file it names: renaming onto the link would leave the old file where it was.
    if (fs::is_symlink(fs::symlink_status(path, code))) {
        const fs::path real = fs::canonical(path, code);
        if (!code) target = real.string();
    }
    const std::string folder = folder_of(target);
    fs::create_directories(folder, code);
    if (code) fail("write", path, fmt::format("cannot make the folder '{}': {}", folder, code.message()));

    struct stat before {};
    const bool exists = ::stat(target.c_str(), &before) == 0;
    if (exists && S_ISDIR(before.st_mode)) fail("write", path, reason(EISDIR));
    // A rename would put a plain file in the place of a device or a pipe.
    if (exists && !S_ISREG(before.st_mode)) fail("write", path, "it is not a regular file");

    TemporaryFile file(folder, 0666);
    if (file.error() != 0) fail("write", path, reason(file.error()));
    if (exists) file.keep_mode(before.st_mode & 07777);
    for (std::string_view piece = next(); !piece.empty(); piece = next())
        if (const int error = file.write(piece); error != 0) fail("write", path, reason(error));
    if (const int error = file.finish(); error != 0) fail("write", path, reason(error));
    if (const int error = file.rename_to(target); error != 0) fail("write", path, reason(error));
    sync_folder(folder);
}

std::string read_file(const std::string& path) {
    check_path("read", path);
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.ok()) fail("read", path, reason(errno));
    std::string content;
    struct stat info {};
    if (::fstat(fd.get(), &info) == 0 && S_ISREG(info.st_mode))
        content.reserve(static_cast<std::size_t>(info.st_size) + 1);
    std::size_t size = 0;
    for (;;) {
        // One byte more than the file says it has, so that its end is seen without growing; pipes and /proc say 0.
        if (content.size() == size) content.resize(content.capacity() > size ? content.capacity() : size + 65536);
        const ssize_t n = ::read(fd.get(), content.data() + size, content.size() - size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail("read", path, reason(errno));
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
    }
    content.resize(size);
    return content;
}

void make_folder(const std::string& path) {
    check_path("make the folder", path);
    std::error_code code;
    fs::create_directories(path, code);
    if (code) fail("make the folder", path, code.message());
    if (!fs::is_directory(path, code)) fail("make the folder", path, reason(code ? code.value() : ENOTDIR));
    // Asked by doing: permissions alone don't tell of read-only file systems, quotas or root's rights.
    const TemporaryFile probe(path, 0600);
    if (probe.error() != 0) fail("write into the folder", path, reason(probe.error()));
}

}  // namespace xg
