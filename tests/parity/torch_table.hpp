#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "options.hpp"

// libtorch's halves of the table of operations.

namespace parity {

using Tensors = std::vector<at::Tensor>;
using TorchCall = std::function<Tensors(const Tensors& in, const Options& o)>;
using TorchTable = std::map<std::string, TorchCall>;

inline Tensors pack(at::Tensor result) { return {std::move(result)}; }
inline Tensors pack(Tensors results) { return results; }
template <class... T>
Tensors pack(std::tuple<T...> results) {
    return std::apply([](auto&... each) { return Tensors{each...}; }, results);
}

}  // namespace parity

/// A TorchCall of an expression of the inputs `in` and the options `o`.
#define TORCH(...)                                                                                  \
    []([[maybe_unused]] const ::parity::Tensors& in, [[maybe_unused]] const ::parity::Options& o) { \
        return ::parity::pack(__VA_ARGS__);                                                         \
    }
