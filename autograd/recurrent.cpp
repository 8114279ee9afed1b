#include <xgrad/autograd/recurrent.hpp>

#include <string>
#include <vector>

#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/linear_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/recurrent_kernels.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::data_as;
using detail::data_or_null;
using detail::dense;
using detail::Gradients;
using detail::make_tensor;
using detail::RecurrentShape;
using detail::Saved;
using detail::saved;

namespace {

struct Weights {
    const Tensor &input, &hidden, &input_bias, &hidden_bias;
};

void check_shape(const Tensor& t, const char* what, const Shape& expected, const Tensor& x, const char* op) {
    if (body(t).shape == expected) return;
    throw ShapeError(std::string(op) + ": expected " + what + " of shape " + expected.str() +
                     " for an input of shape " + body(x).shape.str() + ", got " + body(t).shape.str());
}

void check_dtype(const Tensor& t, const char* what, DType dtype, const char* op) {
    if (body(t).dtype != dtype)
        throw DTypeError(std::string(op) + ": expected one dtype, got an input of " + name(dtype) + " and " + what +
                         " of " + name(body(t).dtype));
}

/// The sizes of a sequence x that starts from `states`, with `gates` gates. Throws where anything does not fit.
RecurrentShape checked(const char* op, const Tensor& x,
                       const std::vector<std::pair<const Tensor*, const char*>>& states, const Weights& w,
                       std::int64_t gates, const RecurrentOptions& options) {
    detail::check_defined(x, op);
    detail::check_defined(w.input, op);
    detail::check_defined(w.hidden, op);
    for (const auto& [state, what] : states) detail::check_defined(*state, op);
    const Shape& shape = body(x).shape;
    if (shape.rank() != 3)
        throw ShapeError(std::string(op) + ": expected an input of shape " +
                         (options.batch_first ? "(N, T, I)" : "(T, N, I)") + ", got " + shape.str());
    const std::size_t time = options.batch_first ? 1 : 0;
    if (shape[time] == 0)
        throw ShapeError(std::string(op) + ": expected a sequence of at least one step, got the shape " + shape.str());
    if (!is_floating(body(x).dtype))
        throw DTypeError(std::string(op) + ": expected a floating-point input, got " + name(body(x).dtype));
    const Shape& recurrent = body(w.hidden).shape;
    if (recurrent.rank() != 2 || recurrent[0] != gates * recurrent[1])
        throw ShapeError(std::string(op) + ": expected hidden weights of shape (" + std::to_string(gates) +
                         " H, H), got " + recurrent.str());
    const std::int64_t units = recurrent[1];
    const RecurrentShape s{shape[time], shape[1 - time], shape[2], units, options.reverse, options.batch_first};
    check_shape(w.input, "input weights", {gates * units, s.in}, x, op);
    for (const auto& [state, what] : states) check_shape(*state, what, {s.batch, units}, x, op);
    if (w.input_bias.defined() != w.hidden_bias.defined())
        throw ValueError(std::string(op) + ": expected both biases or none, got one");
    const DType dtype = body(x).dtype;
    check_dtype(w.input, "input weights", dtype, op);
    check_dtype(w.hidden, "hidden weights", dtype, op);
    for (const auto& [state, what] : states) check_dtype(*state, what, dtype, op);
    for (const auto& [bias, what] :
         {std::pair(&w.input_bias, "an input bias"), std::pair(&w.hidden_bias, "a hidden bias")}) {
        if (!bias->defined()) continue;
        check_shape(*bias, what, {gates * units}, x, op);
        check_dtype(*bias, what, dtype, op);
    }
    return s;
}

Shape sequence(const RecurrentShape& s, std::int64_t width) {
    return s.batch_first ? Shape{s.batch, s.steps, width} : Shape{s.steps, s.batch, width};
}

template <class F>
void with_floating(DType dtype, F&& f) {
    if (dtype == float32)
        f(static_cast<float*>(nullptr));
    else
        f(static_cast<double*>(nullptr));
}

/// The contiguous parameters, as kernels take them.
struct Dense {
    Tensor input, hidden, input_bias, hidden_bias;
    explicit Dense(const Weights& w)
        : input(dense(w.input)),
          hidden(dense(w.hidden)),
          input_bias(dense(w.input_bias)),
          hidden_bias(dense(w.hidden_bias)) {}
    template <class T>
    detail::RecurrentWeights<T> of() const {
        return {data_or_null<T>(input), data_or_null<T>(hidden), data_or_null<T>(input_bias),
                data_or_null<T>(hidden_bias)};
    }
};

/// A copy of the last step of a sequence of states: a result of its own.
Tensor last_step(const RecurrentShape& s, const Tensor& states) {
    return select(detail::make_alias(states), s.batch_first ? 1 : 0, s.at(s.steps - 1)).clone();
}

/// A place for the gradient of input i, if it is wanted.
Tensor place(const Gradients& gradients, std::uint32_t i, const Shape& shape, DType dtype) {
    return gradients.needs(i) ? make_tensor(shape, dtype) : Tensor();
}

/// The gradients of a product with weights (out, in), and of its biases, from those of the sums: of inputs number i and
/// so on. `x` are its rows.
void product_gradients(Gradients& gradients, const RecurrentShape& s, const Tensor& sums, const Tensor& x,
                       const Tensor& w, const Tensor& dx, std::uint32_t weight, std::uint32_t bias, bool has_bias) {
    const DType dtype = body(sums).dtype;
    const std::int64_t out = body(w).shape[0], in = body(w).shape[1];
    const Tensor dw = place(gradients, weight, body(w).shape, dtype);
    const Tensor db = has_bias ? place(gradients, bias, {out}, dtype) : Tensor();
    with_floating(dtype, [&]<class T>(T*) {
        detail::linear_backward<T>({s.steps * s.batch, in, out, false}, data_or_null<T>(sums), nullptr,
                                   data_or_null<T>(x), data_or_null<T>(w), data_or_null<T>(dx), data_or_null<T>(dw),
                                   data_or_null<T>(db));
    });
    gradients.set(weight, dw);
    if (has_bias) gradients.set(bias, db);
}

/// What backward needs of a layer's inputs.
struct SavedInputs {
    RecurrentShape s;
    Saved x, h, input, hidden, input_bias, hidden_bias;
    detail::SavedOutput y;

