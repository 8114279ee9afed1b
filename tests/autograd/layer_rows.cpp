#include <xgrad/core/random.hpp>

#include "row_makers.hpp"

using namespace rows;

namespace {

void normalization_rows(std::vector<Row>& rows) {
    const xg::Tensor w3 = values(31, {3}), b3 = values(32, {3}), w4 = values(33, {4}), b4 = values(34, {4});
    for (const xg::Shape& shape : std::vector<xg::Shape>{{4, 3}, {2, 3, 2}, {1, 3, 20}, {3, 3, 1, 2}, {0, 3}})
        for (const bool training : {true, false})
            rows.push_back({"batch_norm",
                            shape.str() + (training ? ", training" : ""),
                            [training](const Inputs& in) {
                                const xg::Tensor mean = xg::tensor({0.1, -0.2, 0.3}, support::f64),
                                                 var = xg::tensor({1.5, 0.5, 2.0}, support::f64);
                                return xg::batch_norm(in[0], mean, var, in[1], in[2], {.training = training});
                            },
                            {values(30, shape), w3, b3}});
    one(
        rows, "batch_norm", "without weights, transposed",
        [](const Inputs& in) {
            return xg::batch_norm(in[0].transpose(), {}, {}, {}, {}, {.training = true, .eps = 0.1});
        },
        values(35, {3, 4}));
    rows.push_back({"batch_norm",
                    "biases alone",
                    [](const Inputs& in) { return xg::batch_norm(in[0], {}, {}, {}, in[1], {.training = true}); },
                    {values(36, {2, 3, 2}), b3}});

    for (const xg::Shape& shape : std::vector<xg::Shape>{{2, 4}, {4}, {2, 3, 4}, {0, 4}})
        rows.push_back({"layer_norm",
                        shape.str(),
                        [](const Inputs& in) { return xg::layer_norm(in[0], {4}, in[1], in[2]); },
                        {values(37, shape), w4, b4}});
    rows.push_back({"layer_norm",
                    "two axes, transposed",
                    [](const Inputs& in) {
                        return xg::layer_norm(in[0].transpose(0, 1), {3, 2}, in[1], {}, 0.1);
                    },
                    {values(38, {3, 2, 2}), values(39, {3, 2})}});
    one(
        rows, "layer_norm", "without weights", [](const Inputs& in) { return xg::layer_norm(in[0], {5}); },
        values(40, {2, 5}));
    rows.push_back({"layer_norm",
                    "biases alone, and a row of one",
                    [](const Inputs& in) {
                        return xg::layer_norm(in[0], {5}, {}, in[1]) * xg::layer_norm(in[0].slice(1, 0, 1), {1});
                    },
                    {values(41, {2, 5}), values(42, {5})}});
    one(
        rows, "layer_norm", "nothing along the axis", [](const Inputs& in) { return xg::layer_norm(in[0], {0}); },
        values(40, {2, 0}));

    for (const xg::Shape& shape : std::vector<xg::Shape>{{2, 4}, {2, 3, 4}, {0, 4}})
        rows.push_back({"rms_norm",
                        shape.str(),
                        [](const Inputs& in) { return xg::rms_norm(in[0], {4}, in[1]); },
                        {values(43, shape), w4}});
    one(
        rows, "rms_norm", "without weights, with an eps",
        [](const Inputs& in) {
            return xg::rms_norm(in[0], {2, 3}, {}, 0.1);
        },
        values(44, {2, 2, 3}));

    for (const std::int64_t groups : {1, 2, 4})
        for (const xg::Shape& shape : std::vector<xg::Shape>{{2, 4, 3}, {3, 4, 1, 2}, {0, 4}})
            rows.push_back({"group_norm",
                            shape.str() + " in " + std::to_string(groups),
                            [groups](const Inputs& in) { return xg::group_norm(in[0], groups, in[1], in[2]); },
                            {values(45, shape), w4, b4}});
    rows.push_back({"group_norm",
                    "of a matrix",
                    [](const Inputs& in) { return xg::group_norm(in[0], 2, in[1], in[2], 0.1); },
                    {values(46, {2, 4}), w4, b4}});
    one(
        rows, "group_norm", "without weights", [](const Inputs& in) { return xg::group_norm(in[0], 3); },
        values(47, {2, 3, 3}));
    rows.push_back({"instance_norm",
                    "(2, 3, 4)",
                    [](const Inputs& in) { return xg::instance_norm(in[0], in[1], in[2]); },
                    {values(48, {2, 3, 4}), w3, b3}});
    one(
        rows, "instance_norm", "without weights", [](const Inputs& in) { return xg::instance_norm(in[0]); },
        values(49, {1, 2, 2, 2}));
}

Row attention_row(const std::string& about, const xg::Shape& q, const xg::Shape& k, const xg::Shape& v,
                  const std::function<xg::AttentionOptions(const Inputs&)>& options,
                  const std::vector<xg::Tensor>& more = {}) {
    std::vector<xg::Tensor> inputs{values(50, q), values(51, k), values(52, v)};
    inputs.insert(inputs.end(), more.begin(), more.end());
    return {"scaled_dot_product_attention", about,
            [options](const Inputs& in) {
                xg::manual_seed(4);
                return xg::scaled_dot_product_attention(in[0], in[1], in[2], options(in));
            },
            inputs};
}

void attention_rows(std::vector<Row>& rows) {
    const auto plain = [](const Inputs&) { return xg::AttentionOptions(); };
    const xg::Shape q{2, 3, 2}, k{2, 4, 2}, v{2, 4, 3};
    rows.push_back(attention_row("plain", q, k, v, plain));
    rows.push_back(attention_row("matrices", {2, 2}, {3, 2}, {3, 1}, plain));
    rows.push_back(attention_row("broadcast batches", {2, 1, 2, 2}, {2, 3, 2}, {1, 1, 3, 2}, plain));
    rows.push_back(attention_row("causal", {2, 3, 2}, {2, 3, 2}, {2, 3, 2},
                                 [](const Inputs&) { return xg::AttentionOptions{.is_causal = true}; }));
    rows.push_back(attention_row("causal, more queries than keys", {3, 2}, {2, 2}, {2, 2},
                                 [](const Inputs&) { return xg::AttentionOptions{.is_causal = true, .scale = 2.0}; }));
    rows.push_back(attention_row("a mask, with a query that attends to nothing", q, k, v, [](const Inputs&) {
        return xg::AttentionOptions{
            .mask = xg::tensor({{true, false, true, true}, {false, false, false, false}, {false, true, false, false}})};
    }));
    rows.push_back(attention_row("an added mask that is broadcast", q, k, v,
                                 [](const Inputs& in) { return xg::AttentionOptions{.mask = in[3], .scale = 0.3}; },
                                 {values(53, {3, 1})}));
    rows.push_back(attention_row("an added mask of each batch", q, k, v,
                                 [](const Inputs& in) { return xg::AttentionOptions{.mask = in[3]}; },
                                 {values(53, {2, 3, 4})}));
    rows.push_back(
        attention_row("dropout", q, k, v, [](const Inputs&) { return xg::AttentionOptions{.dropout_p = 0.3}; }));
    rows.push_back(attention_row("causal with dropout", {2, 3, 2}, {2, 3, 2}, {2, 3, 2}, [](const Inputs&) {
        return xg::AttentionOptions{.is_causal = true, .dropout_p = 0.3};
    }));
    rows.push_back(attention_row("no queries", {2, 0, 2}, {2, 3, 2}, {2, 3, 1}, plain));
    rows.push_back(attention_row("no keys", {2, 2, 2}, {2, 0, 2}, {2, 0, 1}, plain));
    rows.push_back({"scaled_dot_product_attention",
                    "transposed",
                    [](const Inputs& in) {
                        return xg::scaled_dot_product_attention(in[0].transpose(0, 1), in[1].transpose(0, 1),
                                                                in[0].transpose(0, 1));
                    },
                    {values(54, {3, 2, 2}), values(55, {3, 2, 2})}});
}

void embedding_rows(std::vector<Row>& rows) {
    const xg::Tensor indices = xg::tensor({{1, 0, 3}, {3, 3, 1}});
    rows.push_back({"embedding",
                    "some twice",
                    [](const Inputs& in) { return xg::embedding(in[1], in[0]); },
                    {values(60, {4, 3}), indices}});
    rows.push_back({"embedding",
                    "none",
                    [](const Inputs& in) { return xg::embedding(in[1], in[0]); },
                    {values(60, {4, 3}), xg::zeros({0, 2}, {.dtype = xg::int64})}});
    rows.push_back({"embedding",
                    "a single one",
                    [](const Inputs& in) { return xg::embedding(in[1], in[0].transpose()); },
                    {values(60, {2, 3}), xg::full({}, 2, {.dtype = xg::int64})}});
    // Differences would move the row that gets no gradient: it is a constant here.
    rows.push_back({"embedding",
                    "a padding row",
                    [](const Inputs& in) {
                        const xg::Tensor table = xg::concat({xg::ones({1, 3}, support::f64), in[0]});
                        return xg::embedding(in[1], table, {.padding_idx = 0}) +
                               xg::embedding(in[1], table, {.padding_idx = -4});
                    },
                    {values(60, {3, 3}), indices}});
}

void dropout_rows(std::vector<Row>& rows) {
    const xg::Tensor x = values(61, {3, 5});
    const auto seeded = [](auto f) {
        return [f](const Inputs& in) {
            xg::manual_seed(5);
            return f(in[0]);
        };
    };
    for (const double p : {0.0, 0.4, 1.0})
        one(rows, "dropout", "p = " + std::to_string(p), seeded([p](const xg::Tensor& v) { return xg::dropout(v, p); }),
            x);
    one(rows, "dropout", "transposed", seeded([](const xg::Tensor& v) { return xg::dropout(v.transpose()); }), x);
    one(rows, "dropout", "empty", seeded([](const xg::Tensor& v) { return xg::dropout(v); }), values(1, {2, 0}));
    one(rows, "dropout", "rank 0", seeded([](const xg::Tensor& v) { return xg::dropout(v); }), values(1, {}));
    one(rows, "dropout", "in evaluation", seeded([](const xg::Tensor& v) { return xg::dropout(v, 0.5, false); }), x);
    one(rows, "feature_dropout", "channels", seeded([](const xg::Tensor& v) { return xg::feature_dropout(v); }),
        values(62, {2, 3, 2}));
    one(rows, "alpha_dropout", "p = 0.4", seeded([](const xg::Tensor& v) { return xg::alpha_dropout(v, 0.4); }), x);
    one(rows, "alpha_dropout", "p = 1", seeded([](const xg::Tensor& v) { return xg::alpha_dropout(v, 1); }), x);
}

}  // namespace

std::vector<Row> layer_rows() {
    std::vector<Row> rows;
    normalization_rows(rows);
    attention_rows(rows);
    embedding_rows(rows);
    dropout_rows(rows);
    return rows;
}
