#pragma once

#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <xgrad/autograd/ops.hpp>

#include "draw.hpp"
#include "program.hpp"

// The table of operations. An operation has an entry in <family>_xgrad.cpp - its name, how to draw its inputs and
// options, how xgrad computes it, how far its inputs are from where it has no derivative - and, under the same name,
// one in <family>_torch.cpp, how libtorch computes it.

namespace parity {

using Inputs = std::vector<xg::Tensor>;
using Values = std::vector<const Array*>;

/// How a call's results are named in the printed program.
enum class Results : std::uint8_t { one, bound, vector };

/// How xgrad computes an operation, and the same as text.
struct Call {
    std::function<Inputs(const Inputs& in, const Options& o)> run;
    std::string text;
    Results results = Results::one;
};

struct Operation {
    /// The public function's name; more words may follow where it has several entries.
    std::string name;
    std::function<void(Draw& draw)> draw;
    Call call;
    /// How far the inputs are from where the operation has no derivative, or is not defined; negative beyond that.
    /// Absent: anywhere.
    std::function<double(const Values& in, const Options& o)> distance = nullptr;
    /// Whether infinities and NaN may come in.
    bool wild = true;
    /// Whether a tie changes the values, too (which index is greatest): then wild programs stay off it as well.
    bool ordered = false;
    /// Whether libtorch has its second derivative.
    bool second = true;
};

using Table = std::vector<Operation>;

/// All operations.
const Table& table();
/// Operations whose xgrad half is wrong on purpose, for the self-test.
const Table& wrong_table();

inline Inputs pack(xg::Tensor result) { return {std::move(result)}; }
inline Inputs pack(std::vector<xg::Tensor> results) { return results; }
template <class... T>
Inputs pack(std::tuple<T...> results) {
    return std::apply([](auto&... each) { return Inputs{each...}; }, results);
}
template <class A, class B>
Inputs pack(std::pair<A, B> results) {
    return {results.first, results.second};
}
/// A structure of tensors.
template <class R>
    requires std::is_aggregate_v<R> Inputs pack(const R& results) {
        if constexpr (requires { R{xg::Tensor(), xg::Tensor(), xg::Tensor()}; }) {
            const auto& [a, b, c] = results;
            return {a, b, c};
        } else {
            const auto& [a, b] = results;
            return {a, b};
        }
    }

template <class F>
Call make_call(F f, const char* text) {
    using R = std::decay_t<std::invoke_result_t<F, const Inputs&, const Options&>>;
    return {[f](const Inputs& in, const Options& o) { return pack(f(in, o)); }, text,
            std::is_same_v<R, xg::Tensor>                ? Results::one
            : std::is_same_v<R, std::vector<xg::Tensor>> ? Results::vector
                                                         : Results::bound};
}

}  // namespace parity

/// A Call of an expression of the inputs `in` and the options `o`.
#define XGRAD(...)                                                                               \
    ::parity::make_call([]([[maybe_unused]] const ::parity::Inputs& in,                          \
                           [[maybe_unused]] const ::parity::Options& o) { return __VA_ARGS__; }, \
                        #__VA_ARGS__)
