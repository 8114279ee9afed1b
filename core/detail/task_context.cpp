#include <xgrad/core/detail/task_context.hpp>

namespace xg::detail {

constinit thread_local TaskContext context{};

}  // namespace xg::detail
