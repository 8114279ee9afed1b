#pragma once

#include <cstdint>

// Kernels of batch normalisation. All arrays are contiguous; what is kept for each channel is in double precision.

namespace xg::detail {

/// x is (batch, channels, run); each channel is normalised over the batch and its runs.
struct ChannelShape {
    std::int64_t batch, channels, run;
    std::int64_t count() const noexcept { return batch * run; }
};

/// Each channel's mean and (biased) variance: the squares of what is left after the mean.
template <class T>
void channel_moments(const ChannelShape& s, const T* x, double* mean, double* variance);

/// The sums over each channel of g and of g · (x - mean) · rstd.
template <class T>
void channel_pulls(const ChannelShape& s, const T* g, const T* x, const double* mean, const double* rstd,
                   double* direct, double* along);

/// y = (x - mean) · scale + shift.
template <class T>
void channel_affine(const ChannelShape& s, const T* x, const double* mean, const double* scale, const double* shift,
                    T* y);

/// dx = scale · (g - direct - (x - mean) · along).
template <class T>
void channel_backward(const ChannelShape& s, const T* g, const T* x, const double* mean, const double* scale,
                      const double* direct, const double* along, T* dx);

}  // namespace xg::detail
