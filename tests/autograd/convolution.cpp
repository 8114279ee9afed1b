#include <cmath>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::f64;
using support::message_of;
using xg::Tensor;

namespace {

/// The convolution by its definition, in float64.
std::vector<double> by_definition(const Tensor& given, const Tensor& weight, const Tensor& b,
                                  const xg::Conv2dOptions& o, const xg::Shape& result) {
    const std::vector<double> x = given.to_vector(), w = weight.to_vector(),
                              bias = b.defined() ? b.to_vector() : std::vector<double>();
    const std::int64_t channels = given.shape()[1], height = given.shape()[2], width = given.shape()[3],
                       cg = weight.shape()[1], kh = weight.shape()[2], kw = weight.shape()[3],
                       og = weight.shape()[0] / o.groups;
    const auto element = [](const std::vector<double>& v, std::int64_t i) { return v[static_cast<std::size_t>(i)]; };
    std::vector<double> y;
    support::each_position(result, [&](const std::vector<std::int64_t>& i) {
        double total = b.defined() ? element(bias, i[1]) : 0;
        for (std::int64_t c = 0; c < cg; ++c)
            for (std::int64_t p = 0; p < kh; ++p)
                for (std::int64_t q = 0; q < kw; ++q) {
                    const std::int64_t row = i[2] * o.stride.height + p * o.dilation.height - o.padding.height,
                                       column = i[3] * o.stride.width + q * o.dilation.width - o.padding.width;
                    if (row >= 0 && row < height && column >= 0 && column < width)
                        total += element(x, ((i[0] * channels + i[1] / og * cg + c) * height + row) * width + column) *
                                 element(w, ((i[1] * cg + c) * kh + p) * kw + q);
                }
        y.push_back(total);
    });
    return y;
}

double largest_difference(const Tensor& a, const std::vector<double>& b) {
    const std::vector<double> v = a.to_vector();
    BOOST_REQUIRE_EQUAL(v.size(), b.size());
    double largest = 0;
    for (std::size_t i = 0; i < b.size(); ++i) largest = std::fmax(largest, std::abs(v[i] - b[i]));
    return largest;
}

double product(const Tensor& a, const Tensor& b) { return xg::sum(a * b).item(); }

struct Sample {
    Tensor x, w, b;
    xg::Conv2dOptions o;
};

Sample sample(support::Draw& draw) {
    const auto pair = [&](std::int64_t low, std::int64_t high) {
        return xg::Pair(draw.integer(low, high), draw.integer(low, high));
    };
    Sample s;
    s.o = {.stride = pair(1, 3), .padding = pair(0, 3), .dilation = pair(1, 2)};
    if (draw.coin()) s.o.stride = 1;
    s.o.groups = draw.coin() ? 1 : draw.integer(1, 4);
    const std::int64_t cg = draw.coin() ? 1 : draw.integer(1, 5), og = draw.integer(1, 6);
    const xg::Pair kernel = pair(1, 4);
    const auto size = [&](std::int64_t k, std::int64_t d, std::int64_t pad) {
        return std::max<std::int64_t>(1, d * (k - 1) + 1 - 2 * pad) + draw.integer(0, draw.coin() ? 4 : 17);
    };
    const xg::Shape shape{draw.integer(1, 5), cg * s.o.groups,
                          size(kernel.height, s.o.dilation.height, s.o.padding.height),
                          size(kernel.width, s.o.dilation.width, s.o.padding.width)};
    s.x = support::random_view(draw, shape);
    s.w = support::random_view(draw, {og * s.o.groups, cg, kernel.height, kernel.width});
    if (draw.coin()) s.b = support::uniform(draw, {og * s.o.groups});
    return s;
}

/// y, and the gradients of (y · g) with respect to x and w, agree with the definition and are adjoint.
void check(const Sample& s, support::Draw& draw) {
    const Tensor x = s.x.clone().requires_grad(true), w = s.w.clone().requires_grad(true);
    const Tensor y = xg::conv2d(x, w, s.b, s.o);
    const std::vector<double> expected = by_definition(s.x, s.w, s.b, s.o, y.shape());
    BOOST_TEST(largest_difference(y, expected) < 1e-11);
    BOOST_TEST(largest_difference(xg::conv2d(s.x, s.w, s.b, s.o), expected) < 1e-11);
    const Tensor single = s.b.defined() ? s.b.to(xg::float32) : Tensor();
    BOOST_TEST(largest_difference(xg::conv2d(s.x.to(xg::float32), s.w.to(xg::float32), single, s.o), expected) <
               1e-5 * static_cast<double>(w.numel() / w.shape()[0] + 8));
    const Tensor g = support::uniform(draw, y.shape());
    const auto gradients = xg::grad({y}, {x, w}, {.grad_outputs = {g}});
    const double without_bias = product(g, xg::conv2d(s.x, s.w, {}, s.o));
    const double tolerance = 1e-10 * static_cast<double>(y.numel() + 10);
    BOOST_TEST(std::abs(product(gradients[0], s.x) - without_bias) < tolerance);
    BOOST_TEST(std::abs(product(gradients[1], s.w) - without_bias) < tolerance);
    // Linear in the other input, too: the products with any other x and w.
    const Tensor other_x = support::uniform(draw, s.x.shape()), other_w = support::uniform(draw, s.w.shape());
    BOOST_TEST(std::abs(product(gradients[0], other_x) - product(g, xg::conv2d(other_x, s.w, {}, s.o))) < tolerance);
    BOOST_TEST(std::abs(product(gradients[1], other_w) - product(g, xg::conv2d(s.x, other_w, {}, s.o))) < tolerance);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convolution)

BOOST_AUTO_TEST_CASE(agrees_with_its_definition) {
    support::Draw draw(1);
    for (int i = 0; i < 300; ++i) {
        const Sample s = sample(draw);
        BOOST_TEST_CONTEXT(s.x.shape() << ", " << s.w.shape() << ", stride " << s.o.stride.height << " "
                                       << s.o.stride.width << ", padding " << s.o.padding.height << " "
                                       << s.o.padding.width << ", dilation " << s.o.dilation.height << " "
                                       << s.o.dilation.width << ", groups " << s.o.groups)
        check(s, draw);
    }
}

BOOST_AUTO_TEST_CASE(large_ones_are_cut) {
    support::Draw draw(2);
    const auto run = [&](const xg::Shape& x, const xg::Shape& w, const xg::Conv2dOptions& o) {
        BOOST_TEST_CONTEXT(x << " and " << w)
        check({support::uniform(draw, x), support::uniform(draw, w), support::uniform(draw, {w[0]}), o}, draw);
    };
    run({2, 3, 61, 67}, {9, 3, 3, 3}, {.padding = 1});     // several runs an image
    run({37, 20, 5, 6}, {24, 20, 3, 3}, {.padding = 1});   // several images a run
    run({3, 130, 4, 4}, {40, 130, 3, 3}, {.padding = 1});  // several blocks of rows, filters shared out
    run({1, 2, 38, 40}, {3, 2, 35, 36}, {});               // windows larger than a block
    run({1, 2, 42, 43}, {3, 2, 35, 36}, {.stride = 2});
    run({5, 24, 20, 21}, {48, 24, 1, 1}, {});  // no columns
    run({5, 24, 20, 21}, {48, 24, 1, 1}, {.stride = 2});
    run({2, 60, 12, 13}, {8, 60, 3, 3}, {.stride = 2, .padding = 1});
    run({2, 3, 30, 31}, {40, 3, 3, 3}, {.padding = 1});  // few channels for many filters
    run({9, 32, 17, 20}, {32, 1, 3, 3}, {.padding = 1, .groups = 32});
    run({9, 32, 17, 20}, {64, 1, 5, 4}, {.stride = 2, .padding = 2, .groups = 32});
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_threads) {
    support::Draw draw(4);
    for (const auto& [x, w, groups] : {std::tuple<xg::Shape, xg::Shape, std::int64_t>{{8, 3, 40, 41}, {16, 3, 3, 3}, 1},
                                       {{20, 64, 7, 7}, {64, 64, 3, 3}, 1},
                                       {{4, 64, 20, 20}, {64, 1, 3, 3}, 64}}) {
        const Tensor p = support::uniform(draw, x, -2, 2, xg::float32).requires_grad(true),
                     q = support::uniform(draw, w, -2, 2, xg::float32).requires_grad(true),
                     b = xg::zeros({w[0]}, {.requires_grad = true});
        const auto run = [&, n = groups] {
            const Tensor y = xg::conv2d(p, q, b, {.padding = 1, .groups = n});
            auto all = xg::grad({xg::sum(xg::square(y))}, {p, q, b});
            all.push_back(y);
            return all;
        };
        const auto several = run();
        const support::Threads one(1);
        const auto alone = run();
        for (std::size_t i = 0; i < alone.size(); ++i) BOOST_TEST(support::same_bits(several[i], alone[i]));
    }
}

BOOST_AUTO_TEST_CASE(transposes_are_adjoint) {
    support::Draw draw(3);
    for (int i = 0; i < 60; ++i) {
        const Sample s = sample(draw);
        const Tensor y = xg::conv2d(s.x, s.w, {}, s.o), g = support::uniform(draw, y.shape());
        const auto rest = [&](std::size_t axis, std::int64_t kernel, std::int64_t stride, std::int64_t pad,
                              std::int64_t dilation) {
            return s.x.shape()[axis] - ((y.shape()[axis] - 1) * stride - 2 * pad + dilation * (kernel - 1) + 1);
        };
        const xg::ConvTranspose2dOptions o{
            .stride = s.o.stride,
            .padding = s.o.padding,
            .output_padding = {rest(2, s.w.shape()[2], s.o.stride.height, s.o.padding.height, s.o.dilation.height),
                               rest(3, s.w.shape()[3], s.o.stride.width, s.o.padding.width, s.o.dilation.width)},
            .groups = s.o.groups,
            .dilation = s.o.dilation};
        const Tensor back = xg::conv_transpose2d(g, s.w, {}, o);
        BOOST_TEST(back.shape() == s.x.shape());
        BOOST_TEST(std::abs(product(back, s.x) - product(g, y)) < 1e-10 * static_cast<double>(y.numel() + 10));
        const Tensor bias = support::uniform(draw, {s.x.shape()[1]});
        BOOST_TEST(largest_difference(xg::conv_transpose2d(g, s.w, bias, o) - bias.reshape({-1, 1, 1}),
                                      back.to_vector()) < 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(of_sequences) {
    support::Draw draw(5);
    const Tensor x = support::uniform(draw, {2, 4, 9}), w = support::uniform(draw, {6, 2, 3}),
                 b = support::uniform(draw, {6});
    const Tensor y = xg::conv1d(x, w, b, {.stride = 2, .padding = 2, .dilation = 2, .groups = 2}),
                 z = xg::conv2d(x.reshape({2, 4, 1, 9}), w.reshape({6, 2, 1, 3}), b,
                                {.stride = {1, 2}, .padding = {0, 2}, .dilation = {1, 2}, .groups = 2});
    BOOST_TEST(y.shape() == xg::Shape({2, 6, 5}));
    BOOST_TEST(support::same_bits(y.reshape(z.shape()), z));
    // torch.nn.functional.conv_transpose1d(torch.tensor([[1., 2.]]), torch.tensor([[[1., 10., 100.]]]), stride=2)
    const Tensor t =
        xg::conv_transpose1d(xg::tensor({{1, 2}}, f64), xg::tensor({{{1, 10, 100}}}, f64), {}, {.stride = 2});
    BOOST_TEST(largest_difference(t, {1, 10, 102, 20, 200}) == 0);
    BOOST_TEST(t.shape() == xg::Shape({1, 5}));
}

BOOST_AUTO_TEST_CASE(columns_are_windows) {
    support::Draw draw(6);
    for (int i = 0; i < 40; ++i) {
        Sample s = sample(draw);
        s.o.groups = 1;
        s.w = support::uniform(draw, {2, s.x.shape()[1], s.w.shape()[2], s.w.shape()[3]});
        const xg::UnfoldOptions o{.dilation = s.o.dilation, .padding = s.o.padding, .stride = s.o.stride};
        const xg::Pair kernel(s.w.shape()[2], s.w.shape()[3]), size(s.x.shape()[2], s.x.shape()[3]);
        const Tensor columns = xg::unfold(s.x, kernel, o), y = xg::conv2d(s.x, s.w, {}, s.o);
        BOOST_TEST(largest_difference(xg::matmul(s.w.reshape({2, -1}), columns), y.to_vector()) < 1e-11);
        const Tensor g = support::uniform(draw, columns.shape());
        BOOST_TEST(std::abs(product(xg::fold(g, size, kernel, o), s.x) - product(g, columns)) < 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(nothing_to_multiply) {
    const Tensor b = xg::tensor({1.0, 2.0, 3.0});
    BOOST_TEST(xg::conv2d(xg::zeros({0, 2, 4, 4}), xg::zeros({3, 2, 2, 2}), b).shape() == xg::Shape({0, 3, 3, 3}));
    const Tensor y = xg::conv2d(xg::zeros({1, 0, 2, 2}), xg::zeros({3, 0, 2, 2}), b);
    BOOST_TEST(largest_difference(y, {1, 2, 3}) == 0);
    // 0 times NaN.
    BOOST_TEST(std::isnan(xg::conv2d(xg::full({1, 2, 2}, std::nan("")), xg::zeros({1, 1, 2, 2})).item()));
}

BOOST_AUTO_TEST_CASE(errors_name_operation_and_shapes) {
    const Tensor x = xg::zeros({2, 4, 5, 6}), w = xg::zeros({3, 4, 3, 3});
    using xg::DTypeError, xg::ShapeError, xg::ValueError;
    const auto has = [](const std::string& message, const std::string& part) {
        BOOST_TEST(contains(message, part), message << " does not say " << part);
    };
    has(message_of<ShapeError>([&] {
            xg::conv2d(x, xg::zeros({3, 4, 6, 3}));
        }),
        "conv2d: a kernel of size (6, 3) with dilation (1, 1) is larger than the input of size (5, 6)");
    has(message_of<ShapeError>([&] {
            xg::conv1d(xg::zeros({1, 2}), xg::zeros({1, 1, 3}));
        }),
        "conv1d: a kernel of size (3,)");
    has(message_of<ShapeError>([&] {
            xg::conv2d(x, xg::zeros({3, 3, 3, 3}));
        }),
        "conv2d: an input of shape (2, 4, 5, 6) does not fit a weight of shape (3, 3, 3, 3) in 1 groups");
    has(message_of<ShapeError>([&] { xg::conv2d(x, xg::zeros({3, 2, 3, 3}), {}, {.groups = 2}); }), "in 2 groups");
    has(message_of<ShapeError>([&] { xg::conv_transpose2d(x, w); }),
        "conv_transpose2d: an input of shape (2, 4, 5, 6)");
    has(message_of<ShapeError>([&] {
            xg::conv2d(x, xg::zeros({4, 3, 3}));
        }),
        "conv2d: expected a weight of rank 4, got (4, 3, 3)");
    has(message_of<ShapeError>([&] { xg::conv2d(xg::zeros({4, 5}), w); }), "(4, 5)");
    has(message_of<ShapeError>([&] { xg::conv2d(x, xg::zeros({0, 4, 3, 3})); }), "without empty axes");
    has(message_of<ShapeError>([&] { xg::conv2d(x, w, xg::zeros({4})); }), "conv2d: expected a bias of shape (3,)");
    has(message_of<ShapeError>([&] {
            xg::conv_transpose1d(xg::zeros({1, 1}), xg::zeros({1, 1, 1}), {}, {.padding = 1});
        }),
        "give a result of size -1");
    has(message_of<ValueError>([&] { xg::conv2d(x, w, {}, {.padding = -1}); }),
        "conv2d: expected padding >= 0, got -1");
    has(message_of<ValueError>([&] { xg::conv2d(x, w, {}, {.stride = 0}); }), "conv2d: expected stride >= 1, got 0");
    has(message_of<ValueError>([&] { xg::conv2d(x, w, {}, {.dilation = {1, 0}}); }), "dilation >= 1");
    has(message_of<ValueError>([&] { xg::conv2d(x, w, {}, {.groups = 0}); }), "groups >= 1, got 0");
    has(message_of<ValueError>([&] { xg::conv2d(x, w, {}, {.padding = std::int64_t{1} << 40}); }), "below 2^30");
    has(message_of<ValueError>([&] {
            xg::conv_transpose1d(xg::zeros({1, 1}), xg::zeros({1, 1, 1}), {}, {.output_padding = 1});
        }),
        "conv_transpose1d: expected an output_padding below stride or dilation, got 1");
    has(message_of<DTypeError>([&] { xg::conv2d(x, w.to(xg::float64)); }),
        "conv2d: expected one dtype, got an input of float32, a weight of float64");
    has(message_of<DTypeError>([&] { xg::conv2d(x.to(xg::int64), w); }),
        "conv2d: expected a floating-point input, got int64");
    has(message_of<ValueError>([&] { xg::conv2d({}, w); }), "conv2d");
    has(message_of<ShapeError>([&] {
            xg::fold(xg::zeros({1, 8, 3}), 3, 2);
        }),
        "fold: expected columns of a multiple of 4 elements for 4 windows, got (1, 8, 3)");
    has(message_of<ShapeError>([&] { xg::unfold(x, 7); }), "unfold: a kernel of size (7, 7)");
}

BOOST_AUTO_TEST_SUITE_END()
