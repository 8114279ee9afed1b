#pragma once

#include <concepts>
#include <cstdint>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/samples.hpp>

namespace xg::data {

/// What a DataLoader takes: any class with `get(i)`, sample number i as an input and its target, both without an axis
/// of samples, and `size()`, how many there are.
///
/// With workers, `get` is called by several threads at once, each with another i.
template <class T>
concept Dataset = requires(const T& dataset, std::int64_t i) {
    { dataset.get(i) } -> std::convertible_to<Samples>;
    { dataset.size() } -> std::convertible_to<std::int64_t>;
};

/// The samples of two tensors: entry i along the first axis of x belongs to entry i of y.
class XG_EXPORT TensorDataset {
public:
    /// Of any dtypes and of rank 1 or more; cut off from any graph. Throws ShapeError if they do not fit each other.
    TensorDataset(const Tensor& x, const Tensor& y);

    /// Views of entry i of both. Throws IndexError.
    Samples get(std::int64_t i) const;
    std::int64_t size() const { return size_; }
    const Tensor& x() const noexcept { return x_; }
    const Tensor& y() const noexcept { return y_; }

private:
    Tensor x_, y_;
    std::int64_t size_;
};

}  // namespace xg::data
