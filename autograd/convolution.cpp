#include <xgrad/autograd/convolution.hpp>

#include <algorithm>
#include <string>

#include <xgrad/autograd/detail/convolution_kernels.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/lines.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/sample_rules.hpp>
#include <xgrad/autograd/detail/window_checks.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg {

using detail::body;
using detail::check_defined;
using detail::ConvolutionShape;
using detail::data_as;
using detail::dense;
using detail::dispatch_floating;
using detail::make_alias;
using detail::make_tensor;
using detail::record;
using detail::Saved;
using detail::saved;
using detail::Wrt;
using detail::wrt;

namespace {

/// Without the axis for the height where there is none.
Shape shape_of(std::int64_t a, std::int64_t b, std::int64_t height, std::int64_t width, bool flat) {
    return flat ? Shape{a, b, width} : Shape{a, b, height, width};
}
Shape input_shape(const ConvolutionShape& s) { return shape_of(s.images, s.channels, s.height, s.width, s.flat); }
Shape output_shape(const ConvolutionShape& s) {
    return shape_of(s.images, s.filters, s.out_height, s.out_width, s.flat);
}
Shape weight_shape(const ConvolutionShape& s) {
    return shape_of(s.filters, s.group_channels(), s.kernel_h, s.kernel_w, s.flat);
}
/// Whether there is anything to multiply.
bool any(const ConvolutionShape& s) { return s.images > 0 && s.channels > 0 && s.plane() > 0 && s.positions() > 0; }

/// A new tensor of zeros, or of the numbers of b along the second axis.
Tensor filled(const char* operation, const Shape& shape, DType dtype, const Tensor& b) {
    detail::checked_elements(shape, dtype, operation);
    if (!b.defined()) return zeros(shape, {.dtype = dtype});
    Shape column = Shape::filled(shape.rank() - 1, 1);
    column[0] = shape[1];
    return broadcast_to(b.detach().reshape(column), shape).contiguous();
}

/// g summed over all axes but the second: a bias's gradient.
Tensor channel_sum(const Tensor& given) {
    const Shape& shape = body(given).shape;
    const Tensor g = dense(given);
    Tensor y = make_tensor({shape[1]}, body(g).dtype);
    std::int64_t plane = 1;
    for (std::size_t axis = 2; axis < shape.rank(); ++axis) plane *= shape[axis];
    dispatch_floating(body(g).dtype, [&]<class T>(T*) {
        detail::channel_sums(shape[0], shape[1], plane, data_as<T>(g), data_as<T>(y));
    });
    return record("sum", std::move(y), wrt(given, [shape](const Tensor& gg) {
                      Shape column = Shape::filled(shape.rank() - 1, 1);
                      column[0] = shape[1];
                      return broadcast_to(gg.reshape(column), shape);
                  }));
}

struct BiasFormula {
    Tensor operator()(const Tensor& g) const { return channel_sum(g); }
    Tensor per_sample(const Tensor& g) const { return detail::sums_over_planes(g); }
};

template <class... F>
Tensor record_biased(const char* operation, Tensor y, const Tensor& b, Wrt<F>... inputs) {
    if (!b.defined()) return record(operation, std::move(y), std::move(inputs)...);
    return record(operation, std::move(y), std::move(inputs)..., wrt(b, BiasFormula{}));
}

// A convolution y(x, w) and its gradients with respect to x and w: three products of which each one's gradients are the
// other two.

Tensor input_product(const char* operation, const Tensor& g, const Tensor& w, const Tensor& b,
                     const ConvolutionShape& s);
Tensor weight_product(const Tensor& g, const Tensor& x, const ConvolutionShape& s);
Tensor weight_products(const Tensor& g, const Tensor& x, const ConvolutionShape& s);

/// The gradient of the filters, whose other factors are y's gradient and x.
struct FilterFormula {
    ConvolutionShape s;
    Saved x;
    Tensor operator()(const Tensor& g) const { return weight_product(g, x.get(), s); }
    Tensor per_sample(const Tensor& g) const { return weight_products(g, x.get(), s); }
};

/// The same of a transposed convolution, where x and y have changed places.
struct TransposedFilterFormula {
    ConvolutionShape s;
    Saved g;
    Tensor operator()(const Tensor& gg) const { return weight_product(g.get(), gg, s); }
    Tensor per_sample(const Tensor& gg) const { return weight_products(g.get(), gg, s); }
};

Tensor output_product(const char* operation, const Tensor& x, const Tensor& w, const Tensor& b,
                      const ConvolutionShape& s) {
    Tensor y;
    if (any(s)) {
        y = make_tensor(output_shape(s), body(x).dtype, operation);
        const Tensor p = dense(x), q = dense(w), r = b.defined() ? dense(b) : Tensor();
        dispatch_floating(body(y).dtype, [&]<class T>(T*) {
            detail::convolve<T>(s, data_as<T>(p), data_as<T>(q), b.defined() ? data_as<T>(r) : nullptr, data_as<T>(y));
        });
    } else {
        y = filled(operation, output_shape(s), body(x).dtype, b);
    }
    return record_biased(
        operation, std::move(y), b,
        wrt(x, [s, w = saved(w)](const Tensor& g) { return input_product("conv_backward_input", g, w.get(), {}, s); }),
        wrt(w, FilterFormula{s, saved(x)}));
}

Tensor input_product(const char* operation, const Tensor& g, const Tensor& w, const Tensor& b,
                     const ConvolutionShape& s) {
    Tensor dx;
    if (any(s)) {
        dx = make_tensor(input_shape(s), body(g).dtype, operation);
        const Tensor p = dense(g), q = dense(w), r = b.defined() ? dense(b) : Tensor();
        dispatch_floating(body(dx).dtype, [&]<class T>(T*) {
            detail::convolve_input<T>(s, data_as<T>(p), data_as<T>(q), b.defined() ? data_as<T>(r) : nullptr,
                                      data_as<T>(dx));
        });
    } else {
        dx = filled(operation, input_shape(s), body(g).dtype, b);
    }
    return record_biased(
        operation, std::move(dx), b,
        wrt(g, [s, w = saved(w)](const Tensor& gg) { return output_product("conv_backward", gg, w.get(), {}, s); }),
        wrt(w, TransposedFilterFormula{s, saved(g)}));
}

Tensor weight_product(const Tensor& g, const Tensor& x, const ConvolutionShape& s) {
    Tensor dw;
    if (any(s)) {
        dw = make_tensor(weight_shape(s), body(g).dtype);
        const Tensor p = dense(g), q = dense(x);
        dispatch_floating(body(dw).dtype, [&]<class T>(T*) {
            detail::convolve_weight<T>(s, data_as<T>(p), data_as<T>(q), data_as<T>(dw));
        });
    } else {
        dw = zeros(weight_shape(s), {.dtype = body(g).dtype});
    }
    return record(
        "conv_backward_weight", std::move(dw),
        wrt(g, [s, x = saved(x)](const Tensor& gw) { return output_product("conv_backward", x.get(), gw, {}, s); }),
        wrt(x,
            [s, g = saved(g)](const Tensor& gw) { return input_product("conv_backward_input", g.get(), gw, {}, s); }));
}

/// The same image by image, (images, weight's shape); not recorded.
Tensor weight_products(const Tensor& g, const Tensor& x, const ConvolutionShape& s) {
    const Shape shape = weight_shape(s).inserted(0, s.images);
    if (!any(s)) return zeros(shape, {.dtype = body(g).dtype});
    Tensor dw = make_tensor(shape, body(g).dtype);
    const Tensor p = dense(g), q = dense(x);
    ConvolutionShape one = s;
    one.images = 1;
    const std::int64_t weights = weight_shape(s).elements();
    dispatch_floating(body(dw).dtype, [&]<class T>(T*) {
        parallel_for(s.images, [&](std::int64_t i) {
            detail::convolve_weight<T>(one, data_as<T>(p) + i * s.filters * s.positions(),
                                       data_as<T>(q) + i * s.channels * s.plane(), data_as<T>(dw) + i * weights);
        });
    });
    return dw;
}

/// What the operations share before they compute: checked inputs with an axis for the images.
struct Inputs {
    Tensor x, w, b;
    bool flat, batched;
    std::int64_t channels, height, width;