    bool has_bias() const { return input_bias.get().defined(); }
    Tensor states_before() const {
        const Tensor states = y.get(), start = dense(h.get()),
                     before = make_tensor(body(states).shape, body(states).dtype);
        with_floating(body(states).dtype, [&]<class T>(T*) {
            detail::states_before<T>(s, data_or_null<T>(states), data_or_null<T>(start), data_or_null<T>(before));
        });
        return before;
    }
    /// Step t of a sequence.
    Tensor step(const Tensor& sequence, std::int64_t i) const {
        return select(sequence, s.batch_first ? 1 : 0, s.at(i));
    }
    /// The same of what may be undefined, added to `to`, which may be, too.
    Tensor plus(const Tensor& to, const Tensor& sequence, std::int64_t i) const {
        if (!sequence.defined()) return to;
        return to.defined() ? to + step(sequence, i) : step(sequence, i);
    }
    Tensor put_together(std::vector<Tensor> steps) const {
        if (s.reverse) std::reverse(steps.begin(), steps.end());
        return stack(steps, s.batch_first ? 1 : 0);
    }
    /// As product_gradients, of recorded operations.
    void recorded_products(Gradients& gradients, const Tensor& sums, const Tensor& rows, std::uint32_t weight,
                           std::uint32_t bias) const {
        const Tensor flat = sums.reshape({s.steps * s.batch, body(sums).shape.back()});
        if (gradients.needs(weight))
            gradients.set(weight, matmul(transpose(flat), rows.reshape({s.steps * s.batch, body(rows).shape.back()})));
        if (has_bias() && gradients.needs(bias)) gradients.set(bias, sum(flat, 0));
    }
};

Tensor or_zeros(const Tensor& gradient, const RecurrentShape& s, DType dtype) {
    return gradient.defined() ? gradient : zeros({s.batch, s.hidden}, {.dtype = dtype});
}

struct LSTMBackward {
    SavedInputs in;
    Saved c, cells, gates;

