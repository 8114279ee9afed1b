#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include <xsimd/xsimd.hpp>

#include <xgrad/optim/detail/multi_tensor.hpp>

// Turns an optimizer's formula on vectors (xsimd's batches) into a kernel. Only for the optimizers' own files: it
// includes xsimd.

namespace xg::optim::detail {

/// The first `count` of a vector's numbers, and 1 in the other lanes.
template <class Vector, class T>
Vector load_some(const T* from, std::int64_t count) {
    alignas(64) T padded[Vector::size];
    Vector(T(1)).store_aligned(padded);
    std::memcpy(padded, from, static_cast<std::size_t>(count) * sizeof(T));
    return Vector::load_aligned(padded);
}

template <class Vector, class T>
void store_some(const Vector& v, T* to, std::int64_t count) {
    alignas(64) T padded[Vector::size];
    v.store_aligned(padded);
    std::memcpy(to, padded, static_cast<std::size_t>(count) * sizeof(T));
}

template <class Vector, class Formula, std::size_t... K>
void sweep_slots(const Piece& piece, std::int64_t begin, std::int64_t end, std::index_sequence<K...>) {
    using T = typename Vector::value_type;
    constexpr auto width = static_cast<std::int64_t>(Vector::size);
    const Formula formula(piece.numbers);
    T* const p = static_cast<T*>(piece.parameter);
    const T* const g = static_cast<const T*>(piece.gradient);
    [[maybe_unused]] const std::array<T*, sizeof...(K)> kept{static_cast<T*>(piece.slots[K])...};
    std::int64_t i = begin;
    for (; i + width <= end; i += width) {
        Vector parameter = Vector::load_unaligned(p + i);
        std::array<Vector, sizeof...(K)> state{Vector::load_unaligned(kept[K] + i)...};
        formula(parameter, Vector::load_unaligned(g + i), state[K]...);
        parameter.store_unaligned(p + i);
        (state[K].store_unaligned(kept[K] + i), ...);
    }
    if (i == end) return;
    Vector parameter = load_some<Vector>(p + i, end - i);
    std::array<Vector, sizeof...(K)> state{load_some<Vector>(kept[K] + i, end - i)...};
    formula(parameter, load_some<Vector>(g + i, end - i), state[K]...);
    store_some(parameter, p + i, end - i);
    (store_some(state[K], kept[K] + i, end - i), ...);
}

using Floats = xsimd::batch<float>;
using Doubles = xsimd::batch<double>;

/// A kernel of a formula on vectors, which has the number `slots` of arrays that it keeps, is made of a piece's
/// numbers, and is called with the parameter, the gradient and the kept arrays; it changes all but the gradient.
///
/// An element's value depends on its inputs alone: what is left at the end is computed in a vector, too. (The formula
/// is given as a type: g++ takes templates of unnamed namespaces, as arguments of one template, for the same where
/// their names are.)
template <class Vector, class Formula>
void sweep(const Piece& piece, std::int64_t begin, std::int64_t end) {
    sweep_slots<Vector, Formula>(piece, begin, end, std::make_index_sequence<Formula::slots>());
}

/// The kernels of a formula for float32 and float64.
struct Kernels {
    Kernel float32 = nullptr, float64 = nullptr;
};
template <class OfFloats, class OfDoubles>
constexpr Kernels kernels_of() {
    return {sweep<Floats, OfFloats>, sweep<Doubles, OfDoubles>};
}

/// The i-th number of a formula in every lane.
template <class Vector>
Vector number(const std::array<double, kMaxNumbers>& numbers, std::size_t i) {
    return Vector(static_cast<typename Vector::value_type>(numbers[i]));
}

}  // namespace xg::optim::detail
