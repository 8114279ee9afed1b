// Recurrent layers, given what they cannot take.

#include "bad_operation.hpp"

using bad_rows::dtype_error;
using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using xg::Tensor;

namespace {

/// x, states (one or two of them), weights and biases.
using Call = std::function<Tensor(const Tensor& x, const Tensor& h, const Tensor& input, const Tensor& hidden,
                                  const Tensor& input_bias, const Tensor& hidden_bias)>;

void layer(BadInputs& rows, const std::string& name, std::int64_t gates, const Call& f) {
    const Operation op(rows, name);
    // Five steps of 2 samples of 4 features, and 3 units.
    const Tensor x = xg::ones({5, 2, 4}), h = xg::ones({2, 3}), wi = xg::ones({3 * gates, 4}),
                 wh = xg::ones({3 * gates, 3}), b = xg::ones({3 * gates});
    const auto of_x = [=](const Tensor& t) { return f(t, h, wi, wh, b, b); };
    const auto of_h = [=](const Tensor& t) { return f(x, t, wi, wh, b, b); };
    const auto of_input = [=](const Tensor& t) { return f(x, h, t, wh, b, b); };
    const auto of_hidden = [=](const Tensor& t) { return f(x, h, wi, t, b, b); };
    const auto of_bias = [=](const Tensor& t) { return f(x, h, wi, wh, t, b); };
    const auto of_hidden_bias = [=](const Tensor& t) { return f(x, h, wi, wh, b, t); };
    for (const bad_rows::Unary& each :
         {bad_rows::Unary(of_x), bad_rows::Unary(of_h), bad_rows::Unary(of_input), bad_rows::Unary(of_hidden)})
        op.refuses_undefined(each);
    op.refuses_shapes(of_x, {{}, {4}, {5, 4}, {1, 5, 2, 4}}, "(T, N, I)");
    op.refuses(shape_error, "no steps", [=] { return of_x(xg::ones({0, 2, 4})); }, {"at least one step", "(0, 2, 4)"});
    op.refuses(shape_error, "another width",
               [=] {
                   return of_x(xg::ones({5, 2, 3}));
               },
               {"input weights of shape", wi.shape().str(), "(5, 2, 3)"});
    op.refuses_shapes(of_h, {{}, {3}, {2, 4}, {1, 3}, {1, 2, 3}}, "state of shape (2, 3)");
    op.refuses_shapes(of_input, {{}, {4}, {3, 4}, {3 * gates, 5}}, wi.shape().str());
    op.refuses_shapes(of_hidden, {{}, {4}, {3, 3}, {3 * gates, 4}}, "(" + std::to_string(gates) + " H, H)");
    op.refuses_shapes(of_bias, {{}, {1}, {3}, {1, 3 * gates}}, "input bias of shape " + b.shape().str());
    op.refuses_shapes(of_hidden_bias, {{}, {1}, {3}, {1, 3 * gates}}, "hidden bias of shape " + b.shape().str());
    op.refuses(value_error, "one bias", [=] { return f(x, h, wi, wh, b, {}); }, {"both biases or none"});
    op.refuses(value_error, "the other bias", [=] { return f(x, h, wi, wh, {}, b); }, {"both biases or none"});
    op.refuses_dtypes(of_x, {5, 2, 4}, {xg::int64, xg::boolean, xg::float64});
    op.refuses_dtypes(of_h, {2, 3}, {xg::int64, xg::float64});
    op.refuses_dtypes(of_input, wi.shape(), {xg::float64});
    op.refuses_dtypes(of_hidden, wh.shape(), {xg::float64});
    op.refuses_dtypes(of_bias, b.shape(), {xg::float64});
    op.refuses_dtypes(of_hidden_bias, b.shape(), {xg::int64});
    op.refuses(dtype_error, "whole numbers alone",
               [=] {
                   const auto whole = [](const Tensor& t) { return t.to(xg::int64); };
                   return f(whole(x), whole(h), whole(wi), whole(wh), whole(b), whole(b));
               },
               {"floating-point", "int64"});
    op.refuses(
        shape_error, "a result that overflows",
        [=] {
            const std::int64_t many = std::int64_t{1} << 30;
            return f(bad_rows::wide({many, many, 1}), bad_rows::wide({many, 3}), xg::ones({3 * gates, 1}), wh, b, b);
        },
        {"1073741824"});
    op.gives("no samples", [=] { return f(xg::ones({5, 0, 4}), xg::ones({0, 3}), wi, wh, b, b); }, {5, 0, 3}, {});
    op.gives("no units",
             [=] {
                 return f(x, xg::ones({2, 0}), xg::ones({0, 4}), xg::ones({0, 0}), xg::ones({0}), xg::ones({0}));
             },
             {5, 2, 0}, {});
    // A NaN stays in its sample, from its step on.
    op.gives("NaN",
             [=] {
                 const Tensor bad = xg::tensor({{{0.0}, {0.0}}, {{kNan}, {0.0}}, {{0.0}, {0.0}}});
                 const Tensor none = xg::zeros({gates, 1});
                 return f(bad, xg::zeros({2, 1}), none, none, {}, {});
             },
             {3, 2, 1}, {0, 0, kNan, 0, kNan, 0});
}

}  // namespace

void bad_recurrent(BadInputs& rows) {
    layer(rows, "lstm", 4,
          [](const Tensor& x, const Tensor& h, const Tensor& wi, const Tensor& wh, const Tensor& bi, const Tensor& bh) {
              const Tensor c = h.defined() ? xg::zeros_like(h.detach()) : xg::ones({2, 3});
              return xg::lstm(x, h, c, wi, wh, bi, bh).output;
          });
    layer(rows, "gru", 3,
          [](const Tensor& x, const Tensor& h, const Tensor& wi, const Tensor& wh, const Tensor& bi, const Tensor& bh) {
              return xg::gru(x, h, wi, wh, bi, bh).output;
          });
    const Operation op(rows, "lstm");
    const Tensor x = xg::ones({5, 2, 4}), h = xg::ones({2, 3}), wi = xg::ones({12, 4}), wh = xg::ones({12, 3});
    const auto of_c = [=](const Tensor& t) { return xg::lstm(x, h, t, wi, wh).output; };
    op.refuses_undefined(of_c);
    op.refuses_shapes(of_c, {{}, {3}, {2, 4}, {1, 2, 3}}, "cell state of shape (2, 3)");
    op.refuses_dtypes(of_c, {2, 3}, {xg::float64});
    op.refuses(shape_error, "a batch that comes first",
               [=] { return xg::lstm(x, h, h, wi, wh, {}, {}, {.batch_first = true}).output; },
               {"(5, 3)", "(5, 2, 4)"});
}
