#pragma once

#include <xgrad/autograd/pooling.hpp>
#include <xgrad/nn/module.hpp>

// Pooling as layers: <xgrad/autograd/pooling.hpp> says what each computes, of which options and shapes, and what is
// thrown.

namespace xg::nn {

/// `max_pool1d` of windows of `kernel_size`.
class XG_EXPORT MaxPool1d final : public Layer<MaxPool1d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit MaxPool1d(std::int64_t kernel_size, const MaxPool1dOptions& options = {})
        : size_(kernel_size), options_(options) {}
    Tensor forward(const Tensor& x) const { return max_pool1d(x, size_, options_); }

private:
    std::int64_t size_;
    MaxPool1dOptions options_;
};

/// `max_pool2d` of windows of `kernel_size`.
class XG_EXPORT MaxPool2d final : public Layer<MaxPool2d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit MaxPool2d(Pair kernel_size, const MaxPool2dOptions& options = {})
        : size_(kernel_size), options_(options) {}
    Tensor forward(const Tensor& x) const { return max_pool2d(x, size_, options_); }

private:
    Pair size_;
    MaxPool2dOptions options_;
};

/// `avg_pool1d` of windows of `kernel_size`.
class XG_EXPORT AvgPool1d final : public Layer<AvgPool1d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit AvgPool1d(std::int64_t kernel_size, const AvgPool1dOptions& options = {})
        : size_(kernel_size), options_(options) {}
    Tensor forward(const Tensor& x) const { return avg_pool1d(x, size_, options_); }

private:
    std::int64_t size_;
    AvgPool1dOptions options_;
};

/// `avg_pool2d` of windows of `kernel_size`.
class XG_EXPORT AvgPool2d final : public Layer<AvgPool2d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit AvgPool2d(Pair kernel_size, const AvgPool2dOptions& options = {})
        : size_(kernel_size), options_(options) {}
    Tensor forward(const Tensor& x) const { return avg_pool2d(x, size_, options_); }

private:
    Pair size_;
    AvgPool2dOptions options_;
};

/// `adaptive_avg_pool1d` to `output_size` elements.
class XG_EXPORT AdaptiveAvgPool1d final : public Layer<AdaptiveAvgPool1d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit AdaptiveAvgPool1d(std::int64_t output_size) : size_(output_size) {}
    Tensor forward(const Tensor& x) const { return adaptive_avg_pool1d(x, size_); }

private:
    std::int64_t size_;
};

/// `adaptive_avg_pool2d` to images of `output_size`.
class XG_EXPORT AdaptiveAvgPool2d final : public Layer<AdaptiveAvgPool2d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit AdaptiveAvgPool2d(Pair output_size) : size_(output_size) {}
    Tensor forward(const Tensor& x) const { return adaptive_avg_pool2d(x, size_); }

private:
    Pair size_;
};

/// `adaptive_max_pool1d` to `output_size` elements.
class XG_EXPORT AdaptiveMaxPool1d final : public Layer<AdaptiveMaxPool1d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit AdaptiveMaxPool1d(std::int64_t output_size) : size_(output_size) {}
    Tensor forward(const Tensor& x) const { return adaptive_max_pool1d(x, size_); }

private:
    std::int64_t size_;
};

/// `adaptive_max_pool2d` to images of `output_size`.
class XG_EXPORT AdaptiveMaxPool2d final : public Layer<AdaptiveMaxPool2d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit AdaptiveMaxPool2d(Pair output_size) : size_(output_size) {}
    Tensor forward(const Tensor& x) const { return adaptive_max_pool2d(x, size_); }

private:
    Pair size_;
};

}  // namespace xg::nn
