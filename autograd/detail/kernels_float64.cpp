#include <xgrad/autograd/detail/floating_kernels.hpp>

namespace xg::detail {

Kernel float64_kernel(Fn fn) noexcept { return floating_kernel<double>(fn); }

}  // namespace xg::detail
