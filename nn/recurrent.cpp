#include <xgrad/nn/recurrent.hpp>

#include <cmath>
#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/dropout.hpp>
#include <xgrad/autograd/recurrent.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {
namespace {

using detail::RecurrentSizes;
using NamedParameters = std::vector<std::pair<std::string, Tensor>>;

void check(const std::string& layer, const RecurrentSizes& s) {
    if (s.input < 1 || s.hidden < 1 || s.layers < 1)
        throw ValueError(layer + ": expected at least 1 feature, unit and layer, got " + std::to_string(s.input) +
                         ", " + std::to_string(s.hidden) + " and " + std::to_string(s.layers));
    if (!(s.dropout >= 0 && s.dropout <= 1))
        throw ValueError(layer + ": expected a dropout from 0 to 1, got " + std::to_string(s.dropout));
}

/// Weights of gates below each other, each drawn as a layer of its own.
Tensor drawn(const RecurrentSizes& s, std::int64_t in, Init init, DType dtype) {
    Tensor w = empty({s.gates * s.hidden, in}, {.dtype = dtype});
    // PyTorch's number of inputs is that of the hidden units, of all parameters.
    initialize(w, init, init == Init::pytorch ? s.hidden : in, s.hidden);
    return w;
}

NamedParameters drawn_parameters(const RecurrentSizes& s, bool bias, Init init, DType dtype) {
    NamedParameters made;
    for (std::int64_t layer = 0; layer < s.layers; ++layer)
        for (const char* direction : {"", "_reverse"}) {
            if (*direction != 0 && !s.bidirectional) continue;
            const std::string end = "_l" + std::to_string(layer) + direction;
            const std::int64_t in = layer == 0 ? s.input : s.hidden * (s.bidirectional ? 2 : 1);
            made.emplace_back("weight_ih" + end, drawn(s, in, init, dtype));
            made.emplace_back("weight_hh" + end, drawn(s, s.hidden, init, dtype));
            for (const char* which : {"bias_ih", "bias_hh"}) {
                if (!bias) continue;
                Tensor b = zeros({s.gates * s.hidden}, {.dtype = dtype});
                if (init == Init::pytorch) initialize(b, init, s.hidden, s.hidden);
                made.emplace_back(which + end, b);
            }
        }
    return made;
}

/// The state of one layer and direction: that of the given states, or zeros.
Tensor state_of(const Tensor& states, std::int64_t i, const Shape& shape, DType dtype) {
    return states.defined() ? states[i] : zeros(shape, {.dtype = dtype});
}

void check_state(const std::string& layer, const Tensor& state, const char* what, const Shape& expected) {
    if (state.defined() && !(state.shape() == expected))
        throw ShapeError(layer + ": expected a " + what + " of shape " + expected.str() + ", got " +
                         state.shape().str());
}

/// Runs all layers and directions over x. `run(x, parameters, i, reverse)` is one of them, number i.
template <class Run>
Tensor run_layers(const RecurrentSizes& s, Tensor x, const std::vector<Parameter>& parameters, bool training,
                  const Run& run) {
    const std::int64_t directions = s.bidirectional ? 2 : 1;
    const std::size_t each = parameters.size() / static_cast<std::size_t>(s.layers * directions);
    for (std::int64_t layer = 0; layer < s.layers; ++layer) {
        std::vector<Tensor> outputs;
        for (std::int64_t d = 0; d < directions; ++d) {
            const std::int64_t i = layer * directions + d;
            outputs.push_back(run(x, parameters.data() + static_cast<std::size_t>(i) * each, i, d == 1));
        }
        x = directions == 1 ? outputs[0] : concat(outputs, -1);
        if (s.dropout > 0 && layer + 1 < s.layers) x = dropout(x, s.dropout, training);
    }
    return x;
}

/// A call's input as a batch, and the shape of the state of one layer.
struct Batch {
    Tensor x;
    bool single;
    Shape state, states;

    Batch(const std::string& layer, const RecurrentSizes& s, const Tensor& given) {
        if (!given.defined()) throw ValueError(layer + ": the input is undefined");
        const std::int64_t rank = given.rank();
        if (rank < 2 || rank > 3 || given.size(-1) != s.input)
            throw ShapeError(layer + ": expected an input of shape " + (s.batch_first ? "(N, T, " : "(T, N, ") +
                             std::to_string(s.input) + ") or (T, " + std::to_string(s.input) + "), got " +
                             given.shape().str());
        single = rank == 2;
        x = single ? unsqueeze(given, s.batch_first ? 0 : 1) : given;
        state = {x.size(s.batch_first ? 0 : 1), s.hidden};
        const std::int64_t all = s.layers * (s.bidirectional ? 2 : 1);
        states = single ? Shape{all, s.hidden} : Shape{all, state[0], s.hidden};
    }
    /// A state as that of a batch.
    Tensor widened(const Tensor& t) const { return single && t.defined() ? unsqueeze(t, 1) : t; }
    Tensor narrowed(const Tensor& t, std::int64_t axis) const { return single ? squeeze(t, {axis}) : t; }
};

}  // namespace

