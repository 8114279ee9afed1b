// Python's square brackets, given what they cannot take.

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
using Entries = std::vector<xg::IndexEntry>;
using Brackets = std::function<Tensor(const Tensor& x, const Entries& entries)>;

/// What reading and writing have in common.
void brackets(const Operation& op, const Brackets& f) {
    const Tensor x = xg::ones({2, 3}), two = xg::tensor({0, 1});
    const auto refuses = [&]<class E>(E* kind, const std::string& about, const Tensor& t, const Entries& entries,
                                      std::initializer_list<std::string> parts) {
        op.refuses(
            kind, about, [=] { return f(t, entries); }, parts);
    };
    op.refuses_undefined([=](const Tensor& t) { return f(t, {0}); });
    op.refuses_undefined([=](const Tensor& t) { return f(x, {t}); }, "index");
    refuses(index_error, "an entry of rank 0", xg::ones({}), {0}, {"1 axes", "()"});
    refuses(index_error, "more entries than axes", x, {0, xg::Slice{}, 0}, {"3 axes", "(2, 3)"});
    refuses(index_error, "more arrays than axes", x, {two, xg::Ellipsis{}, two, two}, {"3 axes", "(2, 3)"});
    refuses(index_error, "a mask of more axes", x, {xg::ones({2, 3, 1}, {.dtype = xg::boolean})}, {"3 axes", "(2, 3)"});
    refuses(value_error, "two of Ellipsis", x, {xg::Ellipsis{}, xg::Ellipsis{}}, {"Ellipsis at most once"});
    refuses(value_error, "a step of 0", x, {xg::Slice{.step = 0}}, {"step other than 0"});
    for (const std::int64_t bad : {std::int64_t{3}, std::int64_t{-4}, bad_rows::kLeast, bad_rows::kMost}) {
        const std::string text = "index " + std::to_string(bad);
        refuses(index_error, text, x, {xg::Ellipsis{}, bad}, {text, "axis 1", "(2, 3)"});
        const Tensor array = xg::full({2}, bad, i64);
        refuses(index_error, text + " in an array", x, {xg::Slice{}, array}, {text, "axis 1", "(2, 3)"});
        refuses(index_error, text + " in one of two arrays", x, {two, array}, {text, "axis 1", "(2, 3)"});
        refuses(index_error, text + " beside an array", x, {two, bad}, {text, "axis 1", "(2, 3)"});
        refuses(index_error, text + " in the second of arrays apart", xg::ones({2, 1, 3}), {two, xg::Slice{}, array},
                {text, "axis 2", "(2, 1, 3)"});
    }
    refuses(index_error, "a number for an axis of no elements", xg::ones({0, 3}), {0}, {"index 0", "axis 0", "(0, 3)"});
    refuses(index_error, "an array for an axis of no elements", xg::ones({0, 3}), {two},
            {"index 0", "axis 0", "(0, 3)"});
    for (const xg::Shape& bad : {xg::Shape{3}, xg::Shape{1}, xg::Shape{2, 2}, xg::Shape{3, 2}})
        refuses(index_error, "a mask of shape " + bad.str(), x, {xg::ones(bad, {.dtype = xg::boolean})},
                {"mask of shape", "axis 0", "(2, 3)", bad.str()});
    refuses(shape_error, "arrays that do not broadcast", x, {two, xg::tensor({0, 1, 2})},
            {"(2,)", "(3,)", "broadcast"});
    refuses(shape_error, "a mask beside an array that does not broadcast", x,
            {xg::tensor({true, true}), xg::tensor({0, 1, 2})}, {"(2,)", "(3,)", "broadcast"});
    for (const xg::DType type : {xg::float32, xg::float64})
        refuses(dtype_error, std::string("an index of ") + xg::name(type), x, {xg::zeros({2}, {.dtype = type})},
                {"int64", xg::name(type)});
}

}  // namespace

void bad_brackets(BadInputs& rows) {
    const Operation read(rows, "index"), write(rows, "index_put");
    const Tensor x = xg::arange(0, 6, 1, {.dtype = xg::float32}).reshape({2, 3}), none = xg::zeros({0}, i64);
    brackets(read, xg::index);
    for (const bool accumulate : {false, true}) {
        const auto put = [accumulate](const Tensor& t, const Entries& entries, const Tensor& values) {
            return xg::index_put(t, entries, values, accumulate);
        };
        brackets(write, [=](const Tensor& t, const Entries& entries) { return put(t, entries, xg::ones({})); });
        // Of a regular part, and of what arrays name.
        for (const Entries& entries :
             {Entries{xg::Slice{}, xg::Slice{0, 2}}, Entries{xg::tensor({0, 1}), xg::Slice{0, 2}}}) {
            write.refuses_undefined([=](const Tensor& v) { return put(x, entries, v); }, "value");
            write.refuses_dtypes([=](const Tensor& v) { return put(x, entries, v); }, {}, {xg::float64, xg::int64});
            write.refuses_shapes([=](const Tensor& v) { return put(x, entries, v); },
                                 {{3}, {3, 1}, {1, 2, 2}, {0}, {2, 0}}, "do not broadcast to (2, 2)");
        }
        write.gives("into no elements",
                    [=] {
                        return put(xg::ones({0, 2}), {xg::Ellipsis{}, 0}, xg::ones({}));
                    },
                    {0, 2}, {});
        write.gives("by no indices", [=] { return put(x, {none}, xg::ones({0, 3})); }, {2, 3}, {0, 1, 2, 3, 4, 5});
        write.gives("by a mask that holds nowhere",
                    [=] {
                        return put(x, {xg::zeros({2, 3}, {.dtype = xg::boolean})}, xg::full({}, kNan));
                    },
                    {2, 3}, {0, 1, 2, 3, 4, 5});
        write.gives("NaN and infinity",
                    [=] {
                        return put(of({1, 2, kInf}), {xg::Slice{1}}, of({kNan, -kInf}));
                    },
                    {3}, {1, kNan, accumulate ? kNan : -kInf});
    }
    read.gives("no entries", [=] { return xg::index(x, {}); }, {2, 3}, {0, 1, 2, 3, 4, 5});
    read.gives("by no indices", [=] { return xg::index(x, {xg::Slice{}, none}); }, {2, 0}, {});
    read.gives("nothing by no indices", [=] { return xg::index(xg::ones({0, 3}), {none}); }, {0, 3}, {});
    read.gives("bounds far outside and the wrong way round",
               [=] {
                   return xg::index(x, {xg::Slice{bad_rows::kLeast, bad_rows::kMost, bad_rows::kMost},
                                        xg::Slice{2, bad_rows::kLeast, bad_rows::kLeast}});
               },
               {1, 1}, {2});
    read.gives("a slice of nothing", [=] { return xg::index(x, {xg::Slice{2, 1}}); }, {0, 3}, {});
    read.gives("a mask of rank 0 that holds, and that does not",
               [=] {
                   return xg::concat({xg::index(x, {xg::tensor(true)}), xg::index(x, {xg::tensor(false)})});
               },
               {1, 2, 3}, {0, 1, 2, 3, 4, 5});
    read.refuses(shape_error, "a result that overflows",
                 [=] {
                     const Tensor empty = xg::broadcast_to(xg::zeros({0, 1}, i64), {0, kHuge});
                     return xg::index(bad_rows::wide({2, kHuge}), {empty});
                 },
                 {"(0, 1099511627776, 1099511627776)"});
}
