#include <xgrad/data/safetensors.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::run(data, size, [](std::string input) {
        const xg::data::SafeTensors content = xg::data::from_safetensors(input, "fuzz");
        for (const auto& [name, tensor] : content.tensors) fuzz::touch(tensor);
        // What was read can be written, and is the same again.
        if (!content.tensors.empty()) xg::data::from_safetensors(xg::data::to_safetensors(content), "again");
    });
    return 0;
}
