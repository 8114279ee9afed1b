#pragma once

#include <xgrad/autograd/interpolation.hpp>
#include <xgrad/nn/module.hpp>

// Layers without parameters that only move elements about.

namespace xg::nn {

/// Hands its input through.
class XG_EXPORT Identity final : public Layer<Identity> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Tensor forward(const Tensor& x) const { return x; }
};

/// `flatten`: axes `start` to `end`, both included, as one; by default all but the first.
class XG_EXPORT Flatten final : public Layer<Flatten> {
public:
    explicit Flatten(std::int64_t start = 1, std::int64_t end = -1) : start_(start), end_(end) {
        set_row_wise(start > 0);
    }
    Tensor forward(const Tensor& x) const;

private:
    std::int64_t start_, end_;
};

/// `unflatten`: axis `axis` as several of `sizes`, one of which may be -1.
class XG_EXPORT Unflatten final : public Layer<Unflatten> {
public:
    Unflatten(std::int64_t axis, const Shape& sizes) : axis_(axis), sizes_(sizes) { set_row_wise(axis > 0); }
    Tensor forward(const Tensor& x) const;

private:
    std::int64_t axis_;
    Shape sizes_;
};

/// `interpolate`: sequences (N, C, L) or images (N, C, H, W) in another size.
class XG_EXPORT Upsample final : public Layer<Upsample> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    explicit Upsample(const InterpolateOptions& options) : options_(options) {}
    /// Throws as `xg::interpolate` does.
    Tensor forward(const Tensor& x) const;

private:
    InterpolateOptions options_;
};

}  // namespace xg::nn
