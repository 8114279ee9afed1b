#include <algorithm>
#include <string>

#include <xgrad/autograd/convolution.hpp>
#include <xgrad/autograd/detail/convolution_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/window_checks.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg {

using detail::body;
using detail::data_as;
using detail::make_tensor;
using detail::record;
using detail::WindowGrid;
using detail::wrt;

namespace {

/// Images of `channels` planes and their windows as columns, or back; either is the other's gradient.
template <bool unfolds>
Tensor rearrange(const Tensor& given, std::int64_t channels, const WindowGrid& s) {
    const std::int64_t images = body(given).shape[0], taps = s.taps(), windows = s.positions();
    const Shape columns{images, channels * taps, windows}, planes{images, channels, s.height, s.width};
    Tensor y = make_tensor(unfolds ? columns : planes, body(given).dtype, unfolds ? "unfold" : "fold");
    const Tensor x = detail::make_alias(given).contiguous();
    const std::int64_t tasks = images * channels, at_once = detail::tasks_at_once(tasks, taps * windows);
    const auto run = [&]<class T>(T*) {
        parallel_for((tasks + at_once - 1) / at_once, [&](std::int64_t part) {
            for (std::int64_t i = part * at_once; i < std::min(tasks, (part + 1) * at_once); ++i) {
                const T* const from = data_as<T>(x) + i * (unfolds ? s.plane() : taps * windows);
                T* const to = data_as<T>(y) + i * (unfolds ? taps * windows : s.plane());
                if constexpr (!unfolds) std::fill_n(to, s.plane(), T(0));
                for (std::int64_t tap = 0; tap < taps; ++tap) {
                    if constexpr (unfolds)
                        detail::pack_tap(s, from, tap, 0, windows, to + tap * windows);
                    else
                        detail::unpack_tap(s, from + tap * windows, tap, 0, windows, to);
                }
            }
        });
    };
    if (tasks > 0) {
        if (body(x).dtype == float32)
            run(static_cast<float*>(nullptr));
        else
            run(static_cast<double*>(nullptr));
    }
    return record(unfolds ? "unfold" : "fold", std::move(y),
                  wrt(given, [channels, s](const Tensor& g) { return rearrange<!unfolds>(g, channels, s); }));
}

WindowGrid grid(const char* operation, const Pair& size, const Pair& kernel, const UnfoldOptions& o) {
    detail::check_option(kernel, 1, "kernel_size", operation);
    detail::check_option(o.stride, 1, "stride", operation);
    detail::check_option(o.padding, 0, "padding", operation);
    detail::check_option(o.dilation, 1, "dilation", operation);
    const Pair n = detail::window_counts(size, kernel, o.stride, o.padding, o.dilation, false, false, operation);
    return {size.height,     size.width,     n.height,         n.width,         kernel.height,     kernel.width,
            o.stride.height, o.stride.width, o.padding.height, o.padding.width, o.dilation.height, o.dilation.width};
}

}  // namespace

Tensor unfold(const Tensor& x, Pair kernel_size, const UnfoldOptions& options) {
    const bool batched = detail::check_images(x, 2, "unfold");
    detail::check_floating(x, "unfold");
    const Tensor images = batched ? x : detail::batch_of_one(x);
    const Shape& shape = body(images).shape;
    const WindowGrid s = grid("unfold", {shape[2], shape[3]}, kernel_size, options);
    if (static_cast<double>(s.taps()) * static_cast<double>(s.positions()) * static_cast<double>(shape[1]) > 0x1p62)
        throw ShapeError("unfold: the windows of an input of shape " + body(x).shape.str() + " have too many elements");
    const Tensor y = rearrange<true>(images, shape[1], s);
    return batched ? y : detail::only_image(y);
}

Tensor fold(const Tensor& x, Pair output_size, Pair kernel_size, const UnfoldOptions& options) {
    detail::check_defined(x, "fold");
    detail::check_floating(x, "fold");
    const std::size_t rank = body(x).shape.rank();
    if (rank != 2 && rank != 3)
        throw ShapeError("fold: expected columns of shape (N, C · KH · KW, L) or (C · KH · KW, L), got " +
                         body(x).shape.str());
    detail::check_option(output_size, 1, "output_size", "fold");
    const WindowGrid s = grid("fold", output_size, kernel_size, options);
    const Tensor columns = rank == 3 ? x : detail::batch_of_one(x);
    const Shape& shape = body(columns).shape;
    if (shape[1] % s.taps() != 0 || shape[2] != s.positions())
        throw ShapeError("fold: expected columns of a multiple of " + std::to_string(s.taps()) + " elements for " +
                         std::to_string(s.positions()) + " windows, got " + body(x).shape.str());
    const Tensor y = rearrange<false>(columns, shape[1] / s.taps(), s);
    return rank == 3 ? y : detail::only_image(y);
}

}  // namespace xg
