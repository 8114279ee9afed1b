#include "gradient_table.hpp"

#include "support.hpp"

using Inputs = std::vector<xg::Tensor>;

namespace {

xg::Tensor values(std::uint32_t seed, const xg::Shape& shape) {
    support::Draw draw(seed);
    return support::uniform(draw, shape, -1.5, 1.5);
}

struct Reduction {
    const char* name;
    xg::Tensor (*f)(const xg::Tensor&, const xg::Axes&, bool);
    bool empty;  // whether it takes no elements
};

void reductions(std::vector<Row>& rows) {
    const Reduction all[] = {
        {"sum", xg::sum, true}, {"mean", xg::mean, false}, {"max", xg::max, false}, {"min", xg::min, false}};
    const std::vector<std::pair<std::string, xg::Axes>> axes = {{"all axes", {}},
                                                                {"axis 0", 0},
                                                                {"axis 1", 1},
                                                                {"axis -1", -1},
                                                                {"axes 0, 2", {0, 2}},
                                                                {"axes -1, 1", {-1, 1}},
                                                                {"axes 2, 0, 1", {2, 0, 1}},
                                                                {"no axes", std::vector<std::int64_t>{}}};
    for (const Reduction& r : all) {
        for (const auto& [about, which] : axes) {
            for (const bool keepdims : {false, true})
                rows.push_back({r.name,
                                about + (keepdims ? ", kept" : ""),
                                [r, which = which, keepdims](const Inputs& in) { return r.f(in[0], which, keepdims); },
                                {values(21, {2, 3, 2})}});
            rows.push_back({r.name,
                            about + ", transposed",
                            [r, which = which](const Inputs& in) {
                                return r.f(in[0].transpose(0, 1) * in[0].transpose(0, 1), which, false);
                            },
                            {values(22, {3, 2, 2})}});
        }
        rows.push_back({r.name, "rank 0", [r](const Inputs& in) { return r.f(in[0], {}, false); }, {values(23, {})}});
        rows.push_back(
            {r.name, "one element", [r](const Inputs& in) { return r.f(in[0], 0, false); }, {values(23, {1})}});
        rows.push_back(
            {r.name, "no results", [r](const Inputs& in) { return r.f(in[0], 1, false); }, {values(23, {0, 2})}});
        if (r.empty)
            rows.push_back(
                {r.name, "of nothing", [r](const Inputs& in) { return r.f(in[0], 1, true); }, {values(23, {2, 0})}});
    }
    rows.push_back({"sum",
                    "a stretched view",
                    [](const Inputs& in) {
                        return xg::sum(xg::broadcast_to(in[0], {3, 2, 2}), {0, 1});
                    },
                    {values(24, {2, 1})}});
}

void products(std::vector<Row>& rows) {
    const std::vector<std::pair<xg::Shape, xg::Shape>> shapes = {
        {{2, 3}, {3, 4}},       {{3}, {3}},          {{3}, {3, 2}},
        {{2, 3}, {3}},          {{2, 2, 3}, {3, 2}}, {{2, 3}, {2, 3, 2}},
        {{2, 2, 3}, {3}},       {{3}, {2, 3, 2}},    {{2, 1, 2, 3}, {3, 3, 2}},
        {{1, 2, 2}, {3, 2, 1}}, {{2, 0}, {0, 3}},    {{0, 2}, {2, 3}},
        {{1, 1}, {1, 1}},       {{0, 2, 2}, {2, 2}}};
    for (const auto& [p, q] : shapes)
        rows.push_back({"matmul",
                        p.str() + " and " + q.str(),
                        [](const Inputs& in) { return xg::matmul(in[0], in[1]); },
                        {values(31, p), values(32, q)}});
    rows.push_back({"matmul",
                    "both transposed",
                    [](const Inputs& in) { return xg::matmul(in[0].transpose(), in[1].transpose()); },
                    {values(31, {3, 2}), values(32, {4, 3})}});
    rows.push_back({"matmul",
                    "sliced with steps",
                    [](const Inputs& in) { return xg::matmul(in[0].slice(1, 0, 6, 2), in[1].slice(0, 1, 4)); },
                    {values(31, {2, 6}), values(32, {5, 2})}});
    rows.push_back({"matmul",
                    "sliced columns",
                    [](const Inputs& in) { return xg::matmul(in[0].slice(1, 1, 4), in[1].slice(1, 1, 3)); },
                    {values(31, {2, 6}), values(32, {3, 4})}});
    rows.push_back({"matmul",
                    "with itself",
                    [](const Inputs& in) { return xg::matmul(in[0], in[0].transpose()); },
                    {values(31, {3, 2})}});
    rows.push_back({"matmul",
                    "stretched",
                    [](const Inputs& in) {
                        return xg::matmul(xg::broadcast_to(in[0], {3, 2, 3}), xg::broadcast_to(in[1], {3, 2}));
                    },
                    {values(31, {2, 1}), values(32, {1, 2})}});
    // Large enough for BLAS.
    rows.push_back({"matmul",
                    "beyond the plain loop",
                    [](const Inputs& in) { return xg::matmul(in[0], in[1])[0]; },
                    {values(31, {2, 30}), values(32, {30, 10})}});

    // Beyond the plain loop, in each of the ways that BLAS is called.
    for (const auto& [p, q] :
         std::vector<std::pair<xg::Shape, xg::Shape>>{{{30, 20}, {20}}, {{20}, {20, 30}}, {{600}, {600}}})
        rows.push_back({"matmul",
                        p.str() + " and " + q.str(),
                        [](const Inputs& in) { return xg::matmul(in[0], in[1]); },
                        {values(31, p), values(32, q)}});
    rows.push_back({"matmul",
                    "a batch with gaps and one matrix",
                    [](const Inputs& in) { return xg::matmul(in[0].slice(1, 0, 2), in[1]); },
                    {values(31, {2, 3, 2}), values(32, {2, 2})}});
    for (const xg::Shape& shape : {xg::Shape{3}, xg::Shape{1}, xg::Shape{0}})
        rows.push_back({"dot",
                        shape.str(),
                        [](const Inputs& in) { return xg::dot(in[0], in[1]); },
                        {values(33, shape), values(34, shape)}});
    rows.push_back({"dot",
                    "with itself, in steps",
                    [](const Inputs& in) { return xg::dot(in[0].slice(0, 0, 5, 2), in[0].slice(0, 0, 5, 2)); },
                    {values(33, {5})}});
    for (const std::int64_t axis : {-1, 0, 1})
        rows.push_back({"vecdot",
                        "axis " + std::to_string(axis),
                        [axis](const Inputs& in) { return xg::vecdot(in[0], in[1], axis); },
                        {values(33, {2, 3}), values(34, {3})}});
    for (const auto& [p, q] :
         std::vector<std::pair<xg::Shape, xg::Shape>>{{{3}, {2}}, {{1}, {1}}, {{0}, {2}}, {{2}, {0}}})
        rows.push_back({"outer",
                        p.str() + " and " + q.str(),
                        [](const Inputs& in) { return xg::outer(in[0], in[1]); },
                        {values(33, p), values(34, q)}});
    for (const auto& [p, q] : std::vector<std::pair<xg::Shape, xg::Shape>>{
             {{2, 3}, {2, 2}}, {{2}, {3}}, {{2, 2}, {3}}, {{}, {2, 2}}, {{2}, {1, 2, 2}}, {{0, 2}, {2, 2}}})
        rows.push_back({"kron",
                        p.str() + " and " + q.str(),
                        [](const Inputs& in) { return xg::kron(in[0], in[1]); },
                        {values(33, p), values(34, q)}});
    for (const xg::Shape& shape :
         {xg::Shape{3, 3}, xg::Shape{2, 3}, xg::Shape{2, 3, 2}, xg::Shape{1, 1}, xg::Shape{0, 0}, xg::Shape{2, 0}})
        rows.push_back({"trace", shape.str(), [](const Inputs& in) { return xg::trace(in[0]); }, {values(35, shape)}});
    rows.push_back({"trace",
                    "with steps",
                    [](const Inputs& in) { return xg::trace(in[0].transpose().slice(0, 0, 4, 2)); },
                    {values(35, {2, 4})}});
    rows.push_back({"cross",
                    "vectors",
                    [](const Inputs& in) { return xg::cross(in[0], in[1]); },
                    {values(33, {3}), values(34, {3})}});
    rows.push_back({"cross",
                    "broadcast, axis 0",
                    [](const Inputs& in) { return xg::cross(in[0], in[1], 0); },
                    {values(33, {3, 2}), values(34, {3, 1})}});
    rows.push_back({"cross",
                    "none",
                    [](const Inputs& in) { return xg::cross(in[0], in[1]); },
                    {values(33, {0, 3}), values(34, {3})}});

    const auto relu = xg::Activation::relu;
    for (const xg::Shape& shape :
         {xg::Shape{3}, xg::Shape{4, 3}, xg::Shape{2, 2, 3}, xg::Shape{0, 3}, xg::Shape{1, 3}}) {
        const Inputs with = {values(41, shape), values(42, {2, 3}), values(43, {2})}, without = {with[0], with[1]};
        rows.push_back(
            {"linear", shape.str() + ", bias", [](const Inputs& in) { return xg::linear(in[0], in[1], in[2]); }, with});
        rows.push_back(
            {"linear", shape.str() + ", no bias", [](const Inputs& in) { return xg::linear(in[0], in[1]); }, without});
        rows.push_back({"linear", shape.str() + ", bias, relu",
                        [=](const Inputs& in) { return xg::linear(in[0], in[1], in[2], relu); }, with});
        rows.push_back({"linear", shape.str() + ", no bias, relu",
                        [=](const Inputs& in) { return xg::linear(in[0], in[1], {}, relu); }, without});
    }
    rows.push_back({"linear",
                    "transposed",
                    [=](const Inputs& in) {
                        return xg::linear(in[0].transpose(), in[1].transpose(), in[2].slice(0, 0, 4, 2), relu);
                    },
                    {values(41, {3, 4}), values(42, {3, 2}), values(43, {4})}});
    rows.push_back({"linear",
                    "constant weights",
                    [=](const Inputs& in) { return xg::linear(in[0], in[1].detach() * 0 + 0.5, {}, relu); },
                    {values(41, {2, 3}), values(42, {2, 3}) * 0}});
    rows.push_back({"linear",
                    "one thing in three places",
                    [](const Inputs& in) { return xg::linear(in[0], in[0], in[0][0]); },
                    {values(41, {3, 3})}});
    rows.push_back({"linear",
                    "no features",
                    [](const Inputs& in) { return xg::linear(in[0], in[1], in[2]); },
                    {values(41, {2, 0}), values(42, {3, 0}), values(43, {3})}});
    rows.push_back({"linear",
                    "no outputs",
                    [](const Inputs& in) { return xg::linear(in[0], in[1]); },
                    {values(41, {2, 3}), values(42, {0, 3})}});
}

}  // namespace

std::vector<Row> product_rows() {
    std::vector<Row> rows;
    reductions(rows);
    products(rows);
    return rows;
}
