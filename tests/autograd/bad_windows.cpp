// Pooling, interpolation and padding, given what they cannot take.

#include "bad_operation.hpp"

using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using xg::Tensor;

namespace {

/// (a, b) and `axes` axes of `size`.
xg::Shape square(std::int64_t a, std::int64_t b, std::int64_t size, std::size_t axes) {
    return axes == 1 ? xg::Shape{a, b, size} : xg::Shape{a, b, size, size};
}

/// What all say to images that are none.
void images(const Operation& op, std::size_t axes, const bad_rows::Unary& f) {
    op.refuses_undefined(f);
    op.refuses_shapes(f, {{}, {4}, {1, 1, 1, 4, 4}}, "(N, C, ");
    op.refuses_shapes(f, {square(1, 1, 0, axes), square(0, 0, 0, axes)}, "not empty");
    op.refuses_dtypes(f, square(1, 1, 4, axes), {xg::int64, xg::boolean});
    op.refuses(shape_error, "sizes that are too large",
               [f] {
                   return f(bad_rows::wide({1, 1, std::int64_t{1} << 30}));
               },
               {"2^30", "(1, 1, 1073741824)"});
}

struct Options {
    std::int64_t stride = 0, padding = 0, dilation = 1;
    bool ceil_mode = false;
};
using Pool = std::function<Tensor(const Tensor& x, std::int64_t kernel, const Options&)>;

/// Windows of a given size; `dilates` says whether there is a dilation.
void pool(const Operation& op, std::size_t axes, bool dilates, const Pool& f) {
    images(op, axes, [f](const Tensor& x) { return f(x, 2, {}); });
    const Tensor x = xg::ones(square(1, 1, 4, axes));
    for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-1}, kHuge, bad_rows::kLeast, bad_rows::kMost}) {
        const std::string got = "got " + std::to_string(bad);
        op.refuses(value_error, "a kernel, " + got, [=] { return f(x, bad, {}); }, {"kernel_size", got});
        // A stride of 0 stands for the kernel's size, and a padding of 0 is none.
        if (bad != 0)
            op.refuses(value_error, "a stride, " + got, [=] { return f(x, 2, {.stride = bad}); }, {"stride", got});
        if (bad != 0)
            op.refuses(value_error, "a padding, " + got, [=] { return f(x, 2, {.padding = bad}); }, {"padding", got});
        if (dilates)
            op.refuses(value_error, "a dilation, " + got, [=] { return f(x, 2, {.dilation = bad}); },
                       {"dilation", got});
    }
    op.refuses(value_error, "a padding of more than half of the kernel", [=] { return f(x, 3, {.padding = 2}); },
               {"padding of at most half", "got 2", "size 3"});
    op.refuses(shape_error, "a kernel larger than the image", [=] { return f(x, 5, {}); },
               {"larger than the input", axes == 1 ? "(5,)" : "(5, 5)", axes == 1 ? "(4,)" : "(4, 4)"});
    if (dilates)
        op.refuses(shape_error, "a kernel that its dilation makes too large", [=] { return f(x, 3, {.dilation = 2}); },
                   {"larger than the input", axes == 1 ? "(2,)" : "(2, 2)", axes == 1 ? "(4,)" : "(4, 4)"});
    op.gives("no images", [=] { return f(xg::ones(square(0, 2, 4, axes)), 2, {}); }, square(0, 2, 2, axes), {});
    op.gives("no channels", [=] { return f(xg::ones(square(2, 0, 4, axes)), 2, {}); }, square(2, 0, 2, axes), {});
    const Tensor bad = axes == 1 ? xg::tensor({{kNan, 1.0, -kInf, 2.0, kInf}})
                                 : xg::tensor({{{kNan, 1.0, -kInf, 2.0, kInf}, {0.0, 0.0, 0.0, 0.0, 0.0}}});
    const xg::Shape four = axes == 1 ? xg::Shape{1, 4} : xg::Shape{1, 1, 4};
    // PyTorch's; a mean of -inf and 2 is -inf.
    if (dilates)
        op.gives("NaN and infinities", [=] { return f(bad, 2, {.stride = 1}); }, four, {kNan, 1, 2, kInf});
    else
        op.gives("NaN and infinities", [=] { return f(bad, 2, {.stride = 1}); }, four, {kNan, -kInf, -kInf, kInf});
}

