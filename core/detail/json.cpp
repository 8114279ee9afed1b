#include <xgrad/core/detail/json.hpp>

#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <xgrad/core/error.hpp>

namespace xg::detail {
namespace {

using Library = nlohmann::ordered_json;

/// Builds a Json from what the library's parser sees.
class Builder final : public nlohmann::json_sax<Library> {
public:
    explicit Builder(int deepest) : deepest_(static_cast<std::size_t>(deepest)) {}

    Json take() { return std::move(root_); }

    bool null() override { return add(Json()); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::Object()); }
    bool start_array(std::size_t) override { return open(Json::List()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        if (!open_.back().names.insert(name).second) throw ValueError("JSON: an object names '" + name + "' twice");
        open_.back().values->object()->emplace_back(std::move(name), Json());
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const Library::exception& error) override {
        throw ValueError(std::string("JSON: ") + error.what());
    }

private:
    struct Open {
        Json* values;
        std::unordered_set<std::string> names = {};
    };

    /// Where the next value belongs.
    Json& place() {
        if (open_.empty()) return root_;
        if (Json::Object* object = open_.back().values->object()) return object->back().second;
        return open_.back().values->list()->emplace_back();
    }

    bool add(Json value) {
        place() = std::move(value);
        return true;
    }

    // A parent is not touched while one of its values is open, so that the pointers hold.
    bool open(Json value) {
        if (open_.size() == deepest_) throw ValueError(fmt::format("JSON: it nests deeper than {} levels", deepest_));
        Json& at = place();
        at = std::move(value);
        open_.push_back({&at});
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    std::size_t deepest_;
    Json root_;
    std::vector<Open> open_;
};

Library to_library(const Json& value) {
    if (const bool* flag = value.boolean()) return *flag;
    if (const std::int64_t* integer = value.integer()) return *integer;
    if (const std::uint64_t* natural = value.natural()) return *natural;
    if (const double* real = value.real()) return *real;
    if (const std::string* text = value.text()) return *text;
    if (const Json::List* list = value.list()) {
        Library result = Library::array();
        for (const Json& entry : *list) result.push_back(to_library(entry));
        return result;
    }
    if (const Json::Object* object = value.object()) {
        Library result = Library::object();
        // Its own [] would look each name up among all before it.
        auto& members = result.get_ref<Library::object_t&>();
        members.reserve(object->size());
        for (const auto& [name, entry] : *object) members.Container::emplace_back(name, to_library(entry));
        return result;
    }
    return nullptr;
}

}  // namespace

double Json::number() const noexcept {
    if (const std::int64_t* whole = integer()) return static_cast<double>(*whole);
    if (const std::uint64_t* whole = natural()) return static_cast<double>(*whole);
    return *real();
}

const Json* Json::find(std::string_view key) const noexcept {
    if (const Object* members = object())
        for (const auto& [name, value] : *members)
            if (name == key) return &value;
    return nullptr;
}

std::string Json::dump(int indent, bool replace) const {
    try {
        return to_library(*this).dump(indent, ' ', false,
                                      replace ? Library::error_handler_t::replace : Library::error_handler_t::strict);
    } catch (const Library::exception& error) {
        throw ValueError(std::string("JSON: a text is no UTF-8: ") + error.what());
    }
}

Json parse_json(std::string_view text, int deepest) {
    Builder builder(deepest);
    Library::sax_parse(text, &builder);
    return builder.take();
}

}  // namespace xg::detail
