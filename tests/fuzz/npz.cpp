#include <xgrad/data/detail/inflate.hpp>
#include <xgrad/data/detail/npy_format.hpp>
#include <xgrad/data/detail/npz_format.hpp>
#include <xgrad/data/detail/zip.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::run(data, size, [](const std::string& input) {
        for (const auto& [name, tensor] : xg::data::detail::parse_npz(input, {}, "fuzz")) fuzz::touch(tensor);
    });
    // Once more past the sums, which no random change keeps right.
    fuzz::run(data, size, [](const std::string& input) {
        for (xg::data::detail::ZipMember& member : xg::data::detail::zip_members(input, "fuzz")) {
            std::string content = member.method == 8 ? xg::data::detail::inflate(member.data, member.size, "fuzz")
                                                     : std::string(member.data);
            fuzz::touch(xg::data::detail::parse_npy(std::move(content), {}, "fuzz"));
        }
    });
    return 0;
}
