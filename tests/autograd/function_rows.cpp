#include "row_makers.hpp"

using namespace rows;

namespace {

/// `f` of numbers inside (low, high), of every shape, and at points of their own.
void on_interval(std::vector<Row>& rows, const std::string& name, xg::Tensor (*f)(const xg::Tensor&), double low,
                 double high, const std::vector<double>& points) {
    for (const xg::Shape& shape : kShapes) {
        // values() lie in [0.2, 2].
        const xg::Tensor x = (values(3, shape, true) - 0.1) * ((high - low) / 2) + low;
        rows.push_back({name, shape.str(), [f](const Inputs& in) { return f(in[0]); }, {x}});
    }
    rows.push_back({name,
                    "with steps",
                    [f](const Inputs& in) { return f(in[0].slice(1, 0, 4, 2).transpose()); },
                    {(values(4, {2, 4}, true) - 0.1) * ((high - low) / 2) + low}});
    at_points(rows, name, f, points);
}

void special_rows(std::vector<Row>& rows) {
    on_interval(rows, "erf", xg::erf, -2, 2, {-6, -0.01, 0, 1e-5, 6});
    on_interval(rows, "erfc", xg::erfc, -2, 2, {-6, -0.01, 0, 1e-5, 6});
    on_interval(rows, "lgamma", xg::lgamma, 0.5, 5, {-1.5, -0.3, 0.1, 1, 2, 30});
    on_interval(rows, "digamma", xg::digamma, 0.5, 5, {-1.5, -0.3, 0.2, 1.4616321449683622, 30});
    for (const std::int64_t n : {0, 1, 2, 3})
        one(
            rows, "polygamma", "order " + std::to_string(n), [n](const Inputs& in) { return xg::polygamma(n, in[0]); },
            xg::tensor({-1.45, -0.4, 0.8, 1.4616, 12.0}, support::f64));
    one(
        rows, "polygamma", "empty", [](const Inputs& in) { return xg::polygamma(1, in[0]); }, values(1, {0}));
}

void bound_rows(std::vector<Row>& rows) {
    const xg::Tensor x = xg::tensor({-9.0, -1.001, -0.999, 0.0, 0.999, 1.001, 9.0}, support::f64);
    one(
        rows, "clip", "two numbers", [](const Inputs& in) { return xg::clip(in[0], -1, 1); }, x);
    one(
        rows, "clip", "the least", [](const Inputs& in) { return xg::clip(in[0], -1.0); }, x);
    one(
        rows, "clip", "the greatest", [](const Inputs& in) { return xg::clip(in[0], {}, 1.0); }, x);
    one(
        rows, "clip", "the wrong way round", [](const Inputs& in) { return xg::clip(in[0], 1.0, -1); }, x);
    one(
        rows, "clip", "empty and transposed", [](const Inputs& in) { return xg::clip(in[0].transpose(), -1, 1); },
        values(1, {0, 3}));
    const xg::Tensor low = xg::tensor({-0.5, 0.3, -0.7}, support::f64), high = xg::tensor({{0.4}, {1.1}}, support::f64);
    rows.push_back({"clip",
                    "tensors",
                    [](const Inputs& in) { return xg::clip(in[0], in[1], in[2]); },
                    {values(2, {2, 3}), low, high}});
    rows.push_back({"clip",
                    "one tensor",
                    [](const Inputs& in) { return xg::clip(in[0], in[1], {}) * xg::clip(in[0], {}, in[1]); },
                    {values(2, {2, 3}), low}});
}

}  // namespace

