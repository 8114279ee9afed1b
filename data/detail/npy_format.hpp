#pragma once

#include <optional>
#include <string>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

// NumPy's format for one array, as numpy.lib.format describes it: versions 1 to 3.

namespace xg::data::detail {

/// The array in `content`. `where` begins the messages of the FileError or DTypeError that this may throw.
XG_EXPORT Tensor parse_npy(std::string&& content, std::optional<DType> dtype, const std::string& where);

/// What stands before the elements of such an array in row-major order; their bytes follow as they lie in memory.
XG_EXPORT std::string npy_header(const Shape& shape, DType dtype);

}  // namespace xg::data::detail
