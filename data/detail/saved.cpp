#include <xgrad/data/detail/saved.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <xgrad/core/detail/json.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>

namespace xg::data::detail {

using xg::detail::Json;

struct SavedWriter::Object {
    Json::Object members;

    void set(const char* key, Json value) { members.emplace_back(key, std::move(value)); }
};

struct SavedReader::Object {
    Json root;

    /// The entry under `key`, which counts as asked for.
    const Json& at(SavedReader& file, const char* key) const {
        file.asked_.insert(key);
        const Json* found = root.find(key);
        if (found == nullptr) file.fail(fmt::format("\"{}\" is missing", key));
        return *found;
    }
};

namespace {

/// As it stands in the file.
std::string as_written(const Json& entry) { return entry.dump(-1, true); }

template <class T>
Json lists_to_json(const std::vector<std::vector<T>>& lists) {
    Json::List result;
    for (const std::vector<T>& list : lists) result.push_back(Json::list_of(list));
    return result;
}

}  // namespace

SavedWriter::SavedWriter(const std::string& kind) : object_(std::make_unique<Object>()) {
    object_->set("format", "xgrad." + kind);
    object_->set("version", 1);
}

SavedWriter::~SavedWriter() = default;

void SavedWriter::flag(const char* key, bool value) { object_->set(key, value); }
void SavedWriter::word(const char* key, const std::string& value) { object_->set(key, value); }
void SavedWriter::number(const char* key, double value) { object_->set(key, value); }
void SavedWriter::numbers(const char* key, const std::vector<double>& values) {
    object_->set(key, Json::list_of(values));
}

void SavedWriter::lists(const char* key, const std::vector<std::vector<std::int64_t>>& lists) {
    object_->set(key, lists_to_json(lists));
}

void SavedWriter::lists(const char* key, const std::vector<std::vector<std::string>>& lists) {
    object_->set(key, lists_to_json(lists));
}

void SavedWriter::write(const std::string& path) const {
    std::string text;
    try {
        text = Json(object_->members).dump(1) + "\n";
    } catch (const ValueError&) {
        throw ValueError("save to " + path + ": a category is not UTF-8, expected text");
    }
    write_file(path, text);
}

SavedReader::SavedReader(const std::string& path, const std::string& kind)
    : path_(path), kind_(kind), object_(std::make_unique<Object>()) {
    const std::string content = read_file(path);
    try {
        object_->root = xg::detail::parse_json(content);
    } catch (const ValueError& error) {
        fail(std::string("it is no JSON object: ") + error.what());
    }
    if (!object_->root.is_object()) fail("it is no JSON object");
    const Json& format = object_->at(*this, "format");
    if (format.text() == nullptr || *format.text() != "xgrad." + kind)
        fail(fmt::format("\"format\" is {}", as_written(format)));
    const Json& version = object_->at(*this, "version");
    if (!version.is_number() || version.number() != 1)
        fail(fmt::format("\"version\" is {}, this xgrad reads 1", as_written(version)));
}

SavedReader::~SavedReader() = default;

void SavedReader::fail(const std::string& what) const {
    throw FileError(fmt::format("{}: expected a saved {}: {}", path_, kind_, what));
}

bool SavedReader::flag(const char* key) {
    const Json& entry = object_->at(*this, key);
    if (entry.boolean() == nullptr) fail(fmt::format("\"{}\" is not true or false", key));
    return *entry.boolean();
}

namespace {

/// Whether it is a finite number or null; which is then in `value`, null as NaN.
bool read_number(const Json& entry, double& value) {
    if (!entry.is_null() && !entry.is_number()) return false;
    value = entry.is_null() ? std::numeric_limits<double>::quiet_NaN() : entry.number();
    return entry.is_null() || std::isfinite(value);
}

/// Whether it is a whole number of int64, which is then in `value`.
bool read_integer(const Json& entry, std::int64_t& value) {
    if (entry.integer() != nullptr) value = *entry.integer();
    if (entry.natural() != nullptr) value = static_cast<std::int64_t>(*entry.natural());
    return entry.integer() != nullptr || (entry.natural() != nullptr && *entry.natural() <= std::uint64_t{INT64_MAX});
}

}  // namespace

double SavedReader::number(const char* key) {
    double result;
    if (!read_number(object_->at(*this, key), result)) fail(fmt::format("\"{}\" is no number", key));
    return result;
}

std::vector<double> SavedReader::numbers(const char* key, std::int64_t n) {
    const Json::List* list = object_->at(*this, key).list();
    if (list == nullptr) fail(fmt::format("\"{}\" is no list", key));
    std::vector<double> result(list->size());
    for (std::size_t i = 0; i < list->size(); ++i)
        if (!read_number((*list)[i], result[i])) fail(fmt::format("entry {} of \"{}\" is no number", i, key));
    if (n >= 0 && static_cast<std::int64_t>(result.size()) != n)
        fail(fmt::format("\"{}\" has {} entries, expected {}", key, result.size(), n));
    return result;
}

void SavedReader::lists(const char* key, std::vector<std::vector<std::int64_t>>& integers,
                        std::vector<std::vector<std::string>>& strings) {
    const Json::List* lists = object_->at(*this, key).list();
    if (lists == nullptr || lists->empty()) fail(fmt::format("\"{}\" is no list of lists", key));
    const Json::List* first = lists->front().list();
    const bool text = first != nullptr && !first->empty() && first->front().text() != nullptr;
    for (std::size_t j = 0; j < lists->size(); ++j) {
        const Json::List* list = (*lists)[j].list();
        if (list == nullptr || list->empty()) fail(fmt::format("entry {} of \"{}\" is no list of categories", j, key));
        std::set<std::string> seen;
        if (text)
            strings.emplace_back();
        else
            integers.emplace_back();
        for (const Json& entry : *list) {
            std::int64_t integer = 0;
            if (text ? entry.text() == nullptr : !read_integer(entry, integer))
                fail(fmt::format("entry {} of \"{}\" holds {}, expected strings or int64 throughout", j, key,
                                 as_written(entry)));
            if (!seen.insert(as_written(entry)).second) fail(fmt::format("entry {} of \"{}\" holds one twice", j, key));
            if (text)
                strings.back().push_back(*entry.text());
            else
                integers.back().push_back(integer);
        }
    }
}

std::size_t SavedReader::choice(const char* key, const std::vector<std::string>& words) {
    const Json& entry = object_->at(*this, key);
    const auto found = std::find_if(words.begin(), words.end(), [&](const std::string& word) {
        return entry.text() != nullptr && *entry.text() == word;
    });
    if (found == words.end()) {
        std::string all;
        for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
        fail(fmt::format("\"{}\" is {}, expected one of {}", key, as_written(entry), all));
    }
    return static_cast<std::size_t>(found - words.begin());
}

void SavedReader::finish() const {
    for (const auto& [key, unused] : *object_->root.object())
        if (!asked_.contains(key)) fail(fmt::format("\"{}\" is unknown", key));
}

}  // namespace xg::data::detail
