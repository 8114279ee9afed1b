// Logical operations and tests of single elements, given what they cannot take.

#include <limits>

#include "bad_row_makers.hpp"

using bad::of;
using xg::Tensor;

namespace {

/// A test at NaN, infinities, -0 and a subnormal number; integers and bools answer with `whole`.
void test(BadInputs& rows, const std::string& name, bad::Unary f, const std::vector<double>& expected, double whole) {
    bad::undefined_and_empty(rows, name, f);
    for (const xg::DType dtype : {xg::float32, xg::float64})
        rows.gives(
            name, std::string("NaN, infinities, -0 and a subnormal number of ") + xg::name(dtype),
            [f, dtype] {
                return f(of({kNan, -kNan, kInf, -kInf, -0.0, 1e-40}, dtype));
            },
            {6}, expected);
    rows.gives(name, "the least integer",
               [f] { return f(xg::full({1}, std::numeric_limits<std::int64_t>::min(), {.dtype = xg::int64})); }, {1},
               {whole});
    rows.gives(name, "bool", [f] { return f(xg::tensor({true})); }, {1}, {whole});
}

void closeness(BadInputs& rows) {
    bad::arithmetic(rows, "isclose", [](const Tensor& a, const Tensor& b) { return xg::isclose(a, b); },
                    {0, 0, 1, 0, 0});
    bad::refuses_wide(rows, "isclose", [](const Tensor& a, const Tensor& b) { return xg::isclose(a, b); });
    for (const double bad : {-1e-9, -kInf, kNan}) {
        rows.throws<xg::ValueError>("isclose", "a relative tolerance that is none",
                                    [bad] { return xg::isclose(xg::ones({2}), xg::ones({2}), {.rtol = bad}); },
                                    {"rtol", "negative",
                                     bad == -1e-9 ? "-1e-09"
                                     : bad < 0    ? "-inf"
                                                  : "nan"});
        rows.throws<xg::ValueError>("isclose", "an absolute tolerance that is none",
                                    [bad] { return xg::isclose(xg::ones({2}), xg::ones({2}), {.atol = bad}); },
                                    {"atol", "negative",
                                     bad == -1e-9 ? "-1e-09"
                                     : bad < 0    ? "-inf"
                                                  : "nan"});
    }
    rows.gives("isclose", "NaN that is to be near NaN, and infinities",
               [] {
                   return xg::isclose(of({kNan, kNan, kInf, -kInf}), of({kNan, 1, kInf, kInf}), {.equal_nan = true});
               },
               {4}, {1, 0, 1, 0});
    rows.gives("isclose", "an infinite tolerance beside infinities",
               [] {
                   return xg::isclose(of({1, kInf, kNan}), of({2, 1, 1}), {.atol = kInf});
               },
               {3}, {1, 0, 0});
    rows.gives("isclose", "integers that are one number in float64",
               [] {
                   const Tensor x = xg::full({2}, std::int64_t{1} << 53, {.dtype = xg::int64});
                   return xg::isclose(x, x + xg::tensor({0, 1}), {.rtol = 0, .atol = 0.5});
               },
               {2}, {1, 0});
    rows.gives("isclose", "integers whose difference overflows",
               [] {
                   using Limits = std::numeric_limits<std::int64_t>;
                   return xg::isclose(xg::full({1}, Limits::min(), {.dtype = xg::int64}),
                                      xg::full({1}, Limits::max(), {.dtype = xg::int64}), {.rtol = 0, .atol = 1e18});
               },
               {1}, {0});
    rows.gives("isclose", "bools",
               [] {
                   return xg::isclose(xg::tensor({true, false}), xg::tensor({true, true}));
               },
               {2}, {1, 0});
}

}  // namespace

void bad_logic(BadInputs& rows) {
    test(rows, "isnan", xg::isnan, {1, 1, 0, 0, 0, 0}, 0);
    test(rows, "isinf", xg::isinf, {0, 0, 1, 1, 0, 0}, 0);
    test(rows, "isfinite", xg::isfinite, {0, 0, 0, 0, 1, 1}, 1);
    test(rows, "logical_not", xg::logical_not, {0, 0, 0, 0, 1, 0}, 0);
    // All but 0 is true.
    bad::arithmetic(rows, "logical_and", xg::logical_and, {1, 1, 1, 1, 0});
    bad::arithmetic(rows, "logical_or", xg::logical_or, {1, 1, 1, 1, 1});
    bad::arithmetic(rows, "logical_xor", xg::logical_xor, {0, 0, 0, 0, 1});
    for (const auto& [name, f, expected] :
         {std::tuple("logical_and", &xg::logical_and, 0.0), std::tuple("logical_or", &xg::logical_or, 1.0),
          std::tuple("logical_xor", &xg::logical_xor, 1.0)})
        rows.gives(name, "bool beside integers and subnormal numbers",
                   [f = f] {
                       return xg::concat({f(xg::tensor({true}), xg::tensor({0})), f(of({1e-40}), xg::tensor({false}))});
                   },
                   {2}, {expected, expected});
    closeness(rows);
}
