#include "row_makers.hpp"

using namespace rows;
using xg::Slice;
using xg::Tensor;

namespace {

Tensor whole(const xg::NestedValues& n) { return xg::tensor(n, {.dtype = xg::int64}); }
const xg::TensorOptions kWhole{.dtype = xg::int64};

void add_square_brackets(std::vector<Row>& rows, const Tensor& x) {
    const Tensor i = whole({1, 0, 1}), column = whole({{0}, {2}}), bits = xg::tensor({true, false, true});
    const std::vector<std::pair<std::string, std::vector<xg::IndexEntry>>> entries = {
        {"numbers", {1, -1}},
        {"slices", {Slice{}, Slice{{}, {}, -1}, Slice{1, {}, 2}}},
        {"a new axis", {xg::Ellipsis{}, xg::newaxis, 2}},
        {"nothing", {Slice{1, 1}}},
        {"rows", {i}},
        {"columns", {Slice{}, i, Slice{1, 3}}},
        {"two side by side", {Slice{}, column, i}},
        {"two apart", {i, Slice{}, i}},
        {"a number beside", {1, Slice{}, i}},
        {"a mask", {Slice{}, bits}},
        {"a large mask", {xg::tensor({{true, false, true}, {false, false, true}})}},
        {"no indices", {xg::zeros({0}, kWhole), 1}},
    };
    for (const auto& [about, given] : entries) {
        const auto e = given;
        one(
            rows, "index", about, [e](const Inputs& in) { return xg::index(in[0], e); }, x);
        const xg::Shape shape = xg::index(x, e).shape();
        for (const bool accumulate : {false, true})
            rows.push_back({"index_put",
                            about,
                            [e, accumulate](const Inputs& in) { return xg::index_put(in[0], e, in[1], accumulate); },
                            {x, values(2, shape)}});
        rows.push_back({"index_put",
                        about + ", a single value",
                        [e](const Inputs& in) { return xg::index_put(in[0].transpose(), e, in[1]); },
                        {values(3, {2, 4, 3}), values(2, {})}});
    }
}

}  // namespace

std::vector<Row> index_rows() {
    std::vector<Row> rows;
    const Tensor x = values(11, {2, 3, 4}), m = values(12, {3, 4}), v = values(13, {5});
    const auto f = [&rows](const char* name, const char* about, const Tensor& input, xg::SingleTensorFunction g) {
        rows.push_back({name, about, std::move(g), {input}});
    };
    f("take", "flat", m, [i = whole({{0, 11}, {-1, 0}})](const Inputs& in) { return xg::take(in[0].transpose(), i); });
    for (const std::int64_t axis : {0, 1, -1})
        f("take", "duplicates", x, [i = whole({1, 0, 1}), axis](const Inputs& in) { return xg::take(in[0], i, axis); });
    f("take", "a single one", x, [](const Inputs& in) { return xg::take(in[0], Tensor(1), 1); });
    f("take", "nothing", v, [](const Inputs& in) { return xg::take(in[0], xg::zeros({0, 2}, kWhole), 0); });
    f("index_select", "of a transposed one", m,
      [i = whole({2, -1, 2})](const Inputs& in) { return xg::index_select(in[0].transpose(), 0, i); });
    for (const std::int64_t axis : {0, 1}) {
        const std::string about = "axis " + std::to_string(axis);
        const Tensor i = whole({{0, 1}, {0, -1}});
        rows.push_back({"index_add",
                        about,
                        [k = whole({1, 0, 1}), axis](const Inputs& in) { return xg::index_add(in[0], axis, k, in[1]); },
                        {values(1, {2, 3}), axis == 0 ? values(2, {3, 3}) : values(2, {2, 3})}});
        f("gather", "duplicates", m, [i, axis](const Inputs& in) { return xg::gather(in[0].transpose(), axis, i); });
        rows.push_back({"scatter_add",
                        about,
                        [i, axis](const Inputs& in) { return xg::scatter_add(in[0], axis, i, in[1].transpose()); },
                        {values(1, {3, 2}), values(2, {2, 3})}});
        rows.push_back({"scatter",
                        about,
                        [i, axis](const Inputs& in) { return xg::scatter(in[0], axis, i, in[1]); },
                        {values(1, {2, 3}), values(2, {3, 2})}});
    }
    f("gather", "in the middle", x,
      [i = whole({{{0, 2, 1}, {1, 1, 1}}})](const Inputs& in) { return xg::gather(in[0], 1, i); });
    f("gather", "nothing", m, [](const Inputs& in) { return xg::gather(in[0], 0, xg::zeros({0, 2}, kWhole)); });
    f("take_along_axis", "broadcast", x,
      [i = whole({{{2, 0, 0}}})](const Inputs& in) { return xg::take_along_axis(in[0], i, -1); });
    f("scatter", "a number", m, [i = whole({{0, 1}})](const Inputs& in) { return xg::scatter(in[0], 0, i, 3); });
    f("scatter_add", "nothing", v,
      [](const Inputs& in) { return xg::scatter_add(in[0], 0, xg::zeros({0}, kWhole), in[0]); });
    const Tensor mask =
        xg::tensor({{true, false, true, false}, {false, false, true, true}, {false, true, false, false}});
    f("masked_select", "a mask", m, [mask](const Inputs& in) { return xg::masked_select(in[0], mask); });
    f("masked_select", "broadcast", x,
      [mask](const Inputs& in) { return xg::masked_select(in[0], mask.slice(0, 0, 1)); });
    f("masked_fill", "a number", x, [mask](const Inputs& in) { return xg::masked_fill(in[0], mask, 2.5); });
    rows.push_back({"masked_fill",
                    "a value",
                    [mask](const Inputs& in) { return xg::masked_fill(in[0], mask, in[1]); },
                    {m, values(1, {})}});
    rows.push_back({"nonzero", "integer result", nullptr, {}});
    add_square_brackets(rows, x);
    return rows;
}
