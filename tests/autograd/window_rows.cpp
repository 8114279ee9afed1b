#include "row_makers.hpp"

using namespace rows;

namespace {

void convolutions(std::vector<Row>& rows) {
    const auto conv = [&](const std::string& about, const xg::Shape& x, const xg::Shape& w, bool bias,
                          const xg::Conv2dOptions& o) {
        Inputs inputs{values(1, x), values(2, w)};
        if (bias) inputs.push_back(values(3, {w[0]}));
        rows.push_back(
            {"conv2d", about,
             [o, bias](const Inputs& in) { return xg::conv2d(in[0], in[1], bias ? in[2] : xg::Tensor(), o); }, inputs});
    };
    conv("plain", {2, 2, 3, 4}, {3, 2, 2, 2}, true, {});
    conv("more filters than channels", {1, 1, 3, 3}, {5, 1, 2, 2}, false, {});
    conv("all options", {2, 4, 5, 4}, {4, 2, 2, 2}, true,
         {.stride = {2, 1}, .padding = {1, 2}, .dilation = {2, 1}, .groups = 2});
    conv("1 by 1", {2, 3, 2, 2}, {2, 3, 1, 1}, true, {});
    conv("depthwise", {2, 2, 3, 3}, {4, 1, 2, 2}, true, {.padding = 1, .groups = 2});
    conv("depthwise, 3 wide", {1, 2, 2, 5}, {2, 1, 1, 3}, false, {.padding = {0, 1}, .groups = 2});
    conv("depthwise with steps", {1, 2, 4, 5}, {2, 1, 2, 3}, true,
         {.stride = 2, .padding = 1, .dilation = {1, 2}, .groups = 2});
    conv("padding beyond the kernel", {1, 1, 1, 2}, {1, 1, 2, 2}, true, {.padding = 3, .dilation = 2});
    conv("no images", {0, 2, 3, 3}, {2, 2, 2, 2}, true, {});
    conv("no channels", {2, 0, 3, 3}, {2, 0, 2, 2}, true, {});
    conv("one image", {2, 3, 3}, {1, 2, 2, 2}, true, {});
    rows.push_back({"conv2d",
                    "transposed",
                    [](const Inputs& in) { return xg::conv2d(in[0].transpose(), in[1].transpose(0, 1)); },
                    {values(4, {1, 2, 4, 3}), values(5, {2, 2, 2, 2})}});

    const auto transpose = [&](const std::string& about, const xg::Shape& x, const xg::Shape& w, bool bias,
                               const xg::ConvTranspose2dOptions& o) {
        Inputs inputs{values(1, x), values(2, w)};
        if (bias) inputs.push_back(values(3, {w[1] * o.groups}));
        rows.push_back(
            {"conv_transpose2d", about,
             [o, bias](const Inputs& in) { return xg::conv_transpose2d(in[0], in[1], bias ? in[2] : xg::Tensor(), o); },
             inputs});
    };
    transpose("plain", {2, 2, 2, 3}, {2, 3, 2, 2}, true, {});
    transpose("all options", {1, 4, 2, 3}, {4, 1, 2, 2}, true,
              {.stride = {3, 2}, .padding = {1, 0}, .output_padding = {2, 1}, .groups = 2, .dilation = {1, 2}});
    transpose("depthwise", {1, 2, 2, 2}, {2, 1, 2, 3}, true, {.stride = 2, .padding = 1, .groups = 2});
    transpose("1 by 1", {1, 2, 2, 2}, {2, 1, 1, 1}, false, {});
    transpose("no images", {0, 2, 2, 2}, {2, 1, 2, 2}, true, {});
    transpose("one image", {2, 2, 2}, {2, 1, 2, 2}, true, {});

    rows.push_back({"conv1d",
                    "all options",
                    [](const Inputs& in) {
                        return xg::conv1d(in[0], in[1], in[2], {.stride = 2, .padding = 2, .dilation = 2, .groups = 2});
                    },
                    {values(1, {2, 4, 5}), values(2, {2, 2, 3}), values(3, {2})}});
    rows.push_back({"conv1d",
                    "one sequence",
                    [](const Inputs& in) { return xg::conv1d(in[0], in[1]); },
                    {values(1, {2, 4}), values(2, {2, 2, 3})}});
    rows.push_back({"conv_transpose1d",
                    "all options",
                    [](const Inputs& in) {
                        return xg::conv_transpose1d(
                            in[0], in[1], in[2],
                            {.stride = 2, .padding = 1, .output_padding = 1, .groups = 2, .dilation = 2});
                    },
                    {values(1, {2, 4, 3}), values(2, {4, 1, 3}), values(3, {2})}});
    rows.push_back({"conv_transpose1d",
                    "plain",
                    [](const Inputs& in) { return xg::conv_transpose1d(in[0], in[1]); },
                    {values(1, {2, 3}), values(2, {2, 2, 2})}});
}

void columns(std::vector<Row>& rows) {
    const xg::UnfoldOptions options{.dilation = {1, 2}, .padding = {1, 0}, .stride = {2, 1}};
    for (const xg::Shape& shape : {xg::Shape{2, 2, 3, 4}, xg::Shape{1, 3, 4}, xg::Shape{0, 1, 3, 4}})
        one(
            rows, "unfold", shape.str(),
            [=](const Inputs& in) {
                return xg::unfold(in[0], {2, 2}, options);
            },
            values(1, shape));
    one(
        rows, "unfold", "transposed", [](const Inputs& in) { return xg::unfold(in[0].transpose(), 2); },
        values(2, {1, 1, 3, 2}));
    // (3 + 2 - 1 - 1) / 2 + 1 = 2 by (4 - 2 - 1) / 1 + 1 = 2 windows.
    for (const xg::Shape& shape : {xg::Shape{2, 8, 4}, xg::Shape{4, 4}, xg::Shape{0, 4, 4}})
        one(
            rows, "fold", shape.str(),
            [=](const Inputs& in) {
                return xg::fold(in[0], {3, 4}, {2, 2}, options);
            },
            values(3, shape));
}

void pools(std::vector<Row>& rows) {
    const std::vector<xg::Shape> images{{2, 2, 4, 5}, {1, 4, 5}, {0, 2, 4, 5}}, sequences{{2, 2, 7}, {1, 7}, {0, 1, 7}};
    const auto each = [&](const std::vector<xg::Shape>& shapes, const std::string& name, const std::string& about,
                          const xg::SingleTensorFunction& f) {
        for (const xg::Shape& shape : shapes) one(rows, name, about + " of " + shape.str(), f, values(5, shape));
    };
    each(images, "max_pool2d", "plain", [](const Inputs& in) { return xg::max_pool2d(in[0], 2); });
    each(images, "max_pool2d", "all options", [](const Inputs& in) {
        return xg::max_pool2d(in[0], {2, 3}, {.stride = {2, 1}, .padding = 1, .dilation = {2, 1}, .ceil_mode = true});
    });
    each(images, "max_pool2d_with_indices", "overlapping",
         [](const Inputs& in) { return xg::max_pool2d_with_indices(in[0], 3, {.stride = 1, .padding = 1}).values; });
    each(sequences, "max_pool1d", "all options", [](const Inputs& in) {
        return xg::max_pool1d(in[0], 3, {.stride = 2, .padding = 1, .dilation = 2, .ceil_mode = true});
    });
    each(sequences, "max_pool1d_with_indices", "plain",
         [](const Inputs& in) { return xg::max_pool1d_with_indices(in[0], 2).values; });
    each(images, "avg_pool2d", "plain", [](const Inputs& in) { return xg::avg_pool2d(in[0], 2); });
    for (const bool count : {true, false})
        each(images, "avg_pool2d", "all options", [count](const Inputs& in) {
            return xg::avg_pool2d(in[0], {3, 2},
                                  {.stride = {2, 3}, .padding = 1, .ceil_mode = true, .count_include_pad = count});
        });
    each(images, "avg_pool2d", "a divisor",
         [](const Inputs& in) { return xg::avg_pool2d(in[0], 3, {.stride = 1, .divisor_override = 5}); });
    for (const bool count : {true, false})
        each(sequences, "avg_pool1d", "all options", [count](const Inputs& in) {
            return xg::avg_pool1d(in[0], 3, {.stride = 2, .padding = 1, .ceil_mode = true, .count_include_pad = count});
        });
    each(sequences, "avg_pool1d", "plain", [](const Inputs& in) { return xg::avg_pool1d(in[0], 7); });
    for (const xg::Pair size : {xg::Pair(1), xg::Pair(2, 3), xg::Pair(5, 7), xg::Pair(0)}) {
        each(images, "adaptive_avg_pool2d", "",
             [size](const Inputs& in) { return xg::adaptive_avg_pool2d(in[0], size); });
        each(images, "adaptive_max_pool2d", "",
             [size](const Inputs& in) { return xg::adaptive_max_pool2d(in[0], size); });
        each(images, "adaptive_max_pool2d_with_indices", "",
             [size](const Inputs& in) { return xg::adaptive_max_pool2d_with_indices(in[0], size).values; });
        each(sequences, "adaptive_avg_pool1d", "",
             [size](const Inputs& in) { return xg::adaptive_avg_pool1d(in[0], size.width); });
        each(sequences, "adaptive_max_pool1d", "",
             [size](const Inputs& in) { return xg::adaptive_max_pool1d(in[0], size.width); });
        each(sequences, "adaptive_max_pool1d_with_indices", "",
             [size](const Inputs& in) { return xg::adaptive_max_pool1d_with_indices(in[0], size.width).values; });
    }
    one(
        rows, "max_pool2d", "transposed", [](const Inputs& in) { return xg::max_pool2d(in[0].transpose(), 2); },
        values(6, {1, 1, 3, 4}));
    one(
        rows, "avg_pool2d", "transposed", [](const Inputs& in) { return xg::avg_pool2d(in[0].transpose(), 2); },
        values(6, {1, 1, 3, 4}));
}

void interpolations(std::vector<Row>& rows) {
    using enum xg::Interpolation;
    for (const xg::Interpolation mode : {nearest, nearest_exact, linear, bilinear, area}) {
        for (const bool corners : {false, true}) {
            if (corners && mode != linear && mode != bilinear) continue;
            const auto add = [&](const std::string& about, const xg::Shape& shape, xg::InterpolateOptions o) {
                o.mode = mode;
                o.align_corners = corners;
                one(
                    rows, "interpolate", about + " in mode " + std::to_string(static_cast<int>(mode)),
                    [o](const Inputs& in) { return xg::interpolate(in[0], o); }, values(7, shape));
            };
            if (mode != bilinear) {
                add("sequences to a size", {2, 1, 3}, {.size = 5});
                add("sequences by a factor", {1, 2, 5}, {.scale_factor = 0.7});
                add("sequences of one element", {1, 1, 1}, {.size = 3});
            }
            if (mode != linear) {
                add("images to a size", {1, 2, 3, 2}, {.size = {2, 5}});
                add("images by factors", {1, 1, 2, 3}, {.scale_factor = {2.5, 0.4}});
                add("images by a factor that counts no more", {1, 1, 2, 3},
                    {.scale_factor = 1.6, .recompute_scale_factor = true});
                add("images to their size", {1, 1, 2, 3}, {.size = {2, 3}});
                add("no images", {0, 1, 2, 3}, {.size = 4});
            }
        }
    }
    one(
        rows, "interpolate", "transposed",
        [](const Inputs& in) {
            return xg::interpolate(in[0].transpose(), {.scale_factor = 2, .mode = xg::Interpolation::bilinear});
        },
        values(8, {1, 1, 3, 2}));
}

}  // namespace

std::vector<Row> window_rows() {
    std::vector<Row> rows;
    convolutions(rows);
    columns(rows);
    pools(rows);
    interpolations(rows);
    return rows;
}
