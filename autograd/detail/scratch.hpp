#pragma once

#include <cstdint>

#include <xgrad/core/detail/memory_pool.hpp>

namespace xg::detail {

/// Memory of the pool until the end of the scope, for n numbers that are not yet written.
template <class T>
class Scratch {
public:
    explicit Scratch(std::int64_t n)
        : bytes_(static_cast<std::size_t>(n) * sizeof(T)), data_(static_cast<T*>(pool_get(bytes_))) {}
    ~Scratch() { pool_put(data_, bytes_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    T* data() const noexcept { return data_; }
    T& operator[](std::int64_t i) const noexcept { return data_[i]; }

private:
    std::size_t bytes_;
    T* data_;
};

}  // namespace xg::detail
