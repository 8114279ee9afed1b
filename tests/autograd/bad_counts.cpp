// What counts and places elements, given what it cannot take.

#include <limits>

#include "bad_row_makers.hpp"

using bad::of;
using xg::Tensor;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

void searchsorted(BadInputs& rows) {
    rows.throws<xg::ValueError>("searchsorted", "an undefined sequence",
                                [] { return xg::searchsorted({}, xg::ones({2})); }, {"undefined"});
    rows.throws<xg::ValueError>("searchsorted", "undefined values", [] { return xg::searchsorted(xg::ones({2}), {}); },
                                {"undefined"});
    const std::pair<xg::Shape, xg::Shape> cases[] = {{{}, {2}},           {{2, 3}, {3, 3}}, {{2, 3}, {3}},
                                                     {{2, 3}, {1, 2, 3}}, {{2, 3}, {}},     {{1, 3}, {2, 3}}};
    for (const auto& [sequence, values] : cases)
        rows.throws<xg::ShapeError>(
            "searchsorted", "values " + values.str() + " for " + sequence.str(),
            [sequence = sequence, values = values] { return xg::searchsorted(xg::ones(sequence), xg::ones(values)); },
            {"expected a sequence of rank 1", sequence.str(), values.str()});
    rows.gives("searchsorted", "no sequence",
               [] {
                   return xg::searchsorted(xg::zeros({0}), of({1, kNan}));
               },
               {2}, {0, 0});
    rows.gives("searchsorted", "no values", [] { return xg::searchsorted(of({1, 2}), xg::zeros({0, 3})); }, {0, 3}, {});
    rows.gives("searchsorted", "no sequences of many",
               [] {
                   return xg::searchsorted(xg::zeros({2, 0}), xg::zeros({2, 1}));
               },
               {2, 1}, {0, 0});
    for (const xg::DType dtype : {xg::float32, xg::float64}) {
        const Tensor sequence = of({1, 2, kNan}, dtype), values = of({kNan, kInf, -kInf, 0}, dtype);
        rows.gives("searchsorted", "NaN and infinities", [=] { return xg::searchsorted(sequence, values); }, {4},
                   {2, 2, 0, 0});
        rows.gives("searchsorted", "NaN and infinities, to the right",
                   [=] { return xg::searchsorted(sequence, values, true); }, {4}, {3, 2, 0, 0});
    }
    rows.gives("searchsorted", "fractions among integers, and bools",
               [] {
                   return xg::concat({xg::searchsorted(xg::tensor({1, 2}), of({1.5})),
                                      xg::searchsorted(xg::tensor({false, true}), xg::tensor({true}))});
               },
               {2}, {1, 1});
    rows.throws<xg::ShapeError>("searchsorted", "bools that are too many as positions",
                                [] { return xg::searchsorted(xg::tensor({true}), bad::too_wide()); },
                                {"(4611686018427387904,)"});
}

void unique(BadInputs& rows) {
    rows.throws<xg::ValueError>("unique", "an undefined tensor", [] { return xg::unique({}).values; }, {"undefined"});
    rows.gives("unique", "no elements", [] { return xg::unique(xg::ones({2, 0})).values; }, {0}, {});
    rows.gives("unique", "no elements, where they are",
               [] {
                   return xg::unique(xg::ones({2, 0})).inverse;
               },
               {2, 0}, {});
    // NumPy has one NaN for all, PyTorch one each.
    rows.gives("unique", "NaN, each of its own, infinities and zeros of both signs",
               [] {
                   return xg::unique(of({kNan, 0, kInf, -kInf, -0.0, kNan})).values;
               },
               {5}, {-kInf, 0, kInf, kNan, kNan});
    rows.gives("unique", "how often these occur",
               [] {
                   return xg::unique(of({kNan, 0, kInf, -kInf, -0.0, kNan})).counts;
               },
               {5}, {1, 2, 1, 1, 1});
    rows.gives("unique", "rank 0", [] { return xg::unique(Tensor(3)).inverse; }, {}, {0});
    rows.gives("unique", "bools", [] { return xg::unique(xg::tensor({true, true})).values; }, {1}, {1});
    rows.throws<xg::ShapeError>("unique", "bools that are too many as positions",
                                [] { return xg::unique(bad::too_wide()).values; }, {"(4611686018427387904,)"});
}