    void operator()(Gradients& gradients) const {
        if (detail::recording())
            recorded(gradients);
        else
            fused(gradients);
    }

    void fused(Gradients& gradients) const {
        const RecurrentShape& s = in.s;
        const Tensor x = dense(in.x.get()), input = dense(in.input.get()), hidden = dense(in.hidden.get()),
                     start = dense(c.get()), states = cells.get(), all = gates.get();
        const DType dtype = body(x).dtype;
        const Tensor gy = dense(gradients.of_output(0)), gh = dense(gradients.of_output(1)),
                     gc = dense(gradients.of_output(2));
        const Tensor dh = make_tensor({s.batch, s.hidden}, dtype), dc = make_tensor({s.batch, s.hidden}, dtype),
                     sums = make_tensor(sequence(s, 4 * s.hidden), dtype);
        with_floating(dtype, [&]<class T>(T*) {
            detail::lstm_backward<T>(s, data_or_null<T>(hidden),
                                     {data_or_null<T>(start), data_or_null<T>(states), data_or_null<T>(all),
                                      data_or_null<T>(gy), data_or_null<T>(gh), data_or_null<T>(gc)},
                                     data_or_null<T>(sums), data_or_null<T>(dh), data_or_null<T>(dc));
        });
        const bool biased = in.has_bias();
        const Tensor dx = place(gradients, 0, body(x).shape, dtype);
        product_gradients(gradients, s, sums, x, input, dx, 3, 5, biased);
        gradients.set(0, dx);
        gradients.set(1, dh);
        gradients.set(2, dc);
        if (gradients.needs(4) || (biased && gradients.needs(6)))
            product_gradients(gradients, s, sums, in.states_before(), hidden, {}, 4, 6, biased);
    }

    /// The same of recorded operations, from the inputs on, for higher derivatives.
    void recorded(Gradients& gradients) const {
        const RecurrentShape& s = in.s;
        const Tensor x = in.x.get(), hidden = in.hidden.get();
        struct Step {
            Tensor input, forget, fresh, out, before, bent;
        };
        std::vector<Step> steps;
        std::vector<Tensor> befores, sums(static_cast<std::size_t>(s.steps));
        const Tensor products = linear(x, in.input.get(), in.input_bias.get());
        Tensor h = in.h.get(), cell = c.get();
        for (std::int64_t i = 0; i < s.steps; ++i) {
            const std::vector<Tensor> parts =
                chunk(in.step(products, i) + linear(h, hidden, in.hidden_bias.get()), 4, 1);
            const Tensor a = sigmoid(parts[0]), f = sigmoid(parts[1]), g = tanh(parts[2]), o = sigmoid(parts[3]);
            befores.push_back(h);
            steps.push_back({a, f, g, o, cell, {}});
            cell = f * cell + a * g;
            steps.back().bent = tanh(cell);
            h = o * steps.back().bent;
        }
        const Tensor gy = gradients.of_output(0);
        Tensor dh = or_zeros(gradients.of_output(1), s, body(x).dtype),
               dc = or_zeros(gradients.of_output(2), s, body(x).dtype);
        for (std::int64_t i = s.steps; i-- > 0;) {
            const Step& k = steps[static_cast<std::size_t>(i)];
            dh = in.plus(dh, gy, i);
            dc = dc + dh * k.out * (1 - square(k.bent));
            const Tensor sum =
                concat({dc * k.fresh * k.input * (1 - k.input), dc * k.before * k.forget * (1 - k.forget),
                        dc * k.input * (1 - square(k.fresh)), dh * k.bent * k.out * (1 - k.out)},
                       1);
            dc = dc * k.forget;
            dh = matmul(sum, hidden);
            sums[static_cast<std::size_t>(i)] = sum;
        }
        const Tensor all = in.put_together(sums);
        if (gradients.needs(0)) gradients.set(0, matmul(all, in.input.get()));
        gradients.set(1, dh);
        gradients.set(2, dc);
        in.recorded_products(gradients, all, x, 3, 5);
        in.recorded_products(gradients, all, in.put_together(befores), 4, 6);
    }
};

struct GRUBackward {
    SavedInputs in;
    Saved gates;

