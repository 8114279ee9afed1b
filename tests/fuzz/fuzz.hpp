#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/error.hpp>

namespace fuzz {

/// Reads `input` by `read`, which may refuse it by an exception of xgrad's and by nothing else.
template <class F>
void run(const std::uint8_t* data, std::size_t size, F&& read) {
    try {
        read(std::string(reinterpret_cast<const char*>(data), size));
    } catch (const xg::Error& error) {
        if (error.what()[0] == '\0') std::abort();
    }
}

/// Touches every element.
inline void touch(const xg::Tensor& tensor) {
    volatile double sum = 0;
    for (const double value : tensor.to_vector()) sum = sum + value;
}

}  // namespace fuzz
