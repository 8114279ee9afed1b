#include <xgrad/autograd/pooling.hpp>

#include <string>

#include <xgrad/autograd/detail/lines.hpp>
#include <xgrad/autograd/detail/max_pool_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/resample_operation.hpp>
#include <xgrad/autograd/detail/window_checks.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::AxisRule;
using detail::AxisWindows;
using detail::body;
using detail::data_as;
using detail::dispatch_floating;
using detail::make_tensor;
using detail::record;
using detail::saved;
using detail::wrt;

namespace {

/// Puts elements of planes to places in planes of `shape`, or takes them from there: either is the other's gradient.
template <bool puts>
Tensor move_elements(const Tensor& given, const Tensor& indices, const Shape& planes) {
    const Tensor x = detail::make_alias(given).contiguous();
    const Shape& few = body(indices).shape;
    Tensor y = make_tensor(puts ? planes : few, body(x).dtype);
    const std::int64_t n = few[0] * few[1];
    if (n > 0) {
        dispatch_floating(body(x).dtype, [&]<class T>(T*) {
            const std::int64_t count = body(indices).numel / n, size = planes.elements() / n;
            const auto f = puts ? detail::scatter_planes<T> : detail::gather_planes<T>;
            f(n, count, size, data_as<T>(x), data_as<std::int64_t>(indices), data_as<T>(y));
        });
    }
    return record(puts ? "max_pool_backward" : "max_pool_gather", std::move(y),
                  wrt(given, [indices = saved(indices), planes](const Tensor& g) {
                      return move_elements<!puts>(g, indices.get(), planes);
                  }));
}

/// An input with an axis for the images.
struct Planes {
    Tensor x;
    bool flat, batched;
    Pair size{1, 1};

    Planes(const char* operation, const Tensor& given, bool is_flat) : x(given), flat(is_flat) {
        batched = detail::check_images(x, flat ? 1 : 2, operation);
        detail::check_floating(x, operation);
        if (!batched) x = detail::batch_of_one(x);
        const Shape& shape = body(x).shape;
        size = {flat ? 1 : shape[2], shape.back()};
        if (size.height == 0 || size.width == 0)
            throw ShapeError(std::string(operation) + ": expected images that are not empty, got the shape " +
                             body(given).shape.str());
    }
    Tensor finish(const Tensor& y) const { return batched ? y : detail::only_image(y); }
};

/// The result's shape for `n` windows along each axis. Throws ShapeError where it has more elements than can be
/// addressed: before the windows are listed, which takes memory itself.
Shape result_shape(const char* operation, const Planes& in, const Pair& n) {
    const Shape& shape = body(in.x).shape;
    Shape result = in.flat ? Shape{shape[0], shape[1], n.width} : Shape{shape[0], shape[1], n.height, n.width};
    detail::checked_elements(result, int64, operation);
    return result;
}

MaxPoolResult pool(const char* operation, const Planes& in, const AxisWindows& rows, const AxisWindows& columns,
                   bool with_indices) {
    const Shape& shape = body(in.x).shape;
    const Shape result = result_shape(operation, in, {rows.count, columns.count});
    const Tensor* const inputs[] = {&in.x};
    with_indices = with_indices || detail::would_record(inputs);
    if (in.size.height * in.size.width >= std::int64_t{1} << 31)
        throw ShapeError(std::string(operation) + ": expected images of less than 2^31 elements, got the shape " +
                         shape.str());
    Tensor y = make_tensor(result, body(in.x).dtype, operation), indices;
    if (with_indices) indices = make_tensor(result, int64, operation);
    const Tensor x = detail::make_alias(in.x).contiguous();
    dispatch_floating(body(x).dtype, [&]<class T>(T*) {
        detail::max_pool(shape[0] * shape[1], rows, columns, data_as<T>(x), data_as<T>(y),
                         with_indices ? data_as<std::int64_t>(indices) : nullptr);
    });
    y = record(operation, std::move(y), wrt(in.x, [indices = saved(indices), shape](const Tensor& g) {
                   return move_elements<true>(g, indices.get(), shape);
               }));
    return {in.finish(y), with_indices ? in.finish(indices) : Tensor()};
}

Pair stride_of(const Pair& given, const Pair& kernel) {
    return {given.height == 0 ? kernel.height : given.height, given.width == 0 ? kernel.width : given.width};
}

void check_windows(const Pair& kernel, const Pair& stride, const Pair& padding, const Pair& dilation,
                   const char* operation) {
    detail::check_option(kernel, 1, "kernel_size", operation);
    detail::check_option(stride, 1, "stride", operation);
    detail::check_option(padding, 0, "padding", operation);
    detail::check_option(dilation, 1, "dilation", operation);
    const auto check = [&](std::int64_t k, std::int64_t pad, std::int64_t apart) {
        if (pad > (apart * (k - 1) + 1) / 2)
            throw ValueError(std::string(operation) + ": expected a padding of at most half of the kernel, got " +
                             std::to_string(pad) + " beside a kernel of size " + std::to_string(k));
    };
    check(kernel.height, padding.height, dilation.height);
    check(kernel.width, padding.width, dilation.width);
}

MaxPoolResult windows_max(const char* operation, const Tensor& x, bool flat, const Pair& kernel,
                          const MaxPool2dOptions& o, bool with_indices) {
    const Planes in(operation, x, flat);
    const Pair stride = stride_of(o.stride, kernel);
    check_windows(kernel, stride, o.padding, o.dilation, operation);
    const Pair n = detail::window_counts(in.size, kernel, stride, o.padding, o.dilation, o.ceil_mode, flat, operation);
    result_shape(operation, in, n);
    return pool(operation, in,
                {in.size.height, n.height, kernel.height, stride.height, o.padding.height, o.dilation.height},
                {in.size.width, n.width, kernel.width, stride.width, o.padding.width, o.dilation.width}, with_indices);
}

MaxPoolResult cover_max(const char* operation, const Tensor& x, bool flat, const Pair& n, bool with_indices) {
    const Planes in(operation, x, flat);
    detail::check_option(n, 0, "output_size", operation);
    result_shape(operation, in, n);
    return pool(operation, in, {in.size.height, n.height}, {in.size.width, n.width}, with_indices);
}

Tensor windows_mean(const char* operation, const Tensor& x, bool flat, const Pair& kernel, const AvgPool2dOptions& o) {
    const Planes in(operation, x, flat);
    const Pair stride = stride_of(o.stride, kernel);
    check_windows(kernel, stride, o.padding, 1, operation);
    const Pair n = detail::window_counts(in.size, kernel, stride, o.padding, 1, o.ceil_mode, flat, operation);
    AxisRule rows{.kind = AxisRule::Kind::windows, .size = in.size.height, .count = n.height}, columns = rows;
    rows.kernel = kernel.height;
    rows.stride = stride.height;
    rows.pad = o.padding.height;
    columns.size = in.size.width;
    columns.count = n.width;
    columns.kernel = kernel.width;
    columns.stride = stride.width;
    columns.pad = o.padding.width;
    rows.count_pad = columns.count_pad = o.count_include_pad;
    rows.divide = columns.divide = o.divisor_override == 0;
    Tensor y = in.finish(detail::resampled(operation, in.x, rows, columns));
    return o.divisor_override != 0 ? y / o.divisor_override : y;
}

Tensor cover_mean(const char* operation, const Tensor& x, bool flat, const Pair& n) {
    const Planes in(operation, x, flat);
    detail::check_option(n, 0, "output_size", operation);
    const AxisRule rows{.kind = AxisRule::Kind::cover, .size = in.size.height, .count = n.height},
        columns{.kind = AxisRule::Kind::cover, .size = in.size.width, .count = n.width};
    return in.finish(detail::resampled(operation, in.x, rows, columns));
}

MaxPool2dOptions of_1d(const MaxPool1dOptions& o) {
    return {{0, o.stride}, {0, o.padding}, {1, o.dilation}, o.ceil_mode};
}

}  // namespace

