#include <xgrad/autograd/detail/numbers_kernels.hpp>

namespace xg::detail {

NumbersKernel float64_numbers_kernel(NumbersFn fn) noexcept { return floating_numbers_kernel<double>(fn); }

}  // namespace xg::detail
