#pragma once

#include <optional>

#include <xgrad/autograd/dtype.hpp>

namespace xg::data {

/// Options of `read_npy`, `read_npz` and `read_idx`.
///
/// Where nothing is asked for, elements keep their type if xgrad has it: float32, float64, int64, bool. float16 becomes
/// float32, and the other integers become int64: throws ValueError if a uint64 does not fit. What else there is
/// (complex numbers, texts, records) is refused with a DTypeError.
struct ArrayFileOptions {
    /// The dtype of the result in place of that. Integers are then converted straight to it; the rest as `Tensor::to`
    /// does.
    std::optional<DType> dtype = {};
};

}  // namespace xg::data
