#pragma once

#include <string>

#include <xgrad/core/export.hpp>

namespace xg {

/// Which BLAS multiplies matrices, with the kernels that it chose for this processor, such as `OpenBLAS 0.3.21
/// Cooperlake`.
XG_EXPORT std::string blas_description();

/// Makes OpenBLAS use the fastest kernels that this processor runs correctly, and returns `blas_description()`.
///
/// Older versions do not know newer processors and take slow kernels there. This call picks those for AVX-512 where the
/// processor has it and the version chose others, and keeps them only if a product then agrees with a plain loop. It
/// changes the whole process, so it is never made unasked; call it before other threads use BLAS. An OPENBLAS_CORETYPE
/// in the environment wins.
XG_EXPORT std::string tune_blas();

}  // namespace xg
