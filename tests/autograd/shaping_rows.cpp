#include "row_makers.hpp"

using namespace rows;

namespace {

void add_moving_rows(std::vector<Row>& rows);

}  // namespace

std::vector<Row> shaping_rows() {
    std::vector<Row> rows;
    const xg::Tensor x = values(11, {2, 3, 4}), m = values(12, {3, 4}), v = values(13, {5});
    one(
        rows, "reshape", "flat", [](const Inputs& in) { return in[0].reshape({-1}); }, x);
    one(
        rows, "reshape", "of a transposed one",
        [](const Inputs& in) {
            return xg::reshape(in[0].transpose(), {4, 6});
        },
        x);
    one(
        rows, "reshape", "empty",
        [](const Inputs& in) {
            return in[0].reshape({3, 0, 2});
        },
        values(1, {0, 3}));
    one(
        rows, "reshape", "rank 0",
        [](const Inputs& in) {
            return in[0].reshape({1, 1}) * in[0].reshape({1});
        },
        values(1, {}));
    one(
        rows, "transpose", "the last two", [](const Inputs& in) { return xg::transpose(in[0]); }, x);
    one(
        rows, "transpose", "others", [](const Inputs& in) { return in[0].transpose(0, 2); }, x);
    one(
        rows, "transpose", "an axis with itself", [](const Inputs& in) { return in[0].transpose(1, 1); }, x);
    for (const std::int64_t axis : {0, 1, -1})
        one(
            rows, "slice", "axis " + std::to_string(axis), [axis](const Inputs& in) { return in[0].slice(axis, 1, 3); },
            x);
    one(
        rows, "slice", "steps", [](const Inputs& in) { return xg::slice(in[0], 0, 0, 5, 2); }, v);
    one(
        rows, "slice", "steps in the middle", [](const Inputs& in) { return xg::slice(in[0], 1, -3, 3, 2); }, x);
    one(
        rows, "slice", "nothing", [](const Inputs& in) { return xg::slice(in[0], 0, 3, 3); }, v);
    one(
        rows, "slice", "overlapping", [](const Inputs& in) { return in[0].slice(0, 0, 3) * in[0].slice(0, 2, 5); }, v);
    one(
        rows, "slice", "of a transposed one",
        [](const Inputs& in) { return in[0].transpose().slice(1, 1, 3).slice(0, 0, 4, 3); }, m);
    one(
        rows, "slice", "an entry", [](const Inputs& in) { return in[0][1][-1] * in[0][0][2]; }, x);
    one(
        rows, "broadcast_to", "new axes",
        [](const Inputs& in) {
            return xg::broadcast_to(in[0], {2, 3, 5});
        },
        v);
    one(
        rows, "broadcast_to", "inner axes",
        [](const Inputs& in) {
            return xg::broadcast_to(in[0], {2, 3, 2});
        },
        values(2, {3, 1}));
    one(
        rows, "broadcast_to", "to nothing",
        [](const Inputs& in) {
            return xg::broadcast_to(in[0], {0, 1});
        },
        values(2, {1, 1}));
    one(
        rows, "broadcast_to", "rank 0",
        [](const Inputs& in) {
            return xg::broadcast_to(in[0], {2, 2});
        },
        values(2, {}));
    for (const std::int64_t axis : {0, 1, -1, -2})
        rows.push_back({"concat",
                        "axis " + std::to_string(axis),
                        [axis](const Inputs& in) {
                            return xg::concat({in[0], in[1].transpose(), in[0] * 2}, axis);
                        },
                        {values(1, {2, 2}), values(2, {2, 2})}});
    rows.push_back({"concat",
                    "an empty one, and one twice",
                    [](const Inputs& in) {
                        return xg::concat({in[0], in[1], in[0]});
                    },
                    {v, values(1, {0})}});
    rows.push_back({"concat", "one", [](const Inputs& in) { return xg::concat({in[0]}); }, {v}});
    rows.push_back({"concat", "a constant", [](const Inputs& in) { return xg::concat({in[0], xg::ones({2})}); }, {v}});
    one(
        rows, "clone", "transposed", [](const Inputs& in) { return in[0].transpose().clone(); }, m);
    one(
        rows, "contiguous", "transposed", [](const Inputs& in) { return in[0].transpose().contiguous(); }, m);
    rows.push_back({"to", "its own dtype", [](const Inputs& in) { return in[0].to(xg::float64); }, {v}});
    for (const xg::Shape& shape : kShapes)
        rows.push_back(
            {"mse_loss",
             shape.str(),
             [](const Inputs& in) { return in[0].numel() == 0 ? xg::sum(in[0]) : xg::mse_loss(in[0], in[1]); },
             {values(1, shape), values(2, shape)}});
    add_moving_rows(rows);
    return rows;
}

