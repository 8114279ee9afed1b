// Reductions that come after sum, mean, max and min, given what they cannot take.

#include <cmath>
#include <limits>

#include "bad_row_makers.hpp"

using bad::of;
using xg::Tensor;

namespace {

/// What a reduction is of no elements.
void of_none(BadInputs& rows, const std::string& name, bad::Reduction f, double value) {
    rows.gives(name, "no elements", [f] { return f(xg::ones({0}), {}, false); }, {}, {value});
    rows.gives(name, "no elements along an axis", [f] { return f(xg::ones({2, 0}), 1, true); }, {2, 1}, {value, value});
}

/// Bools whose results, one for each, cannot be addressed.
void too_many_results(BadInputs& rows, const std::string& name, bad::Reduction f) {
    rows.throws<xg::ShapeError>(name, "too many results",
                                [f] {
                                    return f(bad::too_wide({std::int64_t{1} << 62, 1}), 1, false);
                                },
                                {"(4611686018427387904, 1)"});
}

void sums(BadInputs& rows) {
    bad::axes(rows, "nansum", xg::nansum);
    of_none(rows, "nansum", xg::nansum, 0);
    too_many_results(rows, "nansum", xg::nansum);
    bad::axes(rows, "nanmean", xg::nanmean);
    of_none(rows, "nanmean", xg::nanmean, kNan);
    too_many_results(rows, "nanmean", xg::nanmean);
    const Tensor x = xg::tensor({{kNan, kNan, kNan}, {kNan, 1.0, 3.0}, {kNan, kInf, 1.0}, {kInf, -kInf, kNan}});
    rows.gives("nansum", "NaN and infinities", [x] { return xg::nansum(x, 1); }, {4}, {0, 4, kInf, kNan});
    rows.gives("nanmean", "NaN and infinities", [x] { return xg::nanmean(x, 1); }, {4}, {kNan, 2, kInf, kNan});
    rows.gives("nansum", "bools", [] { return xg::nansum(xg::tensor({true, true})); }, {}, {2});
    rows.gives("nanmean", "integers", [] { return xg::nanmean(xg::tensor({1, 2})); }, {}, {1.5});

    bad::reduction(rows, "prod", xg::prod, -kInf);
    of_none(rows, "prod", xg::prod, 1);
    too_many_results(rows, "prod", xg::prod);
    rows.gives("prod", "0 beside infinity", [] { return xg::prod(of({0, kInf})); }, {}, {kNan});
    rows.gives("prod", "bools, over two of three axes",
               [] {
                   return xg::prod(xg::ones({2, 3, 2}, {.dtype = xg::boolean}), {0, -1});
               },
               {3}, {1, 1, 1});
    bad::reduction(rows, "logsumexp", xg::logsumexp, kInf);
    of_none(rows, "logsumexp", xg::logsumexp, -kInf);
    too_many_results(rows, "logsumexp", xg::logsumexp);
    for (const bool columns : {false, true})
        rows.gives("logsumexp", "infinities alone, NaN, and numbers whose exp overflows",
                   [columns] {
                       const Tensor pairs =
                           xg::tensor({{-kInf, -kInf}, {kInf, kInf}, {kInf, kNan}, {1e30, 1e30}, {-kInf, 3.0}});
                       return columns ? xg::logsumexp(pairs.transpose(), 0) : xg::logsumexp(pairs, 1);
                   },
                   {5}, {-kInf, kInf, kNan, 1e30, 3});
}

void moments(BadInputs& rows) {
    const auto var = [](const Tensor& x, const xg::Axes& axes, bool keepdims) {
        return xg::var(x, axes, {.keepdims = keepdims});
    };
    const auto std = [](const Tensor& x, const xg::Axes& axes, bool keepdims) {
        return xg::std(x, axes, {.keepdims = keepdims});
    };
    const auto with = [](double correction, const std::vector<double>& values) {
        return xg::stack(
            {xg::var(of(values), {}, {.correction = correction}), xg::std(of(values), {}, {.correction = correction})});
    };
    for (const auto& [name, f] : {std::pair<const char*, bad::Reduction>("var", var), {"std", std}}) {
        bad::reduction(rows, name, f, kNan);
        of_none(rows, name, f, kNan);
        too_many_results(rows, name, f);
        rows.gives(name, "one element", [f = f] { return f(xg::ones({1}), {}, false); }, {}, {kNan});
        rows.gives(name, "rank 0", [f = f] { return f(xg::ones({}), {}, false); }, {}, {kNan});
        rows.gives(name, "numbers whose squares overflow",
                   [f = f] {
                       return f(of({1e30, 1e30, 1e30}), {}, false);
                   },
                   {}, {0});
    }
    // Both, of two elements.
    rows.gives("var", "as great a correction as there are elements",
               [with] {
                   return with(2, {1, 2});
               },
               {2}, {kInf, kInf});
    rows.gives("var", "a greater correction", [with] { return with(1e300, {1, 2}); }, {2}, {kInf, kInf});
    rows.gives("var", "a correction too great for elements that are equal",
               [with] {
                   return with(3, {1, 1});
               },
               {2}, {kNan, kNan});
    rows.gives("var", "a negative correction", [with] { return with(-2, {1, 3}); }, {2}, {0.5, std::sqrt(0.5)});
    rows.gives("var", "corrections of infinity",
               [with] {
                   return xg::concat({with(kInf, {1, 2}), with(-kInf, {1, 2})});
               },
               {4}, {kInf, kInf, 0, 0});
    rows.gives("var", "a correction of NaN", [with] { return with(kNan, {1, 2}); }, {2}, {kNan, kNan});
}

void truth(BadInputs& rows) {
    bad::axes(rows, "any", xg::any);
    of_none(rows, "any", xg::any, 0);
    too_many_results(rows, "any", xg::any);
    bad::axes(rows, "all", xg::all);
    of_none(rows, "all", xg::all, 1);
    too_many_results(rows, "all", xg::all);
    bad::axes(rows, "count_nonzero", xg::count_nonzero);
    of_none(rows, "count_nonzero", xg::count_nonzero, 0);
    too_many_results(rows, "count_nonzero", xg::count_nonzero);
    // NaN is not 0.
    const Tensor x = xg::tensor({{kNan, kInf}, {kNan, 0.0}, {-0.0, 0.0}});
    rows.gives("any", "NaN, infinity and -0", [x] { return xg::any(x, 1); }, {3}, {1, 1, 0});
    rows.gives("all", "NaN, infinity and -0", [x] { return xg::all(x, 1); }, {3}, {1, 0, 0});
    rows.gives("count_nonzero", "NaN, infinity and -0", [x] { return xg::count_nonzero(x, 1); }, {3}, {2, 1, 0});

    for (const auto& [name, f, at] : {std::tuple("argmax", &xg::argmax, 2.0), std::tuple("argmin", &xg::argmin, 1.0)}) {
        bad::axes(rows, name, f);
        too_many_results(rows, name, f);
        rows.throws<xg::ShapeError>(name, "no elements", [f = f] { return f(xg::ones({0}), {}, false); },
                                    {"no elements", "(0,)"});
        rows.throws<xg::ShapeError>(name, "no elements along an axis",
                                    [f = f] {
                                        return f(xg::ones({2, 0}), 1, false);
                                    },
                                    {"no elements", "(2, 0)"});
        for (const bool columns : {false, true})
            rows.gives(name, "the first NaN, and infinities",
                       [f = f, columns] {
                           const Tensor x = xg::tensor({{1.0, -kInf, kInf, 2.0}, {1.0, kInf, kNan, kNan}});
                           return columns ? f(x.transpose(), 0, false) : f(x, 1, false);
                       },
                       {2}, {at, 2});
    }
    rows.gives("argmax", "-inf alone, the least integer, and bools",
               [] {
                   const Tensor least = xg::full({2}, std::numeric_limits<std::int64_t>::min(), {.dtype = xg::int64});
                   return xg::stack(
                       {xg::argmax(of({-kInf, -kInf})), xg::argmax(least), xg::argmax(xg::tensor({false, true}))});
               },
               {3}, {0, 0, 1});
}

void norm(BadInputs& rows) {
    const auto euclidean = [](const Tensor& x, const xg::Axes& axes, bool keepdims) {
        return xg::norm(x, 2, axes, keepdims);
    };
    bad::reduction(rows, "norm", euclidean, kInf);
    too_many_results(rows, "norm", euclidean);
    rows.throws<xg::ValueError>("norm", "a power of NaN", [] { return xg::norm(xg::ones({2}), kNan); }, {"NaN"});
    for (const double p : {-1.0, kInf, -kInf}) {
        rows.throws<xg::ShapeError>("norm", "no elements", [p] { return xg::norm(xg::ones({0}), p); },
                                    {"no elements", "(0,)"});
        rows.throws<xg::ShapeError>("norm", "no elements along an axis",
                                    [p] {
                                        return xg::norm(xg::ones({2, 0}), p, 1);
                                    },
                                    {"no elements", "(2, 0)"});
    }
    for (const double p : {0.0, 0.5, 1.0, 2.0, 3.0})
        rows.gives("norm", "no elements", [p] { return xg::norm(xg::ones({2, 0}), p, 1); }, {2}, {0, 0});
    // Powers, and what they make of numbers: NumPy's.
    const std::pair<double, std::vector<double>> cases[] = {
        {0, {2, 2, 2, 2, 1}},
        {0.5, {kNan, kInf, kInf, kNan, 3}},
        {1, {kNan, kInf, kInf, kNan, 3}},
        {2, {kNan, kInf, kInf, kNan, 3}},
        {3, {kNan, kInf, kInf, kNan, 3}},
        {kInf, {kNan, kInf, kInf, kNan, 3}},
        {-1, {kNan, 1, kInf, kNan, 0}},
        {-kInf, {kNan, 1, kInf, kNan, 0}},
    };
    for (const auto& [p, expected] : cases)
        for (const xg::DType dtype : {xg::float32, xg::float64})
            rows.gives(
                "norm", "zeros, NaN and infinities with p = " + std::to_string(p),
                [p = p, dtype] {
                    const Tensor pairs =
                        xg::tensor({{1.0, kNan}, {kInf, 1.0}, {-kInf, kInf}, {kInf, kNan}, {0.0, -3.0}});
                    return xg::norm(pairs.to(dtype), p, 1);
                },
                {5}, expected);
    rows.gives(
        "norm", "numbers whose squares overflow or vanish",
        [] {
            return xg::stack({xg::norm(of({3e200, 4e200}, xg::float64)), xg::norm(of({3e-200, 4e-200}, xg::float64))});
        },
        {2}, {5e200, 5e-200});
    rows.gives(
        "norm", "bools and integers",
        [] {
            return xg::stack({xg::norm(xg::tensor({true, false, true, true, true})), xg::norm(xg::tensor({-3, 4}))});
        },
        {2}, {2, 5});
}

void cosine_similarity(BadInputs& rows) {
    const auto similarity = [](const Tensor& a, const Tensor& b) { return xg::cosine_similarity(a, b, 0); };
    bad::mismatched(rows, "cosine_similarity", similarity);
    rows.throws<xg::ValueError>("cosine_similarity", "an undefined tensor first",
                                [=] { return similarity({}, xg::ones({2})); }, {"undefined"});
    rows.throws<xg::ValueError>("cosine_similarity", "an undefined tensor last",
                                [=] { return similarity(xg::ones({2}), {}); }, {"undefined"});
    for (const std::int64_t axis : {std::int64_t{2}, std::int64_t{-3}, std::numeric_limits<std::int64_t>::min()})
        rows.throws<xg::ShapeError>("cosine_similarity", "an axis too far",
                                    [axis] {
                                        return xg::cosine_similarity(xg::ones({2, 3}), xg::ones({3}), axis);
                                    },
                                    {"axis " + std::to_string(axis), "(2, 3)"});
    rows.throws<xg::ShapeError>("cosine_similarity", "rank 0", [=] { return similarity(Tensor(1), Tensor(2)); },
                                {"axis 0", "()"});
    rows.throws<xg::ShapeError>("cosine_similarity", "rank 1 without an axis",
                                [] { return xg::cosine_similarity(xg::ones({3}), xg::ones({3})); }, {"axis 1", "(3,)"});
    rows.gives("cosine_similarity", "vectors without elements",
               [] {
                   return xg::cosine_similarity(xg::ones({2, 0}), xg::ones({2, 0}));
               },
               {2}, {0, 0});
    rows.gives("cosine_similarity", "no vectors",
               [] {
                   return xg::cosine_similarity(xg::ones({0, 3}), xg::ones({1, 3}));
               },
               {0}, {});
    rows.gives("cosine_similarity", "zero vectors, NaN and infinities",
               [] {
                   const Tensor x = xg::tensor({{0.0, 0.0}, {kNan, 1.0}, {kInf, 1.0}});
                   return xg::cosine_similarity(x, xg::ones({2}));
               },
               {3}, {0, kNan, kNan});
    rows.gives("cosine_similarity", "a zero vector and nothing that keeps from dividing by 0",
               [] {
                   return xg::cosine_similarity(xg::zeros({1, 2}), xg::ones({1, 2}), 1, 0);
               },
               {1}, {kNan});
    rows.gives("cosine_similarity", "numbers whose squares overflow or vanish",
               [] {
                   return xg::cosine_similarity(xg::tensor({{3e30, 4e30}, {3e-30, 4e-30}}), of({1, 0}), 1, 0);
               },
               {2}, {0.6, 0.6});
    rows.gives("cosine_similarity", "integers beside bools",
               [=] {
                   return similarity(xg::tensor({3, 4}), xg::tensor({true, false}));
               },
               {}, {0.6});
}

}  // namespace

void bad_reductions(BadInputs& rows) {
    sums(rows);
    moments(rows);
    truth(rows);
    norm(rows);
    cosine_similarity(rows);
}
