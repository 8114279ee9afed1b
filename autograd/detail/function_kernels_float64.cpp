#include <xgrad/autograd/detail/function_kernels.hpp>

namespace xg::detail {

Kernel float64_function_kernel(Fn fn) noexcept { return floating_function_kernel<double>(fn); }

}  // namespace xg::detail
