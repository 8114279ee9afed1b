#pragma once

#include <string>

#include "compare.hpp"
#include "program.hpp"

namespace parity {

/// The program as C++ that uses xgrad, with what both sides make of it as comments.
std::string as_cpp(const Program& program, const Verdict& verdict);

}  // namespace parity