    Inputs(const char* operation, const Tensor& given, const Tensor& weight, const Tensor& bias, bool is_flat)
        : x(given), w(weight), b(bias), flat(is_flat) {
        batched = detail::check_images(x, flat ? 1 : 2, operation);
        check_defined(w, operation);
        const Shape& q = body(w).shape;
        const std::size_t rank = flat ? 3 : 4;
        if (q.rank() != rank)
            throw ShapeError(std::string(operation) + ": expected a weight of rank " + std::to_string(rank) + ", got " +
                             q.str());
        for (std::size_t axis = 0; axis < rank; ++axis)
            if (q[axis] < 1 && axis != 1)
                throw ShapeError(std::string(operation) + ": expected a weight without empty axes, got " + q.str());
        detail::check_floating(x, operation);
        if (body(w).dtype != body(x).dtype || (b.defined() && body(b).dtype != body(x).dtype))
            throw DTypeError(std::string(operation) + ": expected one dtype, got an input of " + name(body(x).dtype) +
                             ", a weight of " + name(body(w).dtype) +
                             (b.defined() ? std::string(" and a bias of ") + name(body(b).dtype) : ""));
        if (!batched) x = detail::batch_of_one(x);
        const Shape& p = body(x).shape;
        channels = p[1];
        height = flat ? 1 : p[2];
        width = p.back();
    }

