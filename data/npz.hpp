#pragma once

#include <map>
#include <string>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/array_file.hpp>

namespace xg::data {

/// All arrays of a file of NumPy's format `.npz`, as `numpy.savez` and `numpy.savez_compressed` write it, by name.
///
/// Each array is read as `read_npy` reads one. Throws FileError for a file that cannot be read or is damaged (sums are
/// checked), that holds something else than arrays, or two of one name; and DTypeError for elements that no dtype
/// stands for.
XG_EXPORT std::map<std::string, Tensor> read_npz(const std::string& path, const ArrayFileOptions& options = {});

/// The one array called `name`; the others are not looked at. Throws as above, and FileError if there is none of that
/// name.
XG_EXPORT Tensor read_npz(const std::string& path, const std::string& name, const ArrayFileOptions& options = {});

/// Options of `write_npz`.
struct NpzOptions {
    bool compressed = false;  ///< Deflates the arrays, as `numpy.savez_compressed` does: smaller, and much slower.
};

/// Writes the arrays, of any dtypes and shapes, as `numpy.load` reads them: `write_npz("xy.npz", {{"x", x}, {"y",
/// y}})`. The same arrays make the same bytes. Whole or not at all: see `write_file`. Throws FileError, and ValueError
/// for undefined tensors and for names that are empty, longer than 65 000 bytes or hold a zero byte.
XG_EXPORT void write_npz(const std::string& path, const std::map<std::string, Tensor>& arrays,
                         const NpzOptions& options = {});

}  // namespace xg::data
