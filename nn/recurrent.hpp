#pragma once

#include <utility>
#include <vector>

#include <xgrad/nn/init.hpp>
#include <xgrad/nn/module.hpp>

// Recurrent layers, with PyTorch's names, shapes and order of gates; <xgrad/autograd/recurrent.hpp> has the formulas.
//
// Sequences are (T, N, input_size), or (N, T, input_size) with `batch_first`, or (T, input_size) of a single sample.
// States are (num_layers · directions, N, hidden_size), zeros if not given, layer by layer, the forward direction
// first. The output is the last layer's states after each step, both directions' side by side. Parameters of layer k:
// weight_ih_lk (gates · hidden_size, width of its input), weight_hh_lk (gates · hidden_size, hidden_size), bias_ih_lk
// and bias_hh_lk (gates · hidden_size); the backward direction's end in _reverse.
//
// Each gate's weights are drawn as Glorot's by default and biases are 0; `Init::pytorch` draws all evenly from ±1 /
// sqrt(hidden_size). Keras has one bias, the order i, f, c, o of an LSTM's gates as here but z, r, h of a GRU's,
// transposed weights, orthogonal recurrent ones, and a bias of 1 of the forget gate: see `forget_bias`.

namespace xg::nn {

/// Options of LSTM.
struct LSTMOptions {
    std::int64_t num_layers = 1;
    bool bias = true;
    bool batch_first = false;    ///< Sequences are (N, T, …); states are not.
    double dropout = 0;          ///< In training, between layers.
    bool bidirectional = false;  ///< With a second layer beside each that goes backwards.
    double forget_bias =
        0;  ///< What bias_ih of the forget gates starts at; 1 helps to remember for long (Gers et al., 2000).
    Init init = Init::glorot_uniform;
    DType dtype = float32;
};

/// An LSTM's state: hidden and cell.
using LSTMState = std::pair<Tensor, Tensor>;

namespace detail {

struct RecurrentSizes {
    std::int64_t input, hidden, layers, gates;
    bool batch_first, bidirectional;
    double dropout;
};

}  // namespace detail

/// A stack of `lstm` layers: `auto [y, state] = layer(x);` and on with `layer(x2, state)`.
class XG_EXPORT LSTM final : public Layer<LSTM> {
public:
    /// Throws ValueError for sizes below 1 and a dropout outside of [0, 1].
    LSTM(std::int64_t input_size, std::int64_t hidden_size, const LSTMOptions& options = {});
    /// Throws ShapeError and DTypeError for what does not fit.
    std::pair<Tensor, LSTMState> forward(const Tensor& x, const LSTMState& state = {}) const;

private:
    detail::RecurrentSizes sizes_;
    std::vector<Parameter> parameters_;
};

/// Options of GRU.
struct GRUOptions {
    std::int64_t num_layers = 1;
    bool bias = true;
    bool batch_first = false;    ///< Sequences are (N, T, …); states are not.
    double dropout = 0;          ///< In training, between layers.
    bool bidirectional = false;  ///< With a second layer beside each that goes backwards.
    Init init = Init::glorot_uniform;
    DType dtype = float32;
};

/// A stack of `gru` layers: `auto [y, state] = layer(x);` and on with `layer(x2, state)`.
class XG_EXPORT GRU final : public Layer<GRU> {
public:
    /// Throws ValueError for sizes below 1 and a dropout outside of [0, 1].
    GRU(std::int64_t input_size, std::int64_t hidden_size, const GRUOptions& options = {});
    /// Throws ShapeError and DTypeError for what does not fit.
    std::pair<Tensor, Tensor> forward(const Tensor& x, const Tensor& state = {}) const;

private:
    detail::RecurrentSizes sizes_;
    std::vector<Parameter> parameters_;
};

}  // namespace xg::nn
