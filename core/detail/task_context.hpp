#pragma once

#include <cstdint>
#include <source_location>

namespace xg {

struct ModulePath;

namespace detail {

/// What a thread computes under, and what its tasks on the pool's threads therefore compute under as well: the pool
/// copies it into the worker around each task. All of a thread's modes lie in one struct so that one copy moves them.
struct TaskContext {
    const ModulePath* path = nullptr;  ///< The module that is running; null outside of modules.
    bool grad_enabled = true;          ///< Whether operations are recorded.
    void* gradient_store = nullptr;    ///< Where a backward puts the leaves' gradients; null: into the leaves.
    bool detect_anomaly = false;       ///< Whether results are searched for NaN and infinity.
    bool undivided =
        false;  ///< Whether kernels leave work whole: this task is one of many that run side by side anyway.
    /// Which of several ranges of a batch's parts this is, counted from 0; below 0 in a rehearsal, which nobody measures.
    std::int32_t lane = 0;
    std::source_location place = {};  ///< Where in the user's program this is, as far as it says so.
};

// initial-exec and hidden: the library's own code reads it with one instruction instead of a call to __tls_get_addr.
// constinit spares the call of a dynamic initialiser. Only code inside the library can name it.
[[gnu::tls_model("initial-exec"), gnu::visibility("hidden")]] extern constinit thread_local TaskContext context;

/// This thread's context. For the library's own sources only.
inline TaskContext& task_context() noexcept { return context; }

/// What this thread computes, and the tasks that it hands out, is not cut for several threads any further, until the end
/// of the scope. Kernels of which that changes bits do so wherever they run: it is the caller's word, not the pool's
/// state, that decides.
class Undivided {
public:
    Undivided() noexcept : before_(context.undivided) { context.undivided = true; }
    ~Undivided() { context.undivided = before_; }
    Undivided(const Undivided&) = delete;
    Undivided& operator=(const Undivided&) = delete;

private:
    bool before_;
};

/// This thread works on such a range of parts until the end of the scope.
class LaneScope {
public:
    explicit LaneScope(std::int32_t lane) noexcept : before_(context.lane) { context.lane = lane; }
    ~LaneScope() { context.lane = before_; }
    LaneScope(const LaneScope&) = delete;
    LaneScope& operator=(const LaneScope&) = delete;

private:
    std::int32_t before_;
};

/// As many ranges as a batch is dealt out in at most.
inline constexpr std::int32_t kMostLanes = 16;

}  // namespace detail
}  // namespace xg