/// Windows that cover the image, as many as asked for.
void cover(const Operation& op, std::size_t axes, const std::function<Tensor(const Tensor& x, std::int64_t n)>& f) {
    images(op, axes, [f](const Tensor& x) { return f(x, 2); });
    const Tensor x = xg::ones(square(1, 1, 4, axes));
    for (const std::int64_t bad : {std::int64_t{-1}, kHuge, bad_rows::kLeast, bad_rows::kMost})
        op.refuses(value_error, "an output_size, got " + std::to_string(bad), [=] { return f(x, bad); },
                   {"output_size", "got " + std::to_string(bad)});
    op.gives("an output_size of 0", [=] { return f(x, 0); }, square(1, 1, 0, axes), {});
    op.gives("no images", [=] { return f(xg::ones(square(0, 2, 4, axes)), 3); }, square(0, 2, 3, axes), {});
    const std::int64_t many = std::int64_t{1} << 29;
    op.refuses(shape_error, "a result that overflows",
               [=] { return f(bad_rows::wide(square(1 << 20, 1 << 20, 1, axes)), many); },
               {square(1 << 20, 1 << 20, many, axes).str()});
    const Tensor line = xg::tensor({kNan, 1.0, kInf, 1.0}).reshape(axes == 1 ? xg::Shape{1, 4} : xg::Shape{1, 1, 4});
    op.gives(
        "NaN and infinity", [=] { return f(line, 2); }, axes == 1 ? xg::Shape{1, 2} : xg::Shape{1, 2, 2},
        axes == 1 ? std::vector<double>{kNan, kInf} : std::vector<double>{kNan, kInf, kNan, kInf});
}

void pools(BadInputs& rows) {
    pool({rows, "max_pool1d"}, 1, true, [](const Tensor& x, std::int64_t k, const Options& o) {
        return xg::max_pool1d(x, k, {o.stride, o.padding, o.dilation, o.ceil_mode});
    });
    pool({rows, "max_pool2d"}, 2, true, [](const Tensor& x, std::int64_t k, const Options& o) {
        return xg::max_pool2d(x, k, {o.stride, o.padding, o.dilation, o.ceil_mode});
    });
    pool({rows, "max_pool1d_with_indices"}, 1, true, [](const Tensor& x, std::int64_t k, const Options& o) {
        return xg::max_pool1d_with_indices(x, k, {o.stride, o.padding, o.dilation, o.ceil_mode}).values;
    });
    pool({rows, "max_pool2d_with_indices"}, 2, true, [](const Tensor& x, std::int64_t k, const Options& o) {
        return xg::max_pool2d_with_indices(x, k, {o.stride, o.padding, o.dilation, o.ceil_mode}).values;
    });
    pool({rows, "avg_pool1d"}, 1, false, [](const Tensor& x, std::int64_t k, const Options& o) {
        return xg::avg_pool1d(x, k, {o.stride, o.padding, o.ceil_mode});
    });
    pool({rows, "avg_pool2d"}, 2, false, [](const Tensor& x, std::int64_t k, const Options& o) {
        return xg::avg_pool2d(x, k, {o.stride, o.padding, o.ceil_mode});
    });
    cover({rows, "adaptive_max_pool1d"}, 1, [](const Tensor& x, auto n) { return xg::adaptive_max_pool1d(x, n); });
    cover({rows, "adaptive_max_pool2d"}, 2, [](const Tensor& x, auto n) { return xg::adaptive_max_pool2d(x, n); });
    cover({rows, "adaptive_avg_pool1d"}, 1, [](const Tensor& x, auto n) { return xg::adaptive_avg_pool1d(x, n); });
    cover({rows, "adaptive_avg_pool2d"}, 2, [](const Tensor& x, auto n) { return xg::adaptive_avg_pool2d(x, n); });
    cover({rows, "adaptive_max_pool1d_with_indices"}, 1,
          [](const Tensor& x, auto n) { return xg::adaptive_max_pool1d_with_indices(x, n).values; });
    cover({rows, "adaptive_max_pool2d_with_indices"}, 2,
          [](const Tensor& x, auto n) { return xg::adaptive_max_pool2d_with_indices(x, n).values; });
    // The last of several NaN, as in PyTorch.
    const Tensor nans = xg::tensor({{1.0, kNan, kNan, kInf}});
    rows.gives("max_pool1d_with_indices", "several NaN", [=] { return xg::max_pool1d_with_indices(nans, 4).indices; },
               {1, 1}, {2});
    rows.gives("max_pool2d_with_indices", "several NaN",
               [=] {
                   return xg::max_pool2d_with_indices(nans.reshape({1, 2, 2}), 2).indices;
               },
               {1, 1, 1}, {2});
    rows.gives("adaptive_max_pool1d_with_indices", "several NaN",
               [=] { return xg::adaptive_max_pool1d_with_indices(nans, 1).indices; }, {1, 1}, {2});
}