    void operator()(Gradients& gradients) const {
        if (detail::recording())
            recorded(gradients);
        else
            fused(gradients);
    }

    void fused(Gradients& gradients) const {
        const RecurrentShape& s = in.s;
        const Tensor x = dense(in.x.get()), input = dense(in.input.get()), hidden = dense(in.hidden.get()),
                     start = dense(in.h.get()), states = in.y.get(), all = gates.get();
        const DType dtype = body(x).dtype;
        const Tensor gy = dense(gradients.of_output(0)), gh = dense(gradients.of_output(1));
        const Tensor dh = make_tensor({s.batch, s.hidden}, dtype),
                     of_input = make_tensor(sequence(s, 3 * s.hidden), dtype),
                     of_hidden = make_tensor(sequence(s, 3 * s.hidden), dtype);
        with_floating(dtype, [&]<class T>(T*) {
            detail::gru_backward<T>(s, data_or_null<T>(hidden),
                                    {data_or_null<T>(start), data_or_null<T>(states), data_or_null<T>(all),
                                     data_or_null<T>(gy), data_or_null<T>(gh)},
                                    data_or_null<T>(of_input), data_or_null<T>(of_hidden), data_or_null<T>(dh));
        });
        const bool biased = in.has_bias();
        const Tensor dx = place(gradients, 0, body(x).shape, dtype);
        product_gradients(gradients, s, of_input, x, input, dx, 2, 4, biased);
        gradients.set(0, dx);
        gradients.set(1, dh);
        if (gradients.needs(3) || (biased && gradients.needs(5)))
            product_gradients(gradients, s, of_hidden, in.states_before(), hidden, {}, 3, 5, biased);
    }

    /// The same of recorded operations, from the inputs on, for higher derivatives.
    void recorded(Gradients& gradients) const {
        const RecurrentShape& s = in.s;
        const Tensor x = in.x.get(), hidden = in.hidden.get();
        struct Step {
            Tensor reset, update, fresh, part;
        };
        std::vector<Step> steps;
        std::vector<Tensor> befores, inputs(static_cast<std::size_t>(s.steps)), hiddens(inputs);
        const Tensor products = linear(x, in.input.get(), in.input_bias.get());
        Tensor h = in.h.get();
        for (std::int64_t i = 0; i < s.steps; ++i) {
            const std::vector<Tensor> p = chunk(in.step(products, i), 3, 1),
                                      q = chunk(linear(h, hidden, in.hidden_bias.get()), 3, 1);
            const Tensor r = sigmoid(p[0] + q[0]), z = sigmoid(p[1] + q[1]), n = tanh(p[2] + r * q[2]);
            befores.push_back(h);
            steps.push_back({r, z, n, q[2]});
            h = (1 - z) * n + z * h;
        }
        const Tensor gy = gradients.of_output(0);
        Tensor dh = or_zeros(gradients.of_output(1), s, body(x).dtype);
        for (std::int64_t i = s.steps; i-- > 0;) {
            const auto at = static_cast<std::size_t>(i);
            const Step& k = steps[at];
            dh = in.plus(dh, gy, i);
            const Tensor fresh = dh * (1 - k.update) * (1 - square(k.fresh)),
                         reset = fresh * k.part * k.reset * (1 - k.reset),
                         update = dh * (befores[at] - k.fresh) * k.update * (1 - k.update);
            inputs[at] = concat({reset, update, fresh}, 1);
            hiddens[at] = concat({reset, update, fresh * k.reset}, 1);
            dh = dh * k.update + matmul(hiddens[at], hidden);
        }
        const Tensor of_input = in.put_together(inputs), of_hidden = in.put_together(hiddens);
        if (gradients.needs(0)) gradients.set(0, matmul(of_input, in.input.get()));
        gradients.set(1, dh);
        in.recorded_products(gradients, of_input, x, 2, 4);
        in.recorded_products(gradients, of_hidden, in.put_together(befores), 3, 5);
    }
};

SavedInputs saved_inputs(const RecurrentShape& s, const Tensor& x, const Tensor& h, const Weights& w, const Tensor& y) {
    return {s,
            saved(x),
            saved(h),
            saved(w.input),
            saved(w.hidden),
            saved(w.input_bias),
            saved(w.hidden_bias),
            detail::SavedOutput(y, 0)};
}

}  // namespace

