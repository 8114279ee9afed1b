#include <xgrad/autograd/detail/floating_kernels.hpp>

namespace xg::detail {

Kernel float32_kernel(Fn fn) noexcept { return floating_kernel<float>(fn); }

}  // namespace xg::detail
