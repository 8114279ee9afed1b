// Convolutions, their transposes, and the windows that they see, given what they cannot take.

#include "bad_operation.hpp"

using bad_rows::dtype_error;
using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using xg::Tensor;

namespace {

struct Options {
    std::int64_t stride = 1, padding = 0, dilation = 1, groups = 1, output_padding = 0;
};
using Convolution = std::function<Tensor(const Tensor& x, const Tensor& w, const Tensor& b, const Options&)>;

/// (a, b) and `axes` axes of `size`.
xg::Shape square(std::int64_t a, std::int64_t b, std::int64_t size, std::size_t axes) {
    return axes == 1 ? xg::Shape{a, b, size} : xg::Shape{a, b, size, size};
}

/// What a convolution over `axes` axes and its transpose have in common: x has 4 channels, the weights of both shapes
/// are (4, 4, …).
void any_convolution(const Operation& op, std::size_t axes, const Convolution& f) {
    const Tensor x = xg::ones(square(2, 4, 5, axes)), w = xg::ones(square(4, 4, 3, axes));
    const std::string of_x = x.shape().str(), of_w = w.shape().str();
    op.refuses_undefined([=](const Tensor& t) { return f(t, w, {}, {}); }, "input");
    op.refuses_undefined([=](const Tensor& t) { return f(x, t, {}, {}); }, "weight");
    op.refuses_shapes([=](const Tensor& t) { return f(t, w, {}, {}); }, {{}, {4}, {1, 1, 1, 1, 1}}, "(N, C, ");
    op.refuses_shapes([=](const Tensor& t) { return f(x, t, {}, {}); },
                      {{}, {4, 4}, {4, 4, 3, 3, 3}, square(0, 4, 3, axes), square(4, 4, 0, axes)}, "expected a weight");
    op.refuses(shape_error, "sizes that are too large",
               [=] {
                   return f(bad_rows::wide(square(1, 4, std::int64_t{1} << 30, 1)), xg::ones({4, 4, 3}), {}, {});
               },
               {"2^30", "(1, 4, 1073741824)"});
    for (const std::int64_t groups : {1, 3, 8})
        op.refuses(shape_error, "channels that do not fit in " + std::to_string(groups) + " groups",
                   [=] { return f(x, xg::ones(square(3, 3, 1, axes)), {}, {.groups = groups}); },
                   {of_x, square(3, 3, 1, axes).str(), std::to_string(groups) + " groups"});
    op.refuses_shapes([=](const Tensor& b) { return f(x, w, b, {}); }, {{}, {3}, {1}, {1, 4}}, "bias of shape (4,)");
    op.refuses_dtypes([=](const Tensor& t) { return f(t, w.to(t.dtype()), {}, {}); }, x.shape(),
                      {xg::int64, xg::boolean});
    op.refuses(dtype_error, "weights of another dtype", [=] { return f(x, w.to(xg::float64), {}, {}); },
               {"float32", "float64"});
    op.refuses(dtype_error, "a bias of another dtype",
               [=] { return f(x, w, xg::ones({4}, {.dtype = xg::float64}), {}); }, {"float32", "bias of float64"});
    for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-1}, kHuge, bad_rows::kLeast, bad_rows::kMost}) {
        const std::string got = "got " + std::to_string(bad);
        op.refuses(value_error, "a stride, " + got, [=] { return f(x, w, {}, {.stride = bad}); }, {"stride", got});
        op.refuses(value_error, "a dilation, " + got, [=] { return f(x, w, {}, {.dilation = bad}); },
                   {"dilation", got});
        op.refuses(value_error, "groups, " + got, [=] { return f(x, w, {}, {.groups = bad}); }, {"groups", got});
        if (bad != 0)
            op.refuses(value_error, "a padding, " + got, [=] { return f(x, w, {}, {.padding = bad}); },
                       {"padding", got});
    }
}

