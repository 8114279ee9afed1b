// Counts allocations by standing in for the C library's functions: a definition in the program comes before that in a
// library, for every library the program loads, so that calls from inside libxgrad, libstdc++ and OpenBLAS are counted
// too.

#include "warm.hpp"

#include <malloc.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

// The C library's own, under the names it keeps for such stand-ins. What they give, its free() takes back.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

constinit std::atomic<std::int64_t> allocations{0};

void count() { allocations.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

// The program is compiled with hidden visibility; these must be seen from the libraries.
#pragma GCC visibility push(default)
extern "C" {

void* malloc(std::size_t size) noexcept {
    count();
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size) noexcept {
    count();
    return __libc_calloc(number, size);
}

void* realloc(void* old, std::size_t size) noexcept {
    count();
    return __libc_realloc(old, size);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
    count();
    return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
    count();
    void* memory = __libc_memalign(alignment, size);
    if (memory == nullptr) return ENOMEM;
    *result = memory;
    return 0;
}

}  // extern "C"
#pragma GCC visibility pop

namespace bench {

Activity activity_so_far() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return {.allocations = allocations.load(), .faults = usage.ru_minflt + usage.ru_majflt};
}

}  // namespace bench
