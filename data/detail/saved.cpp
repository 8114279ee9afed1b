#include <xgrad/data/detail/saved.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>

namespace xg::data::detail {

using nlohmann::ordered_json;

struct SavedWriter::Object {
    ordered_json root = ordered_json::object();
};

struct SavedReader::Object {
    ordered_json root;

    /// The entry under `key`, which counts as asked for.
    const ordered_json& at(SavedReader& file, const char* key) const {
        file.asked_.insert(key);
        const auto found = root.find(key);
        if (found == root.end()) file.fail(fmt::format("\"{}\" is missing", key));
        return *found;
    }
};

namespace {

ordered_json number_to_json(double value) { return std::isnan(value) ? ordered_json() : ordered_json(value); }

/// As it stands in the file.
std::string shown(const ordered_json& entry) {
    return entry.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

SavedWriter::SavedWriter(const std::string& kind) : object_(std::make_unique<Object>()) {
    object_->root["format"] = "xgrad." + kind;
    object_->root["version"] = 1;
}

SavedWriter::~SavedWriter() = default;

void SavedWriter::flag(const char* key, bool value) { object_->root[key] = value; }
void SavedWriter::word(const char* key, const std::string& value) { object_->root[key] = value; }
void SavedWriter::number(const char* key, double value) { object_->root[key] = number_to_json(value); }

void SavedWriter::numbers(const char* key, const std::vector<double>& values) {
    ordered_json list = ordered_json::array();
    for (const double value : values) list.push_back(number_to_json(value));
    object_->root[key] = std::move(list);
}

void SavedWriter::lists(const char* key, const std::vector<std::vector<std::int64_t>>& lists) {
    object_->root[key] = lists;
}

void SavedWriter::lists(const char* key, const std::vector<std::vector<std::string>>& lists) {
    object_->root[key] = lists;
}

void SavedWriter::write(const std::string& path) const {
    std::string text;
    try {
        text = object_->root.dump(1, ' ') + "\n";
    } catch (const ordered_json::exception&) {
        throw ValueError("save to " + path + ": a category is not UTF-8, expected text");
    }
    write_file(path, text);
}

SavedReader::SavedReader(const std::string& path, const std::string& kind)
    : path_(path), kind_(kind), object_(std::make_unique<Object>()) {
    object_->root = ordered_json::parse(read_file(path), nullptr, false);
    if (object_->root.is_discarded() || !object_->root.is_object()) fail("it is no JSON object");
    const ordered_json& format = object_->at(*this, "format");
    if (format != "xgrad." + kind) fail(fmt::format("\"format\" is {}", shown(format)));
    const ordered_json& version = object_->at(*this, "version");
    if (version != 1) fail(fmt::format("\"version\" is {}, this xgrad reads 1", shown(version)));
}

SavedReader::~SavedReader() = default;

void SavedReader::fail(const std::string& what) const {
    throw FileError(fmt::format("{}: expected a saved {}: {}", path_, kind_, what));
}

bool SavedReader::flag(const char* key) {
    const ordered_json& entry = object_->at(*this, key);
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
    if (!read_number(object_->at(*this, key), result)) fail(fmt::format("\"{}\" is no number", key));
    return result;
}

std::vector<double> SavedReader::numbers(const char* key, std::int64_t n) {
    const ordered_json& list = object_->at(*this, key);
    if (!list.is_array()) fail(fmt::format("\"{}\" is no list", key));
    std::vector<double> result(list.size());
    for (std::size_t i = 0; i < list.size(); ++i)
        if (!read_number(list[i], result[i])) fail(fmt::format("entry {} of \"{}\" is no number", i, key));
    if (n >= 0 && static_cast<std::int64_t>(result.size()) != n)
        fail(fmt::format("\"{}\" has {} entries, expected {}", key, result.size(), n));
    return result;
}

void SavedReader::lists(const char* key, std::vector<std::vector<std::int64_t>>& integers,
                        std::vector<std::vector<std::string>>& strings) {
    const ordered_json& lists = object_->at(*this, key);
    if (!lists.is_array() || lists.empty()) fail(fmt::format("\"{}\" is no list of lists", key));
    const bool text = lists.front().is_array() && !lists.front().empty() && lists.front().front().is_string();
    for (std::size_t j = 0; j < lists.size(); ++j) {
        if (!lists[j].is_array() || lists[j].empty())
            fail(fmt::format("entry {} of \"{}\" is no list of categories", j, key));
        std::set<std::string> seen;
        if (text)
            strings.emplace_back();
        else
            integers.emplace_back();
        for (const ordered_json& entry : lists[j]) {
            const bool fits = entry.is_number_integer() &&
                              !(entry.is_number_unsigned() && entry.get<std::uint64_t>() > std::uint64_t{INT64_MAX});
            if (text ? !entry.is_string() : !fits)
                fail(fmt::format("entry {} of \"{}\" holds {}, expected strings or int64 throughout", j, key,
                                 shown(entry)));
            if (!seen.insert(shown(entry)).second) fail(fmt::format("entry {} of \"{}\" holds one twice", j, key));
            if (text)
                strings.back().push_back(entry.get<std::string>());
            else
                integers.back().push_back(entry.get<std::int64_t>());
        }
    }
}

std::size_t SavedReader::choice(const char* key, const std::vector<std::string>& words) {
    const ordered_json& entry = object_->at(*this, key);
    const auto found = std::find_if(words.begin(), words.end(), [&](const std::string& word) { return entry == word; });
    if (found == words.end()) {
        std::string all;
        for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
        fail(fmt::format("\"{}\" is {}, expected one of {}", key, shown(entry), all));
    }
    return static_cast<std::size_t>(found - words.begin());
}

void SavedReader::finish() const {
    for (const auto& [key, unused] : object_->root.items())
        if (!asked_.contains(key)) fail(fmt::format("\"{}\" is unknown", key));
}

}  // namespace xg::data::detail
