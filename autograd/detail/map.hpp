#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <utility>

#include <xgrad/autograd/detail/kernels.hpp>
#include <xgrad/autograd/detail/xtensor_headers.hpp>

// Turns an xtensor expression into a Kernel. Only for the kernel files: it includes xtensor.

namespace xg::detail {

template <class T>
auto flat_view(const T* data, std::size_t n) {
    return xt::adapt(data, n, xt::no_ownership(), std::array<std::size_t, 1>{n});
}

/// Whether a whole vector can be read from `data` on, though it belongs to us only in part: one that does not cross
/// into the next page of memory can. What lies behind goes into lanes that nobody looks at.
inline bool readable(const void* data, std::size_t bytes) noexcept {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    static_cast<void>(data);
    static_cast<void>(bytes);
    return false;
#else
    constexpr std::uintptr_t page = 4096;  // the smallest there is
    return reinterpret_cast<std::uintptr_t>(data) % page <= page - bytes;
#endif
}

/// Evaluates the expression `F{}(inputs…)` whole vector by whole vector, the last one overlapping its neighbour.
/// xtensor's own assignment would compute what does not fill a vector with the scalar functions, whose last bits
/// differ: here an element's value depends on its inputs alone, not on where it lies.
template <class T, class F, class... View>
void evaluate(T* to, std::size_t n, const View&... inputs) {
    using Vector = xsimd::batch<T>;
    constexpr std::size_t width = Vector::size;
    const auto expression = F{}(inputs...);  // holds references to the inputs
    const auto at = [&](std::size_t i) -> Vector { return expression.template load_simd<xsimd::unaligned_mode, T>(i); };
    if (n < width) {
        alignas(64) T result[width];
        at(0).store_aligned(result);
        std::memcpy(to, result, n * sizeof(T));
        return;
    }
    // Before the loop, since the loop may overwrite the inputs.
    const Vector last = at(n - width);
    for (std::size_t i = 0; i + width <= n; i += width) at(i).store_unaligned(to + i);
    last.store_unaligned(to + n - width);
}

template <class T, class F, std::size_t... I>
void map_vectors(void* out, const void* const* in, std::int64_t count) {
    constexpr std::size_t width = xsimd::batch<T>::size;
    const auto n = static_cast<std::size_t>(count);
    T* const to = static_cast<T*>(out);
    if (n >= width || (readable(in[I], width * sizeof(T)) && ...)) {
        evaluate<T, F>(to, n, flat_view(static_cast<const T*>(in[I]), n)...);
    } else {
        alignas(64) T padded[sizeof...(I)][width];
        for (std::size_t k = 0; k < sizeof...(I); ++k) {
            xsimd::batch<T>(T(1)).store_aligned(padded[k]);
            std::memcpy(padded[k], in[k], n * sizeof(T));
        }
        evaluate<T, F>(to, n, flat_view(static_cast<const T*>(padded[I]), width)...);
    }
}

/// The kernel of an expression of one input, but for elements where `Outside{}(x)`: there xsimd's functions give up
/// precision that the scalar ones keep, such as results or arguments below the normal numbers.
template <class T, class F, class Outside, class Exact>
void map_with_tails(void* out, const void* const* in, std::int64_t n) {
    const T* const x = static_cast<const T*>(in[0]);
    T* const y = static_cast<T*>(out);
    constexpr std::int64_t block = 1024;
    for (std::int64_t i = 0; i < n; i += block) {
        const std::int64_t size = std::min(block, n - i);
        int any = 0;
        for (std::int64_t k = i; k < i + size; ++k) any |= Outside{}(x[k]) ? 1 : 0;
        const void* from = x + i;
        if (any == 0) {
            map_vectors<T, F, 0>(y + i, &from, size);
            continue;
        }
        // Kept apart from `out`, which may be the input.
        alignas(64) T kept[block];
        std::copy_n(x + i, size, kept);
        from = kept;
        map_vectors<T, F, 0>(y + i, &from, size);
        for (std::int64_t k = 0; k < size; ++k)
            if (Outside{}(kept[k])) y[i + k] = Exact{}(kept[k]);
    }
}

template <class T, class F, class Outside, class Exact>
constexpr Kernel tailed_kernel(F, Outside, Exact) {
    return &map_with_tails<T, F, Outside, Exact>;
}

/// The kernel of an expression over N inputs of type T.
template <class T, std::size_t N, class F>
constexpr Kernel vector_kernel(F) {
    return []<std::size_t... I>(std::index_sequence<I...>) { return &map_vectors<T, F, I...>; }
    (std::make_index_sequence<N>{});
}

template <class Out, class F, class... In>
void map_elements(void* out, const void* const* in, std::int64_t n) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        const std::tuple<const In*...> data{static_cast<const In*>(in[I])...};
        Out* const to = static_cast<Out*>(out);
        for (std::int64_t i = 0; i < n; ++i) to[i] = F{}(std::get<I>(data)[i]...);
    }
    (std::index_sequence_for<In...>{});
}

/// The kernel of a function of single elements, for what xtensor has no vector form of.
template <class Out, class... In, class F>
constexpr Kernel element_kernel(F) {
    return &map_elements<Out, F, In...>;
}

/// The six comparisons of two T; null for other functions.
template <class T>
Kernel comparison_kernel(Fn fn) noexcept {
    switch (fn) {
        case Fn::equal: return element_kernel<bool, T, T>([](T a, T b) { return a == b; });
        case Fn::not_equal: return element_kernel<bool, T, T>([](T a, T b) { return a != b; });
        case Fn::less: return element_kernel<bool, T, T>([](T a, T b) { return a < b; });
        case Fn::less_equal: return element_kernel<bool, T, T>([](T a, T b) { return a <= b; });
        case Fn::greater: return element_kernel<bool, T, T>([](T a, T b) { return a > b; });
        case Fn::greater_equal: return element_kernel<bool, T, T>([](T a, T b) { return a >= b; });
        // Bytes, since the compiler makes no vectors of bool.
        case Fn::where:
            return element_kernel<T, unsigned char, T, T>([](unsigned char c, T a, T b) { return c != 0 ? a : b; });
        default: return nullptr;
    }
}

}  // namespace xg::detail