LSTM::LSTM(std::int64_t input_size, std::int64_t hidden_size, const LSTMOptions& options)
    : sizes_{input_size,          hidden_size,           options.num_layers, 4,
             options.batch_first, options.bidirectional, options.dropout} {
    check("LSTM", sizes_);
    set_row_wise(options.batch_first && options.dropout == 0);  // its masks are drawn for steps, not for samples
    for (auto& [name, tensor] : drawn_parameters(sizes_, options.bias, options.init, options.dtype)) {
        parameters_.push_back(add_parameter(name, tensor));
        if (options.forget_bias == 0 || name.find("bias_ih") != 0) continue;
        const NoGrad no_grad;
        std::vector<Tensor> gates = chunk(tensor.detach(), 4);
        gates[1] = full_like(gates[1], options.forget_bias);
        tensor.set_data(concat(gates));
    }
}

std::pair<Tensor, LSTMState> LSTM::forward(const Tensor& x, const LSTMState& state) const {
    const Batch batch("LSTM", sizes_, x);
    if (state.first.defined() != state.second.defined())
        throw ValueError("LSTM: expected a hidden and a cell state or none, got one");
    check_state("LSTM", state.first, "hidden state", batch.states);
    check_state("LSTM", state.second, "cell state", batch.states);
    const Tensor before = batch.widened(state.first), cells_before = batch.widened(state.second);
    std::vector<Tensor> hidden, cells;
    const bool bias = parameters_.size() > static_cast<std::size_t>(batch.states[0]) * 2;
    const Tensor y = run_layers(sizes_, batch.x, parameters_, is_training(),
                                [&](const Tensor& in, const Parameter* p, std::int64_t i, bool reverse) {
                                    LSTMResult r = lstm(in, state_of(before, i, batch.state, x.dtype()),
                                                        state_of(cells_before, i, batch.state, x.dtype()), p[0], p[1],
                                                        bias ? p[2] : Parameter(), bias ? p[3] : Parameter(),
                                                        {.batch_first = sizes_.batch_first, .reverse = reverse});
                                    hidden.push_back(r.hidden);
                                    cells.push_back(r.cell);
                                    return r.output;
                                });
    return {batch.narrowed(y, sizes_.batch_first ? 0 : 1),
            {batch.narrowed(stack(hidden), 1), batch.narrowed(stack(cells), 1)}};
}

GRU::GRU(std::int64_t input_size, std::int64_t hidden_size, const GRUOptions& options)
    : sizes_{input_size,          hidden_size,           options.num_layers, 3,
             options.batch_first, options.bidirectional, options.dropout} {
    check("GRU", sizes_);
    set_row_wise(options.batch_first && options.dropout == 0);  // its masks are drawn for steps, not for samples
    for (const auto& [name, tensor] : drawn_parameters(sizes_, options.bias, options.init, options.dtype))
        parameters_.push_back(add_parameter(name, tensor));
}

std::pair<Tensor, Tensor> GRU::forward(const Tensor& x, const Tensor& state) const {
    const Batch batch("GRU", sizes_, x);
    check_state("GRU", state, "hidden state", batch.states);
    const Tensor before = batch.widened(state);
    std::vector<Tensor> hidden;
    const bool bias = parameters_.size() > static_cast<std::size_t>(batch.states[0]) * 2;
    const Tensor y = run_layers(sizes_, batch.x, parameters_, is_training(),
                                [&](const Tensor& in, const Parameter* p, std::int64_t i, bool reverse) {
                                    GRUResult r = gru(in, state_of(before, i, batch.state, x.dtype()), p[0], p[1],
                                                      bias ? p[2] : Parameter(), bias ? p[3] : Parameter(),
                                                      {.batch_first = sizes_.batch_first, .reverse = reverse});
                                    hidden.push_back(r.hidden);
                                    return r.output;
                                });
    return {batch.narrowed(y, sizes_.batch_first ? 0 : 1), batch.narrowed(stack(hidden), 1)};
}

}  // namespace xg::nn