    void check_bias(std::int64_t size, const char* operation) const {
        if (b.defined() && !(body(b).shape == Shape{size}))
            throw ShapeError(std::string(operation) + ": expected a bias of shape " + Shape{size}.str() +
                             " for a weight of shape " + body(w).shape.str() + ", got " + body(b).shape.str());
    }
    [[noreturn]] void channels_do_not_fit(std::int64_t groups, const char* operation) const {
        throw ShapeError(std::string(operation) + ": an input of shape " + body(x).shape.str() +
                         " does not fit a weight of shape " + body(w).shape.str() + " in " + std::to_string(groups) +
                         " groups");
    }
    Tensor unbatched(const Tensor& y) const { return batched ? y : detail::only_image(y); }
};

void check_options(const Pair& stride, const Pair& padding, const Pair& dilation, std::int64_t groups,
                   const char* operation) {
    detail::check_option(stride, 1, "stride", operation);
    detail::check_option(padding, 0, "padding", operation);
    detail::check_option(dilation, 1, "dilation", operation);
    detail::check_option(groups, 1, "groups", operation);
}

Tensor convolution(const char* operation, const Tensor& given, const Tensor& weight, const Tensor& bias, bool flat,
                   const Conv2dOptions& o) {
    const Inputs in(operation, given, weight, bias, flat);
    check_options(o.stride, o.padding, o.dilation, o.groups, operation);
    const Shape &p = body(in.x).shape, &q = body(in.w).shape;
    if (in.channels % o.groups != 0 || in.channels / o.groups != q[1] || q[0] % o.groups != 0)
        in.channels_do_not_fit(o.groups, operation);
    in.check_bias(q[0], operation);
    const std::int64_t kh = flat ? 1 : q[2], kw = q.back();
    const Pair out =
        detail::window_counts({in.height, in.width}, {kh, kw}, o.stride, o.padding, o.dilation, false, flat, operation);
    const ConvolutionShape s{{in.height, in.width, out.height, out.width, kh, kw, o.stride.height, o.stride.width,
                              o.padding.height, o.padding.width, o.dilation.height, o.dilation.width},
                             p[0],
                             in.channels,
                             q[0],
                             o.groups,
                             flat};
    return in.unbatched(output_product(operation, in.x, in.w, in.b, s));
}

Tensor transposed(const char* operation, const Tensor& given, const Tensor& weight, const Tensor& bias, bool flat,
                  const ConvTranspose2dOptions& o) {
    const Inputs in(operation, given, weight, bias, flat);
    check_options(o.stride, o.padding, o.dilation, o.groups, operation);
    detail::check_option(o.output_padding, 0, "output_padding", operation);
    const Shape &p = body(in.x).shape, &q = body(in.w).shape;
    if (in.channels % o.groups != 0 || in.channels != q[0] || q[1] < 1) in.channels_do_not_fit(o.groups, operation);
    in.check_bias(q[1] * o.groups, operation);
    const auto length = [&](std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t padding,
                            std::int64_t dilation, std::int64_t extra) {
        if (extra >= std::max(stride, dilation))
            throw ValueError(std::string(operation) + ": expected an output_padding below stride or dilation, got " +
                             std::to_string(extra));
        const std::int64_t n = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1;
        if (n < 1 || n >= std::int64_t{1} << 30 || size < 1)
            throw ShapeError(std::string(operation) + ": an input of shape " + p.str() + " and a weight of shape " +
                             q.str() + " give a result of size " + std::to_string(n) + ", expected 1 to 2^30");
        return n;
    };
    const std::int64_t kh = flat ? 1 : q[2], kw = q.back();
    const std::int64_t height = flat ? 1
                                     : length(in.height, kh, o.stride.height, o.padding.height, o.dilation.height,
                                              o.output_padding.height),
                       width = length(in.width, kw, o.stride.width, o.padding.width, o.dilation.width,
                                      o.output_padding.width);
    const ConvolutionShape s{{height, width, in.height, in.width, kh, kw, o.stride.height, o.stride.width,
                              o.padding.height, o.padding.width, o.dilation.height, o.dilation.width},
                             p[0],
                             q[1] * o.groups,
                             in.channels,
                             o.groups,
                             flat};
    return in.unbatched(input_product(operation, in.x, in.w, in.b, s));
}

}  // namespace

Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& o) {
    return convolution("conv1d", x, weight, bias, true, {{1, o.stride}, {0, o.padding}, {1, o.dilation}, o.groups});
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& options) {
    return convolution("conv2d", x, weight, bias, false, options);
}

Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvTranspose1dOptions& o) {
    return transposed("conv_transpose1d", x, weight, bias, true,
                      {{1, o.stride}, {0, o.padding}, {0, o.output_padding}, o.groups, {1, o.dilation}});
}

Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                        const ConvTranspose2dOptions& options) {
    return transposed("conv_transpose2d", x, weight, bias, false, options);
}

}  // namespace xg
