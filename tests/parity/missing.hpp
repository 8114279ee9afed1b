#pragma once

#include <string>
#include <vector>

namespace parity {

/// The public operations, as the headers in `source`/autograd declare them, that have no entry in the table and are not
/// left out on purpose; and entries and exemptions of no public operation. A line each. Throws FileError.
std::vector<std::string> missing_operations(const std::string& source);

}  // namespace parity
