#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>

#include "array.hpp"

namespace parity {

/// A value of an enumeration of xgrad's, as both sides read it: the number, and the enumerator's name.
struct Choice {
    std::int64_t number = 0;
    std::string name = {};
};

using Option = std::variant<bool, std::int64_t, double, Sizes, std::vector<double>, std::string, Choice>;

/// The arguments of an operation that are no tensors, by name. The functions' names are those that print.cpp looks for.
class Options {
public:
    bool flag(const std::string& name) const { return std::get<bool>(at(name)); }
    std::int64_t integer(const std::string& name) const { return std::get<std::int64_t>(at(name)); }
    double number(const std::string& name) const { return std::get<double>(at(name)); }
    const Sizes& list(const std::string& name) const { return std::get<Sizes>(at(name)); }
    const std::vector<double>& numbers(const std::string& name) const {
        return std::get<std::vector<double>>(at(name));
    }
    const std::string& word(const std::string& name) const { return std::get<std::string>(at(name)); }
    /// A value of the enumeration T of xgrad's, or a pair of sizes or of factors, T, made of a list of two.
    template <class T>
    T as(const std::string& name) const {
        if constexpr (std::is_enum_v<T>) {
            return static_cast<T>(std::get<Choice>(at(name)).number);
        } else if constexpr (std::is_same_v<decltype(T::height), double>) {
            return {numbers(name).at(0), numbers(name).at(1)};
        } else {
            return {list(name).at(0), list(name).at(1)};
        }
    }
    /// The enumerator's name, for libtorch's side.
    const std::string& choice(const std::string& name) const { return std::get<Choice>(at(name)).name; }

    const Option& at(const std::string& name) const {
        const auto found = all.find(name);
        if (found == all.end()) throw std::logic_error("no option \"" + name + "\" was drawn");
        return found->second;
    }

    std::map<std::string, Option> all = {};
};

}  // namespace parity