std::vector<Row> function_rows() {
    std::vector<Row> rows;
    for (const char* test :
         {"logical_and", "logical_or", "logical_xor", "logical_not", "isnan", "isinf", "isfinite", "isclose"})
        rows.push_back({test, "bool result", nullptr, {}});
    on_interval(rows, "exp2", xg::exp2, -2, 2, {-1000, -30, 0, 8});
    on_interval(rows, "expm1", xg::expm1, -2, 2, {-700, -30, -1e-6, 0, 8});
    on_interval(rows, "log2", xg::log2, 0.1, 4, {0.01, 1, 1e6});
    on_interval(rows, "log10", xg::log10, 0.1, 4, {0.01, 1, 1e6});
    on_interval(rows, "log1p", xg::log1p, -0.9, 4, {-0.99, -1e-6, 0, 1e6});
    on_interval(rows, "sin", xg::sin, -4, 4, {-100, 0, 1.5707963267948966, 1000});
    on_interval(rows, "cos", xg::cos, -4, 4, {-100, 0, 1.5707963267948966, 1000});
    on_interval(rows, "tan", xg::tan, -1.3, 1.3, {-100, 0, 3.1415926535897931});
    on_interval(rows, "asin", xg::asin, -0.9, 0.9, {-0.99, 0, 0.99});
    on_interval(rows, "acos", xg::acos, -0.9, 0.9, {-0.99, 0, 0.99});
    on_interval(rows, "atan", xg::atan, -3, 3, {-1e4, 0, 1e4});
    on_interval(rows, "sinh", xg::sinh, -3, 3, {-8, 0, 8});
    on_interval(rows, "cosh", xg::cosh, -3, 3, {-8, 0, 8});
    on_interval(rows, "asinh", xg::asinh, -3, 3, {-1e4, 0, 1e4});
    on_interval(rows, "acosh", xg::acosh, 1.1, 4, {1.01, 1e4});
    on_interval(rows, "atanh", xg::atanh, -0.9, 0.9, {-0.99, 0, 0.99});
    on_interval(rows, "cbrt", xg::cbrt, -3, 3, {-1e6, -0.01, 0.01, 1e6});
    on_interval(rows, "rsqrt", xg::rsqrt, 0.1, 4, {0.01, 1e6});
    on_interval(rows, "reciprocal", xg::reciprocal, 0.1, 4, {-1e4, -0.01, 0.01, 1e4});
    for (const auto& [name, f] : std::vector<std::pair<std::string, xg::Tensor (*)(const xg::Tensor&)>>{
             {"floor", xg::floor}, {"ceil", xg::ceil}, {"round", xg::round}, {"trunc", xg::trunc}})
        on_interval(rows, name, f, 0.1, 0.4, {-7.3, -0.001, 0.001, 0.499, 0.501, 20.3});
    special_rows(rows);
    bound_rows(rows);

    binary(rows, "atan2", xg::atan2);
    binary(rows, "hypot", xg::hypot);
    binary(rows, "logaddexp", xg::logaddexp);
    binary(rows, "xlogy", xg::xlogy, true);
    rows.push_back(
        {"logaddexp",
         "far apart",
         [](const Inputs& in) { return xg::logaddexp(in[0], in[1]); },
         {xg::tensor({-800.0, 3.0, 700.0}, support::f64), xg::tensor({700.0, -900.0, 699.0}, support::f64)}});
    one(
        rows, "xlogy", "numbers", [](const Inputs& in) { return xg::xlogy(in[0], 2.5) * xg::xlogy(3, in[0]); },
        values(5, {2, 3}, true));
    // Off the jumps, where b divides a.
    for (const double sign : {-1.0, 1.0})
        rows.push_back({"remainder",
                        "broadcast, divisors of sign " + std::to_string(sign),
                        [](const Inputs& in) { return xg::remainder(in[0], in[1]); },
                        {xg::tensor({{-7.3, 5.1, 0.4}, {9.7, -0.2, 3.3}}, support::f64),
                         xg::tensor({1.7, 2.2, 0.9}, support::f64) * sign}});
    one(
        rows, "remainder", "numbers",
        [](const Inputs& in) { return xg::remainder(in[0], 1.5) * xg::remainder(7, in[0]); },
        xg::tensor({0.9, 2.2, -1.6}, support::f64));
    one(
        rows, "remainder", "empty", [](const Inputs& in) { return xg::remainder(in[0], 2); }, values(1, {0}));
    for (const double w : {-0.5, 0.0, 0.3, 0.5, 1.0, 1.5})
        rows.push_back({"lerp",
                        "weight " + std::to_string(w),
                        [w](const Inputs& in) { return xg::lerp(in[0], in[1], w); },
                        {values(1, {2, 1}), values(2, {3})}});
    rows.push_back({"lerp",
                    "weights",
                    [](const Inputs& in) { return xg::lerp(in[0], in[1].transpose(), in[2]); },
                    {values(1, {2, 3}), values(2, {3, 2}), values(3, {3})}});
    return rows;
}
