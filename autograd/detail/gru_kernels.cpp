#include <xgrad/autograd/detail/recurrent_panels.hpp>

// As lstm_kernels.cpp. The new gate's products with the inputs and with the hidden units are kept apart, since the
// reset gate scales the latter.

namespace xg::detail {
namespace {

template <class T>
struct GRUForward {
    RecurrentShape s;
    const T *x, *h0;
    const T *input, *hidden, *input_biases, *hidden_biases;  // packed
    T *y, *gates;

    /// The states of R samples from r on and of the units of a panel, after step t.
    template <int R>
    void states(std::int64_t t, States<T> h, std::int64_t panel, std::int64_t r) const {
        constexpr std::int64_t width = kWidth<T>;
        const std::int64_t units = s.hidden, j = panel * width, n = std::min(width, units - j);
        const auto bias = [&](const T* from, int gate) {
            return Lanes<T>::load_unaligned(from + (panel * 3 + gate) * width);
        };
        Lanes<T> sums[R][4];
        for (int i = 0; i < R; ++i) {
            for (int p = 0; p < 2; ++p) sums[i][p] = bias(input_biases, p) + bias(hidden_biases, p);
            sums[i][2] = bias(input_biases, 2);
            sums[i][3] = bias(hidden_biases, 2);
        }
        add_products<T, R, 0, 1, 2>(s.in, x + s.row(t, r) * s.in, s.row_step() * s.in, input + panel * s.in * 3 * width,
                                    sums);
        add_products<T, R, 0, 1, 3>(units, h.of(r), h.step, hidden + panel * units * 3 * width, sums);
        for (int i = 0; i < R; ++i) {
            const std::int64_t row = s.row(t, r + i);
            const Lanes<T> reset = vector_sigmoid<T>(sums[i][0]), update = vector_sigmoid<T>(sums[i][1]),
                           fresh = vector_tanh<T>(sums[i][2] + reset * sums[i][3]);
            const Lanes<T> before = load<T>(h.of(r + i) + j, n);
            store<T>((Lanes<T>(T(1)) - update) * fresh + update * before, y + row * units + j, n);
            if (gates == nullptr) continue;
            T* const to = gates + row * 4 * units + j;
            store<T>(reset, to, n);
            store<T>(update, to + units, n);
            store<T>(fresh, to + 2 * units, n);
            store<T>(sums[i][3], to + 3 * units, n);
        }
    }

    void run(std::int64_t begin, std::int64_t end) const {
        for (std::int64_t i = 0; i < s.steps; ++i) {
            const auto h = States<T>::before(s, i, h0, y);
            for (std::int64_t panel = 0; panel < panels_of<T>(s.hidden); ++panel)
                by_rows<kRows<T>>(begin, end, [&](auto rows, std::int64_t r) {
                    states<decltype(rows)::value>(s.at(i), h, panel, r);
                });
        }
    }
};

/// The gradients of the gates' sums of one sample in one step; dh becomes what reaches the state before directly.
template <class T>
void pull(std::int64_t units, const T* gates, const T* before, const T* gy, T* dh, T* dinput, T* dhidden) {
    for (std::int64_t j = 0; j < units; j += kWidth<T>) {
        const std::int64_t n = units - j;
        const Lanes<T> one(T(1));
        const Lanes<T> reset = load<T>(gates + j, n), update = load<T>(gates + units + j, n),
                       fresh = load<T>(gates + 2 * units + j, n), part = load<T>(gates + 3 * units + j, n);
        Lanes<T> h = load<T>(dh + j, n);
        if (gy != nullptr) h = h + load<T>(gy + j, n);
        const Lanes<T> d_fresh = h * (one - update) * (one - fresh * fresh),
                       d_reset = d_fresh * part * reset * (one - reset),
                       d_update = h * (load<T>(before + j, n) - fresh) * update * (one - update);
        store<T>(d_reset, dinput + j, n);
        store<T>(d_update, dinput + units + j, n);
        store<T>(d_fresh, dinput + 2 * units + j, n);
        store<T>(d_reset, dhidden + j, n);
        store<T>(d_update, dhidden + units + j, n);
        store<T>(d_fresh * reset, dhidden + 2 * units + j, n);
        store<T>(h * update, dh + j, n);
    }
}

}  // namespace

template <class T>
void gru_forward(const RecurrentShape& s, const RecurrentWeights<T>& w, const T* x, const T* h0, T* y, T* gates) {
    const std::int64_t column = panels_of<T>(s.hidden) * 3 * kWidth<T>;
    const Scratch<T> input(column * s.in), hidden(column * s.hidden), input_biases(column), hidden_biases(column);
    pack_gates(w.input, 3, s.hidden, s.in, input.data());
    pack_gates(w.hidden, 3, s.hidden, s.hidden, hidden.data());
    pack_biases<T>(w.input_bias, nullptr, 3, s.hidden, input_biases.data());
    pack_biases<T>(w.hidden_bias, nullptr, 3, s.hidden, hidden_biases.data());
    const GRUForward<T> forward{s, x,    h0, input.data(), hidden.data(), input_biases.data(), hidden_biases.data(),
                                y, gates};
    for_samples(s, [&](std::int64_t begin, std::int64_t end) { forward.run(begin, end); });
}

template <class T>
void gru_backward(const RecurrentShape& s, const T* hidden_weights, const GRUPass<T>& pass, T* dinput, T* dhidden,
                  T* dh0) {
    const std::int64_t units = s.hidden, plane = s.batch * units;
    const Scratch<T> packed(packed_columns<T>(3 * units, units));
    pack_columns(hidden_weights, 3 * units, units, packed.data());
    if (pass.gh != nullptr)
        std::copy_n(pass.gh, plane, dh0);
    else
        std::fill_n(dh0, plane, T(0));
    for_samples(s, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = s.steps; i-- > 0;) {
            const std::int64_t t = s.at(i);
            const auto before = States<T>::before(s, i, pass.h0, pass.y);
            for (std::int64_t r = begin; r < end; ++r) {
                const std::int64_t row = s.row(t, r);
                pull(units, pass.gates + row * 4 * units, before.of(r),
                     pass.gy != nullptr ? pass.gy + row * units : nullptr, dh0 + r * units, dinput + row * 3 * units,
                     dhidden + row * 3 * units);
            }
            multiply_packed<T, true>(end - begin, units, 3 * units, dhidden + s.row(t, begin) * 3 * units,
                                     s.row_step() * 3 * units, packed.data(), dh0 + begin * units);
        }
    });
}

template void gru_forward(const RecurrentShape&, const RecurrentWeights<float>&, const float*, const float*, float*,
                          float*);
template void gru_forward(const RecurrentShape&, const RecurrentWeights<double>&, const double*, const double*, double*,
                          double*);
template void gru_backward(const RecurrentShape&, const float*, const GRUPass<float>&, float*, float*, float*);
template void gru_backward(const RecurrentShape&, const double*, const GRUPass<double>&, double*, double*, double*);

}  // namespace xg::detail
