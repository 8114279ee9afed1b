#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::data::detail {

/// The arrays in a file of NumPy's format `.npz`. `where` begins the messages of the errors that `read_npz` throws.
XG_EXPORT std::map<std::string, Tensor> parse_npz(std::string_view content, std::optional<DType> dtype,
                                                  const std::string& where);

/// The array in an IDX file, packed by gzip or not, as `read_idx` reads it.
XG_EXPORT Tensor parse_idx(std::string&& content, std::optional<DType> dtype, const std::string& where);

}  // namespace xg::data::detail
