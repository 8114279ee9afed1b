#include <xgrad/data/detail/npz_format.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::run(data, size,
              [](std::string input) { fuzz::touch(xg::data::detail::parse_idx(std::move(input), {}, "fuzz")); });
    return 0;
}
