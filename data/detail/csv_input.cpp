#include <xgrad/data/detail/csv_input.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>

namespace xg::data::detail {

namespace {

[[noreturn]] void fail(const std::string& path) {
    throw FileError(fmt::format("cannot read '{}': {}", path, std::generic_category().message(errno)));
}

}  // namespace

CsvInput CsvInput::open(const std::string& path) {
    struct stat info {};
    if (path.empty() || path.find('\0') != std::string::npos || ::stat(path.c_str(), &info) != 0 ||
        !S_ISREG(info.st_mode))
        return memory(read_file(path));
    CsvInput input;
    input.path_ = path;
    input.fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (input.fd_ < 0) fail(path);
    return input;
}

CsvInput CsvInput::memory(std::string content) {
    CsvInput input;
    input.content_ = std::move(content);
    return input;
}

CsvInput::CsvInput(CsvInput&& other) noexcept
    : path_(std::move(other.path_)),
      content_(std::move(other.content_)),
      fd_(std::exchange(other.fd_, -1)),
      at_(other.at_) {}

CsvInput::~CsvInput() {
    if (fd_ >= 0) ::close(fd_);
}

std::size_t CsvInput::read(char* to, std::size_t n) {
    if (fd_ < 0) {
        n = std::min(n, content_.size() - at_);
        std::memcpy(to, content_.data() + at_, n);
        at_ += n;
        return n;
    }
    for (;;) {
        const ssize_t got = ::read(fd_, to, n);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) fail(path_);
    }
}

void CsvInput::rewind() {
    at_ = 0;
    if (fd_ >= 0 && ::lseek(fd_, 0, SEEK_SET) != 0) fail(path_);
}

void CsvWindow::start() {
    last = false;
    at = end = buffer_.get();
    constexpr std::string_view mark = "\xef\xbb\xbf";
    while (!last && static_cast<std::size_t>(end - at) < mark.size()) more(at, mark.size());
    if (std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(mark)) at += mark.size();
}

bool CsvWindow::more(const char* keep, std::size_t most) {
    const auto held = static_cast<std::size_t>(end - keep);
    if (held >= most) return false;
    if (held + step_ > capacity_) {
        // Twice as much, so that a long line is not copied for every step.
        const std::size_t capacity = std::max(2 * held, held + step_);
        auto larger = std::make_unique_for_overwrite<char[]>(capacity + 1);
        if (held != 0) std::memcpy(larger.get(), keep, held);
        buffer_ = std::move(larger);
        capacity_ = capacity;
    } else {
        std::memmove(buffer_.get(), keep, held);
    }
    const std::size_t got = input_.read(buffer_.get() + held, std::max(step_, capacity_ - held));
    last = got == 0;
    at = buffer_.get();
    end = at + held + got;
    buffer_[held + got] = '\0';
    return true;
}

}  // namespace xg::data::detail
