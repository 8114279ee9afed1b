#pragma once

#include <string>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/array_file.hpp>

namespace xg::data {

/// The array in a file of the format IDX, in which MNIST comes, packed by gzip or not: `train-images-idx3-ubyte.gz`
/// becomes (60000, 28, 28).
///
/// Integers of 8, 16 and 32 bits become int64, unless another dtype is asked for, as float32 for images; see
/// ArrayFileOptions. Throws FileError for a file that cannot be read, is cut short or goes on after the array.
XG_EXPORT Tensor read_idx(const std::string& path, const ArrayFileOptions& options = {});

}  // namespace xg::data
