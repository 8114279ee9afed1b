// What moves elements about and takes arrays apart, given what it cannot take.

#include "bad_operation.hpp"

using bad_rows::index_error;
using bad_rows::kLeast;
using bad_rows::kMost;
using bad_rows::of;
using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using xg::Tensor;

namespace {

void axes_as_one(BadInputs& rows) {
    const Operation flatten(rows, "flatten"), unflatten(rows, "unflatten"), squeeze(rows, "squeeze"),
        unsqueeze(rows, "unsqueeze");
    const Tensor x = xg::ones({2, 3});
    flatten.refuses_undefined([](const Tensor& t) { return xg::flatten(t); });
    for (const std::int64_t bad : {std::int64_t{2}, std::int64_t{-3}, kLeast, kMost}) {
        const std::string text = "axis " + std::to_string(bad);
        flatten.refuses(shape_error, text + " first", [=] { return xg::flatten(x, bad, 1); }, {text, "(2, 3)"});
        flatten.refuses(shape_error, text + " last", [=] { return xg::flatten(x, 0, bad); }, {text, "(2, 3)"});
        squeeze.refuses(shape_error, text, [=] { return xg::squeeze(x, bad); }, {text, "(2, 3)"});
    }
    flatten.refuses(shape_error, "axis 1 of rank 0", [] { return xg::flatten(xg::ones({}), 1, 1); }, {"axis 1", "()"});
    flatten.refuses(shape_error, "axes the wrong way round", [=] { return xg::flatten(x, 1, 0); },
                    {"1 and 0", "(2, 3)"});
    flatten.gives("rank 0", [] { return xg::flatten(xg::full({}, kNan)); }, {1}, {kNan});
    flatten.gives("no elements", [] { return xg::flatten(xg::ones({2, 0, 3}), 1); }, {2, 0}, {});

    const auto parts = [](const Tensor& t, std::int64_t axis) { return xg::unflatten(t, axis, {1, -1}); };
    unflatten.refuses_undefined([=](const Tensor& t) { return parts(t, 0); });
    unflatten.refuses_axes(parts);
    for (const xg::Shape& bad : {xg::Shape{}, xg::Shape{2}, xg::Shape{2, 3}, xg::Shape{-1, -1}, xg::Shape{-2, -2},
                                 xg::Shape{0, -1}, xg::Shape{3, -1}, xg::Shape{kHuge, kHuge}, xg::Shape{kMost, -1}})
        unflatten.refuses(shape_error, "parts " + bad.str(),
                          [bad] {
                              return xg::unflatten(xg::ones({3, 4}), 1, bad);
                          },
                          {"axis 1", "(3, 4)", bad.str()});
    unflatten.refuses(shape_error, "parts of nothing that overflow",
                      [] {
                          return xg::unflatten(xg::ones({0}), 0, {0, kHuge, kHuge});
                      },
                      {"(0, 1099511627776, 1099511627776)"});
    unflatten.refuses(shape_error, "an open part beside 0",
                      [] {
                          return xg::unflatten(xg::ones({0}), 0, {0, -1});
                      },
                      {"axis 0", "(0,)", "(0, -1)"});
    unflatten.gives("no elements", [] { return xg::unflatten(xg::ones({0, 2}), 0, {-1, 3}); }, {0, 3, 2}, {});

    squeeze.refuses_undefined([](const Tensor& t) { return xg::squeeze(t); });
    squeeze.refuses(shape_error, "an axis twice", [=] { return xg::squeeze(x, {0, -2}); }, {"axis -2", "twice"});
    squeeze.refuses(shape_error, "an axis of rank 0", [] { return xg::squeeze(xg::ones({}), 0); }, {"axis 0", "()"});
    squeeze.gives("rank 0", [] { return xg::squeeze(xg::full({}, kNan)); }, {}, {kNan});
    squeeze.gives("no elements", [] { return xg::squeeze(xg::ones({1, 0, 1})); }, {0}, {});
    squeeze.gives("an axis of another size", [=] { return xg::squeeze(x, 0); }, {2, 3}, {1, 1, 1, 1, 1, 1});

    unsqueeze.refuses_undefined([](const Tensor& t) { return xg::unsqueeze(t, 0); });
    for (const std::int64_t bad : {std::int64_t{3}, std::int64_t{-4}, kLeast, kMost})
        unsqueeze.refuses(shape_error, "axis " + std::to_string(bad), [=] { return xg::unsqueeze(x, bad); },
                          {"axis " + std::to_string(bad), "(2, 3)"});
    unsqueeze.refuses(shape_error, "an axis too far of rank 0", [] { return xg::unsqueeze(xg::ones({}), 1); },
                      {"axis 1", "()"});
    unsqueeze.gives("rank 0", [] { return xg::unsqueeze(xg::full({}, kNan), -1); }, {1}, {kNan});
    unsqueeze.gives("no elements", [] { return xg::unsqueeze(xg::ones({0}), -1); }, {0, 1}, {});

    using Atleast = Tensor (*)(const Tensor&);
    for (const auto& [name, f, of_one, of_none] :
         {std::tuple<const char*, Atleast, xg::Shape, xg::Shape>("atleast_1d", xg::atleast_1d, {1}, {0}),
          std::tuple<const char*, Atleast, xg::Shape, xg::Shape>("atleast_2d", xg::atleast_2d, {1, 1}, {1, 0}),
          std::tuple<const char*, Atleast, xg::Shape, xg::Shape>("atleast_3d", xg::atleast_3d, {1, 1, 1}, {1, 0, 1})}) {
        const Operation op(rows, name);
        op.refuses_undefined(f);
        op.gives("rank 0", [f = f] { return f(xg::full({}, kNan)); }, of_one, {kNan});
        op.gives("no elements", [f = f] { return f(xg::ones({0})); }, of_none, {});
        op.gives("a higher rank", [f = f] { return f(xg::ones({1, 0, 2, 1})); }, {1, 0, 2, 1}, {});
    }
}

void axes_exchanged(BadInputs& rows) {
    const Operation swap(rows, "swapaxes"), permute(rows, "permute"), move(rows, "moveaxis");
    const Tensor x = xg::ones({2, 3});
    swap.refuses_undefined([](const Tensor& t) { return xg::swapaxes(t, 0, 1); });
    swap.refuses_axes([](const Tensor& t, std::int64_t axis) { return xg::swapaxes(t, axis, 0); });
    swap.refuses_axes(
        [](const Tensor& t, std::int64_t axis) { return xg::swapaxes(t, t.shape().empty() ? axis : 0, axis); });
    swap.gives("no elements", [] { return xg::swapaxes(xg::ones({3, 0}), 0, 1); }, {0, 3}, {});
    swap.gives("an axis with itself", [] { return xg::swapaxes(of({kNan, 1}), 0, -1); }, {2}, {kNan, 1});

    permute.refuses_undefined([](const Tensor& t) { return xg::permute(t, {}); });
    for (const std::int64_t bad : {std::int64_t{2}, std::int64_t{-3}, kLeast, kMost})
        permute.refuses(shape_error, "axis " + std::to_string(bad),
                        [=] {
                            return xg::permute(x, {0, bad});
                        },
                        {"axis " + std::to_string(bad), "(2, 3)"});
    permute.refuses(shape_error, "an axis of rank 0", [] { return xg::permute(xg::ones({}), {0}); }, {"()", "(0,)"});
    for (const xg::Shape& bad : {xg::Shape{}, xg::Shape{0}, xg::Shape{0, 0}, xg::Shape{1, -1}, xg::Shape{0, 1, 2}})
        permute.refuses(shape_error, "the axes " + bad.str(), [=] { return xg::permute(x, bad); },
                        {"(2, 3) once", bad.str()});
    permute.gives("rank 0", [] { return xg::permute(xg::full({}, kNan), {}); }, {}, {kNan});
    permute.gives("no elements", [] { return xg::permute(xg::ones({2, 0, 3}), {-1, 0, 1}); }, {3, 2, 0}, {});

    move.refuses_undefined([](const Tensor& t) { return xg::moveaxis(t, 0, 0); });
    move.refuses_axes([](const Tensor& t, std::int64_t axis) { return xg::moveaxis(t, axis, 0); });
    move.refuses_axes(
        [](const Tensor& t, std::int64_t axis) { return xg::moveaxis(t, t.shape().empty() ? axis : 0, axis); });
    move.refuses(shape_error, "fewer places than axes",
                 [=] {
                     return xg::moveaxis(x, {0, 1}, 0);
                 },
                 {"(0, 1)", "(0,)", "(2, 3)"});
    move.refuses(shape_error, "an axis twice", [=] { return xg::moveaxis(x, {0, -2}, {0, 1}); }, {"(0, -2)", "(2, 3)"});
    move.refuses(shape_error, "a place twice", [=] { return xg::moveaxis(x, {0, 1}, {1, -1}); }, {"(1, -1)", "(2, 3)"});
    move.gives("no elements", [] { return xg::moveaxis(xg::ones({2, 0, 3}), 0, -1); }, {0, 3, 2}, {});
}

void entries(BadInputs& rows) {
    const Operation select(rows, "select"), flip(rows, "flip");
    const Tensor x = xg::ones({2, 3});
    select.refuses_undefined([](const Tensor& t) { return xg::select(t, 0, 0); });
    select.refuses_axes([](const Tensor& t, std::int64_t axis) { return xg::select(t, axis, 0); });
    for (const std::int64_t bad : {std::int64_t{3}, std::int64_t{-4}, kLeast, kMost})
        select.refuses(index_error, "entry " + std::to_string(bad), [=] { return xg::select(x, -1, bad); },
                       {"index " + std::to_string(bad), "axis 1", "(2, 3)"});
    select.refuses(index_error, "an entry of none",
                   [] {
                       return xg::select(xg::ones({3, 0}), 1, 0);
                   },
                   {"axis 1", "(3, 0)"});
    select.gives("no elements", [] { return xg::select(xg::ones({3, 0}), 0, 2); }, {0}, {});
    select.gives("NaN", [] { return xg::select(of({1, kNan}), 0, -1); }, {}, {kNan});

    flip.refuses_undefined([](const Tensor& t) { return xg::flip(t); });
    flip.refuses_axes([](const Tensor& t, std::int64_t axis) { return xg::flip(t, axis); });
    flip.refuses(shape_error, "an axis twice", [=] { return xg::flip(x, {1, -1}); }, {"axis -1", "twice"});
    flip.gives("rank 0", [] { return xg::flip(xg::full({}, kNan)); }, {}, {kNan});
    flip.gives("no elements", [] { return xg::flip(xg::ones({2, 0})); }, {2, 0}, {});
    flip.gives("NaN and infinity", [] { return xg::flip(of({kNan, 1, kInf})); }, {3}, {kInf, 1, kNan});
}

/// How many pieces there are, and what is in the first.
Tensor counted(const std::vector<Tensor>& pieces) {
    return xg::concat({xg::full({1}, static_cast<double>(pieces.size())), xg::flatten(pieces.at(0))});
}

void pieces(BadInputs& rows) {
    const Operation split(rows, "split"), chunk(rows, "chunk"), unbind(rows, "unbind");
    const Tensor x = xg::ones({2, 3});
    split.refuses_undefined([](const Tensor& t) { return counted(xg::split(t, 1)); });
    split.refuses_undefined([](const Tensor& t) { return counted(xg::split(t, {1, 1})); });
    split.refuses_axes([](const Tensor& t, std::int64_t axis) { return counted(xg::split(t, 1, axis)); });
    split.refuses_axes([](const Tensor& t, std::int64_t axis) { return counted(xg::split(t, {1, 1}, axis)); });
    for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-1}, kLeast}) {
        split.refuses(value_error, "pieces of " + std::to_string(bad), [=] { return counted(xg::split(x, bad)); },
                      {"at least 1", "got " + std::to_string(bad)});
        chunk.refuses(value_error, std::to_string(bad) + " pieces", [=] { return counted(xg::chunk(x, bad)); },
                      {"at least 1", "got " + std::to_string(bad)});
    }
    for (const std::vector<std::int64_t>& bad : std::vector<std::vector<std::int64_t>>{
             {}, {2}, {1, 1, 1, 1}, {4, -1}, {-1, 4}, {kMost, kMost, 5}, {kLeast, kMost, 4}})
        split.refuses(shape_error, "pieces of " + xg::Shape(bad).str(), [=] { return counted(xg::split(x, bad, 1)); },
                      {"axis 1", "(2, 3)", xg::Shape(bad).str()});
    split.gives("no elements", [] { return counted(xg::split(xg::ones({0}), 2)); }, {1}, {1});
    split.gives("pieces of no elements", [] { return counted(xg::split(of({kNan}), {0, 1, 0})); }, {1}, {3});
    split.gives("pieces larger than the axis", [] { return counted(xg::split(of({kNan}), kMost)); }, {2}, {1, kNan});

    chunk.refuses_undefined([](const Tensor& t) { return counted(xg::chunk(t, 1)); });
    chunk.refuses_axes([](const Tensor& t, std::int64_t axis) { return counted(xg::chunk(t, 1, axis)); });
    chunk.refuses(value_error, "pieces of nothing that are too many",
                  [] {
                      return counted(xg::chunk(xg::ones({0, 3}), kMost));
                  },
                  {std::to_string(kMost), "(0, 3)"});
    chunk.gives("no elements", [] { return counted(xg::chunk(xg::ones({0}), 3)); }, {1}, {3});
    chunk.gives("more pieces than elements", [] { return counted(xg::chunk(of({kNan, 1}), kMost)); }, {2}, {2, kNan});

    unbind.refuses_undefined([](const Tensor& t) { return counted(xg::unbind(t)); });
    unbind.refuses_axes([](const Tensor& t, std::int64_t axis) { return counted(xg::unbind(t, axis)); });
    unbind.gives("an axis of no elements",
                 [] {
                     return xg::full({}, static_cast<double>(xg::unbind(xg::ones({3, 0}), 1).size()));
                 },
                 {}, {0});
    unbind.gives("entries of no elements", [] { return counted(xg::unbind(xg::ones({3, 0}))); }, {1}, {3});
}

}  // namespace

void bad_moving(BadInputs& rows) {
    axes_as_one(rows);
    axes_exchanged(rows);
    entries(rows);
    pieces(rows);
}
