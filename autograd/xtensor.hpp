#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

// 0.26 moved the headers into folders.
#if __has_include(<xtensor/containers/xadapt.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xarray.hpp>
#include <xtensor/core/xnoalias.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xnoalias.hpp>
#endif

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/tensor.hpp>

// The bridge to xtensor: the only public header that includes it. Only pointers, shapes, strides and a function that
// gives memory back go from here into the library, so that a program may use another version of xtensor, or other
// settings, than the library was built with.

namespace xg {
namespace detail {

/// The type that a Tensor keeps numbers of type T as: float, double, std::int64_t for all integers, or bool.
template <class T>
struct ElementOf {
    static_assert(std::is_arithmetic_v<T>,
                  "xgrad: a Tensor holds numbers; cast the expression with xt::cast<float>(…) or the like");
    static_assert(!std::is_same_v<T, long double>,
                  "xgrad: there is no Tensor of long double; cast the expression with xt::cast<double>(…)");
    using type = std::conditional_t<std::is_floating_point_v<T> || std::is_same_v<T, bool>, T, std::int64_t>;
    static constexpr DType dtype = std::is_same_v<T, float>    ? DType::float32
                                   : std::is_same_v<T, double> ? DType::float64
                                   : std::is_same_v<T, bool>   ? DType::boolean
                                                               : DType::int64;
    /// Whether the bits are the same, so that no copy is needed.
    static constexpr bool same_bits =
        sizeof(T) == sizeof(type) && (!std::is_same_v<type, std::int64_t> || std::is_signed_v<T>);
};

template <class S>
Shape shape_of(const S& sizes) {
    Shape shape = Shape::filled(sizes.size(), 0);
    std::size_t i = 0;
    for (const auto size : sizes) shape[i++] = static_cast<std::int64_t>(size);
    return shape;
}

template <class T>
using SharedBuffer = xt::xbuffer_adaptor<T*, xt::smart_ownership, std::shared_ptr<const Tensor>>;

}  // namespace detail

/// What `as_xtensor` returns: an xtensor array over a Tensor's elements, of any rank and strides. It keeps the Tensor
/// alive.
template <class T>
using XtensorView =
    xt::xarray_adaptor<detail::SharedBuffer<const T>, xt::layout_type::dynamic, std::vector<std::size_t>>;

/// What `as_mutable_xtensor` returns: the same, row-major and for writing.
template <class T>
using MutableXtensorView =
    xt::xarray_adaptor<detail::SharedBuffer<T>, xt::layout_type::row_major, std::vector<std::size_t>>;

/// Evaluates an xtensor expression into a new Tensor of its shape: float32, float64, bool, or int64 for all integers.
template <class E>
Tensor from_xtensor(const xt::xexpression<E>& expression) {
    const E& e = expression.derived_cast();
    using From = std::remove_cv_t<typename E::value_type>;
    using T = typename detail::ElementOf<From>::type;
    Tensor result = empty(detail::shape_of(e.shape()), {.dtype = detail::ElementOf<From>::dtype});
    if (result.numel() == 0) return result;
    const std::vector<std::size_t> shape(e.shape().begin(), e.shape().end());
    auto to = xt::adapt(result.mutable_data<T>(), static_cast<std::size_t>(result.numel()), xt::no_ownership(), shape);
    if constexpr (std::is_same_v<From, T>)
        xt::noalias(to) = e;
    else
        xt::noalias(to) = xt::cast<T>(e);
    return result;
}

/// Makes a Tensor of an xt::xarray or xt::xtensor that is moved in: its elements are not copied, and it is destroyed
/// when no tensor uses them any more. Elements of float, double, bool or a signed integer of 64 bits; use
/// `from_xtensor` for others. An array that does not lie in row-major order is copied.
template <class A>
    requires(!std::is_lvalue_reference_v<A> && !std::is_const_v<A> && requires(A & a) { a.storage(); })
Tensor adopt(A&& array) {
    using From = typename A::value_type;
    static_assert(detail::ElementOf<From>::same_bits,
                  "xgrad: adopt takes elements of float, double, bool or 64-bit signed integers; use from_xtensor");
    std::size_t step = 1;
    for (std::size_t i = array.dimension(); i-- > 0; step *= array.shape()[i])
        if (array.shape()[i] > 1 && array.strides()[i] != static_cast<std::ptrdiff_t>(step)) return from_xtensor(array);
    auto owner = std::make_shared<A>(std::move(array));
    const Shape shape = detail::shape_of(owner->shape());
    void* const data = owner->data() + owner->data_offset();
    return adopt(data, shape, detail::ElementOf<From>::dtype, [owner]() mutable { owner.reset(); });
}

/// Looks at a Tensor's elements as an xtensor array, without a copy and whatever its strides; everything in xtensor
/// works on it. T is float, double, std::int64_t or bool and must be that of the dtype: throws DTypeError, and
/// ValueError for an undefined tensor.
template <class T>
XtensorView<T> as_xtensor(const Tensor& tensor) {
    const T* const data = tensor.data<T>();
    const Shape& sizes = tensor.shape();
    const std::vector<std::size_t> shape(sizes.begin(), sizes.end());
    typename XtensorView<T>::strides_type strides(sizes.rank());
    // xtensor broadcasts by strides of 0 along axes of size 1.
    for (std::size_t i = 0; i < sizes.rank(); ++i)
        strides[i] = sizes[i] == 1 ? 0 : static_cast<std::ptrdiff_t>(tensor.strides()[i]);
    return XtensorView<T>(detail::SharedBuffer<const T>(data, static_cast<std::size_t>(tensor.numel()),
                                                        std::make_shared<const Tensor>(tensor)),
                          shape, strides);
}

/// The same for writing, to a tensor that is contiguous and no view of a part of another. Counts as one change of its
/// value. Throws as `Tensor::mutable_data` does: GradError, DTypeError, ValueError.
template <class T>
MutableXtensorView<T> as_mutable_xtensor(Tensor& tensor) {
    T* const data = tensor.mutable_data<T>();
    const std::vector<std::size_t> shape(tensor.shape().begin(), tensor.shape().end());
    return MutableXtensorView<T>(
        detail::SharedBuffer<T>(data, static_cast<std::size_t>(tensor.numel()), std::make_shared<const Tensor>(tensor)),
        shape);
}

}  // namespace xg
