#include <xgrad/data/safetensors.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <unordered_set>

#include <fmt/core.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/detail/json.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>

// The format: eight bytes with the header's length, the header in JSON, then the tensors' bytes, all in little-endian
// order. See https://huggingface.co/docs/safetensors.

namespace xg::data {
namespace {

static_assert(std::endian::native == std::endian::little, "the numbers of a safetensors file are little-endian");

using xg::detail::Json;

constexpr std::size_t kPrefix = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;  // as in the format's own reader
constexpr const char* kMetadata = "__metadata__";

float from_half(std::uint16_t bits) noexcept {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16, exponent = (bits >> 10) & 31u,
                        fraction = bits & 1023u;
    if (exponent == 0) {  // zero, and numbers below the normal ones: multiples of 2^-24
        const float value = static_cast<float>(fraction) * 0x1p-24F;
        return sign != 0 ? -value : value;
    }
    const std::uint32_t shifted = exponent == 31 ? 255 : exponent + 112;
    return std::bit_cast<float>(sign | (shifted << 23) | (fraction << 13));
}

float from_bfloat(std::uint16_t bits) noexcept { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

/// Reads `n` numbers of type From at `bytes`, which need not be aligned, and writes what `convert` makes of them.
template <class From, class To, class Convert>
void convert_all(const char* bytes, std::int64_t n, To* to, Convert convert) {
    for (std::int64_t i = 0; i < n; ++i) {
        From value;
        std::memcpy(&value, bytes + static_cast<std::size_t>(i) * sizeof(From), sizeof(From));
        to[i] = convert(value);
    }
}

/// A type of the format, and how its numbers become a tensor's; false where one of them does not fit.
struct Format {
    const char* name;
    std::int64_t bytes;
    DType dtype;
    bool (*read)(const char* bytes, Tensor& to);
};

template <class T>
bool read_same(const char* bytes, Tensor& to) {
    if (to.numel() != 0) std::memcpy(to.mutable_data<T>(), bytes, static_cast<std::size_t>(to.numel()) * sizeof(T));
    return true;
}
template <class T>
bool read_integer(const char* bytes, Tensor& to) {
    convert_all<T>(bytes, to.numel(), to.mutable_data<std::int64_t>(),
                   [](T v) { return static_cast<std::int64_t>(v); });
    return true;
}
bool read_unsigned(const char* bytes, Tensor& to) {
    bool fits = true;
    convert_all<std::uint64_t>(bytes, to.numel(), to.mutable_data<std::int64_t>(), [&](std::uint64_t v) {
        fits = fits && v <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        return static_cast<std::int64_t>(v);
    });
    return fits;
}
bool read_bool(const char* bytes, Tensor& to) {
    convert_all<std::uint8_t>(bytes, to.numel(), to.mutable_data<bool>(), [](std::uint8_t v) { return v != 0; });
    return true;
}
template <float (*convert)(std::uint16_t)>
bool read_short_float(const char* bytes, Tensor& to) {
    convert_all<std::uint16_t>(bytes, to.numel(), to.mutable_data<float>(), convert);
    return true;
}

constexpr std::array<Format, 13> kFormats{{
    {"F32", 4, DType::float32, read_same<float>},
    {"F64", 8, DType::float64, read_same<double>},
    {"I64", 8, DType::int64, read_same<std::int64_t>},
    {"BOOL", 1, DType::boolean, read_bool},
    {"F16", 2, DType::float32, read_short_float<from_half>},
    {"BF16", 2, DType::float32, read_short_float<from_bfloat>},
    {"I32", 4, DType::int64, read_integer<std::int32_t>},
    {"I16", 2, DType::int64, read_integer<std::int16_t>},
    {"I8", 1, DType::int64, read_integer<std::int8_t>},
    {"U8", 1, DType::int64, read_integer<std::uint8_t>},
    {"U16", 2, DType::int64, read_integer<std::uint16_t>},
    {"U32", 4, DType::int64, read_integer<std::uint32_t>},
    {"U64", 8, DType::int64, read_unsigned},
}};

/// The type as which a tensor is written: its dtype's own, which stand first.
const Format& format_of(DType dtype) {
    return *std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& f) { return f.dtype == dtype; });
}

const char* raw_bytes(const Tensor& t) {
    switch (t.dtype()) {
        case DType::float32: return reinterpret_cast<const char*>(t.data<float>());
        case DType::float64: return reinterpret_cast<const char*>(t.data<double>());
        case DType::int64: return reinterpret_cast<const char*>(t.data<std::int64_t>());
        case DType::boolean: return reinterpret_cast<const char*>(t.data<bool>());
    }
    return nullptr;
}

/// One tensor as the header describes it.
struct Entry {
    std::string name;
    const Format* format = nullptr;
    Shape shape;
    std::uint64_t begin = 0, end = 0;
};

class Reader {
public:
    Reader(std::string_view bytes, const std::string& origin) : bytes_(bytes), origin_(origin) {}

