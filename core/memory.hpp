#pragma once

#include <xgrad/core/export.hpp>

namespace xg {

/// Gives memory that xgrad keeps for later tensors back to the system: what the calling thread and all threads together keep. Warm
/// training steps allocate nothing because of it; after work of other sizes it may be much. Done by itself where memory runs out.
XG_EXPORT void release_memory() noexcept;

}  // namespace xg
