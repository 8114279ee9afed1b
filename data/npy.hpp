#pragma once

#include <string>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/array_file.hpp>

namespace xg::data {

/// The array in a file of NumPy's format `.npy`, as `numpy.save` writes it: versions 1 to 3, either order of bytes and
/// of axes.
///
/// Which dtype it gets is said at ArrayFileOptions. Throws FileError for a file that cannot be read, is cut short or
/// goes on after the array, and DTypeError for elements that no dtype stands for.
XG_EXPORT Tensor read_npy(const std::string& path, const ArrayFileOptions& options = {});

/// Writes `tensor`, of any dtype and shape, as `numpy.load` reads it. Whole or not at all: see `write_file`. Throws
/// FileError, and ValueError for an undefined tensor.
XG_EXPORT void write_npy(const std::string& path, const Tensor& tensor);

}  // namespace xg::data
