// Dropout, normalisation, embedding and attention, given what they cannot take.

#include "bad_operation.hpp"

using bad_rows::dtype_error;
using bad_rows::index_error;
using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using xg::Tensor;

namespace {

void dropouts(BadInputs& rows) {
    using Dropout = Tensor (*)(const Tensor&, double, bool);
    for (const auto& [name, f] : {std::pair<const char*, Dropout>("dropout", xg::dropout),
                                  std::pair<const char*, Dropout>("feature_dropout", xg::feature_dropout),
                                  std::pair<const char*, Dropout>("alpha_dropout", xg::alpha_dropout)}) {
        const Operation op(rows, name);
        // Whether or not anything is dropped.
        for (const bool training : {true, false}) {
            const auto half = [f = f, training](const Tensor& x) { return f(x, 0.5, training); };
            op.refuses_undefined(half);
            op.refuses_dtypes(half, {2, 3}, {xg::int64, xg::boolean});
            for (const double p : {-0.1, 1.5, kNan, kInf, -kInf})
                op.refuses(value_error, "a probability of " + std::to_string(p),
                           [f = f, training, p] {
                               return f(xg::ones({2, 3}), p, training);
                           },
                           {"from 0 to 1", "got " + std::to_string(p)});
            op.gives("no rows", [half] { return half(xg::ones({0, 3})); }, {0, 3}, {});
            op.gives("no columns", [half] { return half(xg::ones({2, 0})); }, {2, 0}, {});
        }
        // PyTorch's: what is dropped is multiplied by 0.
        op.gives("everything dropped, NaN and infinity",
                 [f = f] {
                     return f(xg::tensor({{1.0, kNan}, {kInf, -1.0}}), 1, true);
                 },
                 {2, 2}, {0, kNan, kNan, 0});
    }
    for (const bool training : {true, false})
        Operation(rows, "feature_dropout")
            .refuses_shapes([training](const Tensor& x) { return xg::feature_dropout(x, 0.5, training); }, {{}, {3}},
                            "(N, C, ...)");
    for (const char* name : {"dropout", "alpha_dropout"})
        rows.gives(name, "rank 0, nothing dropped", [] { return xg::dropout(xg::full({}, 2), 0); }, {}, {2});
}

using Norm = std::function<Tensor(const Tensor& x, const Tensor& weight, const Tensor& bias)>;

/// x, weights and biases of other dtypes, and weights and biases of other shapes than (n,).
void beside(const Operation& op, const Norm& f, const xg::Shape& of_x, std::int64_t n, bool has_bias) {
    const Tensor x = xg::ones(of_x), vector = xg::ones({n});
    op.refuses_undefined([=](const Tensor& t) { return f(t, vector, {}); }, "input");
    op.refuses_dtypes([=](const Tensor& t) { return f(t, {}, {}); }, of_x, {xg::int64, xg::boolean});
    const auto weighted = [=](const Tensor& t) { return f(x, t, {}); };
    const auto biased = [=](const Tensor& t) { return f(x, {}, t); };
    op.refuses_shapes(weighted, {{}, {1}, {n + 1}, {1, n}}, "weights of shape " + xg::Shape{n}.str());
    op.refuses_dtypes(weighted, {n}, {xg::float64, xg::int64});
    if (!has_bias) return;
    op.refuses_shapes(biased, {{}, {1}, {n + 1}, {1, n}}, "biases of shape " + xg::Shape{n}.str());
    op.refuses_dtypes(biased, {n}, {xg::float64, xg::int64});
}

void norms_of_last_axes(BadInputs& rows) {
    using Last = std::function<Tensor(const Tensor&, const xg::Shape&, const Tensor&, const Tensor&)>;
    const auto row_norm = [&](const std::string& name, bool has_bias, const std::vector<double>& of_rows,
                              const Last& f) {
        const Operation op(rows, name);
        beside(
            op, [f](const Tensor& x, const Tensor& w, const Tensor& b) { return f(x, {3}, w, b); }, {2, 3}, 3,
            has_bias);
        for (const xg::Shape& last : {xg::Shape{}, xg::Shape{2}, xg::Shape{2, 2}, xg::Shape{1, 2, 3}, xg::Shape{-1}})
            op.refuses(shape_error, "the normalised shape " + last.str(),
                       [f, last] {
                           return f(xg::ones({2, 3}), last, {}, {});
                       },
                       {"last axes", last.str(), "(2, 3)"});
        op.refuses(shape_error, "rank 0", [f] { return f(xg::ones({}), {}, {}, {}); }, {"at least one axis", "()"});
        op.gives("no rows", [f] { return f(xg::ones({0, 3}), {3}, {}, {}); }, {0, 3}, {});
        op.gives("rows of no elements", [f] { return f(xg::ones({2, 0}), {0}, {}, {}); }, {2, 0}, {});
        op.gives(
            "NaN, infinity, and neither",
            [f] {
                return f(xg::tensor({{1.0, kNan}, {kInf, 1.0}, {4.0, 4.0}}), {2}, {}, {});
            },
            {3, 2}, of_rows);
    };
    row_norm("layer_norm", true, {kNan, kNan, kNan, kNan, 0, 0},
             [](const Tensor& x, const xg::Shape& s, const Tensor& w, const Tensor& b) {
                 return xg::layer_norm(x, s, w, b);
             });
    // Of infinity the mean square is infinite: infinity times 0, and 1 times 0.
    row_norm("rms_norm", false, {kNan, kNan, kNan, 0, 1, 1},
             [](const Tensor& x, const xg::Shape& s, const Tensor& w, const Tensor&) { return xg::rms_norm(x, s, w); });
}

void norms_of_channels(BadInputs& rows) {
    const Operation batch(rows, "batch_norm"), group(rows, "group_norm"), instance(rows, "instance_norm");
    const Norm in_training = [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return xg::batch_norm(x, {}, {}, w, b, {.training = true});
    };
    const Norm in_groups = [](const Tensor& x, const Tensor& w, const Tensor& b) { return xg::group_norm(x, 2, w, b); };
    const Norm of_samples = [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return xg::instance_norm(x, w, b);
    };
    for (const auto& [op, f] :
         {std::pair(&batch, &in_training), std::pair(&group, &in_groups), std::pair(&instance, &of_samples)}) {
        beside(*op, *f, {2, 4, 3}, 4, true);
        const auto alone = [f = *f](const Tensor& x) { return f(x, {}, {}); };
        op->refuses_shapes(alone, {{}, {4}}, "(N, C, ...)");
        op->gives("no samples", [alone] { return alone(xg::ones({0, 4, 3})); }, {0, 4, 3}, {});
        op->gives("no values in a channel", [alone] { return alone(xg::ones({2, 4, 0})); }, {2, 4, 0}, {});
    }
    instance.refuses_shapes([](const Tensor& x) { return xg::instance_norm(x); }, {{2, 3}, {2, 3, 1}, {0, 3, 1, 1}},
                            "more than one value a channel");
    batch.refuses_shapes([&](const Tensor& x) { return xg::batch_norm(x, {}, {}, {}, {}, {.training = true}); },
                         {{1, 3}, {1, 3, 1}}, "more than one value a channel");
    for (const std::int64_t groups : {std::int64_t{0}, std::int64_t{-2}, std::int64_t{3}, kHuge, bad_rows::kLeast})
        group.refuses(value_error, std::to_string(groups) + " groups",
                      [groups] {
                          return xg::group_norm(xg::ones({2, 4, 3}), groups);
                      },
                      {"divides the 4 channels", "(2, 4, 3)", "got " + std::to_string(groups)});
    group.gives("NaN in one group of two",
                [] {
                    return xg::group_norm(xg::tensor({{1.0, kNan, 2.0, 2.0}}), 2);
                },
                {1, 4}, {kNan, kNan, 0, 0});
    instance.gives("NaN in one channel, infinity in another",
                   [] {
                       return xg::instance_norm(xg::tensor({{{1.0, kNan}, {kInf, 1.0}, {2.0, 2.0}}}));
                   },
                   {1, 3, 2}, {kNan, kNan, kNan, kNan, 0, 0});
    const auto fixed = [](const Tensor& mean, const Tensor& variance) {
        return xg::batch_norm(xg::ones({2, 3}), mean, variance);
    };
    const Tensor three = xg::ones({3});
    batch.refuses(value_error, "no running mean", [=] { return fixed({}, three); }, {"running mean", "undefined"});
    batch.refuses(value_error, "no running variance", [=] { return fixed(three, {}); }, {"variance", "undefined"});
    batch.refuses_shapes([=](const Tensor& t) { return fixed(t, three); }, {{}, {1}, {4}},
                         "running mean of shape (3,)");
    batch.refuses_shapes([=](const Tensor& t) { return fixed(three, t); }, {{}, {1}, {4}},
                         "running variance of shape (3,)");
    batch.refuses_dtypes([=](const Tensor& t) { return fixed(t, three); }, {3}, {xg::float64, xg::int64});
    batch.refuses_dtypes([=](const Tensor& t) { return fixed(three, t); }, {3}, {xg::float64, xg::int64});
    for (const bool mean : {true, false})
        rows.throws<xg::GradError>("batch_norm", "running statistics that are a view",
                                   [=] {
                                       const Tensor view = bad_rows::wide({3});
                                       return xg::batch_norm(xg::ones({2, 3}), mean ? view : three, mean ? three : view,
                                                             {}, {}, {.training = true});
                                   },
                                   {"(3,)", "view"});
    batch.gives(
        "NaN in one channel, infinity in another, in training",
        [] {
            return xg::batch_norm(xg::tensor({{1.0, kInf, 2.0}, {kNan, 1.0, 2.0}}), {}, {}, {}, {}, {.training = true});
        },
        {2, 3}, {kNan, kNan, 0, kNan, kNan, 0});
    batch.gives("a negative variance, and one of 0 without eps",
                [] {
                    return xg::batch_norm(xg::ones({1, 3}), xg::tensor({0.0, 1.0, 0.0}), xg::tensor({-1.0, 0.0, 0.0}),
                                          {}, {}, {.eps = 0});
                },
                {1, 3}, {kNan, kNan, kInf});
    batch.gives("statistics of a batch of none stay as they are",
                [] {
                    const Tensor mean = xg::full({3}, 5), variance = xg::full({3}, 7);
                    const xg::BatchNormOptions training{.training = true};
                    xg::batch_norm(xg::ones({0, 3}), mean, variance, {}, {}, training);
                    return xg::concat({mean, variance});
                },
                {6}, {5, 5, 5, 7, 7, 7});
}

void embeddings(BadInputs& rows) {
    const Operation op(rows, "embedding");
    const Tensor table = xg::ones({4, 2});
    op.refuses_indices([table](const Tensor& i) { return xg::embedding(i, table); }, {2}, 4,
                       "out of range for the 4 rows", "(4, 2)");
    op.refuses_undefined([](const Tensor& w) { return xg::embedding(xg::tensor({0}), w); }, "weight");
    op.refuses_shapes([](const Tensor& w) { return xg::embedding(xg::tensor({0}), w); }, {{}, {4}, {1, 4, 2}},
                      "(V, D)");
    op.refuses(dtype_error, "bool", [table] { return xg::embedding(xg::tensor({true}), table); }, {"int64", "bool"});
    // Rows have no negative numbers, as in PyTorch.
    op.refuses(index_error, "a negative index", [table] { return xg::embedding(xg::tensor({-1}), table); },
               {"index -1", "4 rows", "(4, 2)"});
    op.refuses(index_error, "an index into no rows",
               [] {
                   return xg::embedding(xg::tensor({0}), xg::ones({0, 2}));
               },
               {"index 0", "0 rows", "(0, 2)"});
    for (const std::int64_t padding : {std::int64_t{4}, std::int64_t{-5}, bad_rows::kLeast, bad_rows::kMost})
        op.refuses(value_error, "padding_idx " + std::to_string(padding),
                   [=] { return xg::embedding(xg::tensor({0}), table, {.padding_idx = padding}); },
                   {"padding_idx " + std::to_string(padding), "(4, 2)"});
    op.refuses(shape_error, "a result that overflows",
               [] {
                   const Tensor none = xg::zeros({0, 1}, {.dtype = xg::int64});
                   return xg::embedding(xg::broadcast_to(none, {0, kHuge}), bad_rows::wide({4, kHuge}));
               },
               {"(0, 1099511627776, 1099511627776)"});
    op.gives("no indices",
             [table] {
                 return xg::embedding(xg::zeros({0, 3}, {.dtype = xg::int64}), table);
             },
             {0, 3, 2}, {});
    op.gives("rows of no elements", [] { return xg::embedding(xg::tensor({0, 3}), xg::ones({4, 0})); }, {2, 0}, {});
    op.gives("NaN in another row",
             [] {
                 return xg::embedding(xg::tensor({1}), xg::tensor({{kNan, kNan}, {1.0, kInf}}));
             },
             {1, 2}, {1, kInf});
}

void attention(BadInputs& rows) {
    const Operation op(rows, "scaled_dot_product_attention");
    const auto f = [](const Tensor& q, const Tensor& k, const Tensor& v, const xg::AttentionOptions& o = {}) {
        return xg::scaled_dot_product_attention(q, k, v, o);
    };
    const Tensor q = xg::ones({2, 3, 4}), k = xg::ones({2, 5, 4}), v = xg::ones({2, 5, 6});
    op.refuses_undefined([=](const Tensor& t) { return f(t, k, v); }, "query");
    op.refuses_undefined([=](const Tensor& t) { return f(q, t, v); }, "key");
    op.refuses_undefined([=](const Tensor& t) { return f(q, k, t); }, "value");
    op.refuses_shapes([=](const Tensor& t) { return f(t, k, v); }, {{}, {4}, {2, 3, 5}}, "(2, 5, 4) and (2, 5, 6)");
    op.refuses_shapes([=](const Tensor& t) { return f(q, t, v); }, {{}, {4}, {2, 5, 3}, {2, 4, 4}},
                      "value (..., S, Ev)");
    op.refuses_shapes([=](const Tensor& t) { return f(q, k, t); }, {{}, {5}, {2, 4, 6}}, "value (..., S, Ev)");
    op.refuses(shape_error, "batches that do not broadcast",
               [=] {
                   return f(q, k, xg::ones({3, 5, 6}));
               },
               {"(2,)", "(3,)"});
    op.refuses(dtype_error, "whole numbers", [=] { return f(q.to(xg::int64), k.to(xg::int64), v.to(xg::int64)); },
               {"int64"});
    op.refuses(dtype_error, "a key of another dtype", [=] { return f(q, k.to(xg::float64), v); },
               {"float32", "float64"});
    op.refuses(dtype_error, "a value of another dtype", [=] { return f(q, k, v.to(xg::float64)); },
               {"float32", "float64"});
    for (const double p : {-0.1, 1.1, kNan})
        op.refuses(value_error, "a dropout of " + std::to_string(p), [=] { return f(q, k, v, {.dropout_p = p}); },
                   {"dropout_p", std::to_string(p)});
    const auto masked = [=](const Tensor& mask) { return f(q, k, v, {.mask = mask}); };
    op.refuses(value_error, "a mask beside is_causal",
               [=] {
                   return f(q, k, v, {.mask = xg::zeros({3, 5}), .is_causal = true});
               },
               {"is_causal"});
    op.refuses_dtypes(masked, {3, 5}, {xg::int64, xg::float64});
    op.refuses_shapes(masked, {{3}, {5, 3}, {3, 3, 5}}, "(2, 3, 5)");
    op.refuses(shape_error, "a mask of more axes",
               [=] {
                   return masked(xg::ones({2, 2, 3, 5}));
               },
               {"broadcasts to (2, 3, 5)", "(2, 2, 3, 5)"});
    op.refuses(shape_error, "a result that overflows",
               [=] {
                   return f(bad_rows::wide({kHuge, 1}), xg::ones({1, 1}), bad_rows::wide({1, kHuge}));
               },
               {"(1099511627776, 1099511627776)"});
    op.gives("no queries", [=] { return f(xg::ones({2, 0, 4}), k, v); }, {2, 0, 6}, {});
    op.gives("no keys", [=] { return f(xg::ones({1, 4}), xg::ones({0, 4}), xg::ones({0, 2})); }, {1, 2}, {0, 0});
    op.gives("no batches",
             [=] {
                 return f(xg::ones({0, 3, 4}), xg::ones({1, 5, 4}), xg::ones({5, 6}));
             },
             {0, 3, 6}, {});
    op.gives("values of no elements", [=] { return f(q, k, xg::ones({2, 5, 0})); }, {2, 3, 0}, {});
    const Tensor one = xg::ones({1, 1}), bad = xg::tensor({{1.0}, {kNan}, {1.0}});
    op.gives("NaN in a key", [=] { return f(one, bad, xg::ones({3, 1})); }, {1, 1}, {kNan});
    op.gives("NaN in a query", [=] { return f(bad, one, one); }, {3, 1}, {1, kNan, 1});
    op.gives("NaN in a value", [=] { return f(one, xg::ones({3, 1}), bad); }, {1, 1}, {kNan});
    op.gives("a mask that lets nothing through",
             [=] {
                 return f(one, xg::ones({3, 1}), xg::ones({3, 1}), {.mask = xg::full({1, 3}, -kInf)});
             },
             {1, 1}, {0});
}

}  // namespace

void bad_layers(BadInputs& rows) {
    dropouts(rows);
    norms_of_last_axes(rows);
    norms_of_channels(rows);
    embeddings(rows);
    attention(rows);
}