LSTMResult lstm(const Tensor& x, const Tensor& h, const Tensor& c, const Tensor& input_weight,
                const Tensor& hidden_weight, const Tensor& input_bias, const Tensor& hidden_bias,
                const RecurrentOptions& options) {
    const Weights w{input_weight, hidden_weight, input_bias, hidden_bias};
    const RecurrentShape s = checked("lstm", x, {{&h, "a hidden state"}, {&c, "a cell state"}}, w, 4, options);
    const DType dtype = body(x).dtype;
    const Tensor* const inputs[] = {&x, &h, &c, &input_weight, &hidden_weight, &input_bias, &hidden_bias};
    const bool records = detail::would_record(inputs);
    LSTMResult result{make_tensor(sequence(s, s.hidden), dtype, "lstm"), {}, {}};
    const Tensor cells = make_tensor(body(result.output).shape, dtype, "lstm"),
                 gates = records ? make_tensor(sequence(s, 4 * s.hidden), dtype, "lstm") : Tensor();
    {
        const Dense parameters(w);
        const Tensor from = dense(x), h0 = dense(h), c0 = dense(c);
        with_floating(dtype, [&]<class T>(T*) {
            detail::lstm_forward<T>(s, parameters.of<T>(), data_or_null<T>(from), data_or_null<T>(h0),
                                    data_or_null<T>(c0), data_or_null<T>(result.output), data_or_null<T>(cells),
                                    data_or_null<T>(gates));
        });
    }
    result.hidden = last_step(s, result.output);
    result.cell = last_step(s, cells);
    if (!records && !detail::context.detect_anomaly) return result;
    Tensor* const outputs[] = {&result.output, &result.hidden, &result.cell};
    detail::record_joint({"lstm", detail::ForwardRule::transpose, !s.batch_first}, outputs, inputs,
                         LSTMBackward{saved_inputs(s, x, h, w, result.output), saved(c), saved(cells), saved(gates)});
    return result;
}

GRUResult gru(const Tensor& x, const Tensor& h, const Tensor& input_weight, const Tensor& hidden_weight,
              const Tensor& input_bias, const Tensor& hidden_bias, const RecurrentOptions& options) {
    const Weights w{input_weight, hidden_weight, input_bias, hidden_bias};
    const RecurrentShape s = checked("gru", x, {{&h, "a hidden state"}}, w, 3, options);
    const DType dtype = body(x).dtype;
    const Tensor* const inputs[] = {&x, &h, &input_weight, &hidden_weight, &input_bias, &hidden_bias};
    const bool records = detail::would_record(inputs);
    GRUResult result{make_tensor(sequence(s, s.hidden), dtype, "gru"), {}};
    const Tensor gates = records ? make_tensor(sequence(s, 4 * s.hidden), dtype, "gru") : Tensor();
    {
        const Dense parameters(w);
        const Tensor from = dense(x), h0 = dense(h);
        with_floating(dtype, [&]<class T>(T*) {
            detail::gru_forward<T>(s, parameters.of<T>(), data_or_null<T>(from), data_or_null<T>(h0),
                                   data_or_null<T>(result.output), data_or_null<T>(gates));
        });
    }
    result.hidden = last_step(s, result.output);
    if (!records && !detail::context.detect_anomaly) return result;
    Tensor* const outputs[] = {&result.output, &result.hidden};
    detail::record_joint({"gru", detail::ForwardRule::transpose, !s.batch_first}, outputs, inputs,
                         GRUBackward{saved_inputs(s, x, h, w, result.output), saved(gates)});
    return result;
}

}  // namespace xg
