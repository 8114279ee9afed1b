#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace xg::data::detail {

/// A fitted transformer on its way into a file: a JSON object that begins with what it is.
class SavedWriter {
public:
    explicit SavedWriter(const std::string& kind);
    ~SavedWriter();
    SavedWriter(const SavedWriter&) = delete;
    SavedWriter& operator=(const SavedWriter&) = delete;

    void flag(const char* key, bool value);
    void word(const char* key, const std::string& value);
    /// NaN is null.
    void number(const char* key, double value);
    void numbers(const char* key, const std::vector<double>& values);
    void lists(const char* key, const std::vector<std::vector<std::int64_t>>& lists);
    void lists(const char* key, const std::vector<std::vector<std::string>>& lists);
    /// Writes it whole or not at all. Throws FileError, and ValueError for strings that are not UTF-8.
    void write(const std::string& path) const;

private:
    struct Object;
    std::unique_ptr<Object> object_;
};

/// A file that SavedWriter wrote. Whatever is missing, of another kind or unknown is a FileError that names it.
class SavedReader {
public:
    /// Reads the file and checks that it holds a `kind`.
    SavedReader(const std::string& path, const std::string& kind);
    ~SavedReader();
    SavedReader(const SavedReader&) = delete;
    SavedReader& operator=(const SavedReader&) = delete;

    bool flag(const char* key);
    double number(const char* key);
    /// A list of numbers or nulls; of `n` entries unless n < 0.
    std::vector<double> numbers(const char* key, std::int64_t n = -1);
    /// Lists of different integers or of different strings, one or more of one or more.
    void lists(const char* key, std::vector<std::vector<std::int64_t>>& integers,
               std::vector<std::vector<std::string>>& strings);
    /// The place of a word in `words`.
    std::size_t choice(const char* key, const std::vector<std::string>& words);
    /// Throws FileError if the file holds a key that nobody asked for.
    void finish() const;
    /// Throws FileError: `what` is wrong with this file.
    [[noreturn]] void fail(const std::string& what) const;

private:
    struct Object;
    std::string path_, kind_;
    std::unique_ptr<Object> object_;
    std::set<std::string> asked_;
};

}  // namespace xg::data::detail
