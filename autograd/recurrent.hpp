#pragma once

#include <xgrad/autograd/tensor.hpp>

// Recurrent layers over whole sequences: all steps of one layer in one direction are one operation. Rows of the weights
// are in PyTorch's order of the gates.
//
// Sequences are (T, N, I), or (N, T, I) with `batch_first`, of at least one step; states are (N, H). All throw
// ShapeError where shapes do not fit each other, DTypeError unless all inputs have one floating-point type, and
// ValueError for one bias without the other. The gradients of each sample alone (per_sample.hpp) are to be had with
// `batch_first`.

namespace xg {

/// How a sequence is gone through.
struct RecurrentOptions {
    bool batch_first = false;  ///< Sequences are (N, T, …) instead of (T, N, …).
    bool reverse = false;      ///< From the last step to the first; the states stay at their steps.
};

/// What an LSTM makes of a sequence.
struct LSTMResult {
    Tensor output;  ///< The hidden states after each step, (T, N, H).
    Tensor hidden;  ///< The last of them, (N, H).
    Tensor cell;    ///< The cells' states after the last step, (N, H).
};

/// A long short-term memory: with σ the sigmoid function, in each step
///
///     i, f, g, o = σ, σ, tanh, σ of the four parts of x · input_weightᵀ + input_bias + h · hidden_weightᵀ + hidden_bias
///     c = f · c + i · g
///     h = o · tanh(c)
///
/// Weights are (4 H, I) and (4 H, H), the biases (4 H) or both undefined. (Hochreiter and Schmidhuber, Long short-term
/// memory, 1997; with forget gates by Gers, Schmidhuber and Cummins, 2000.)
XG_EXPORT LSTMResult lstm(const Tensor& x, const Tensor& h, const Tensor& c, const Tensor& input_weight,
                          const Tensor& hidden_weight, const Tensor& input_bias = {}, const Tensor& hidden_bias = {},
                          const RecurrentOptions& options = {});

/// What a GRU makes of a sequence.
struct GRUResult {
    Tensor output;  ///< The states after each step, (T, N, H).
    Tensor hidden;  ///< The last of them, (N, H).
};

/// A gated recurrent unit: with p the three parts of x · input_weightᵀ + input_bias and q those of h · hidden_weightᵀ +
/// hidden_bias, in each step
///
///     r, z = σ(p₀ + q₀), σ(p₁ + q₁)
///     n = tanh(p₂ + r · q₂)
///     h = (1 - z) · n + z · h
///
/// Weights are (3 H, I) and (3 H, H), the biases (3 H) or both undefined. (Cho et al., Learning phrase representations
/// using RNN encoder-decoder, 2014; the reset gate is applied after the product, as in cuDNN and PyTorch.)
XG_EXPORT GRUResult gru(const Tensor& x, const Tensor& h, const Tensor& input_weight, const Tensor& hidden_weight,
                        const Tensor& input_bias = {}, const Tensor& hidden_bias = {},
                        const RecurrentOptions& options = {});

}  // namespace xg
