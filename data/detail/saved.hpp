#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace xg::data::detail {

/// A fitted transformer on its way into a file: a JSON object that begins with what it is.
nlohmann::ordered_json begin_saved(const std::string& kind);
/// Numbers of JSON, where NaN is null.
nlohmann::ordered_json numbers_to_json(const std::vector<double>& values);
/// Writes it whole or not at all. Throws FileError, and ValueError for strings that are not UTF-8.
void write_saved(const std::string& path, const nlohmann::ordered_json& root);

/// A file that `write_saved` wrote. Whatever is missing, of another kind or unknown is a FileError that names it.
class SavedReader {
public:
    /// Reads the file and checks that it holds a `kind`.
    SavedReader(const std::string& path, const std::string& kind);

    const nlohmann::ordered_json& value(const char* key);
    bool flag(const char* key);
    double number(const char* key);
    /// A list of numbers or nulls; of `n` entries unless n < 0.
    std::vector<double> numbers(const char* key, std::int64_t n = -1);
    /// The place of a word in `words`.
    std::size_t choice(const char* key, const std::vector<std::string>& words);
    /// Throws FileError if the file holds a key that nobody asked for.
    void finish() const;
    /// Throws FileError: `what` is wrong with this file.
    [[noreturn]] void fail(const std::string& what) const;

private:
    std::string path_, kind_;
    nlohmann::ordered_json root_;
    std::set<std::string> asked_;
};

}  // namespace xg::data::detail