    SafeTensors read() {
        SafeTensors content;
        std::vector<Entry> entries;
        const Json header = parse_header();
        for (const auto& [name, value] : *header.object()) {
            if (name == kMetadata)
                read_metadata(value, content);
            else
                entries.push_back(read_entry(name, value));
        }
        check_layout(entries);
        for (const Entry& e : entries) content.tensors.emplace_back(e.name, read_tensor(e));
        return content;
    }

private:
    [[noreturn]] void fail(const std::string& what) const { throw FileError("cannot read '" + origin_ + "': " + what); }

    Json parse_header() {
        if (bytes_.size() < kPrefix)
            fail(fmt::format("expected a safetensors file, which begins with 8 bytes, got {} bytes", bytes_.size()));
        std::uint64_t length = 0;
        std::memcpy(&length, bytes_.data(), kPrefix);
        if (length > kLongestHeader)
            fail(fmt::format("expected a safetensors header of at most 100 MB, the file claims {} bytes", length));
        if (length > bytes_.size() - kPrefix)
            fail(fmt::format("the header of {} bytes goes beyond the end of the file, which has {} bytes", length,
                             bytes_.size()));
        const std::string_view text = bytes_.substr(kPrefix, length);
        data_ = bytes_.substr(kPrefix + length);
        if (text.empty() || text.front() != '{') fail("the header is no JSON object");

        // The format nests no deeper than a list in an object in an object.
        try {
            return xg::detail::parse_json(text, 3);
        } catch (const ValueError& e) {
            fail(std::string("the header is no JSON of this format: ") + e.what());
        }
    }

    void read_metadata(const Json& value, SafeTensors& content) const {
        if (!value.is_object()) fail("__metadata__: expected an object of texts");
        for (const auto& [key, text] : *value.object()) {
            if (text.text() == nullptr) fail("__metadata__: expected a text under '" + key + "'");
            content.metadata.emplace_back(key, *text.text());
        }
    }

    std::uint64_t read_number(const std::string& name, const char* what, const Json& value) const {
        if (value.natural() == nullptr) fail(fmt::format("tensor '{}': {} holds no number of at least 0", name, what));
        return *value.natural();
    }

    Entry read_entry(const std::string& name, const Json& value) const {
        Entry entry{.name = name, .format = nullptr, .shape = {}};
        const Json *type = value.find("dtype"), *shape = value.find("shape"), *offsets = value.find("data_offsets");
        if (type == nullptr || shape == nullptr || offsets == nullptr || value.object()->size() != 3)
            fail("tensor '" + name + "': expected an object of dtype, shape and data_offsets");
        if (type->text() != nullptr)
            for (const Format& f : kFormats)
                if (*type->text() == f.name) entry.format = &f;
        if (entry.format == nullptr)
            fail(fmt::format(
                "tensor '{}': the type {} is none that can be read (F64, F32, F16, BF16, I64, I32, I16, I8, "
                "U64, U32, U16, U8, BOOL)",
                name, type->dump()));
        if (!shape->is_list()) fail("tensor '" + name + "': shape is no list");
        if (!offsets->is_list() || offsets->list()->size() != 2)
            fail("tensor '" + name + "': data_offsets is no list of two");

        std::vector<std::int64_t> sizes;
        std::uint64_t bytes = static_cast<std::uint64_t>(entry.format->bytes);
        bool fits = true;
        for (const Json& item : *shape->list()) {
            const std::uint64_t size = read_number(name, "shape", item);
            fits = fits && size <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
            fits = !__builtin_mul_overflow(bytes, size, &bytes) && fits;
            sizes.push_back(static_cast<std::int64_t>(size));
        }
        entry.shape = Shape(sizes);
        entry.begin = read_number(name, "data_offsets", offsets->list()->front());
        entry.end = read_number(name, "data_offsets", offsets->list()->back());
        if (entry.begin > entry.end || entry.end > data_.size())
            fail(fmt::format("tensor '{}': its bytes {} to {} are none of the {} that follow the header", name,
                             entry.begin, entry.end, data_.size()));
        if (!fits || entry.end - entry.begin != bytes)
            fail(fmt::format("tensor '{}': {} of shape {} does not fill the {} bytes that it has", name,
                             entry.format->name, entry.shape.str(), entry.end - entry.begin));
        return entry;
    }