namespace {

void add_moving_rows(std::vector<Row>& rows) {
    const xg::Tensor x = values(11, {2, 3, 4}), m = values(12, {3, 4}), v = values(13, {5}), none = values(1, {}),
                     square = values(1, {2, 2});
    const auto f = [&rows](const char* name, const char* about, xg::Tensor input,
                           xg::Tensor (*function)(const Inputs&)) {
        rows.push_back({name, about, function, {std::move(input)}});
    };
    f("slice", "downwards", x, [](const Inputs& in) { return in[0].slice(-1, -1, -5, -2).slice(0, 1, -3, -1); });
    f("slice", "to nothing downwards", v, [](const Inputs& in) { return in[0].slice(0, 0, 3, -1); });
    f("select", "in the middle", x, [](const Inputs& in) { return xg::select(in[0], 1, -1); });
    f("select", "of a transposed one", m, [](const Inputs& in) { return xg::select(in[0].transpose(), 1, 0); });
    f("flatten", "all", x, [](const Inputs& in) { return xg::flatten(in[0]); });
    f("flatten", "some of a transposed one", x,
      [](const Inputs& in) { return xg::flatten(in[0].transpose(0, 1), 1, 2); });
    f("unflatten", "the last", x, [](const Inputs& in) { return xg::unflatten(in[0], -1, {2, -1}); });
    f("squeeze", "all", values(1, {1, 2, 1}), [](const Inputs& in) { return xg::squeeze(in[0]); });
    f("squeeze", "some", values(1, {1, 2, 1}), [](const Inputs& in) { return xg::squeeze(in[0], {0, 1}); });
    f("unsqueeze", "behind", square, [](const Inputs& in) { return xg::unsqueeze(in[0], -1) * in[0]; });
    f("unsqueeze", "of rank 0", none, [](const Inputs& in) { return xg::unsqueeze(in[0], 0); });
    f("atleast_1d", "rank 0", none, [](const Inputs& in) { return xg::atleast_1d(in[0]); });
    f("atleast_2d", "rank 1", v, [](const Inputs& in) { return xg::atleast_2d(in[0]); });
    f("atleast_3d", "rank 2", m, [](const Inputs& in) { return xg::atleast_3d(in[0]); });
    f("swapaxes", "two", x, [](const Inputs& in) { return xg::swapaxes(in[0], 0, -1); });
    f("permute", "all", x, [](const Inputs& in) { return xg::permute(in[0], {2, 0, -2}); });
    f("permute", "none", none, [](const Inputs& in) { return xg::permute(in[0], {}); });
    f("moveaxis", "one", x, [](const Inputs& in) { return xg::moveaxis(in[0], 0, -1); });
    f("moveaxis", "two", x, [](const Inputs& in) { return xg::moveaxis(in[0], {2, 0}, {0, 1}); });
    f("flip", "all", x, [](const Inputs& in) { return xg::flip(in[0]); });
    f("flip", "one of a transposed one", m, [](const Inputs& in) { return xg::flip(in[0].transpose(), 0); });
    f("flip", "empty", values(1, {0, 2}), [](const Inputs& in) { return xg::flip(in[0]); });
    f("split", "all pieces", v, [](const Inputs& in) {
        const auto parts = xg::split(in[0], 2);
        return parts[0] * parts[1] + parts[2];
    });
    f("split", "one piece", x, [](const Inputs& in) { return xg::split(in[0], {1, 0, 2}, 1)[2]; });
    f("split", "an empty piece", x, [](const Inputs& in) { return xg::split(in[0], {1, 0, 2}, 1)[1]; });
    f("chunk", "of a transposed one", m, [](const Inputs& in) {
        const auto parts = xg::chunk(in[0].transpose(), 2, 0);
        return parts[0] * parts[1];
    });
    f("unbind", "two entries", x, [](const Inputs& in) {
        const auto parts = xg::unbind(in[0], 1);
        return parts[0] * parts[2];
    });
    for (const std::int64_t axis : {0, 1, -1})
        rows.push_back({"stack",
                        "axis " + std::to_string(axis),
                        [axis](const Inputs& in) {
                            return xg::stack({in[0], in[1].transpose(), in[0] * 2}, axis);
                        },
                        {values(1, {2, 3}), values(2, {3, 2})}});
    f("stack", "rank 0", none, [](const Inputs& in) { return xg::stack({in[0], in[0]}); });
    f("roll", "flat", m, [](const Inputs& in) { return xg::roll(in[0], 5); });
    f("roll", "two axes", x, [](const Inputs& in) { return xg::roll(in[0].transpose(), {1, -2}, {0, 2}); });
    f("roll", "empty", values(1, {2, 0}), [](const Inputs& in) { return xg::roll(in[0], 5, 1); });
    f("repeat", "new axes", square, [](const Inputs& in) { return xg::repeat(in[0].transpose(), {2, 1, 3}); });
    f("repeat", "not at all", v, [](const Inputs& in) { return xg::repeat(in[0], {0}); });
    f("tile", "the last axis", square, [](const Inputs& in) { return xg::tile(in[0], {2}); });
    f("repeat_interleave", "flat", square, [](const Inputs& in) { return xg::repeat_interleave(in[0], 2); });
    f("repeat_interleave", "an axis", square, [](const Inputs& in) { return xg::repeat_interleave(in[0], 3, -1); });
    f("repeat_interleave", "numbers", values(1, {2, 3}), [](const Inputs& in) {
        return xg::repeat_interleave(in[0], xg::tensor({2, 0, 1}), 1);
    });
    using enum xg::PadMode;
    for (const xg::PadMode mode : {constant, reflect, replicate, circular}) {
        one(
            rows, "pad", "a transposed one",
            [mode](const Inputs& in) {
                return xg::pad(in[0].transpose(), {{1, 2}}, {.mode = mode, .value = 2});
            },
            values(1, {3, 2}));
        one(
            rows, "pad", "two axes",
            [mode](const Inputs& in) {
                return xg::pad(in[0], {{1, 0}, {1, 1}}, {.mode = mode});
            },
            values(1, {2, 2, 2}));
    }
    f("pad", "empty", values(1, {0, 2}), [](const Inputs& in) { return xg::pad(in[0], {{1, 0}, {2, 1}}); });
    f("pad", "rank 0", none, [](const Inputs& in) { return xg::pad(in[0], {}); });
    for (const std::int64_t offset : {0, 1, -1, 5}) {
        one(
            rows, "diag", "a matrix", [offset](const Inputs& in) { return xg::diag(in[0].transpose(), offset); }, m);
        one(
            rows, "tril", "matrices", [offset](const Inputs& in) { return xg::tril(in[0], offset); },
            values(1, {2, 2, 3}));
        one(
            rows, "triu", "a transposed one",
            [offset](const Inputs& in) { return xg::triu(in[0].transpose(), offset); }, m);
    }
    f("diag", "a vector", values(1, {3}), [](const Inputs& in) { return xg::diag(in[0], -1); });
    f("diagonal", "other axes", x, [](const Inputs& in) { return xg::diagonal(in[0], 1, 2, 0); });
    f("diagonal", "of nothing", values(1, {0, 2}), [](const Inputs& in) { return xg::diagonal(in[0]); });
    f("diag_embed", "matrices", square, [](const Inputs& in) { return xg::diag_embed(in[0], 1); });
    rows.push_back({"one_hot", "integers in", nullptr, {}});
    for (const char* indexing : {"ij", "xy"})
        rows.push_back({"meshgrid",
                        indexing,
                        [indexing](const Inputs& in) {
                            const auto grids = xg::meshgrid({in[0], in[1], in[0]}, indexing);
                            return grids[0] * grids[1] + grids[2];
                        },
                        {values(1, {2}), values(2, {3})}});
}

}  // namespace
