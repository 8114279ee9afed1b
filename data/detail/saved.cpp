#include <xgrad/data/detail/saved.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>

namespace xg::data::detail {

using nlohmann::ordered_json;

ordered_json begin_saved(const std::string& kind) {
    ordered_json root;
    root["format"] = "xgrad." + kind;
    root["version"] = 1;
    return root;
}

ordered_json numbers_to_json(const std::vector<double>& values) {
    ordered_json list = ordered_json::array();
    for (const double value : values) list.push_back(std::isnan(value) ? ordered_json() : ordered_json(value));
    return list;
}

void write_saved(const std::string& path, const ordered_json& root) {
    std::string text;
    try {
        text = root.dump(1, ' ') + "\n";
    } catch (const ordered_json::exception&) {
        throw ValueError("save to " + path + ": a category is not UTF-8, expected text");
    }
    write_file(path, text);
}

SavedReader::SavedReader(const std::string& path, const std::string& kind) : path_(path), kind_(kind) {
    const std::string text = read_file(path);
    root_ = ordered_json::parse(text, nullptr, false);
    if (root_.is_discarded() || !root_.is_object()) fail("it is no JSON object");
    const ordered_json& format = value("format");
    if (format != "xgrad." + kind) fail(fmt::format("\"format\" is {}", format.dump()));
    const ordered_json& version = value("version");
    if (version != 1) fail(fmt::format("\"version\" is {}, this xgrad reads 1", version.dump()));
}

void SavedReader::fail(const std::string& what) const {
    throw FileError(fmt::format("{}: expected a saved {}: {}", path_, kind_, what));
}

const ordered_json& SavedReader::value(const char* key) {
    asked_.insert(key);
    const auto found = root_.find(key);
    if (found == root_.end()) fail(fmt::format("\"{}\" is missing", key));
    return *found;
}

bool SavedReader::flag(const char* key) {
    const ordered_json& entry = value(key);
    if (!entry.is_boolean()) fail(fmt::format("\"{}\" is not true or false", key));
    return entry.get<bool>();
}

namespace {

/// Whether it is a finite number or null; which is then in `value`, null as NaN.
bool read_number(const ordered_json& entry, double& value) {
    if (!entry.is_null() && !entry.is_number()) return false;
    value = entry.is_null() ? std::numeric_limits<double>::quiet_NaN() : entry.get<double>();
    return entry.is_null() || std::isfinite(value);
}

}  // namespace

double SavedReader::number(const char* key) {
    double result;
    if (!read_number(value(key), result)) fail(fmt::format("\"{}\" is no number", key));
    return result;
}

std::vector<double> SavedReader::numbers(const char* key, std::int64_t n) {
    const ordered_json& list = value(key);
    if (!list.is_array()) fail(fmt::format("\"{}\" is no list", key));
    std::vector<double> result(list.size());
    for (std::size_t i = 0; i < list.size(); ++i)
        if (!read_number(list[i], result[i])) fail(fmt::format("entry {} of \"{}\" is no number", i, key));
    if (n >= 0 && static_cast<std::int64_t>(result.size()) != n)
        fail(fmt::format("\"{}\" has {} entries, expected {}", key, result.size(), n));
    return result;
}

std::size_t SavedReader::choice(const char* key, const std::vector<std::string>& words) {
    const ordered_json& entry = value(key);
    const auto found = std::find_if(words.begin(), words.end(), [&](const std::string& word) { return entry == word; });
    if (found == words.end())
        fail(fmt::format("\"{}\" is {}, expected one of {}", key, entry.dump(), fmt::join(words, ", ")));
    return static_cast<std::size_t>(found - words.begin());
}

void SavedReader::finish() const {
    for (const auto& [key, unused] : root_.items())
        if (!asked_.contains(key)) fail(fmt::format("\"{}\" is unknown", key));
}

}  // namespace xg::data::detail
