#include <algorithm>

#include "families_xgrad.hpp"
#include "planes.hpp"

namespace parity {
namespace {

/// A size for each axis: a list for two, a number for one. Returns the list.
Sizes each_axis(Draw& d, const std::string& name, std::size_t axes, std::int64_t low, std::int64_t high) {
    Sizes drawn;
    for (std::size_t k = 0; k < axes; ++k) drawn.push_back(d.random.integer(low, high));
    if (axes == 1)
        d.set(name, drawn[0]);
    else
        d.set(name, drawn);
    return drawn;
}

/// Windows over the last axes of x that fit into it.
struct Windows {
    Sizes kernel, stride, padding, dilation;
};

Windows convolution_windows(Draw& d, const Array& x, std::size_t axes, bool transposed) {
    Windows w;
    w.stride = each_axis(d, "stride", axes, 1, 3);
    w.padding = each_axis(d, "padding", axes, 0, 2);
    w.dilation = each_axis(d, "dilation", axes, 1, 2);
    for (std::size_t k = 0; k < axes; ++k) {
        const std::int64_t room = x.shape[x.shape.size() - axes + k] + 2 * w.padding[k];
        w.kernel.push_back(
            d.random.integer(1, std::min<std::int64_t>(3, transposed ? 3 : (room - 1) / w.dilation[k] + 1)));
    }
    return w;
}

/// Input, weights, options, and perhaps a bias.
void convolution(Draw& d, std::size_t axes, bool transposed, bool bias) {
    const Array& x = planes(d, axes);
    const std::int64_t channels = x.shape[x.shape.size() - axes - 1],
                       groups = d.random.coin() ? 1 : d.random.integer(1, channels);
    Draw::need(channels % groups == 0);
    const Windows w = convolution_windows(d, x, axes, transposed);
    const std::int64_t out = d.random.integer(1, 3);
    Sizes weight = transposed ? Sizes{channels, out} : Sizes{out * groups, channels / groups};
    weight.insert(weight.end(), w.kernel.begin(), w.kernel.end());
    if (transposed) {
        Sizes more;
        for (std::size_t k = 0; k < axes; ++k) {
            more.push_back(d.random.integer(0, std::max(w.stride[k], w.dilation[k]) - 1));
            const std::int64_t size = x.shape[x.shape.size() - axes + k];
            Draw::need((size - 1) * w.stride[k] - 2 * w.padding[k] + w.dilation[k] * (w.kernel[k] - 1) + more[k] >= 0);
        }
        if (axes == 1)
            d.set("output_padding", more[0]);
        else
            d.set("output_padding", more);
    }
    d.set("groups", groups);
    // Whether an infinite weight is multiplied by the zeros around the input differs, even among libtorch's own
    // kernels.
    d.real_of(weight, {.finite = true});
    if (bias) d.real_of({out * groups}, {.finite = true});
}

std::function<void(Draw&)> convolving(std::size_t axes, bool bias) {
    return [=](Draw& d) { convolution(d, axes, false, bias); };
}

std::function<void(Draw&)> convolving_back(std::size_t axes, bool bias) {
    return [=](Draw& d) { convolution(d, axes, true, bias); };
}

/// Windows of pooling; a stride of 0 stands for the kernel's size. With `seeing` none lies in the padding alone:
/// libtorch's place of its maximum is outside of the input then.
void pooling(Draw& d, std::size_t axes, bool dilated, bool seeing) {
    const Array& x = planes(d, axes);
    const Sizes kernel = each_axis(d, "kernel", axes, 1, 3), stride = each_axis(d, "stride", axes, 0, 3),
                dilation = dilated ? each_axis(d, "dilation", axes, 1, 2) : Sizes(axes, 1);
    Sizes padding;
    for (const std::int64_t k : kernel) padding.push_back(d.random.integer(0, k / 2));
    if (axes == 1)
        d.set("padding", padding[0]);
    else
        d.set("padding", padding);
    const bool ceil = d.flag("ceil");
    for (std::size_t k = 0; k < axes; ++k) {
        const std::int64_t size = x.shape[x.shape.size() - axes + k],
                           room = size + 2 * padding[k] - dilation[k] * (kernel[k] - 1) - 1,
                           step = stride[k] == 0 ? kernel[k] : stride[k];
        // Rounded up there may be a window that is not complete, unless it begins behind the input.
        Draw::need(room >= 0 || (ceil && room > -step && size + padding[k] > 0));
        for (std::int64_t begin = -padding[k]; seeing && begin <= room + step - padding[k]; begin += step) {
            bool sees = false;
            for (std::int64_t i = 0; i < kernel[k]; ++i)
                sees = sees || (begin + i * dilation[k] >= 0 && begin + i * dilation[k] < size);
            Draw::need(sees || begin >= size);
        }
    }
}

std::function<void(Draw&)> pooled(std::size_t axes, bool seeing) {
    return [=](Draw& d) { pooling(d, axes, true, seeing); };
}

void averaging(Draw& d, std::size_t axes) {
    pooling(d, axes, false, false);
    d.flag("count_pad");
    if (axes == 2) d.integer("divisor", 0, 5);
}

std::function<void(Draw&)> adapted(std::size_t axes) {
    return [=](Draw& d) {
        planes(d, axes);
        each_axis(d, "size", axes, 1, 5);
    };
}

/// How far the elements of a plane are from each other. Of equal ones both sides take the first, and so have wild
/// programs.
Distance no_ties(std::size_t axes) {
    return [axes](const Values& in, const Options&) {
        return gap(*in[0], axes == 1 ? Sizes{-1} : Sizes{-1, -2}, false);
    };
}

void add_convolutions(Table& t) {
    t.push_back({"conv1d", convolving(1, true),
                 XGRAD(xg::conv1d(in[0], in[1], in[2],
                                  {.stride = o.integer("stride"),
                                   .padding = o.integer("padding"),
                                   .dilation = o.integer("dilation"),
                                   .groups = o.integer("groups")}))});
    t.push_back({"conv1d without bias", convolving(1, false),
                 XGRAD(xg::conv1d(in[0], in[1], {},
                                  {.stride = o.integer("stride"),
                                   .padding = o.integer("padding"),
                                   .dilation = o.integer("dilation"),
                                   .groups = o.integer("groups")}))});
    t.push_back({"conv2d", convolving(2, true),
                 XGRAD(xg::conv2d(in[0], in[1], in[2],
                                  {.stride = o.as<xg::Pair>("stride"),
                                   .padding = o.as<xg::Pair>("padding"),
                                   .dilation = o.as<xg::Pair>("dilation"),
                                   .groups = o.integer("groups")}))});
    t.push_back({"conv2d without bias", convolving(2, false),
                 XGRAD(xg::conv2d(in[0], in[1], {},
                                  {.stride = o.as<xg::Pair>("stride"),
                                   .padding = o.as<xg::Pair>("padding"),
                                   .dilation = o.as<xg::Pair>("dilation"),
                                   .groups = o.integer("groups")}))});
    t.push_back({"conv_transpose1d", convolving_back(1, true),
                 XGRAD(xg::conv_transpose1d(in[0], in[1], in[2],
                                            {.stride = o.integer("stride"),
                                             .padding = o.integer("padding"),
                                             .output_padding = o.integer("output_padding"),
                                             .groups = o.integer("groups"),
                                             .dilation = o.integer("dilation")}))});
    t.push_back({"conv_transpose1d without bias", convolving_back(1, false),
                 XGRAD(xg::conv_transpose1d(in[0], in[1], {},
                                            {.stride = o.integer("stride"),
                                             .padding = o.integer("padding"),
                                             .output_padding = o.integer("output_padding"),
                                             .groups = o.integer("groups"),
                                             .dilation = o.integer("dilation")}))});
    t.push_back({"conv_transpose2d", convolving_back(2, true),
                 XGRAD(xg::conv_transpose2d(in[0], in[1], in[2],
                                            {.stride = o.as<xg::Pair>("stride"),
                                             .padding = o.as<xg::Pair>("padding"),
                                             .output_padding = o.as<xg::Pair>("output_padding"),
                                             .groups = o.integer("groups"),
                                             .dilation = o.as<xg::Pair>("dilation")}))});
    t.push_back({"conv_transpose2d without bias", convolving_back(2, false),
                 XGRAD(xg::conv_transpose2d(in[0], in[1], {},
                                            {.stride = o.as<xg::Pair>("stride"),
                                             .padding = o.as<xg::Pair>("padding"),
                                             .output_padding = o.as<xg::Pair>("output_padding"),
                                             .groups = o.integer("groups"),
                                             .dilation = o.as<xg::Pair>("dilation")}))});
}

void add_pooling(Table& t) {
    t.push_back({"max_pool1d", pooled(1, false),
                 XGRAD(xg::max_pool1d(in[0], o.integer("kernel"),
                                      {.stride = o.integer("stride"),
                                       .padding = o.integer("padding"),
                                       .dilation = o.integer("dilation"),
                                       .ceil_mode = o.flag("ceil")})),
                 no_ties(1)});
    t.push_back({"max_pool1d_with_indices", pooled(1, true),
                 XGRAD(xg::max_pool1d_with_indices(in[0], o.integer("kernel"),
                                                   {.stride = o.integer("stride"),
                                                    .padding = o.integer("padding"),
                                                    .dilation = o.integer("dilation"),
                                                    .ceil_mode = o.flag("ceil")})),
                 no_ties(1)});
    t.push_back({"max_pool2d", pooled(2, false),
                 XGRAD(xg::max_pool2d(in[0], o.as<xg::Pair>("kernel"),
                                      {.stride = o.as<xg::Pair>("stride"),
                                       .padding = o.as<xg::Pair>("padding"),
                                       .dilation = o.as<xg::Pair>("dilation"),
                                       .ceil_mode = o.flag("ceil")})),
                 no_ties(2)});
    t.push_back({"max_pool2d_with_indices", pooled(2, true),
                 XGRAD(xg::max_pool2d_with_indices(in[0], o.as<xg::Pair>("kernel"),
                                                   {.stride = o.as<xg::Pair>("stride"),
                                                    .padding = o.as<xg::Pair>("padding"),
                                                    .dilation = o.as<xg::Pair>("dilation"),
                                                    .ceil_mode = o.flag("ceil")})),
                 no_ties(2)});
    t.push_back({"avg_pool1d", [](Draw& d) { averaging(d, 1); },
                 XGRAD(xg::avg_pool1d(in[0], o.integer("kernel"),
                                      {.stride = o.integer("stride"),
                                       .padding = o.integer("padding"),
                                       .ceil_mode = o.flag("ceil"),
                                       .count_include_pad = o.flag("count_pad")}))});
    t.push_back({"avg_pool2d", [](Draw& d) { averaging(d, 2); },
                 XGRAD(xg::avg_pool2d(in[0], o.as<xg::Pair>("kernel"),
                                      {.stride = o.as<xg::Pair>("stride"),
                                       .padding = o.as<xg::Pair>("padding"),
                                       .ceil_mode = o.flag("ceil"),
                                       .count_include_pad = o.flag("count_pad"),
                                       .divisor_override = o.integer("divisor")}))});
    t.push_back({"adaptive_avg_pool1d", adapted(1), XGRAD(xg::adaptive_avg_pool1d(in[0], o.integer("size")))});
    t.push_back({"adaptive_avg_pool2d", adapted(2), XGRAD(xg::adaptive_avg_pool2d(in[0], o.as<xg::Pair>("size")))});
    t.push_back(
        {"adaptive_max_pool1d", adapted(1), XGRAD(xg::adaptive_max_pool1d(in[0], o.integer("size"))), no_ties(1)});
    t.push_back({"adaptive_max_pool1d_with_indices", adapted(1),
                 XGRAD(xg::adaptive_max_pool1d_with_indices(in[0], o.integer("size"))), no_ties(1)});
    t.push_back(
        {"adaptive_max_pool2d", adapted(2), XGRAD(xg::adaptive_max_pool2d(in[0], o.as<xg::Pair>("size"))), no_ties(2)});
    t.push_back({"adaptive_max_pool2d_with_indices", adapted(2),
                 XGRAD(xg::adaptive_max_pool2d_with_indices(in[0], o.as<xg::Pair>("size"))), no_ties(2)});
}

}  // namespace

void add_windows(Table& t) {
    add_convolutions(t);
    add_pooling(t);
}

}  // namespace parity
