#pragma once

#include <cstdint>

// Kernels of recurrent layers: whole sequences, all steps, forward and backward through time. All arrays are
// contiguous: of T steps of N samples of I features, and H hidden units. Where (T, N, …) is written it is (N, T, …) if
// the batch comes first. Rows of weights are PyTorch's: of the LSTM the input, forget, cell and output gates, of the
// GRU the reset, update and new gates.

namespace xg::detail {

struct RecurrentShape {
    std::int64_t steps, batch, in, hidden;
    bool reverse;      ///< From the last step to the first.
    bool batch_first;  ///< Sequences are (N, T, …).

    /// The step that is computed as number s, from 0.
    std::int64_t at(std::int64_t s) const noexcept { return reverse ? steps - 1 - s : s; }
    /// Which row of a sequence that of sample r in step t is, and how many rows the next sample's is further on.
    std::int64_t row(std::int64_t t, std::int64_t r) const noexcept {
        return batch_first ? r * steps + t : t * batch + r;
    }
    std::int64_t row_step() const noexcept { return batch_first ? steps : 1; }
};

/// (gates · H, I), (gates · H, H), (gates · H): the biases may be null.
template <class T>
struct RecurrentWeights {
    const T *input, *hidden, *input_bias, *hidden_bias;
};

/// y and cells are (T, N, H): the states after each step; gates (T, N, 4H) may be null.
template <class T>
void lstm_forward(const RecurrentShape& s, const RecurrentWeights<T>& w, const T* x, const T* h0, const T* c0, T* y,
                  T* cells, T* gates);

/// What the backward pass through an LSTM is given: of the gradients gy (T, N, H), gh and gc (N, H) any may be null.
template <class T>
struct LSTMPass {
    const T *c0, *cells, *gates, *gy, *gh, *gc;
};

/// The gradients of the gates' sums, (T, N, 4H), and of the states that the sequence started from.
template <class T>
void lstm_backward(const RecurrentShape& s, const T* hidden_weights, const LSTMPass<T>& pass, T* dsums, T* dh0, T* dc0);

/// y is (T, N, H); gates (T, N, 4H), which may be null, are the three gates and the hidden part of the new one.
template <class T>
void gru_forward(const RecurrentShape& s, const RecurrentWeights<T>& w, const T* x, const T* h0, T* y, T* gates);

/// What the backward pass through a GRU is given: of the gradients gy (T, N, H) and gh (N, H) any may be null.
template <class T>
struct GRUPass {
    const T *h0, *y, *gates, *gy, *gh;
};

/// The gradients of what the inputs' and the hidden units' products add to the gates, (T, N, 3H) each, and of the state
/// at the start.
template <class T>
void gru_backward(const RecurrentShape& s, const T* hidden_weights, const GRUPass<T>& pass, T* dinput, T* dhidden,
                  T* dh0);

/// The states from which each step started, (T, N, H).
template <class T>
void states_before(const RecurrentShape& s, const T* y, const T* h0, T* before);

}  // namespace xg::detail