void convolution(const Operation& op, std::size_t axes, const Convolution& f) {
    any_convolution(op, axes, f);
    const auto ones = [axes](std::int64_t a, std::int64_t b, std::int64_t size) {
        return xg::ones(square(a, b, size, axes));
    };
    const auto refuses_kernel = [&](const std::string& about, std::int64_t size, std::int64_t kernel, const Options& o,
                                    const std::string& part) {
        op.refuses(shape_error, about, [=] { return f(ones(2, 1, size), ones(1, 1, kernel), {}, o); },
                   {"kernel", "larger than the input", part});
    };
    refuses_kernel("a kernel larger than its input", 3, 4, {}, axes == 1 ? "(3,)" : "(3, 3)");
    refuses_kernel("a kernel larger than the padded input", 1, 4, {.padding = 1}, axes == 1 ? "(1,)" : "(1, 1)");
    refuses_kernel("a kernel that its dilation makes too large", 5, 3, {.dilation = 3}, axes == 1 ? "(5,)" : "(5, 5)");
    refuses_kernel("images of no elements", 0, 1, {.padding = 2}, axes == 1 ? "(0,)" : "(0, 0)");
    op.refuses(shape_error, "filters that the groups do not divide",
               [=] { return f(ones(2, 4, 5), ones(3, 2, 3), {}, {.groups = 2}); },
               {square(2, 4, 5, axes).str(), square(3, 2, 3, axes).str(), "2 groups"});
    const std::int64_t many = std::int64_t{1} << 29, size = std::int64_t{1} << (axes == 1 ? 20 : 10);
    op.refuses(shape_error, "a result that overflows",
               [=] {
                   return f(bad_rows::wide(square(1 << 20, 1, size, axes)), bad_rows::wide(square(many, 1, 1, axes)),
                            {}, {});
               },
               {square(1 << 20, many, size, axes).str()});
    op.gives("no images", [=] { return f(ones(0, 2, 4), ones(3, 2, 2), {}, {}); }, square(0, 3, 3, axes), {});
    // A sum of nothing; of PyTorch's result the channels are gone, too.
    op.gives("no channels: the bias alone",
             [=] {
                 return f(ones(1, 0, 2), ones(2, 0, 2), xg::tensor({1.5, kNan}), {});
             },
             square(1, 2, 1, axes), {1.5, kNan});
    // NaN where a window sees it.
    Tensor x = ones(1, 1, 4).reshape({-1});
    x = xg::where(xg::equal(xg::arange(0, x.numel()), 0), kNan, x).reshape(square(1, 1, 4, axes));
    op.gives(
        "NaN in one place", [=] { return f(x, ones(1, 1, 3), {}, {}); }, square(1, 1, 2, axes),
        axes == 1 ? std::vector<double>{kNan, 3} : std::vector<double>{kNan, 9, 9, 9});
    op.gives("infinity times 0", [=] { return f(ones(1, 1, 2) * kInf, ones(1, 1, 2) * 0, {}, {}); },
             square(1, 1, 1, axes), {kNan});
}

void transposed(const Operation& op, std::size_t axes, const Convolution& f) {
    any_convolution(op, axes, f);
    const auto ones = [axes](std::int64_t a, std::int64_t b, std::int64_t size) {
        return xg::ones(square(a, b, size, axes));
    };
    for (const std::int64_t bad : {std::int64_t{2}, std::int64_t{-1}, kHuge})
        op.refuses(value_error, "an output_padding, got " + std::to_string(bad),
                   [=] { return f(ones(1, 1, 3), ones(1, 1, 2), {}, {.stride = 2, .output_padding = bad}); },
                   {"output_padding", "got " + std::to_string(bad)});
    op.refuses(shape_error, "a padding that leaves nothing",
               [=] { return f(ones(1, 1, 1), ones(1, 1, 2), {}, {.padding = 1}); },
               {square(1, 1, 1, axes).str(), square(1, 1, 2, axes).str(), "size 0"});
    op.refuses(shape_error, "images of no elements", [=] { return f(ones(1, 1, 0), ones(1, 1, 3), {}, {.stride = 1}); },
               {square(1, 1, 0, axes).str(), square(1, 1, 3, axes).str()});
    op.refuses(shape_error, "a result that is too large along one axis",
               [=] { return f(ones(1, 1, 3), ones(1, 1, 2), {}, {.stride = std::int64_t{1} << 29}); },
               {square(1, 1, 3, axes).str(), "2^30"});
    op.refuses(shape_error, "no filters", [=] { return f(ones(1, 1, 3), ones(1, 0, 2), {}, {}); },
               {square(1, 1, 3, axes).str(), square(1, 0, 2, axes).str()});
    const std::int64_t many = std::int64_t{1} << 29, size = std::int64_t{1} << (axes == 1 ? 20 : 10);
    op.refuses(shape_error, "a result that overflows",
               [=] {
                   return f(bad_rows::wide(square(1 << 20, 1, size, axes)), bad_rows::wide(square(1, many, 1, axes)),
                            {}, {});
               },
               {square(1 << 20, many, size, axes).str()});
    op.gives("no images", [=] { return f(ones(0, 2, 3), ones(2, 3, 2), {}, {}); }, square(0, 3, 4, axes), {});
    Tensor x = ones(1, 1, 2).reshape({-1});
    x = xg::where(xg::equal(xg::arange(0, x.numel()), 0), kNan, x).reshape(square(1, 1, 2, axes));
    op.gives(
        "NaN in one place", [=] { return f(x, ones(1, 1, 2), {}, {}); }, square(1, 1, 3, axes),
        axes == 1 ? std::vector<double>{kNan, kNan, 1} : std::vector<double>{kNan, kNan, 1, kNan, kNan, 2, 1, 2, 1});
}