void bincount(BadInputs& rows) {
    rows.throws<xg::ValueError>("bincount", "an undefined tensor", [] { return xg::bincount({}); }, {"undefined"});
    for (const xg::DType dtype : {xg::float32, xg::float64, xg::boolean})
        rows.throws<xg::DTypeError>("bincount", "what are no integers",
                                    [dtype] { return xg::bincount(xg::ones({2}, {.dtype = dtype})); },
                                    {"expected int64", xg::name(dtype)});
    for (const xg::Shape& shape : {xg::Shape{}, xg::Shape{2, 1}, xg::Shape{0, 0}})
        rows.throws<xg::ShapeError>("bincount", "the shape " + shape.str(),
                                    [shape] { return xg::bincount(xg::zeros(shape, {.dtype = xg::int64})); },
                                    {"expected rank 1", shape.str()});
    rows.throws<xg::ValueError>("bincount", "a negative integer",
                                [] {
                                    return xg::bincount(xg::tensor({0, -1}));
                                },
                                {"elements >= 0", "got -1"});
    rows.throws<xg::ValueError>("bincount", "the least integer",
                                [] { return xg::bincount(xg::full({1}, -kMost - 1, {.dtype = xg::int64})); },
                                {"elements >= 0", std::to_string(-kMost - 1)});
    for (const std::int64_t huge : {kMost, kMost - 1, kMost / 8}) {
        rows.throws<xg::ShapeError>("bincount", "an integer that asks for too many counts",
                                    [huge] { return xg::bincount(xg::full({1}, huge, {.dtype = xg::int64})); },
                                    {"more bytes"});
        rows.throws<xg::ShapeError>("bincount", "an integer that asks for too many sums",
                                    [huge] { return xg::bincount(xg::full({1}, huge, {.dtype = xg::int64}), of({1})); },
                                    {"more bytes"});
    }
    rows.throws<xg::ValueError>("bincount", "a negative minlength",
                                [] { return xg::bincount(xg::tensor({1}), {}, -1); }, {"minlength >= 0", "got -1"});
    rows.throws<xg::ShapeError>("bincount", "too great a minlength",
                                [] { return xg::bincount(xg::tensor({1}), {}, kMost); }, {std::to_string(kMost)});
    for (const xg::Shape& shape : {xg::Shape{}, xg::Shape{1}, xg::Shape{2, 1}})
        rows.throws<xg::ShapeError>("bincount", "weights of the shape " + shape.str(),
                                    [shape] {
                                        return xg::bincount(xg::tensor({1, 2}), xg::ones(shape));
                                    },
                                    {"(2,)", shape.str()});
    rows.gives("bincount", "no elements", [] { return xg::bincount(xg::zeros({0}, {.dtype = xg::int64})); }, {0}, {});
    rows.gives("bincount", "no elements, but a minlength",
               [] { return xg::bincount(xg::zeros({0}, {.dtype = xg::int64}), xg::ones({0}), 2); }, {2}, {0, 0});
    rows.gives("bincount", "weights of NaN and infinity",
               [] {
                   return xg::bincount(xg::tensor({0, 2, 0, 2}), of({kNan, kInf, 1, 1}));
               },
               {3}, {kNan, 0, kInf});
}

