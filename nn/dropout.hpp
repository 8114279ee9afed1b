#pragma once

#include <xgrad/nn/module.hpp>

// Dropout as layers: they drop in training and hand their input through in evaluation. <xgrad/autograd/dropout.hpp>
// says what is drawn.

namespace xg::nn {

/// `dropout`: each element is 0 with probability p, else divided by 1 - p.
class XG_EXPORT Dropout final : public Layer<Dropout> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError unless 0 <= p <= 1.
    explicit Dropout(double p = 0.5);
    Tensor forward(const Tensor& x) const;

private:
    double p_;
};

/// `feature_dropout`: whole channels of (N, C, H, W) are dropped.
class XG_EXPORT Dropout2d final : public Layer<Dropout2d> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError unless 0 <= p <= 1.
    explicit Dropout2d(double p = 0.5);
    Tensor forward(const Tensor& x) const;

private:
    double p_;
};

/// `alpha_dropout`: for networks of SELU units.
class XG_EXPORT AlphaDropout final : public Layer<AlphaDropout> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    /// Throws ValueError unless 0 <= p <= 1.
    explicit AlphaDropout(double p = 0.5);
    Tensor forward(const Tensor& x) const;

private:
    double p_;
};

}  // namespace xg::nn