Tensor max_pool1d(const Tensor& x, std::int64_t kernel_size, const MaxPool1dOptions& options) {
    return windows_max("max_pool1d", x, true, {1, kernel_size}, of_1d(options), false).values;
}
Tensor max_pool2d(const Tensor& x, Pair kernel_size, const MaxPool2dOptions& options) {
    return windows_max("max_pool2d", x, false, kernel_size, options, false).values;
}
MaxPoolResult max_pool1d_with_indices(const Tensor& x, std::int64_t kernel_size, const MaxPool1dOptions& options) {
    return windows_max("max_pool1d_with_indices", x, true, {1, kernel_size}, of_1d(options), true);
}
MaxPoolResult max_pool2d_with_indices(const Tensor& x, Pair kernel_size, const MaxPool2dOptions& options) {
    return windows_max("max_pool2d_with_indices", x, false, kernel_size, options, true);
}

Tensor avg_pool1d(const Tensor& x, std::int64_t kernel_size, const AvgPool1dOptions& o) {
    const AvgPool2dOptions two{{0, o.stride}, {0, o.padding}, o.ceil_mode, o.count_include_pad};
    return windows_mean("avg_pool1d", x, true, {1, kernel_size}, two);
}
Tensor avg_pool2d(const Tensor& x, Pair kernel_size, const AvgPool2dOptions& options) {
    return windows_mean("avg_pool2d", x, false, kernel_size, options);
}

Tensor adaptive_avg_pool1d(const Tensor& x, std::int64_t output_size) {
    return cover_mean("adaptive_avg_pool1d", x, true, {1, output_size});
}
Tensor adaptive_avg_pool2d(const Tensor& x, Pair output_size) {
    return cover_mean("adaptive_avg_pool2d", x, false, output_size);
}
Tensor adaptive_max_pool1d(const Tensor& x, std::int64_t output_size) {
    return cover_max("adaptive_max_pool1d", x, true, {1, output_size}, false).values;
}
Tensor adaptive_max_pool2d(const Tensor& x, Pair output_size) {
    return cover_max("adaptive_max_pool2d", x, false, output_size, false).values;
}
MaxPoolResult adaptive_max_pool1d_with_indices(const Tensor& x, std::int64_t output_size) {
    return cover_max("adaptive_max_pool1d_with_indices", x, true, {1, output_size}, true);
}
MaxPoolResult adaptive_max_pool2d_with_indices(const Tensor& x, Pair output_size) {
    return cover_max("adaptive_max_pool2d_with_indices", x, false, output_size, true);
}

}  // namespace xg
