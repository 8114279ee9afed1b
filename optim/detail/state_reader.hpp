#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <xgrad/optim/state.hpp>

namespace xg::optim::detail {

/// Reads a State by name, and collects all that is wrong with it before anything is changed.
class StateReader {
public:
    StateReader(const char* owner, const State& state);

    /// The number of this name; `otherwise`, and a fault noted, if it is not there.
    double number(const std::string& name, double otherwise);
    /// The same, which must be a whole number of at least `least`.
    std::int64_t whole(const std::string& name, std::int64_t least);
    /// The same for one that may be absent without fault.
    double optional_number(const std::string& name, double otherwise);
    /// The tensor of this name; undefined, and a fault noted, if it is not there or has another shape or dtype.
    Tensor tensor(const std::string& name, const Shape& shape, DType dtype);
    /// Notes that a number of this name has a value that can't be.
    void refuse(const std::string& name, double value, const std::string& expected);
    /// Throws ValueError with all faults, and all names that nobody asked for.
    void finish() const;

private:
    std::string owner_;
    const State& state_;
    std::unordered_map<std::string_view, double> numbers_;
    std::unordered_map<std::string_view, const Tensor*> tensors_;
    std::unordered_set<std::string> asked_;
    std::vector<std::string> missing_, wrong_;
};

}  // namespace xg::optim::detail
