// Reductions, products, losses, what moves elements and what makes tensors, given what they cannot take.

#include <limits>

#include "bad_row_makers.hpp"

using xg::Tensor;

namespace {

void reductions(BadInputs& rows) {
    bad::reduction(rows, "sum", xg::sum, kNan);
    bad::reduction(rows, "mean", xg::mean, kNan);
    bad::reduction(rows, "max", xg::max, kInf);
    bad::reduction(rows, "min", xg::min, -kInf);
    rows.gives("sum", "no elements", [] { return xg::sum(xg::ones({0})); }, {}, {0});
    rows.gives("sum", "no elements along an axis", [] { return xg::sum(xg::ones({2, 0}), 1); }, {2}, {0, 0});
    rows.gives("sum", "bools", [] { return xg::sum(xg::tensor({true, true})); }, {}, {2});
    rows.gives("mean", "no elements", [] { return xg::mean(xg::ones({0})); }, {}, {kNan});
    rows.gives("mean", "no elements along an axis", [] { return xg::mean(xg::ones({2, 0}), 1); }, {2}, {kNan, kNan});
    for (const auto& [name, f] : {std::pair("max", &xg::max), std::pair("min", &xg::min)}) {
        rows.throws<xg::ShapeError>(name, "no elements", [f = f] { return f(xg::ones({0}), {}, false); }, {"(0,)"});
        rows.throws<xg::ShapeError>(name, "no elements along an axis",
                                    [f = f] {
                                        return f(xg::ones({2, 0}), 1, false);
                                    },
                                    {"(2, 0)"});
    }
}

void shaping(BadInputs& rows) {
    const Tensor x = xg::ones({2, 3});
    rows.throws<xg::ValueError>("reshape", "an undefined tensor", [] { return xg::reshape({}, {1}); }, {"undefined"});
    for (const auto& [shape, about] :
         {std::pair(xg::Shape{4}, "too few elements"), std::pair(xg::Shape{-1, 4}, "a size that is no whole number"),
          std::pair(xg::Shape{}, "rank 0")})
        rows.throws<xg::ShapeError>("reshape", about, [x, shape = shape] { return xg::reshape(x, shape); },
                                    {"(2, 3)", "6 elements"});
    rows.throws<xg::ShapeError>("reshape", "two open sizes", [x] { return x.reshape({-1, -1}); }, {"-1"});
    rows.throws<xg::ShapeError>("reshape", "a negative size", [x] { return x.reshape({-2, -3}); }, {"(-2, -3)"});
    rows.throws<xg::ShapeError>("reshape", "a shape that overflows",
                                [x] {
                                    return x.reshape({kHuge, kHuge});
                                },
                                {"(1099511627776, 1099511627776)"});
    rows.throws<xg::ShapeError>("reshape", "an open size beside 0",
                                [] {
                                    return xg::ones({0}).reshape({0, -1});
                                },
                                {"(0,)"});
    rows.throws<xg::ValueError>("transpose", "an undefined tensor", [] { return xg::transpose({}); }, {"undefined"});
    rows.throws<xg::ShapeError>("transpose", "rank 1", [] { return xg::transpose(xg::ones({3})); },
                                {"axis -2", "(3,)"});
    rows.throws<xg::ShapeError>("transpose", "an axis too far", [x] { return x.transpose(0, 2); },
                                {"axis 2", "(2, 3)"});
    rows.gives("transpose", "no elements", [] { return xg::transpose(xg::ones({3, 0})); }, {0, 3}, {});
    rows.throws<xg::ValueError>("slice", "an undefined tensor", [] { return xg::slice({}, 0, 0, 1); }, {"undefined"});
    rows.throws<xg::ShapeError>("slice", "an axis too far", [x] { return x.slice(2, 0, 1); }, {"axis 2", "(2, 3)"});
    rows.throws<xg::ShapeError>("slice", "rank 0", [] { return xg::ones({}).slice(0, 0, 1); }, {"axis 0", "()"});
    for (const std::int64_t step : {std::int64_t{0}})
        rows.throws<xg::ValueError>("slice", "a step of 0", [x, step] { return x.slice(0, 0, 1, step); },
                                    {"step", std::to_string(step)});
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                           most = std::numeric_limits<std::int64_t>::max();
    rows.gives("slice", "bounds far outside", [] { return xg::arange(0, 5).slice(0, least, most, most); }, {1}, {0});
    rows.gives("slice", "bounds the wrong way round", [x] { return x.slice(1, 2, 1); }, {2, 0}, {});
    rows.throws<xg::ValueError>("broadcast_to", "an undefined tensor", [] { return xg::broadcast_to({}, {1}); },
                                {"undefined"});
    for (const xg::Shape& shape : {xg::Shape{3}, xg::Shape{2, 4}, xg::Shape{2, -3}, xg::Shape{3, 2}, xg::Shape{}})
        rows.throws<xg::ShapeError>("broadcast_to", "a shape that does not fit",
                                    [x, shape] { return xg::broadcast_to(x, shape); }, {"(2, 3)", shape.str()});
    rows.throws<xg::ShapeError>("broadcast_to", "no elements to two",
                                [] { return xg::broadcast_to(xg::ones({0}), {2}); }, {"(0,)", "(2,)"});
    rows.throws<xg::ShapeError>("broadcast_to", "a shape that overflows",
                                [] {
                                    return xg::broadcast_to(xg::ones({1, 1}), {kHuge, kHuge});
                                },
                                {"(1099511627776, 1099511627776)"});
    rows.throws<xg::ValueError>("concat", "nothing", [] { return xg::concat({}); }, {"at least one"});
    rows.throws<xg::ValueError>("concat", "an undefined tensor",
                                [x] {
                                    return xg::concat({x, Tensor()});
                                },
                                {"undefined"});
    rows.throws<xg::ShapeError>("concat", "sizes that differ",
                                [x] {
                                    return xg::concat({x, xg::ones({2, 4})});
                                },
                                {"(2, 3)", "(2, 4)"});
    rows.throws<xg::ShapeError>("concat", "ranks that differ",
                                [x] {
                                    return xg::concat({x, xg::ones({3})});
                                },
                                {"(2, 3)", "(3,)"});
    rows.throws<xg::ShapeError>("concat", "an axis too far",
                                [x] {
                                    return xg::concat({x, x}, 2);
                                },
                                {"axis 2", "(2, 3)"});
    rows.throws<xg::ShapeError>("concat", "rank 0",
                                [] {
                                    return xg::concat({xg::ones({}), xg::ones({})});
                                },
                                {"axis 0", "()"});
    rows.gives("concat", "nothing but empty ones",
               [] {
                   return xg::concat({xg::ones({0, 2}), xg::ones({0, 2})}, 1);
               },
               {0, 4}, {});
    for (const auto& [name, f] : std::vector<std::pair<std::string, std::function<Tensor(const Tensor&)>>>{
             {"to", [](const Tensor& t) { return t.to(xg::float64); }},
             {"clone", [](const Tensor& t) { return t.clone(); }},
             {"contiguous", [](const Tensor& t) { return t.contiguous(); }}}) {
        rows.throws<xg::ValueError>(name, "an undefined tensor", [f = f] { return f({}); }, {"undefined"});
        rows.gives(name, "no elements, transposed", [f = f] { return f(xg::ones({3, 0}).transpose()); }, {0, 3}, {});
        rows.gives(name, "NaN and infinities",
                   [f = f] {
                       return f(xg::tensor({kNan, kInf, -kInf}));
                   },
                   {3}, {kNan, kInf, -kInf});
    }
    rows.gives("to", "what int64 does not hold",
               [] {
                   return xg::tensor({kNan, kInf, 1e30}).to(xg::int64);
               },
               {3}, {-0x1p63, -0x1p63, -0x1p63});
    rows.gives("to", "NaN as bool", [] { return xg::tensor({kNan, 0.0, -0.0}).to(xg::boolean); }, {3}, {1, 0, 0});
}

void products(BadInputs& rows) {
    const auto refuses = [&](const std::string& about, const xg::Shape& a, const xg::Shape& b) {
        rows.throws<xg::ShapeError>("matmul", about, [a, b] { return xg::matmul(xg::ones(a), xg::ones(b)); },
                                    {a.str(), b.str()});
    };
    rows.throws<xg::ValueError>("matmul", "an undefined tensor first", [] { return xg::matmul({}, xg::ones({2})); },
                                {"undefined"});
    rows.throws<xg::ValueError>("matmul", "an undefined tensor last", [] { return xg::matmul(xg::ones({2}), {}); },
                                {"undefined"});
    refuses("rank 0 first", {}, {2});
    refuses("rank 0 last", {2}, {});
    refuses("inner sizes that differ", {2, 3}, {2, 3});
    refuses("vectors of two lengths", {2}, {3});
    refuses("no inner elements beside some", {2, 0}, {1, 2});
    rows.throws<xg::ShapeError>("matmul", "batches that do not broadcast",
                                [] {
                                    return xg::matmul(xg::ones({2, 2, 3}), xg::ones({3, 3, 2}));
                                },
                                {"(2,", "(3,"});
    rows.throws<xg::ShapeError>(
        "matmul", "a result that overflows",
        [] {
            const Tensor one = xg::ones({1, 1});
            return xg::matmul(xg::broadcast_to(one, {kHuge, 1}), xg::broadcast_to(one, {1, kHuge}));
        },
        {"(1099511627776, 1099511627776)"});
    rows.gives("matmul", "no inner elements",
               [] {
                   return xg::matmul(xg::ones({2, 0}), xg::ones({0, 2}));
               },
               {2, 2}, {0, 0, 0, 0});
    rows.gives("matmul", "no rows, and an empty batch",
               [] {
                   return xg::matmul(xg::ones({0, 4, 0}), xg::ones({0, 3}));
               },
               {0, 4, 3}, {});
    rows.gives("matmul", "0 times infinity, and NaN",
               [] {
                   return xg::matmul(xg::tensor({{0.0, 1.0}, {1.0, 0.0}}), xg::tensor({kInf, kNan}));
               },
               {2}, {kNan, kNan});

    const Tensor x = xg::ones({4, 3}), w = xg::ones({2, 3});
    const auto linear = [&]<class E>(E*, const std::string& about, const Tensor& p, const Tensor& q, const Tensor& b,
                                     std::initializer_list<std::string> parts) {
        rows.throws<E>(
            "linear", about, [p, q, b] { return xg::linear(p, q, b); }, parts);
    };
    xg::ShapeError* const shape = nullptr;
    xg::DTypeError* const dtype = nullptr;
    xg::ValueError* const value = nullptr;
    linear(value, "an undefined input", {}, w, {}, {"undefined"});
    linear(value, "undefined weights", x, {}, {}, {"undefined"});
    linear(shape, "weights of rank 1", x, xg::ones({3}), {}, {"(3,)"});
    linear(shape, "an input of rank 0", xg::ones({}), w, {}, {"()", "(2, 3)"});
    linear(shape, "inputs of another width", xg::ones({4, 2}), w, {}, {"(4, 2)", "(2, 3)"});
    linear(shape, "a bias of another width", x, w, xg::ones({3}), {"(3,)", "(2, 3)"});
    linear(shape, "a result that overflows", xg::broadcast_to(xg::ones({1, 1}), {kHuge, 1}),
           xg::broadcast_to(xg::ones({1, 1}), {kHuge, 1}), {}, {"(1099511627776, 1099511627776)"});
    linear(dtype, "two dtypes", x, w.to(xg::float64), {}, {"float32", "float64"});
    linear(dtype, "whole numbers", x.to(xg::int64), w.to(xg::int64), {}, {"int64"});
    rows.gives("linear", "no inputs",
               [] {
                   return xg::linear(xg::ones({2, 0}), xg::ones({2, 0}), xg::tensor({1.0, 2.0}));
               },
               {2, 2}, {1, 2, 1, 2});
    rows.gives("linear", "no rows", [w] { return xg::linear(xg::ones({0, 3}), w); }, {0, 2}, {});
    rows.gives("linear", "NaN and relu",
               [w] {
                   return xg::linear(xg::tensor({kNan, 0.0, 0.0}), w, {}, xg::Activation::relu);
               },
               {2}, {kNan, kNan});

    rows.throws<xg::ValueError>("mse_loss", "an undefined tensor", [x] { return xg::mse_loss(x, {}); }, {"undefined"});
    rows.throws<xg::ShapeError>("mse_loss", "shapes that would broadcast",
                                [] {
                                    return xg::mse_loss(xg::ones({3, 1}), xg::ones({3}));
                                },
                                {"(3, 1)", "(3,)"});
    rows.gives("mse_loss", "no elements", [] { return xg::mse_loss(xg::ones({0}), xg::ones({0})); }, {}, {kNan});
    rows.gives("mse_loss", "infinities",
               [] {
                   return xg::mse_loss(xg::tensor({kInf, 1.0}), xg::tensor({1.0, 1.0}));
               },
               {}, {kInf});
}

void creation(BadInputs& rows) {
    const auto shaped = [&](const std::string& name, std::function<Tensor(const xg::Shape&)> f) {
        rows.throws<xg::ShapeError>(name, "a negative size", [f] { return f({2, -1}); }, {"(2, -1)"});
        rows.throws<xg::ShapeError>(name, "a shape that overflows",
                                    [f] {
                                        return f({kHuge, kHuge});
                                    },
                                    {"(1099511627776, 1099511627776)"});
        rows.throws<xg::ShapeError>(name, "strides that overflow",
                                    [f] {
                                        return f({0, kHuge, kHuge});
                                    },
                                    {"(0, 1099511627776, 1099511627776)"});
        rows.gives(name, "no elements", [f] { return f({0, 3}); }, {0, 3}, {});
    };
    shaped("zeros", [](const xg::Shape& s) { return xg::zeros(s); });
    shaped("ones", [](const xg::Shape& s) { return xg::ones(s); });
    shaped("full", [](const xg::Shape& s) { return xg::full(s, kNan); });
    shaped("empty", [](const xg::Shape& s) { return xg::empty(s); });
    shaped("rand", [](const xg::Shape& s) { return xg::rand(s); });
    shaped("randn", [](const xg::Shape& s) { return xg::randn(s); });
    for (const auto& [name, f] : {std::pair("rand", &xg::rand), std::pair("randn", &xg::randn)})
        rows.throws<xg::DTypeError>(name, "whole numbers", [f = f] { return f({2}, {.dtype = xg::int64}); }, {"int64"});
    rows.throws<xg::ValueError>("zeros_like", "an undefined tensor", [] { return xg::zeros_like({}); }, {"undefined"});
    rows.throws<xg::ValueError>("ones_like", "an undefined tensor", [] { return xg::ones_like({}); }, {"undefined"});
    rows.throws<xg::ValueError>("full_like", "an undefined tensor", [] { return xg::full_like({}, 1); }, {"undefined"});
    for (const double v : {kNan, kInf})
        rows.throws<xg::ValueError>("arange", "a bound that is not finite", [v] { return xg::arange(0, v); },
                                    {"finite"});
    rows.throws<xg::ValueError>("arange", "a step of 0", [] { return xg::arange(0, 1, 0); }, {"step"});
    rows.throws<xg::ShapeError>("arange", "too many elements", [] { return xg::arange(0, 1e300); }, {"elements"});
    rows.gives("arange", "a step the wrong way", [] { return xg::arange(0, 5, -1); }, {0}, {});
    rows.throws<xg::ValueError>("linspace", "a negative count", [] { return xg::linspace(0, 1, -1); }, {"-1"});
    rows.gives("linspace", "one, and none",
               [] {
                   return xg::concat({xg::linspace(3, 4, 1), xg::linspace(3, 4, 0)});
               },
               {1}, {3});
    rows.throws<xg::ShapeError>("eye", "a negative size", [] { return xg::eye(-1); }, {"(-1, -1)"});
    rows.throws<xg::ShapeError>("eye", "a shape that overflows", [] { return xg::eye(kHuge); },
                                {"(1099511627776, 1099511627776)"});
    rows.throws<xg::ShapeError>("tensor", "ragged braces", [] { return xg::tensor({{1, 2}, {3}}); }, {"ragged"});
    rows.throws<xg::ShapeError>("tensor", "braces of two depths", [] { return xg::tensor({{1, 2}, 3}); }, {"depth"});
    rows.throws<xg::ShapeError>("from_data", "too few numbers",
                                [] {
                                    return xg::from_data(std::vector<float>{1, 2}, {3});
                                },
                                {"(3,)", "3 elements", "got 2"});
    rows.throws<xg::ShapeError>("from_data", "a negative shape",
                                [] {
                                    return xg::from_data(std::vector<float>{1}, {-1, -1});
                                },
                                {"(-1, -1)"});
    rows.throws<xg::ShapeError>("adopt", "a negative shape", [] { return xg::adopt(nullptr, {-1}, xg::float32, {}); },
                                {"(-1,)"});
}

}  // namespace

void bad_shapes(BadInputs& rows) {
    reductions(rows);
    shaping(rows);
    products(rows);
    creation(rows);
}
