#include <xgrad/autograd/detail/numbers_kernels.hpp>

namespace xg::detail {

NumbersKernel float32_numbers_kernel(NumbersFn fn) noexcept { return floating_numbers_kernel<float>(fn); }

}  // namespace xg::detail