    /// Every byte belongs to one tensor.
    void check_layout(const std::vector<Entry>& entries) const {
        std::vector<const Entry*> order;
        for (const Entry& e : entries) order.push_back(&e);
        std::sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
            return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
        });
        std::uint64_t at = 0;
        for (const Entry* e : order) {
            if (e->begin != at)
                fail(fmt::format("tensor '{}' begins at byte {}, expected {}: bytes overlap or belong to no tensor",
                                 e->name, e->begin, at));
            at = e->end;
        }
        if (at != data_.size()) fail(fmt::format("{} bytes after the last tensor belong to none", data_.size() - at));
    }

    Tensor read_tensor(const Entry& e) const {
        Tensor t = empty(e.shape, {.dtype = e.format->dtype});
        if (!e.format->read(data_.data() + e.begin, t))
            fail("tensor '" + e.name + "': a number of type U64 is too great for int64");
        return t;
    }

    std::string_view bytes_, data_;
    const std::string& origin_;
};

/// The tensors by falling size of their elements: then all are aligned.
std::vector<std::size_t> aligned_order(const SafeTensors& content) {
    std::vector<std::size_t> order(content.tensors.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return item_size(content.tensors[a].second.dtype()) > item_size(content.tensors[b].second.dtype());
    });
    return order;
}

void check_content(const SafeTensors& content) {
    std::unordered_set<std::string_view> names;
    for (const auto& [name, tensor] : content.tensors) {
        if (name.empty() || name == kMetadata)
            throw ValueError("save_safetensors: no tensor may have the name '" + name + "'");
        if (!names.insert(name).second) throw ValueError("save_safetensors: two tensors have the name '" + name + "'");
        if (!tensor.defined()) throw ValueError("save_safetensors: the tensor '" + name + "' is undefined");
    }
    names.clear();
    for (const auto& [key, text] : content.metadata)
        if (!names.insert(key).second) throw ValueError("save_safetensors: two notes have the key '" + key + "'");
}

}  // namespace

const Tensor& SafeTensors::at(std::string_view name) const {
    std::string there;
    for (const auto& [own, tensor] : tensors) {
        if (own == name) return tensor;
        there += (there.empty() ? "" : ", ") + own;
    }
    throw ValueError(fmt::format("SafeTensors: there is no tensor '{}'; there are: {}", name, there));
}

bool SafeTensors::contains(std::string_view name) const noexcept {
    return std::any_of(tensors.begin(), tensors.end(), [&](const auto& named) { return named.first == name; });
}

std::string SafeTensors::note(std::string_view key) const {
    for (const auto& [own, text] : metadata)
        if (own == key) return text;
    return {};
}

std::string to_safetensors(const SafeTensors& content) {
    check_content(content);
    std::vector<std::uint64_t> begins(content.tensors.size());
    std::uint64_t total = 0;
    const std::vector<std::size_t> order = aligned_order(content);
    const auto bytes_of = [&](std::size_t i) {
        const Tensor& t = content.tensors[i].second;
        return static_cast<std::uint64_t>(t.numel() * item_size(t.dtype()));
    };
    for (const std::size_t i : order) {
        begins[i] = total;
        total += bytes_of(i);
    }

    Json::Object header;
    if (!content.metadata.empty()) {
        Json::Object notes;
        for (const auto& [key, text] : content.metadata) notes.emplace_back(key, text);
        header.emplace_back(kMetadata, std::move(notes));
    }
    for (std::size_t i = 0; i < content.tensors.size(); ++i) {
        const auto& [name, t] = content.tensors[i];
        header.emplace_back(
            name, Json::Object{{"dtype", format_of(t.dtype()).name},
                               {"shape", Json::list_of(std::vector<std::int64_t>(t.shape().begin(), t.shape().end()))},
                               {"data_offsets", Json::List{begins[i], begins[i] + bytes_of(i)}}});
    }
    std::string text;
    try {
        text = Json(std::move(header)).dump();
    } catch (const ValueError& e) {
        throw ValueError(std::string("save_safetensors: a name or note is no UTF-8: ") + e.what());
    }
    text.append((8 - text.size() % 8) % 8, ' ');

    std::string bytes;
    bytes.reserve(kPrefix + text.size() + total);
    const std::uint64_t length = text.size();
    bytes.append(reinterpret_cast<const char*>(&length), kPrefix);
    bytes += text;
    for (const std::size_t i : order) {
        const Tensor t = content.tensors[i].second.detach().contiguous();
        if (t.numel() != 0) bytes.append(raw_bytes(t), bytes_of(i));
    }
    return bytes;
}

SafeTensors from_safetensors(std::string_view bytes, const std::string& origin) { return Reader(bytes, origin).read(); }

void save_safetensors(const std::string& path, const SafeTensors& content) {
    write_file(path, to_safetensors(content));
}

SafeTensors load_safetensors(const std::string& path) { return from_safetensors(read_file(path), path); }

}  // namespace xg::data
