#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::data {

/// What a safetensors file holds: tensors by name, and notes about them.
struct XG_EXPORT SafeTensors {
    std::vector<std::pair<std::string, Tensor>> tensors = {};        ///< In the order of the file's header.
    std::vector<std::pair<std::string, std::string>> metadata = {};  ///< Its `__metadata__`: any text by any key.

    /// The tensor of this name. Throws ValueError, which lists the names that are there.
    const Tensor& at(std::string_view name) const;
    /// Whether there is a tensor of this name.
    bool contains(std::string_view name) const noexcept;
    /// The text of this key in the metadata; empty where there is none.
    std::string note(std::string_view key) const;
};

/// Writes tensors to a file in the safetensors format, which Python's `safetensors` package and others read.
///
/// float32, float64, int64 and bool are written as F32, F64, I64 and BOOL, row-major, those of more bytes an element
/// first, so that each is aligned. The file is written whole or not at all.
///
/// Throws ValueError for an undefined tensor and for names that are empty, taken twice, `__metadata__` or no UTF-8;
/// FileError.
XG_EXPORT void save_safetensors(const std::string& path, const SafeTensors& content);

/// The content of a safetensors file.
///
/// F32, F64, I64 and BOOL become what they are; F16 and BF16 float32; I32, I16, I8, U32, U16, U8 int64, and U64 too
/// where every number fits. The tensors are copies: the file may change afterwards.
///
/// Throws FileError, naming the file and what is wrong: a header that is no JSON of the format, longer than the file or
/// longer than 100 MB; a type that is not listed above; a shape whose size is not that of its bytes; bytes that
/// overlap, are left over or lie beyond the end. Nothing is allocated for sizes that the file only claims.
XG_EXPORT SafeTensors load_safetensors(const std::string& path);

/// What `save_safetensors` would write.
XG_EXPORT std::string to_safetensors(const SafeTensors& content);
/// What `load_safetensors` would read from these bytes; `origin` stands for the file's name in messages.
XG_EXPORT SafeTensors from_safetensors(std::string_view bytes, const std::string& origin = "safetensors");

}  // namespace xg::data
