#pragma once

#include <set>
#include <string>

/// The names of all public operations: functions that return tensors and are declared in the headers that ops.hpp
/// includes, and those members of Tensor that are operations. What makes tensors of nothing (creation.hpp) and what
/// changes them in place (in_place.hpp) is left out.
std::set<std::string> public_operations();

/// The names of the functions in creation.hpp.
std::set<std::string> creating_functions();

/// The names of the functions in in_place.hpp.
std::set<std::string> changing_functions();
