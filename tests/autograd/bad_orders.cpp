// What is made of the order of elements, given what it cannot take.

#include <cmath>
#include <limits>

#include "bad_row_makers.hpp"

using bad::of;
using xg::Tensor;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

void sorting(BadInputs& rows) {
    const std::vector<double> values = {kNan, -kInf, kInf, kNan, 1};
    bad::along_axis(rows, "sort", [](const Tensor& x, std::int64_t axis) { return xg::sort(x, axis).values; });
    bad::along_axis(rows, "argsort", [](const Tensor& x, std::int64_t axis) { return xg::argsort(x, axis); });
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        rows.gives("sort", "NaN and infinities", [=] { return xg::sort(of(values, dtype)).values; }, {5},
                   {-kInf, 1, kInf, kNan, kNan});
        rows.gives("sort", "NaN and infinities, downward", [=] { return xg::sort(of(values, dtype), 0, true).values; },
                   {5}, {kNan, kNan, kInf, 1, -kInf});
        rows.gives("argsort", "NaN and infinities", [=] { return xg::argsort(of(values, dtype)); }, {5},
                   {1, 4, 2, 0, 3});
        rows.gives("argsort", "NaN and infinities, downward", [=] { return xg::argsort(of(values, dtype), 0, true); },
                   {5}, {0, 3, 2, 4, 1});
    }
    rows.gives(
        "sort", "the greatest and the least integer",
        [] {
            const Tensor x = xg::from_data(std::vector<std::int64_t>{kMost, 0, -kMost - 1}, {3}, {.dtype = xg::int64});
            return xg::equal(xg::sort(x).values, xg::flip(x, {0}));
        },
        {3}, {1, 1, 1});
    rows.gives("argsort", "bools",
               [] {
                   return xg::argsort(xg::tensor({true, false, true, false}));
               },
               {4}, {1, 3, 0, 2});
}

void selection(BadInputs& rows) {
    bad::one_axis(rows, "topk", [](const Tensor& x, std::int64_t axis) { return xg::topk(x, 1, axis).values; });
    bad::one_axis(rows, "kthvalue", [](const Tensor& x, std::int64_t axis) { return xg::kthvalue(x, 1, axis).values; });
    for (const std::int64_t k : {std::int64_t{-1}, std::int64_t{4}, kMost, -kMost - 1}) {
        rows.throws<xg::ValueError>("topk", "k out of range",
                                    [k] {
                                        return xg::topk(xg::ones({2, 3}), k).values;
                                    },
                                    {"from 0 to 3", "axis 1", "(2, 3)", "got " + std::to_string(k)});
        rows.throws<xg::ValueError>("kthvalue", "k out of range",
                                    [k] {
                                        return xg::kthvalue(xg::ones({2, 3}), k).values;
                                    },
                                    {"from 1 to 3", "axis 1", "(2, 3)", "got " + std::to_string(k)});
    }
    rows.throws<xg::ValueError>("kthvalue", "k of 0", [] { return xg::kthvalue(xg::ones({3}), 0).values; },
                                {"from 1 to 3", "got 0"});
    rows.throws<xg::ValueError>("kthvalue", "no elements",
                                [] {
                                    return xg::kthvalue(xg::ones({2, 0}), 1).values;
                                },
                                {"(2, 0)"});
    rows.gives("kthvalue", "no lines", [] { return xg::kthvalue(xg::ones({0, 3}), 3).values; }, {0}, {});
    rows.throws<xg::ValueError>("topk", "more than no elements",
                                [] {
                                    return xg::topk(xg::ones({2, 0}), 1).values;
                                },
                                {"from 0 to 0", "(2, 0)"});
    for (const std::int64_t k : {0, 2})
        rows.throws<xg::ValueError>("topk", "k of rank 0", [k] { return xg::topk(xg::ones({}), k).values; },
                                    {"from 1 to 1", "()", "got " + std::to_string(k)});
    rows.gives("topk", "none of some", [] { return xg::topk(xg::ones({2, 3}), 0).values; }, {2, 0}, {});
    rows.gives("topk", "none of none", [] { return xg::topk(xg::ones({2, 0}), 0).indices; }, {2, 0}, {});
    rows.gives("topk", "no lines", [] { return xg::topk(xg::ones({0, 3}), 2).values; }, {0, 2}, {});
    rows.gives("topk", "NaN, the greatest",
               [] {
                   const Tensor x = of({1, kNan, kInf, -kInf});
                   return xg::concat({xg::topk(x, 2).values, xg::topk(x, 4, 0, {.largest = false}).values});
               },
               {6}, {kNan, kInf, -kInf, 1, kInf, kNan});
    rows.gives("kthvalue", "NaN, the greatest",
               [] {
                   const Tensor x = of({1, kNan, -kInf});
                   return xg::stack({xg::kthvalue(x, 1).values, xg::kthvalue(x, 2).values, xg::kthvalue(x, 3).values});
               },
               {3}, {-kInf, 1, kNan});
}

