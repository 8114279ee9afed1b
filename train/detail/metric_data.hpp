#pragma once

#include <cstdint>
#include <string>

#include <xgrad/autograd/tensor.hpp>

namespace xg::train::detail {

/// The numbers of a tensor, one after another, whatever its dtype.
class Numbers {
public:
    explicit Numbers(const Tensor& t);
    std::int64_t size() const noexcept { return size_; }
    /// Calls `f` with a pointer to the numbers in their own type.
    template <class F>
    void visit(F&& f) const {
        switch (tensor_.dtype()) {
            case DType::float32: return f(tensor_.data<float>());
            case DType::float64: return f(tensor_.data<double>());
            case DType::int64: return f(tensor_.data<std::int64_t>());
            case DType::boolean: return f(tensor_.data<bool>());
        }
    }

private:
    Tensor tensor_;
    std::int64_t size_;
};

/// Throws ShapeError unless both have the same number of rows, and of elements a row; gives the number of rows. Rank 0
/// is one row.
std::int64_t check_same(const std::string& metric, const Tensor& prediction, const Tensor& target);

/// Weights as doubles, or undefined as they are. Throws ShapeError unless they are (rows).
Tensor metric_weights(const std::string& metric, const Tensor& weights, std::int64_t rows);

}  // namespace xg::train::detail
