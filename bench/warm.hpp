#pragma once

#include <cstdint>

namespace bench {

/// What a warm training step should not do.
struct Activity {
    std::int64_t allocations = 0;  ///< Calls of malloc and its kin by anything in the process, the libraries included.
    std::int64_t faults = 0;       ///< Page faults.
};

/// Counts since the process began.
Activity activity_so_far();

}  // namespace bench
