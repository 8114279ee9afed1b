// Arrays put together of others or of themselves, given what cannot be.

#include "bad_operation.hpp"

using bad_rows::dtype_error;
using bad_rows::kLeast;
using bad_rows::kMost;
using bad_rows::of;
using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using bad_rows::wide;
using xg::Tensor;

namespace {

constexpr xg::TensorOptions i64{.dtype = xg::int64};

void stacks(BadInputs& rows) {
    const Operation op(rows, "stack");
    const Tensor x = xg::ones({2, 3});
    op.refuses(value_error, "nothing", [] { return xg::stack({}); }, {"at least one", "none"});
    op.refuses_undefined([x](const Tensor& t) { return xg::stack({x, t}); });
    for (const xg::Shape& other : {xg::Shape{}, xg::Shape{3}, xg::Shape{1, 3}, xg::Shape{3, 2}, xg::Shape{0, 3}})
        op.refuses(shape_error, "shapes that differ, (2, 3) and " + other.str(),
                   [=] {
                       return xg::stack({x, xg::ones(other)});
                   },
                   {"one shape", "(2, 3)", other.str()});
    for (const std::int64_t axis : {std::int64_t{3}, std::int64_t{-4}, kLeast, kMost})
        op.refuses(shape_error, "axis " + std::to_string(axis),
                   [=] {
                       return xg::stack({x, x}, axis);
                   },
                   {"axis " + std::to_string(axis), "(2, 2, 3)"});
    op.refuses(shape_error, "a result that overflows",
               [] {
                   const Tensor t = wide({kHuge, 1 << 20});
                   return xg::stack({t, t});
               },
               {"(2, 1099511627776, 1048576)"});
    op.gives("no elements", [] { return xg::stack({xg::ones({0}), xg::ones({0})}, 1); }, {0, 2}, {});
    op.gives("rank 0, NaN and infinity",
             [] {
                 return xg::stack({xg::full({}, kNan), xg::full({}, kInf)});
             },
             {2}, {kNan, kInf});
}

void rolls(BadInputs& rows) {
    const Operation op(rows, "roll");
    const Tensor x = xg::arange(0, 6).reshape({2, 3});
    op.refuses_undefined([](const Tensor& t) { return xg::roll(t, 1); });
    op.refuses_undefined([](const Tensor& t) { return xg::roll(t, 1, 0); });
    op.refuses_axes([](const Tensor& t, std::int64_t axis) { return xg::roll(t, 1, axis); });
    op.refuses(shape_error, "more shifts than axes",
               [=] {
                   return xg::roll(x, std::vector<std::int64_t>{1, 2}, std::vector<std::int64_t>{0});
               },
               {"(1, 2)", "(0,)", "(2, 3)"});
    op.refuses(shape_error, "axes without shifts",
               [=] { return xg::roll(x, std::vector<std::int64_t>{}, std::vector<std::int64_t>{0}); },
               {"()", "(0,)", "(2, 3)"});
    // The least number is 1 more than a multiple of 3, the greatest 1.
    op.gives("shifts far beyond the size", [=] { return xg::roll(x, kMost, 1); }, {2, 3}, {2, 0, 1, 5, 3, 4});
    op.gives("shifts far before the beginning", [=] { return xg::roll(x, kLeast, 1); }, {2, 3}, {2, 0, 1, 5, 3, 4});
    op.gives("no elements", [] { return xg::roll(xg::ones({3, 0}), 2, 1); }, {3, 0}, {});
    op.gives("rank 0", [] { return xg::roll(xg::full({}, kNan), 2); }, {}, {kNan});
}

using Repeat = std::function<Tensor(const Tensor& x, const xg::Shape& repeats)>;

void repetitions(const Operation& op, const Repeat& f) {
    const Tensor x = xg::ones({2, 3});
    op.refuses_undefined([=](const Tensor& t) { return f(t, {2}); });
    for (const xg::Shape& bad : {xg::Shape{2, -1}, xg::Shape{kLeast, 1}, xg::Shape{-1, 1, 1}})
        op.refuses(value_error, bad.str() + " times", [=] { return f(x, bad); }, {"at least 0", bad.str(), "(2, 3)"});
    op.refuses(shape_error, "an axis that overflows",
               [=] {
                   return f(x, {1, kMost});
               },
               {"(2, 3)", "(1, 9223372036854775807)", "too many elements"});
    op.refuses(shape_error, "axes that overflow together",
               [=] {
                   return f(x, {kHuge, kHuge});
               },
               {"(2199023255552, 3298534883328)"});
    op.refuses(shape_error, "nothing of a shape that overflows",
               [=] {
                   return f(x, {0, kHuge, kHuge});
               },
               {"(0, 2199023255552, 3298534883328)"});
    op.gives("no times", [=] { return f(x, {0, 2}); }, {0, 6}, {});
    op.gives("no elements", [=] { return f(xg::ones({0, 2}), {3, 2}); }, {0, 4}, {});
    op.gives("rank 0", [=] { return f(xg::full({}, kNan), {}); }, {}, {kNan});
    op.gives("NaN and infinity", [=] { return f(of({kNan, kInf}), {2, 1}); }, {2, 2}, {kNan, kInf, kNan, kInf});
}

void interleaved(BadInputs& rows) {
    const Operation op(rows, "repeat_interleave");
    const Tensor x = xg::ones({2, 3});
    const auto times = [](const Tensor& t, std::int64_t axis) { return xg::repeat_interleave(t, 2, axis); };
    const auto counts = [](const Tensor& t, std::int64_t axis) {
        return xg::repeat_interleave(t, xg::tensor({1, 1}), axis);
    };
    op.refuses_undefined([](const Tensor& t) { return xg::repeat_interleave(t, 2); });
    op.refuses_undefined([=](const Tensor& t) { return times(t, 0); });
    op.refuses_undefined([=](const Tensor& t) { return counts(t, 0); });
    op.refuses_axes(times);
    op.refuses_axes(counts);
    for (const std::int64_t bad : {std::int64_t{-1}, kLeast}) {
        const std::string got = "got " + std::to_string(bad);
        op.refuses(value_error, "all elements, " + got, [=] { return xg::repeat_interleave(x, bad); }, {got});
        op.refuses(value_error, "an axis, " + got, [=] { return xg::repeat_interleave(x, bad, 1); }, {got});
        op.refuses(value_error, "one of several, " + got,
                   [=] {
                       return xg::repeat_interleave(x, xg::from_data(std::vector<std::int64_t>{1, bad}, {2}), 0);
                   },
                   {got, "position 1"});
    }
    const auto by = [x](const Tensor& n) { return xg::repeat_interleave(x, n, 0); };
    op.refuses_undefined(by, "number");
    op.refuses_dtypes(by, {2}, {xg::float32, xg::boolean});
    op.refuses_shapes([=](const Tensor& n) { return by(n.to(xg::int64)); }, {{}, {1}, {3}, {1, 2}}, "shape (2,)");
    op.refuses(shape_error, "a result that overflows", [=] { return xg::repeat_interleave(x, kMost / 2, 1); },
               {"(2, 3, 4611686018427387903)"});
    op.refuses(shape_error, "numbers whose sum overflows", [=] { return by(xg::full({2}, kMost, i64)); },
               {"too many elements"});
    op.refuses(shape_error, "numbers whose sum is too large",
               [=] { return by(xg::full({2}, std::int64_t{1} << 61, i64)); }, {"(4611686018427387904, 3)"});
    op.gives("no times", [=] { return xg::repeat_interleave(x, 0); }, {0}, {});
    op.gives("each no times", [=] { return by(xg::zeros({2}, i64)); }, {0, 3}, {});
    op.gives("no elements", [] { return xg::repeat_interleave(xg::ones({0, 2}), 3, 1); }, {0, 6}, {});
    op.gives("no entries", [] { return xg::repeat_interleave(xg::ones({0, 2}), xg::zeros({0}, i64), 0); }, {0, 2}, {});
    op.gives("rank 0, NaN", [] { return xg::repeat_interleave(xg::full({}, kNan), 2); }, {2}, {kNan, kNan});
}

void grids(BadInputs& rows) {
    const Operation op(rows, "meshgrid");
    const auto first = [](const std::vector<Tensor>& vectors, const char* indexing = "ij") {
        return xg::meshgrid(vectors, indexing).at(0);
    };
    op.refuses(value_error, "nothing", [=] { return first({}); }, {"at least one", "none"});
    op.refuses_undefined([=](const Tensor& t) { return first({xg::ones({2}), t}); });
    op.refuses_shapes([=](const Tensor& t) { return first({xg::ones({2}), t}); }, {{2, 3}, {1, 1}, {0, 2}}, "vectors");
    for (const char* indexing : {"", "yx", "IJ", "xyz"})
        op.refuses(value_error, std::string("indexing \"") + indexing + '"',
                   [=] { return first({xg::ones({2})}, indexing); },
                   {"\"ij\" or \"xy\"", std::string("got \"") + indexing + '"'});
    op.refuses(shape_error, "a grid that overflows",
               [=] {
                   return first({wide({kHuge}), wide({kHuge})});
               },
               {"(1099511627776, 1099511627776)"});
    op.gives("no elements", [=] { return first({xg::ones({0}), xg::ones({2})}, "xy"); }, {2, 0}, {});
    op.gives("rank 0, NaN", [=] { return first({xg::full({}, kNan), xg::ones({2})}); }, {1, 2}, {kNan, kNan});
}

}  // namespace

void bad_joining(BadInputs& rows) {
    const Operation repeat(rows, "repeat"), tile(rows, "tile");
    stacks(rows);
    rolls(rows);
    repetitions(repeat, xg::repeat);
    repetitions(tile, xg::tile);
    for (const xg::Shape& bad : {xg::Shape{}, xg::Shape{2}})
        repeat.refuses(shape_error, "fewer numbers than axes",
                       [=] {
                           return xg::repeat(xg::ones({2, 3}), bad);
                       },
                       {"each axis", "(2, 3)", bad.str()});
    // NumPy's.
    tile.gives("fewer numbers than axes", [] { return xg::tile(xg::ones({1, 2}), {2}); }, {1, 4}, {1, 1, 1, 1});
    interleaved(rows);
    grids(rows);
}