/// What `unfold` and `fold` say to the options that they have in common.
void window_options(const Operation& op, const std::function<Tensor(xg::Pair, const xg::UnfoldOptions&)>& f) {
    for (const xg::Pair bad : {xg::Pair{0, 1}, xg::Pair{1, 0}, xg::Pair{-1, 1}, xg::Pair{1, kHuge}}) {
        const std::int64_t number = bad.height == 1 ? bad.width : bad.height;
        const std::string got = "got " + std::to_string(number);
        op.refuses(value_error, "a kernel, " + got, [=] { return f(bad, {}); }, {"kernel_size", got});
        op.refuses(value_error, "a stride, " + got, [=] { return f(2, {.stride = bad}); }, {"stride", got});
        op.refuses(value_error, "a dilation, " + got, [=] { return f(2, {.dilation = bad}); }, {"dilation", got});
        if (number != 0)
            op.refuses(value_error, "a padding, " + got, [=] { return f(2, {.padding = bad}); }, {"padding", got});
    }
    op.refuses(shape_error, "a kernel larger than the image",
               [=] {
                   return f({2, 7}, {.padding = {0, 1}});
               },
               {"(2, 7)", "larger than the input", "(4, 4)"});
}

void columns(BadInputs& rows) {
    const Operation unfold(rows, "unfold"), fold(rows, "fold");
    const Tensor x = xg::ones({1, 2, 4, 4}), c = xg::ones({1, 8, 9});
    window_options(unfold, [=](xg::Pair k, const xg::UnfoldOptions& o) { return xg::unfold(x, k, o); });
    window_options(fold, [=](xg::Pair k, const xg::UnfoldOptions& o) { return xg::fold(c, 4, k, o); });
    const auto unfolds = [](const Tensor& t) { return xg::unfold(t, 2); };
    unfold.refuses_undefined(unfolds);
    unfold.refuses_shapes(unfolds, {{}, {4}, {4, 4}, {1, 1, 1, 4, 4}}, "(N, C, H, W)");
    unfold.refuses_dtypes(unfolds, {2, 4, 4}, {xg::int64, xg::boolean});
    unfold.refuses(shape_error, "windows that overflow",
                   [] {
                       return xg::unfold(bad_rows::wide({1 << 20, 1 << 20, 1 << 14, 1}), {1 << 13, 1});
                   },
                   {"(1048576, 8589934592, 8193)"});
    unfold.refuses(shape_error, "windows that overflow along one axis",
                   [] {
                       return xg::unfold(bad_rows::wide({1, 1 << 29, 1 << 20, 1}), {1 << 19, 1});
                   },
                   {"(1, 536870912, 1048576, 1)"});
    unfold.gives("no images", [] { return xg::unfold(xg::ones({0, 2, 4, 4}), 2); }, {0, 8, 9}, {});
    unfold.gives("no channels", [] { return xg::unfold(xg::ones({1, 0, 4, 4}), 2); }, {1, 0, 9}, {});
    unfold.gives("NaN", [] { return xg::unfold(xg::tensor({{{kNan, kInf}}}), 1); }, {1, 2}, {kNan, kInf});

    const auto folds = [](const Tensor& t) { return xg::fold(t, 4, 2); };
    fold.refuses_undefined(folds);
    fold.refuses_shapes(folds, {{}, {8}, {1, 1, 8, 9}}, "(N, C · KH · KW, L)");
    fold.refuses_shapes(folds, {{1, 8, 8}, {1, 7, 9}, {8, 10}, {3, 9}}, "multiple of 4 elements for 9 windows");
    fold.refuses_dtypes(folds, {1, 8, 9}, {xg::int64, xg::boolean});
    for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-1}, kHuge})
        fold.refuses(value_error, "an output_size, got " + std::to_string(bad),
                     [c, bad] {
                         return xg::fold(c, {4, bad}, 2);
                     },
                     {"output_size", "got " + std::to_string(bad)});
    fold.refuses(shape_error, "images that overflow",
                 [] {
                     return xg::fold(xg::ones({1024, 1, 1}), 1 << 29, 1, {.stride = 1 << 29});
                 },
                 {"(1024, 1, 536870912, 536870912)"});
    fold.gives("no images", [] { return xg::fold(xg::ones({0, 8, 9}), 4, 2); }, {0, 2, 4, 4}, {});
    fold.gives("NaN where it lies",
               [] {
                   return xg::fold(xg::tensor({{1.0, kNan}, {1.0, 1.0}}), {1, 3}, {1, 2});
               },
               {1, 1, 3}, {1, kNan, 1});
}

}  // namespace

void bad_convolutions(BadInputs& rows) {
    convolution({rows, "conv1d"}, 1, [](const Tensor& x, const Tensor& w, const Tensor& b, const Options& o) {
        return xg::conv1d(x, w, b, {o.stride, o.padding, o.dilation, o.groups});
    });
    convolution({rows, "conv2d"}, 2, [](const Tensor& x, const Tensor& w, const Tensor& b, const Options& o) {
        return xg::conv2d(x, w, b, {o.stride, o.padding, o.dilation, o.groups});
    });
    transposed({rows, "conv_transpose1d"}, 1, [](const Tensor& x, const Tensor& w, const Tensor& b, const Options& o) {
        return xg::conv_transpose1d(x, w, b, {o.stride, o.padding, o.output_padding, o.groups, o.dilation});
    });
    transposed({rows, "conv_transpose2d"}, 2, [](const Tensor& x, const Tensor& w, const Tensor& b, const Options& o) {
        return xg::conv_transpose2d(x, w, b, {o.stride, o.padding, o.output_padding, o.groups, o.dilation});
    });
    columns(rows);
}