void histogram(BadInputs& rows) {
    const auto counts = [](const Tensor& x, std::int64_t bins, const xg::HistogramOptions& options = {}) {
        return xg::histogram(x, bins, options).counts;
    };
    const auto between = [](const Tensor& x, const Tensor& edges, const xg::HistogramOptions& options = {}) {
        return xg::histogram(x, edges, options).counts;
    };
    const Tensor x = of({0, 1, 2});
    rows.throws<xg::ValueError>("histogram", "an undefined tensor", [=] { return counts({}, 3); }, {"undefined"});
    rows.throws<xg::ValueError>("histogram", "an undefined tensor beside edges", [=] { return between({}, x); },
                                {"undefined"});
    rows.throws<xg::ValueError>("histogram", "undefined edges", [=] { return between(x, {}); }, {"undefined"});
    for (const std::int64_t bins : {std::int64_t{0}, std::int64_t{-3}, -kMost - 1})
        rows.throws<xg::ValueError>("histogram", "no bins", [=] { return counts(x, bins); },
                                    {"bins >= 1", "got " + std::to_string(bins)});
    rows.throws<xg::ShapeError>("histogram", "too many bins", [=] { return counts(x, kMost); },
                                {std::to_string(kMost)});
    const std::pair<double, double> ranges[] = {{1, 1 - 1e-9}, {kNan, 1}, {0, kNan}, {0, kInf}, {-kInf, 0}};
    for (const auto& [low, high] : ranges)
        rows.throws<xg::ValueError>("histogram", "a range that is none",
                                    [=, low = low, high = high] { return counts(x, 2, {.low = low, .high = high}); },
                                    {"finite range", "low <= high"});
    for (const double bad : {kNan, kInf, -kInf})
        rows.throws<xg::ValueError>("histogram", "a range to be found among numbers that are not finite",
                                    [=] {
                                        return counts(of({0, bad}), 2);
                                    },
                                    {"finite range"});
    const std::pair<double, double> narrow[] = {{1e300, 1e300}, {-1e308, 1e308}, {1, 1 + 2e-16}, {1e17, 1e17}};
    for (const auto& [low, high] : narrow)
        rows.throws<xg::ValueError>("histogram", "a range without as many numbers, or without a width",
                                    [=, low = low, high = high] {
                                        return counts(of({low, high}, xg::float64), 10);
                                    },
                                    {"10 bins"});
    for (const xg::Shape& shape : {xg::Shape{}, xg::Shape{1}, xg::Shape{0}, xg::Shape{2, 2}})
        rows.throws<xg::ShapeError>("histogram", "edges of the shape " + shape.str(),
                                    [=] { return between(x, xg::ones(shape)); }, {"rank 1", shape.str()});
    const std::pair<std::vector<double>, std::string> edges[] = {
        {{0, kNan, 2}, "nan at 1"}, {{0, 1, kInf}, "inf at 2"}, {{-kInf, 1}, "-inf at 0"}, {{0, 2, 1}, "1 at 2"}};
    for (const auto& [values, text] : edges)
        rows.throws<xg::ValueError>("histogram", "edges that are not finite, or not ascending",
                                    [=, values = values] { return between(x, of(values)); },
                                    {"finite, ascending edges", text});
    for (const xg::Shape& shape : {xg::Shape{}, xg::Shape{4}, xg::Shape{3, 1}}) {
        rows.throws<xg::ShapeError>("histogram", "weights of the shape " + shape.str(),
                                    [=] { return counts(x, 2, {.weights = xg::ones(shape)}); }, {"(3,)", shape.str()});
        rows.throws<xg::ShapeError>("histogram", "weights of the shape " + shape.str() + " beside edges",
                                    [=] {
                                        return between(x, of({0, 1}), {.weights = xg::ones(shape)});
                                    },
                                    {"(3,)", shape.str()});
    }
    rows.gives("histogram", "NaN and infinities in a range",
               [=] {
                   return counts(of({1, kNan, kInf, -kInf, 2}), 2, {.low = 0, .high = 2});
               },
               {2}, {0, 2});
    rows.gives("histogram", "NaN and infinities between edges",
               [=] {
                   return between(of({1, kNan, kInf, -kInf, 2}), of({0, 1, 2}));
               },
               {2}, {0, 2});
    rows.gives("histogram", "no elements", [=] { return counts(xg::zeros({0}), 2); }, {2}, {0, 0});
    rows.gives("histogram", "no elements, the edges", [] { return xg::histogram(xg::zeros({0}), 2).edges; }, {3},
               {0, 0.5, 1});
    rows.gives("histogram", "the density of no elements", [=] { return counts(xg::zeros({0}), 2, {.density = true}); },
               {2}, {kNan, kNan});
    rows.gives("histogram", "equal elements, the edges",
               [] {
                   return xg::histogram(of({3, 3}), 2).edges;
               },
               {3}, {2.5, 3, 3.5});
    rows.gives("histogram", "edges that are equal", [=] { return between(of({1, 2, 3}), of({1, 1, 3})); }, {2}, {0, 3});
    rows.gives("histogram", "weights of NaN",
               [=] {
                   return counts(of({0, 1}), 2, {.weights = of({kNan, 1})});
               },
               {2}, {kNan, 1});
    rows.gives("histogram", "bools", [=] { return counts(xg::tensor({true, false, true}), 2); }, {2}, {1, 2});
}

}  // namespace

void bad_counts(BadInputs& rows) {
    searchsorted(rows);
    unique(rows);
    bincount(rows);
    histogram(rows);
}
