#pragma once

#include <cstdint>
#include <type_traits>

#include <xgrad/core/export.hpp>

namespace xg {

/// Sets how many threads xgrad's own pool uses, the caller's included; from 1 to 1024. Throws ValueError.
///
/// Results do not depend on it: work is cut by shape alone, and partial sums are added in a fixed order.
XG_EXPORT void set_num_threads(int n);

/// How many threads xgrad uses; at first the number of processors that this process may run on.
XG_EXPORT int num_threads() noexcept;

namespace detail {

/// Calls `task(context, i)` for every i in [0, n), on the pool's threads. Returns when all have run; rethrows the
/// first exception. A call from inside a task runs in place.
XG_EXPORT void parallel_run(std::int64_t n, void (*task)(void* context, std::int64_t i), void* context);

}  // namespace detail

/// Calls `f(i)` for every block number i in [0, n), in parallel. The caller cuts the blocks, by shape alone.
template <class F>
void parallel_for(std::int64_t n, F&& f) {
    using Body = std::remove_reference_t<F>;
    if (n == 1) {
        f(std::int64_t{0});
        return;
    }
    detail::parallel_run(
        n, [](void* context, std::int64_t i) { (*static_cast<Body*>(context))(i); },
        const_cast<void*>(static_cast<const void*>(&f)));
}

}  // namespace xg