void interpolation(BadInputs& rows) {
    const Operation op(rows, "interpolate");
    const Tensor line = xg::ones({1, 1, 4}), image = xg::ones({1, 1, 4, 4});
    const auto doubled = [](const Tensor& x) { return xg::interpolate(x, {.scale_factor = 2}); };
    op.refuses_undefined(doubled);
    op.refuses_shapes(doubled, {{}, {4}, {4, 4}, {1, 1, 1, 4, 4}}, "(N, C, L) or (N, C, H, W)");
    op.refuses_shapes(doubled, {{1, 1, 0}, {1, 1, 0, 4}, {0, 1, 4, 0}}, "cannot be resampled");
    op.refuses_dtypes(doubled, {1, 1, 4}, {xg::int64, xg::boolean});
    const auto refuses = [&]<class E>(E* kind, const std::string& about, const Tensor& x,
                                      const xg::InterpolateOptions& o, std::initializer_list<std::string> parts) {
        op.refuses(
            kind, about, [=] { return xg::interpolate(x, o); }, parts);
    };
    refuses(value_error, "neither size nor factor", line, {}, {"either a size or a scale_factor"});
    refuses(value_error, "both size and factor", line, {.size = 2, .scale_factor = 2.0},
            {"either a size or a scale_factor"});
    for (const std::int64_t bad : {std::int64_t{-1}, kHuge, bad_rows::kLeast}) {
        const std::string got = "got " + std::to_string(bad);
        refuses(value_error, "a size, " + got, line, {.size = bad}, {"size", got});
        refuses(value_error, "a height, " + got, image, {.size = {bad, 4}}, {"size", got});
    }
    refuses(value_error, "half of a size", image, {.size = {4, 0}}, {"size", "got 0"});
    refuses(shape_error, "half of a factor", image, {.scale_factor = {2, 0}}, {"(1, 1, 4, 4)", "(8, 0)"});
    for (const double bad : {-1.0, kNan, kInf, 1e300})
        refuses(value_error, "a factor of " + std::to_string(bad), line, {.scale_factor = bad},
                {"scale_factor", std::to_string(bad)});
    refuses(shape_error, "a factor that leaves nothing", line, {.scale_factor = 0.2}, {"(1, 1, 4)", "(0,)"});
    refuses(value_error, "bilinear sequences", line, {.size = 2, .mode = xg::Interpolation::bilinear},
            {"bilinear", "(1, 1, 4)"});
    refuses(value_error, "linear images", image, {.size = 2, .mode = xg::Interpolation::linear},
            {"linear", "(1, 1, 4, 4)"});
    for (const auto mode : {xg::Interpolation::nearest, xg::Interpolation::nearest_exact, xg::Interpolation::area})
        refuses(value_error, "corners of a mode without any", line, {.size = 2, .mode = mode, .align_corners = true},
                {"align_corners"});
    refuses(shape_error, "a result that overflows", bad_rows::wide({1 << 20, 1 << 20, 1}), {.size = 1 << 29},
            {"(1048576, 1048576, 536870912)"});
    op.gives("no images", [] { return xg::interpolate(xg::ones({0, 2, 3}), {.size = 5}); }, {0, 2, 5}, {});
    op.gives("NaN, the nearest",
             [] {
                 return xg::interpolate(xg::tensor({{{kNan, kInf}}}), {.size = 4});
             },
             {1, 1, 4}, {kNan, kNan, kInf, kInf});
    // PyTorch's: NaN reaches where its weight is 0, too.
    op.gives(
        "NaN, linear",
        [] {
            return xg::interpolate(xg::tensor({{{kNan, 1.0, 2.0}}}), {.size = 6, .mode = xg::Interpolation::linear});
        },
        {1, 1, 6}, {kNan, kNan, kNan, 1.25, 1.75, 2});
}

