#include "bad_row_makers.hpp"

#include <limits>

using xg::Tensor;

namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

template <class F>
void refuses_axes(BadInputs& rows, const std::string& name, F f) {
    for (const std::int64_t axis : {std::int64_t{2}, std::int64_t{-3}, kLeast})
        rows.throws<xg::ShapeError>(name, "axis " + std::to_string(axis),
                                    [f, axis] {
                                        return f(xg::ones({2, 3}), axis);
                                    },
                                    {"axis " + std::to_string(axis), "(2, 3)"});
}

}  // namespace

namespace bad {

Tensor of(const std::vector<double>& values, xg::DType dtype) {
    return xg::from_data(values, {static_cast<std::int64_t>(values.size())}, {.dtype = dtype});
}

Tensor too_wide(const xg::Shape& shape) { return xg::broadcast_to(Tensor(true), shape); }

void undefined_and_empty(BadInputs& rows, const std::string& name, Unary f) {
    rows.throws<xg::ValueError>(name, "an undefined tensor", [f] { return f({}); }, {"undefined"});
    rows.gives(name, "no elements", [f] { return f(xg::zeros({2, 0, 3})); }, {2, 0, 3}, {});
    rows.gives(name, "no elements, of int64", [f] { return f(xg::zeros({0}, {.dtype = xg::int64})); }, {0}, {});
}

void unary(BadInputs& rows, const std::string& name, Unary f) {
    undefined_and_empty(rows, name, f);
    rows.gives(name, "NaN", [f] { return f(of({kNan, kNan})); }, {2}, {kNan, kNan});
    rows.gives(name, "NaN, one of many, transposed",
               [f] {
                   return xg::not_equal(f(of({1, 1, kNan, 1}).reshape({2, 2}).transpose()), 1e30).to(xg::int64);
               },
               {2, 2}, {1, 1, 1, 1});
}

void at_ends(BadInputs& rows, const std::string& name, Unary f, const std::vector<double>& expected) {
    for (const xg::DType dtype : {xg::float32, xg::float64})
        rows.gives(
            name, std::string("infinities, -1 and 0 of ") + xg::name(dtype),
            [f, dtype] {
                return f(of({-kInf, kInf, -1, 0}, dtype));
            },
            {4}, expected);
    rows.gives(name, "-1 and 0 of int64", [f] { return f(xg::tensor({-1, 0})); }, {2}, {expected[2], expected[3]});
}

void refuses_bool(BadInputs& rows, const std::string& name, Unary f) {
    rows.throws<xg::DTypeError>(name, "bool", [f] { return f(xg::tensor({true, false})); }, {"bool"});
}

void function(BadInputs& rows, const std::string& name, Unary f, const std::vector<double>& expected) {
    unary(rows, name, f);
    at_ends(rows, name, f, expected);
    rows.gives(name, "bool", [f] { return f(xg::tensor({false})); }, {1}, {expected[3]});
    rows.throws<xg::ShapeError>(name, "bools that are too many as numbers", [f] { return f(too_wide()); },
                                {"(4611686018427387904,)"});
}

void mismatched(BadInputs& rows, const std::string& name, Binary f) {
    rows.throws<xg::ShapeError>(name, "shapes that do not broadcast",
                                [f] {
                                    return f(xg::ones({2, 3}), xg::ones({4}));
                                },
                                {"(2, 3)", "(4,)", "broadcast"});
    rows.throws<xg::ShapeError>(name, "shapes that differ in front",
                                [f] {
                                    return f(xg::ones({2, 3}), xg::ones({3, 3}));
                                },
                                {"(2, 3)", "(3, 3)"});
    rows.throws<xg::ShapeError>(name, "no elements beside two", [f] { return f(xg::ones({0}), xg::ones({2})); },
                                {"(0,)", "(2,)"});
    rows.throws<xg::ShapeError>(name, "a shape that overflows",
                                [f] {
                                    const Tensor one = xg::ones({1, 1});
                                    return f(xg::broadcast_to(one, {kHuge, 1}), xg::broadcast_to(one, {1, kHuge}));
                                },
                                {"(1099511627776, 1099511627776)"});
}

void broadcasting(BadInputs& rows, const std::string& name, Binary f) {
    mismatched(rows, name, f);
    rows.gives(name, "no elements beside one", [f] { return f(xg::ones({3, 0}), xg::ones({1})); }, {3, 0}, {});
}

void binary(BadInputs& rows, const std::string& name, Binary f) {
    rows.throws<xg::ValueError>(name, "an undefined tensor first", [f] { return f({}, xg::ones({2})); }, {"undefined"});
    rows.throws<xg::ValueError>(name, "an undefined tensor last", [f] { return f(xg::ones({2}), {}); }, {"undefined"});
    broadcasting(rows, name, f);
}

void arithmetic(BadInputs& rows, const std::string& name, Binary f, const std::vector<double>& expected) {
    binary(rows, name, f);
    for (const xg::DType dtype : {xg::float32, xg::float64})
        rows.gives(
            name, std::string("NaN on either side, and infinities, of ") + xg::name(dtype),
            [f, dtype] {
                return f(of({kNan, 1, kInf, kInf, -1}, dtype), of({1, kNan, kInf, -kInf, 0}, dtype));
            },
            {5}, expected);
}

void refuses_wide(BadInputs& rows, const std::string& name, Binary f) {
    rows.throws<xg::ShapeError>(name, "bools that are too many as numbers, first",
                                [f] { return f(too_wide(), xg::ones({1})); }, {"(4611686018427387904,)"});
    rows.throws<xg::ShapeError>(name, "bools that are too many as numbers, last",
                                [f] { return f(xg::ones({1}), too_wide()); }, {"(4611686018427387904,)"});
}

void refuses_bools(BadInputs& rows, const std::string& name, Binary f) {
    rows.throws<xg::DTypeError>(name, "two of bool",
                                [f] {
                                    return f(xg::tensor({true, false}), xg::tensor({true, true}));
                                },
                                {"bool"});
}

void axes(BadInputs& rows, const std::string& name, Reduction f) {
    rows.throws<xg::ValueError>(name, "an undefined tensor", [f] { return f({}, {}, false); }, {"undefined"});
    refuses_axes(rows, name, [f](const Tensor& x, std::int64_t axis) { return f(x, axis, false); });
    rows.throws<xg::ShapeError>(name, "an axis twice",
                                [f] {
                                    return f(xg::ones({2, 3}), {0, -2}, false);
                                },
                                {"axis -2", "twice", "(2, 3)"});
    rows.throws<xg::ShapeError>(name, "an axis of a tensor of rank 0", [f] { return f(xg::ones({}), 0, false); },
                                {"axis 0", "()"});
    rows.gives(name, "results for no elements to be reduced", [f] { return f(xg::ones({0, 3}), 1, false); }, {0}, {});
}

void reduction(BadInputs& rows, const std::string& name, Reduction f, double at_infinities) {
    axes(rows, name, f);
    rows.gives(name, "NaN", [f] { return f(xg::tensor({{1.0, kNan}, {2.0, 3.0}}), 1, true) * 0; }, {2, 1}, {kNan, 0});
    rows.gives(name, "infinities of both signs",
               [f] {
                   return f(xg::tensor({1.0, kInf, -kInf}), {}, false);
               },
               {}, {at_infinities});
}

void one_axis(BadInputs& rows, const std::string& name, AlongAxis f) {
    rows.throws<xg::ValueError>(name, "an undefined tensor", [f] { return f({}, 0); }, {"undefined"});
    refuses_axes(rows, name, f);
    for (const std::int64_t axis : {1, -2})
        rows.throws<xg::ShapeError>(name, "an axis that rank 0 has not", [f, axis] { return f(xg::ones({}), axis); },
                                    {"axis " + std::to_string(axis), "()"});
    for (const std::int64_t axis : {0, -1})
        rows.gives(name, "rank 0", [f, axis] { return f(xg::ones({}), axis).reshape({-1}) * 0; }, {1}, {0});
}

void along_axis(BadInputs& rows, const std::string& name, AlongAxis f) {
    one_axis(rows, name, f);
    for (const xg::Shape& shape : {xg::Shape{2, 0}, xg::Shape{0, 3}})
        rows.gives(name, "the shape " + shape.str(), [f, shape] { return f(xg::ones(shape), 1); }, shape, {});
    rows.throws<xg::ShapeError>(name, "bools that are too many as numbers", [f] { return f(too_wide(), 0); },
                                {"(4611686018427387904,)"});
}

}  // namespace bad
