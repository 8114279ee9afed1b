#include <xgrad/autograd/detail/function_kernels.hpp>

namespace xg::detail {

Kernel float32_function_kernel(Fn fn) noexcept { return floating_function_kernel<float>(fn); }

}  // namespace xg::detail
