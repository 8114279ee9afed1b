#include <xgrad/data/npz.hpp>

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/data/detail/inflate.hpp>
#include <xgrad/data/detail/npy_format.hpp>
#include <xgrad/data/detail/npz_format.hpp>
#include <xgrad/data/detail/text.hpp>
#include <xgrad/data/detail/zip.hpp>

namespace xg::data {

namespace detail {

namespace {

constexpr std::string_view ending = ".npy";

/// The array's name; throws FileError for what is none.
std::string array_name(const ZipMember& member, const std::string& where) {
    if (!member.name.ends_with(ending))
        throw FileError(fmt::format("{}: its member '{}' is no array, expected a name that ends in .npy", where,
                                    shown(member.name)));
    return member.name.substr(0, member.name.size() - ending.size());
}

Tensor array(const ZipMember& member, const std::string& name, std::optional<DType> dtype, const std::string& where) {
    const std::string here = fmt::format("{}, array '{}'", where, shown(name));
    return parse_npy(extract(member, here), dtype, here);
}

}  // namespace

std::map<std::string, Tensor> parse_npz(std::string_view content, std::optional<DType> dtype,
                                        const std::string& where) {
    std::map<std::string, Tensor> arrays;
    for (const ZipMember& member : zip_members(content, where)) {
        std::string name = array_name(member, where);
        if (arrays.contains(name))
            throw FileError(fmt::format("{}: it holds two arrays '{}', expected one", where, shown(name)));
        Tensor values = array(member, name, dtype, where);
        arrays.emplace(std::move(name), std::move(values));
    }
    return arrays;
}

}  // namespace detail

std::map<std::string, Tensor> read_npz(const std::string& path, const ArrayFileOptions& options) {
    const std::string content = read_file(path);
    return detail::parse_npz(content, options.dtype, "read_npz: '" + path + "'");
}

Tensor read_npz(const std::string& path, const std::string& name, const ArrayFileOptions& options) {
    const std::string content = read_file(path), where = "read_npz: '" + path + "'";
    std::string names;
    const detail::ZipMember* found = nullptr;
    const std::vector<detail::ZipMember> members = detail::zip_members(content, where);
    for (const detail::ZipMember& member : members) {
        const std::string other = detail::array_name(member, where);
        if (other == name && found != nullptr)
            throw FileError(fmt::format("{}: it holds two arrays '{}', expected one", where, detail::shown(name)));
        if (other == name) found = &member;
        names += (names.empty() ? "" : ", ") + detail::shown(other);
    }
    if (found == nullptr)
        throw FileError(fmt::format("{}: it holds no array '{}', but: {}", where, detail::shown(name), names));
    return detail::array(*found, name, options.dtype, where);
}

void write_npz(const std::string& path, const std::map<std::string, Tensor>& arrays, const NpzOptions& options) {
    using Piece = std::string_view;
    std::vector<std::pair<std::string, Tensor>> list;
    for (const auto& [name, tensor] : arrays) {
        if (!tensor.defined()) throw ValueError(fmt::format("write_npz: the tensor '{}' is undefined", name));
        if (name.empty() || name.size() > 65'000 || name.find('\0') != std::string::npos)
            throw ValueError(fmt::format("write_npz: '{}' cannot be the name of an array", detail::shown(name)));
        list.emplace_back(name, tensor);
    }
    std::vector<detail::ZipMember> members;
    std::uint64_t position = 0;
    std::string front, deflated, directory;  // what the pieces refer to
    Tensor rows;
    std::vector<Piece> pieces;
    std::size_t next_piece = 0, next_array = 0;

    const auto start_array = [&] {
        const auto& [name, tensor] = list[next_array++];
        rows = tensor.contiguous();
        const std::string header = detail::npy_header(rows.shape(), rows.dtype());
        const Piece elements(xg::detail::data_as<char>(rows),
                             static_cast<std::size_t>(rows.numel() * item_size(rows.dtype())));
        detail::ZipMember member{.name = name + std::string(detail::ending),
                                 .method = options.compressed ? 8U : 0U,
                                 .crc = detail::crc32(header, elements),
                                 .compressed = header.size() + elements.size(),
                                 .size = header.size() + elements.size(),
                                 .start = position,
                                 .data = {}};
        if (options.compressed) {
            deflated = detail::deflate(header, elements);
            member.compressed = deflated.size();
            front = detail::zip_local_header(member);
            pieces = {front, deflated};
        } else {
            front = detail::zip_local_header(member) + header;
            pieces = {front, elements};
        }
        for (const Piece piece : pieces) position += piece.size();
        members.push_back(std::move(member));
    };
    write_file(path, [&]() -> Piece {
        for (;;) {
            while (next_piece < pieces.size())
                if (const Piece piece = pieces[next_piece++]; !piece.empty()) return piece;
            next_piece = 0;
            if (next_array < list.size()) {
                start_array();
            } else if (directory.empty()) {
                directory = detail::zip_directory(members, position);
                pieces = {directory};
            } else {
                return {};
            }
        }
    });
}

}  // namespace xg::data