void padding(BadInputs& rows) {
    const Operation op(rows, "pad");
    const Tensor x = xg::ones({2, 3});
    op.refuses_undefined([](const Tensor& t) { return xg::pad(t, {{1, 1}}); });
    const auto refuses = [&]<class E>(E* kind, const std::string& about, const Tensor& t,
                                      const std::vector<xg::PadWidth>& widths, xg::PadMode mode,
                                      std::initializer_list<std::string> parts) {
        op.refuses(
            kind, about, [=] { return xg::pad(t, widths, {.mode = mode}); }, parts);
    };
    for (const auto mode :
         {xg::PadMode::constant, xg::PadMode::reflect, xg::PadMode::replicate, xg::PadMode::circular}) {
        refuses(shape_error, "more widths than axes", x, {{0, 0}, {0, 0}, {0, 0}}, mode, {"3 widths", "(2, 3)"});
        refuses(shape_error, "a width of rank 0", xg::ones({}), {{0, 0}}, mode, {"1 widths", "()"});
        refuses(value_error, "a negative width before", x, {{-1, 0}}, mode, {"{-1, 0}", "axis 1", "(2, 3)"});
        refuses(value_error, "a negative width behind", x, {{0, -1}, {0, 0}}, mode, {"{0, -1}", "axis 0", "(2, 3)"});
        refuses(shape_error, "a size that overflows", x, {{bad_rows::kMost, 0}}, mode, {"axis 1", "(2, 3)"});
        op.gives("no widths", [=] { return xg::pad(x, {}, {.mode = mode}); }, {2, 3}, {1, 1, 1, 1, 1, 1});
        op.gives("no widths of rank 0", [=] { return xg::pad(xg::ones({}), {}, {.mode = mode}); }, {}, {1});
        op.gives("no rows", [=] { return xg::pad(xg::ones({0, 2}), {{1, 1}}, {.mode = mode}); }, {0, 4}, {});
    }
    refuses(shape_error, "a width as large as what is reflected", x, {{3, 0}}, xg::PadMode::reflect,
            {"below the size", "{3, 0}", "axis 1", "(2, 3)"});
    refuses(shape_error, "reflected nothing", xg::ones({2, 0}), {{1, 0}}, xg::PadMode::reflect, {"{1, 0}", "(2, 0)"});
    refuses(shape_error, "replicated nothing", xg::ones({2, 0}), {{0, 1}}, xg::PadMode::replicate,
            {"{0, 1}", "(2, 0)"});
    refuses(shape_error, "a width larger than what comes round", x, {{0, 4}}, xg::PadMode::circular,
            {"at most the size", "{0, 4}", "axis 1", "(2, 3)"});
    for (const auto mode : {xg::PadMode::constant, xg::PadMode::replicate})
        refuses(shape_error, "a result that overflows", x, {{kHuge, kHuge}, {kHuge, kHuge}}, mode,
                {"(2199023255554, 2199023255555)"});
    op.gives("NaN around nothing", [] { return xg::pad(xg::ones({0}), {{1, 1}}, {.value = kNan}); }, {2}, {kNan, kNan});
    op.gives("NaN reflected",
             [] {
                 return xg::pad(xg::tensor({1.0, kNan, kInf}), {{2, 1}}, {.mode = xg::PadMode::reflect});
             },
             {6}, {kInf, kNan, 1, kNan, kInf, kNan});
}

}  // namespace

void bad_windows(BadInputs& rows) {
    pools(rows);
    interpolation(rows);
    padding(rows);
}
