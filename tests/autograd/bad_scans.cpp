// Running sums, products and extrema, given what they cannot take.

#include <cmath>
#include <limits>

#include "bad_row_makers.hpp"

using bad::of;
using xg::Tensor;

namespace {

void differences(BadInputs& rows) {
    rows.throws<xg::ValueError>("diff", "an undefined tensor", [] { return xg::diff({}); }, {"undefined"});
    for (const std::int64_t axis : {std::int64_t{2}, std::int64_t{-3}, std::numeric_limits<std::int64_t>::min()})
        rows.throws<xg::ShapeError>("diff", "an axis too far",
                                    [axis] {
                                        return xg::diff(xg::ones({2, 3}), 1, axis);
                                    },
                                    {"axis " + std::to_string(axis), "(2, 3)"});
    rows.throws<xg::ShapeError>("diff", "rank 0", [] { return xg::diff(xg::ones({})); }, {"axis -1", "()"});
    for (const std::int64_t n : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()})
        rows.throws<xg::ValueError>("diff", "a negative count", [n] { return xg::diff(xg::ones({3}), n); },
                                    {"n >= 0", std::to_string(n)});
    rows.gives("diff", "more differences than elements",
               [] {
                   return xg::diff(xg::ones({2, 3}), kHuge, 0);
               },
               {0, 3}, {});
    rows.gives("diff", "no elements", [] { return xg::diff(xg::ones({0})); }, {0}, {});
    rows.gives("diff", "no differences of NaN", [] { return xg::diff(of({1, kNan}), 0); }, {2}, {1, kNan});
    rows.gives("diff", "NaN and infinities",
               [] {
                   return xg::diff(of({1, kNan, kInf, kInf, -kInf}));
               },
               {4}, {kNan, kNan, kNan, -kInf});
    rows.gives("diff", "bools", [] { return xg::diff(xg::tensor({true, false, false})); }, {2}, {1, 0});
}

/// Each element as a line of `n` equal neighbours, so that lines lie side by side.
Tensor in_columns(const std::vector<double>& values, std::int64_t n) {
    return xg::broadcast_to(of(values).reshape({-1, 1}), {static_cast<std::int64_t>(values.size()), n});
}

}  // namespace

void bad_scans(BadInputs& rows) {
    bad::along_axis(rows, "cumsum", xg::cumsum);
    bad::along_axis(rows, "cumprod", xg::cumprod);
    bad::along_axis(rows, "logcumsumexp", xg::logcumsumexp);
    bad::along_axis(rows, "cummax", [](const Tensor& x, std::int64_t axis) { return xg::cummax(x, axis).values; });
    bad::along_axis(rows, "cummin", [](const Tensor& x, std::int64_t axis) { return xg::cummin(x, axis).indices; });

    // The same scans along rows and along columns of three.
    const auto scan = [&](const std::string& name, const std::string& about, bad::AlongAxis f,
                          const std::vector<double>& values, const std::vector<double>& expected) {
        const auto n = static_cast<std::int64_t>(values.size());
        rows.gives(
            name, about, [=] { return f(of(values), 0); }, {n}, expected);
        rows.gives(
            name, about + ", in float64", [=] { return f(of(values, xg::float64), 0); }, {n}, expected);
        rows.gives(
            name, about + ", in columns", [=] { return f(in_columns(values, 3), 0).slice(1, 2, 3).reshape({-1}); }, {n},
            expected);
    };
    scan("cumsum", "infinities", xg::cumsum, {1, kInf, 1, -kInf, 1}, {1, kInf, kInf, kNan, kNan});
    scan("cumsum", "NaN", xg::cumsum, {1, kNan, 1}, {1, kNan, kNan});
    scan("cumprod", "0 and infinity", xg::cumprod, {2, 0, kInf, 1}, {2, 0, kNan, kNan});
    scan("cumprod", "NaN behind 0", xg::cumprod, {0, kNan, 0}, {0, kNan, kNan});
    scan("logcumsumexp", "infinities", xg::logcumsumexp, {-kInf, -kInf, 1, kInf, -kInf}, {-kInf, -kInf, 1, kInf, kInf});
    scan("logcumsumexp", "NaN", xg::logcumsumexp, {0, kNan, kInf}, {0, kNan, kNan});
    scan("logcumsumexp", "numbers whose exp overflows", xg::logcumsumexp, {1000, 1000}, {1000, 1000 + std::log(2.0)});

    const std::vector<double> mixed = {1, kNan, kInf, kNan, -kInf}, plain = {-kInf, 2, 2, kInf, kInf, 1};
    const auto max = [](const Tensor& x, std::int64_t axis) { return xg::cummax(x, axis).values; };
    const auto max_at = [](const Tensor& x, std::int64_t axis) { return xg::cummax(x, axis).indices; };
    const auto min = [](const Tensor& x, std::int64_t axis) { return xg::cummin(x, axis).values; };
    const auto min_at = [](const Tensor& x, std::int64_t axis) { return xg::cummin(x, axis).indices; };
    scan("cummax", "NaN", max, mixed, {1, kNan, kNan, kNan, kNan});
    scan("cummin", "NaN", min, mixed, {1, kNan, kNan, kNan, kNan});
    scan("cummax", "the positions of NaN", max_at, mixed, {0, 1, 1, 3, 3});
    scan("cummin", "the positions of NaN", min_at, mixed, {0, 1, 1, 3, 3});
    scan("cummax", "infinities", max, plain, {-kInf, 2, 2, kInf, kInf, kInf});
    scan("cummax", "positions of equals and infinities", max_at, plain, {0, 1, 2, 3, 4, 4});
    scan("cummin", "infinities", min, plain, std::vector<double>(6, -kInf));
    rows.gives("cummax", "the least integer, and bools",
               [] {
                   const Tensor least = xg::full({1}, std::numeric_limits<std::int64_t>::min(), {.dtype = xg::int64});
                   return xg::concat({xg::equal(xg::cummax(least, 0).values, least),
                                      xg::cummax(xg::tensor({false, true, false}), 0).values});
               },
               {4}, {1, 0, 1, 1});
    rows.gives("cumsum", "bools", [] { return xg::cumsum(xg::tensor({true, true, false}), 0); }, {3}, {1, 2, 2});
    rows.gives("cumprod", "bools", [] { return xg::cumprod(xg::tensor({true, true, false}), 0); }, {3}, {1, 1, 0});
    differences(rows);
}
