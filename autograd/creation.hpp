#pragma once

#include <initializer_list>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

namespace xg {

/// How a new tensor is made.
struct TensorOptions {
    DType dtype = float32;
    bool requires_grad = false;
};

/// A tensor of zeros: `zeros({2, 3})`. Throws ShapeError for negative sizes and
/// OutOfMemoryError, as all of these do, and ValueError for a number that int64, where it is asked for, does not hold.
XG_EXPORT Tensor zeros(const Shape& shape, const TensorOptions& options = {});
/// A tensor of ones.
XG_EXPORT Tensor ones(const Shape& shape, const TensorOptions& options = {});
/// A tensor whose elements are all `value`, cast to the dtype of the options (float32 unless they say otherwise).
XG_EXPORT Tensor full(const Shape& shape, Scalar value, const TensorOptions& options = {});
/// Elements of any value: for what is written in full right after. Throws ShapeError for negative sizes.
XG_EXPORT Tensor empty(const Shape& shape, const TensorOptions& options = {});
/// Zeros in the shape and dtype of `tensor`, of no graph. Throws ValueError for an undefined tensor.
XG_EXPORT Tensor zeros_like(const Tensor& tensor);
/// Ones in the shape and dtype of `tensor`, of no graph.
XG_EXPORT Tensor ones_like(const Tensor& tensor);
/// `value` in the shape and dtype of `tensor`, of no graph.
XG_EXPORT Tensor full_like(const Tensor& tensor, Scalar value);

/// start, start + step, … before `stop`: int64 if all are integers, else float32. Throws ValueError if `step` is 0.
XG_EXPORT Tensor arange(Scalar start, Scalar stop, Scalar step = 1);
/// The same in the dtype of the options.
XG_EXPORT Tensor arange(Scalar start, Scalar stop, Scalar step, const TensorOptions& options);
/// 0, 1, … before `stop`: `arange(12)`.
XG_EXPORT Tensor arange(Scalar stop);
/// `n` numbers from `start` to `stop`, both included, evenly apart. Throws ValueError for a negative n.
XG_EXPORT Tensor linspace(double start, double stop, std::int64_t n, const TensorOptions& options = {});
/// The identity matrix, (n, n) or (n, m) with ones on the main diagonal.
XG_EXPORT Tensor eye(std::int64_t n, const TensorOptions& options = {});
/// The same of n rows and m columns.
XG_EXPORT Tensor eye(std::int64_t n, std::int64_t m, const TensorOptions& options = {});

/// Uniform in [0, 1), from the generator that `manual_seed` seeds.
XG_EXPORT Tensor rand(const Shape& shape, const TensorOptions& options = {});
/// Standard normal, from the same generator.
XG_EXPORT Tensor randn(const Shape& shape, const TensorOptions& options = {});

/// Nested braces of numbers, as in `tensor({{1, 2}, {3, 4}})`.
class XG_EXPORT NestedValues {
public:
    template <Arithmetic T>
    NestedValues(T value) : leaf_(value), is_leaf_(true) {}
    NestedValues(std::initializer_list<NestedValues> children) : leaf_(0), children_(children), is_leaf_(false) {}

    const Scalar& leaf() const noexcept { return leaf_; }
    const std::vector<NestedValues>& children() const noexcept { return children_; }
    bool is_leaf() const noexcept { return is_leaf_; }

private:
    Scalar leaf_;
    std::vector<NestedValues> children_;
    bool is_leaf_;
};

/// A tensor of the numbers in nested braces: int64 if all are integers, bool if all are bools, else float32. Throws
/// ShapeError if they are ragged.
XG_EXPORT Tensor tensor(const NestedValues& values);
/// The same in the dtype of the options.
XG_EXPORT Tensor tensor(const NestedValues& values, const TensorOptions& options);

/// Copies `shape.elements()` numbers in row-major order and casts them to `options.dtype`.
XG_EXPORT Tensor from_data(const float* values, const Shape& shape, const TensorOptions& options = {});
/// The same of doubles.
XG_EXPORT Tensor from_data(const double* values, const Shape& shape, const TensorOptions& options = {});
/// The same of integers, int64 unless the options say otherwise.
XG_EXPORT Tensor from_data(const std::int64_t* values, const Shape& shape,
                           const TensorOptions& options = {.dtype = int64});
/// The same of truth values, bool unless the options say otherwise.
XG_EXPORT Tensor from_data(const bool* values, const Shape& shape, const TensorOptions& options = {.dtype = boolean});

/// The same of a vector, which must have as many elements as `shape`: throws ShapeError.
template <class T>
Tensor from_data(const std::vector<T>& values, const Shape& shape, const TensorOptions& options);
/// The same in the dtype of T.
template <class T>
Tensor from_data(const std::vector<T>& values, const Shape& shape);

namespace detail {
XG_EXPORT void check_count(std::size_t given, const Shape& shape);
}

template <class T>
Tensor from_data(const std::vector<T>& values, const Shape& shape, const TensorOptions& options) {
    detail::check_count(values.size(), shape);
    return from_data(values.data(), shape, options);
}

template <class T>
Tensor from_data(const std::vector<T>& values, const Shape& shape) {
    detail::check_count(values.size(), shape);
    return from_data(values.data(), shape);
}

/// Makes a tensor of memory that belongs to somebody else, without a copy; `release` is called when it is no longer
/// used.
XG_EXPORT Tensor adopt(void* data, const Shape& shape, DType dtype, std::function<void()> release);

}  // namespace xg
