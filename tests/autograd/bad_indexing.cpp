// Elements picked by indices and masks and put back, given what they cannot take.

#include "bad_operation.hpp"

using bad_rows::dtype_error;
using bad_rows::index_error;
using bad_rows::of;
using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using xg::Tensor;

namespace {

constexpr xg::TensorOptions i64{.dtype = xg::int64};

void picking(BadInputs& rows) {
    const Operation take(rows, "take"), select(rows, "index_select"), add(rows, "index_add");
    const Tensor x = xg::arange(0, 6, 1, {.dtype = xg::float32}).reshape({2, 3}), two = xg::tensor({0, 1});
    take.refuses_undefined([two](const Tensor& t) { return xg::take(t, two, 0); });
    take.refuses_undefined([two](const Tensor& t) { return xg::take(t, two); });
    take.refuses_axes([two](const Tensor& t, std::int64_t axis) { return xg::take(t, two, axis); });
    take.refuses_indices([x](const Tensor& i) { return xg::take(x, i, 1); }, {2, 2}, 3, "axis 1", "(2, 3)");
    take.refuses_indices([x](const Tensor& i) { return xg::take(x, i); }, {2}, 6, "out of range", "(6,)");
    take.refuses(dtype_error, "a mask", [x] { return xg::take(x, xg::tensor({true, false}), 0); }, {"int64", "bool"});
    take.refuses(index_error, "an index into nothing",
                 [two] {
                     return xg::take(xg::ones({3, 0}), two, 1);
                 },
                 {"index 0", "axis 1", "(3, 0)"});
    take.gives("no indices", [x] { return xg::take(x, xg::zeros({0, 2}, i64), 1); }, {2, 0, 2}, {});
    take.gives("no indices into nothing",
               [] {
                   return xg::take(xg::ones({3, 0}), xg::zeros({0}, i64), 1);
               },
               {3, 0}, {});
    take.gives("from both ends", [x] { return xg::take(x, xg::tensor({5, -6})); }, {2}, {5, 0});
    take.refuses(shape_error, "a result that overflows",
                 [] {
                     const Tensor none = xg::broadcast_to(xg::zeros({0, 1}, i64), {0, kHuge});
                     return xg::take(bad_rows::wide({2, kHuge}), none, 0);
                 },
                 {"(0, 1099511627776, 1099511627776)"});
    take.gives("NaN and infinity", [] { return xg::take(of({kNan, kInf, 1}), xg::tensor({1, 0})); }, {2}, {kInf, kNan});

    select.refuses_undefined([two](const Tensor& t) { return xg::index_select(t, 0, two); });
    select.refuses_axes([two](const Tensor& t, std::int64_t axis) { return xg::index_select(t, axis, two); });
    select.refuses_indices([x](const Tensor& i) { return xg::index_select(x, 1, i); }, {2}, 3, "axis 1", "(2, 3)");
    select.refuses_shapes([x](const Tensor& i) { return xg::index_select(x, 0, i.to(xg::int64)); }, {{1, 1}, {2, 0}},
                          "a vector of indices");
    select.gives("no indices", [x] { return xg::index_select(x, 0, xg::zeros({0}, i64)); }, {0, 3}, {});
    select.gives("NaN", [] { return xg::index_select(of({1, kNan}), 0, xg::tensor(-1)); }, {1}, {kNan});

    const auto adds = [x](const Tensor& i, const Tensor& src) { return xg::index_add(x, 0, i, src); };
    add.refuses_undefined([two](const Tensor& t) { return xg::index_add(t, 0, two, xg::ones({2, 3})); });
    add.refuses_undefined([=](const Tensor& src) { return adds(two, src); }, "source");
    add.refuses_axes([two](const Tensor& t, std::int64_t axis) {
        return xg::index_add(t, axis, two, xg::ones({2, 3}));
    });
    add.refuses_indices([=](const Tensor& i) { return adds(i, xg::ones({2, 3})); }, {2}, 2, "axis 0", "(2, 3)");
    add.refuses_shapes([=](const Tensor& src) { return adds(two, src); }, {{}, {3}, {1, 3}, {2, 2}, {2, 3, 1}},
                       "source of shape (2, 3)");
    add.refuses_shapes(
        [=](const Tensor& i) {
            return adds(i.to(xg::int64), xg::ones({2, 3}));
        },
        {{1, 2}, {2, 1}}, "a vector of indices");
    add.refuses_dtypes([=](const Tensor& src) { return adds(two, src); }, {2, 3}, {xg::float64, xg::int64});
    add.gives("no indices", [=] { return adds(xg::zeros({0}, i64), xg::ones({0, 3})); }, {2, 3}, {0, 1, 2, 3, 4, 5});
    add.gives("NaN and infinity for one place",
              [] {
                  return xg::index_add(of({1, 2}), 0, xg::tensor({0, -2}), of({kInf, -kInf}));
              },
              {2}, {kNan, 2});
}

using Gather = std::function<Tensor(const Tensor& x, std::int64_t axis, const Tensor& index)>;

void gathering(const Operation& op, bool broadcasts, const Gather& f) {
    const Tensor x = xg::arange(0, 6, 1, {.dtype = xg::float32}).reshape({2, 3}), zero = xg::zeros({1, 1}, i64);
    op.refuses_undefined([=](const Tensor& t) { return f(t, 0, zero); });
    op.refuses_axes(
        [=](const Tensor& t, std::int64_t axis) { return f(t, axis, t.shape().empty() ? xg::zeros({}, i64) : zero); });
    op.refuses_indices([=](const Tensor& i) { return f(x, 1, i); }, {2, 1}, 3, "axis 1", "(2, 3)");
    op.refuses_indices([=](const Tensor& i) { return f(x, 0, i); }, {4, 3}, 2, "axis 0", "(2, 3)");
    op.refuses_shapes([=](const Tensor& i) { return f(x, 0, i.to(xg::int64) * 0); }, {{}, {3}, {1, 2, 3}, {1, 4}},
                      "(2, 3)");
    op.refuses(index_error, "an index into nothing",
               [=] {
                   return f(xg::ones({0, 3}), 0, xg::zeros({1, 3}, i64));
               },
               {"index 0", "axis 0", "(0, 3)"});
    op.gives("no indices", [=] { return f(x, 1, xg::zeros({2, 0}, i64)); }, {2, 0}, {});
    op.gives("no indices into nothing", [=] { return f(xg::ones({2, 0}), 1, xg::zeros({2, 0}, i64)); }, {2, 0}, {});
    // NumPy's and PyTorch's answers.
    op.gives(
        "one index beside all", [=] { return f(x, 0, zero + 1); }, broadcasts ? xg::Shape{1, 3} : xg::Shape{1, 1},
        broadcasts ? std::vector<double>{3, 4, 5} : std::vector<double>{3});
    op.gives("NaN and infinity", [=] { return f(of({kNan, 1, kInf}), 0, xg::tensor({-1, 0})); }, {2}, {kInf, kNan});
}

using Put = std::function<Tensor(const Tensor& x, std::int64_t axis, const Tensor& index, const Tensor& src)>;

void putting(const Operation& op, const Put& f) {
    const Tensor x = xg::zeros({2, 3}), zero = xg::zeros({1, 1}, i64), one = xg::ones({1, 1});
    op.refuses_undefined([=](const Tensor& t) { return f(t, 0, zero, one); });
    op.refuses_undefined([=](const Tensor& src) { return f(x, 0, zero, src); }, "source");
    op.refuses_axes([=](const Tensor& t, std::int64_t axis) { return f(t, axis, zero, one); });
    op.refuses_indices([=](const Tensor& i) { return f(x, 1, i, xg::ones({2, 1})); }, {2, 1}, 3, "axis 1", "(2, 3)");
    op.refuses_indices([=](const Tensor& i) { return f(x, 0, i, xg::ones({1, 3})); }, {1, 3}, 2, "axis 0", "(2, 3)");
    op.refuses_shapes([=](const Tensor& i) { return f(x, 0, i.to(xg::int64), i); }, {{}, {3}, {1, 4}, {1, 2, 3}},
                      "rank of the shape (2, 3)");
    op.refuses_shapes(
        [=](const Tensor& src) {
            return f(x, 0, xg::zeros({2, 3}, i64), src);
        },
        {{}, {3}, {1, 3}, {2, 2}, {2, 3, 1}}, "(2, 3)");
    op.refuses_dtypes([=](const Tensor& src) { return f(x, 0, zero, src); }, {1, 1}, {xg::float64, xg::int64});
    op.refuses(index_error, "an index into nothing",
               [=] {
                   return f(xg::zeros({0, 3}), 0, xg::zeros({1, 3}, i64), xg::ones({1, 3}));
               },
               {"index 0", "axis 0", "(0, 3)"});
    op.gives("no indices",
             [=] {
                 return f(x, 0, xg::zeros({0, 3}, i64), xg::ones({5, 3}));
             },
             {2, 3}, {0, 0, 0, 0, 0, 0});
    op.gives("NaN in one place", [=] { return f(of({1, 2}), 0, xg::tensor({-1}), of({kNan, 5})); }, {2}, {1, kNan});
}

void masks(BadInputs& rows) {
    const Operation select(rows, "masked_select"), fill(rows, "masked_fill");
    const Tensor x = xg::ones({2, 3}), mask = xg::tensor({true, false, true});
    const auto fills = [](const Tensor& t, const Tensor& m) { return xg::masked_fill(t, m, 0.5); };
    const auto fills_of = [](const Tensor& t, const Tensor& m) { return xg::masked_fill(t, m, xg::full({}, 0.5)); };
    using Masked = std::function<Tensor(const Tensor&, const Tensor&)>;
    for (const auto& [op, f] : {std::pair(&select, Masked(xg::masked_select)), std::pair(&fill, Masked(fills)),
                                std::pair(&fill, Masked(fills_of))}) {
        op->refuses_undefined([=, f = f](const Tensor& t) { return f(t, mask); });
        op->refuses_undefined([=, f = f](const Tensor& m) { return f(x, m); }, "mask");
        op->refuses_dtypes([=, f = f](const Tensor& m) { return f(x, m); }, {2, 3}, {xg::float32, xg::int64});
        for (const xg::Shape& bad : {xg::Shape{2}, xg::Shape{3, 2}, xg::Shape{0, 3}})
            op->refuses(shape_error, "a mask of shape " + bad.str(),
                        [=, f = f] { return f(x, xg::ones(bad, {.dtype = xg::boolean})); }, {bad.str(), "(2, 3)"});
        op->refuses(shape_error, "shapes that overflow",
                    [f = f] {
                        return f(bad_rows::wide({kHuge, 1}), bad_rows::wide({1, kHuge}, xg::boolean));
                    },
                    {"(1099511627776, 1099511627776)"});
    }
    select.gives("nothing to select", [=] { return xg::masked_select(xg::ones({0}), xg::tensor({true})); }, {0}, {});
    select.gives("NaN and infinity", [=] { return xg::masked_select(of({kNan, 1, kInf}), mask); }, {2}, {kNan, kInf});
    fill.refuses_undefined([=](const Tensor& v) { return xg::masked_fill(x, mask, v); }, "value");
    fill.refuses_shapes([=](const Tensor& v) { return xg::masked_fill(x, mask, v); }, {{1}, {2, 3}, {0}}, "rank 0");
    for (const Tensor& number : {xg::full({}, 0.5), xg::full({}, kNan, support::f64)})
        fill.refuses(dtype_error, "a fraction among whole numbers",
                     [=] { return xg::masked_fill(x.to(xg::int64), mask, number); }, {"float", "int64"});
    fill.refuses(dtype_error, "a fraction as a number", [=] { return xg::masked_fill(x.to(xg::int64), mask, 0.5); },
                 {"int64"});
    fill.refuses(dtype_error, "2 as a bool", [=] { return xg::masked_fill(mask, mask, 2); }, {"int64", "bool"});
    fill.gives("nothing to fill", [=] { return xg::masked_fill(xg::ones({0}), xg::tensor({true}), 1); }, {0}, {});
    fill.gives("NaN over infinity, and infinity over NaN",
               [=] {
                   const Tensor bad = of({kInf, kNan, kNan});
                   return xg::masked_fill(xg::masked_fill(bad, mask, kNan), xg::logical_not(mask), kInf);
               },
               {3}, {kNan, kInf, kNan});

    const Operation nonzero(rows, "nonzero");
    nonzero.refuses_undefined([](const Tensor& t) { return xg::nonzero(t); });
    nonzero.gives("rank 0", [] { return xg::nonzero(xg::full({}, 5)); }, {1, 0}, {});
    nonzero.gives("rank 0, of 0", [] { return xg::nonzero(xg::zeros({})); }, {0, 0}, {});
    nonzero.gives("no elements", [] { return xg::nonzero(xg::ones({2, 0, 3})); }, {0, 3}, {});
    nonzero.gives("NaN, infinity and negative 0", [] { return xg::nonzero(of({-0.0, kNan, kInf})); }, {2, 1}, {1, 2});
}

void one_hot(BadInputs& rows) {
    const Operation op(rows, "one_hot");
    op.refuses_undefined([](const Tensor& i) { return xg::one_hot(i); });
    op.refuses_dtypes([](const Tensor& i) { return xg::one_hot(i); }, {2}, {xg::float32, xg::float64, xg::boolean});
    for (const std::int64_t bad : {std::int64_t{3}, std::int64_t{-1}, bad_rows::kLeast, bad_rows::kMost})
        op.refuses(index_error, "index " + std::to_string(bad),
                   [bad] {
                       return xg::one_hot(xg::full({2, 2}, bad, i64), 3);
                   },
                   {"index " + std::to_string(bad), "3 classes", "(2, 2)"});
    op.refuses(index_error, "a negative index without a number of classes",
               [] {
                   return xg::one_hot(xg::tensor({0, -1}));
               },
               {"index -1", "(2,)"});
    op.refuses(index_error, "more classes than can be counted",
               [] { return xg::one_hot(xg::full({1}, bad_rows::kMost, i64)); }, {"index 9223372036854775807", "(1,)"});
    for (const std::int64_t classes : {std::int64_t{0}, std::int64_t{-2}, bad_rows::kLeast})
        op.refuses(value_error, std::to_string(classes) + " classes",
                   [=] { return xg::one_hot(xg::tensor({0}), classes); },
                   {"at least 1 class", "got " + std::to_string(classes)});
    op.refuses(value_error, "neither indices nor classes", [] { return xg::one_hot(xg::zeros({0}, i64)); },
               {"at least 1 class", "no indices"});
    op.refuses(shape_error, "a result that overflows",
               [] {
                   return xg::one_hot(xg::zeros({1 << 20, 2}, i64), kHuge);
               },
               {"(1048576, 2, 1099511627776)"});
    op.gives("no indices", [] { return xg::one_hot(xg::zeros({0, 2}, i64), 3); }, {0, 2, 3}, {});
}

}  // namespace

void bad_indexing(BadInputs& rows) {
    picking(rows);
    gathering({rows, "gather"}, false, xg::gather);
    gathering({rows, "take_along_axis"}, true,
              [](const Tensor& x, std::int64_t axis, const Tensor& i) { return xg::take_along_axis(x, i, axis); });
    putting({rows, "scatter_add"}, xg::scatter_add);
    const auto scatter = [](const Tensor& x, std::int64_t axis, const Tensor& i, const Tensor& src) {
        return xg::scatter(x, axis, i, src);
    };
    putting({rows, "scatter"}, scatter);
    rows.throws<xg::ValueError>("scatter", "an undefined index beside a number",
                                [] { return xg::scatter(xg::ones({2}), 0, {}, 1); }, {"undefined"});
    rows.throws<xg::IndexError>("scatter", "an index too far, beside a number",
                                [] { return xg::scatter(xg::ones({2}), 0, xg::tensor({2}), 1); },
                                {"index 2", "axis 0", "(2,)"});
    masks(rows);
    one_hot(rows);
}
