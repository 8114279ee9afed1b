#pragma once

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/body.hpp>

// What operations make of what they are given, before they compute.

namespace xg::detail {

/// x as a tensor of `dtype`. Where that has more bytes than can be addressed the error names the operation.
inline Tensor cast(const Tensor& x, DType dtype, const char* operation) {
    if (body(x).dtype == dtype) return x;
    checked_elements(body(x).shape, dtype, operation);
    return x.to(dtype);
}

/// x as a floating-point tensor.
inline Tensor floating(const Tensor& x, const char* operation) {
    check_defined(x, operation);
    return is_floating(body(x).dtype) ? x : cast(x, float32, operation);
}

/// What an operation computes with: the caller's own tensor where it is as it should be, without the two counts that a
/// copy of its handle costs (a tenth of an operation on a few numbers), else a cast of it.
class Borrowed {
public:
    explicit Borrowed(const Tensor& x) noexcept : tensor_(&x) {}
    Borrowed(const Tensor& x, DType dtype, const char* operation) : tensor_(&x) {
        if (body(x).dtype == dtype) return;
        cast_ = cast(x, dtype, operation);
        tensor_ = &cast_;
    }
    // It would dangle.
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    operator const Tensor&() const noexcept { return *tensor_; }

private:
    const Tensor* tensor_;
    Tensor cast_;
};

/// x as a floating-point tensor. x must outlive it.
class BorrowedFloating : public Borrowed {
public:
    BorrowedFloating(const Tensor& x, const char* operation)
        : Borrowed(x, (check_defined(x, operation), is_floating(body(x).dtype) ? body(x).dtype : float32), operation) {}
    BorrowedFloating(Tensor&&, const char*) = delete;
};

/// Both operands in the dtype of the result. They must outlive it.
struct BorrowedOperands {
    const Borrowed a, b;
    BorrowedOperands(const Tensor& x, const Tensor& y, const char* operation)
        : a(x, common(x, y, operation), operation), b(y, common(x, y, operation), operation) {}

private:
    static DType common(const Tensor& x, const Tensor& y, const char* operation) {
        check_defined(x, operation);
        check_defined(y, operation);
        return body(x).dtype == body(y).dtype ? body(x).dtype : promote(body(x).dtype, body(y).dtype);
    }
};

/// Both operands in the dtype of the result.
struct Operands {
    Tensor a, b;
    Operands(const Tensor& x, const Tensor& y, const char* operation) : a(x), b(y) {
        check_defined(x, operation);
        check_defined(y, operation);
        if (body(x).dtype != body(y).dtype) {
            const DType dtype = promote(body(x).dtype, body(y).dtype);
            a = cast(x, dtype, operation);
            b = cast(y, dtype, operation);
        }
    }
};

/// A number as a tensor of rank 0, of the dtype that it has beside x.
inline Tensor beside(const Tensor& x, Scalar value, const char* operation) {
    check_defined(x, operation);
    return full({}, value, {.dtype = value.promoted_with(body(x).dtype)});
}

}  // namespace xg::detail
