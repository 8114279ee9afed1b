#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <xgrad/core/export.hpp>

namespace xg::data::detail {

/// The bytes of a file, or of memory, from the first to the last.
class XG_EXPORT CsvInput {
public:
    /// Opens the file. One that cannot be read twice (a pipe) is read into memory. Throws FileError.
    static CsvInput open(const std::string& path);
    static CsvInput memory(std::string content);

    CsvInput(CsvInput&& other) noexcept;
    CsvInput& operator=(CsvInput&&) = delete;
    ~CsvInput();

    /// Up to `n` bytes into `to`; 0 at the end. Throws FileError.
    std::size_t read(char* to, std::size_t n);
    /// Back to the first byte.
    void rewind();

private:
    CsvInput() = default;
    std::string path_, content_;
    int fd_ = -1;
    std::size_t at_ = 0;
};

/// A window on the input that holds whole lines, as far as it is told where they begin.
class CsvWindow {
public:
    /// Reads `step` bytes at a time.
    CsvWindow(CsvInput input, std::size_t step) : input_(std::move(input)), step_(step) { start(); }

    // What is to be parsed next, and where it ends; a zero byte stands there. The parser moves `at`.
    const char* at = nullptr;
    const char* end = nullptr;
    bool last = false;  ///< Whether the input ends where the window does.

    /// Drops what lies before `keep` and reads on. `at` is then at `keep`. False, and nothing done, if `most` bytes are
    /// held already.
    bool more(const char* keep, std::size_t most);
    /// Back to the input's first byte, past a byte order mark.
    void rewind() {
        input_.rewind();
        start();
    }

private:
    void start();

    CsvInput input_;
    std::size_t step_;
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
};

}  // namespace xg::data::detail