void median(BadInputs& rows) {
    bad::one_axis(rows, "median", [](const Tensor& x, std::int64_t axis) { return xg::median(x, axis).values; });
    rows.throws<xg::ValueError>("median", "an undefined tensor, of all axes", [] { return xg::median({}); },
                                {"undefined"});
    rows.gives("median", "no elements", [] { return xg::median(xg::ones({0})); }, {}, {kNan});
    rows.throws<xg::ShapeError>("median", "no integers",
                                [] { return xg::median(xg::zeros({0}, {.dtype = xg::int64})); },
                                {"no elements", "(0,)"});
    rows.throws<xg::ShapeError>("median", "no elements along an axis",
                                [] {
                                    return xg::median(xg::ones({2, 0}), 1).values;
                                },
                                {"no elements", "axis 1", "(2, 0)"});
    rows.gives("median", "no lines", [] { return xg::median(xg::ones({0, 3}), 1).values; }, {0}, {});
    rows.gives("median", "NaN", [] { return xg::median(of({1, kNan, 2})); }, {}, {kNan});
    rows.gives("median", "the first NaN of several",
               [] {
                   return xg::median(of({1, 2, kNan, kNan}), 0).indices;
               },
               {}, {2});
    rows.gives("median", "infinities, the lower of two", [] { return xg::median(of({kInf, -kInf})); }, {}, {-kInf});
}

void quantile(BadInputs& rows) {
    bad::reduction(
        rows, "quantile",
        [](const Tensor& x, const xg::Axes& axes, bool keepdims) {
            return xg::quantile(x, 0.5, axes, {.keepdims = keepdims});
        },
        1);
    const Tensor x = of({1, 2, 3, 4});
    for (const auto& [q, text] : {std::pair(-1e-9, "got -1e-09"), std::pair(1 + 1e-9, "got 1.000000001"),
                                  std::pair(kNan, "nan"), std::pair(kInf, "got inf")}) {
        rows.throws<xg::ValueError>("quantile", "q out of range", [x, q = q] { return xg::quantile(x, q); },
                                    {"from 0 to 1", text});
        rows.throws<xg::ValueError>("quantile", "one q of several out of range",
                                    [x, q = q] {
                                        return xg::quantile(x, of({0.5, q}, xg::float64));
                                    },
                                    {"from 0 to 1", text});
    }
    rows.throws<xg::ValueError>("quantile", "an undefined q", [x] { return xg::quantile(x, Tensor()); }, {"undefined"});
    rows.throws<xg::ShapeError>("quantile", "q of rank 2",
                                [x] {
                                    return xg::quantile(x, xg::zeros({1, 2}));
                                },
                                {"rank 0 or 1", "(1, 2)"});
    rows.throws<xg::ShapeError>("quantile", "no elements", [] { return xg::quantile(xg::ones({0}), 0.5); },
                                {"no elements", "(0,)"});
    rows.throws<xg::ShapeError>("quantile", "no elements along an axis",
                                [] {
                                    return xg::quantile(xg::ones({2, 0}), 0.5, 1);
                                },
                                {"no elements", "(2, 0)"});
    rows.gives("quantile", "no q", [] { return xg::quantile(xg::ones({2, 3}), xg::zeros({0}), 1); }, {0, 2}, {});
    rows.gives("quantile", "q of bool and of int64",
               [x] {
                   return xg::concat({xg::quantile(x, xg::tensor({false, true})), xg::quantile(x, xg::tensor({1}))});
               },
               {3}, {1, 4, 4});
    // What (1 - s) low + s high gives; NumPy's formula gives NaN beside all infinities.
    for (const auto& method : {xg::QuantileMethod::linear, xg::QuantileMethod::midpoint})
        rows.gives("quantile", "half way from, to and between infinities",
                   [method] {
                       const Tensor pairs = xg::tensor({{-kInf, 1.0}, {1.0, kInf}, {kInf, kInf}, {-kInf, kInf}});
                       return xg::quantile(pairs, 0.5, 1, {.method = method});
                   },
                   {4}, {-kInf, kInf, kInf, kNan});
    rows.gives("quantile", "infinities themselves",
               [] {
                   return xg::quantile(of({kInf, -kInf, 0}), of({0, 0.5, 1}));
               },
               {3}, {-kInf, 0, kInf});
    rows.throws<xg::ShapeError>("quantile", "bools that are too many as numbers",
                                [] { return xg::quantile(bad::too_wide(), 0.5); }, {"(4611686018427387904,)"});
}

}  // namespace

void bad_orders(BadInputs& rows) {
    sorting(rows);
    selection(rows);
    median(rows);
    quantile(rows);
}
