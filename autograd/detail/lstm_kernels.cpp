#include <xgrad/autograd/detail/recurrent_panels.hpp>

// A block of samples goes through all steps on one thread: no thread waits for another in between. A step makes the
// four gates of a few units of a few samples in registers and the new states right after.

namespace xg::detail {
namespace {

template <class T>
struct LSTMForward {
    RecurrentShape s;
    const T *x, *h0, *c0;
    const T *input, *hidden, *biases;  // packed
    T *y, *cells, *gates;

    /// The states of R samples from r on and of the units of a panel, after step t.
    template <int R>
    void states(std::int64_t t, States<T> h, States<T> c, std::int64_t panel, std::int64_t r) const {
        constexpr std::int64_t width = kWidth<T>;
        const std::int64_t units = s.hidden, j = panel * width, n = std::min(width, units - j);
        Lanes<T> sums[R][4];
        for (int p = 0; p < 4; ++p) {
            const Lanes<T> bias = Lanes<T>::load_unaligned(biases + (panel * 4 + p) * width);
            for (int i = 0; i < R; ++i) sums[i][p] = bias;
        }
        add_products<T, R, 0, 1, 2, 3>(s.in, x + s.row(t, r) * s.in, s.row_step() * s.in,
                                       input + panel * s.in * 4 * width, sums);
        add_products<T, R, 0, 1, 2, 3>(units, h.of(r), h.step, hidden + panel * units * 4 * width, sums);
        for (int i = 0; i < R; ++i) {
            const std::int64_t row = s.row(t, r + i);
            const Lanes<T> in = vector_sigmoid<T>(sums[i][0]), forget = vector_sigmoid<T>(sums[i][1]),
                           fresh = vector_tanh<T>(sums[i][2]), out = vector_sigmoid<T>(sums[i][3]);
            const Lanes<T> cell = forget * load<T>(c.of(r + i) + j, n) + in * fresh;
            store<T>(cell, cells + row * units + j, n);
            store<T>(out * vector_tanh<T>(cell), y + row * units + j, n);
            if (gates == nullptr) continue;
            T* const to = gates + row * 4 * units + j;
            store<T>(in, to, n);
            store<T>(forget, to + units, n);
            store<T>(fresh, to + 2 * units, n);
            store<T>(out, to + 3 * units, n);
        }
    }

    void run(std::int64_t begin, std::int64_t end) const {
        for (std::int64_t i = 0; i < s.steps; ++i) {
            const auto h = States<T>::before(s, i, h0, y), c = States<T>::before(s, i, c0, cells);
            for (std::int64_t panel = 0; panel < panels_of<T>(s.hidden); ++panel)
                by_rows<kRows<T>>(begin, end, [&](auto rows, std::int64_t r) {
                    states<decltype(rows)::value>(s.at(i), h, c, panel, r);
                });
        }
    }
};

/// The gradients of the gates' sums of one sample in step t; dc becomes that of the cells before the step.
template <class T>
void pull(std::int64_t units, const T* gates, const T* cell, const T* before, const T* gy, const T* dh, T* dc,
          T* dsums) {
    for (std::int64_t j = 0; j < units; j += kWidth<T>) {
        const std::int64_t n = units - j;
        const Lanes<T> one(T(1));
        const Lanes<T> in = load<T>(gates + j, n), forget = load<T>(gates + units + j, n),
                       fresh = load<T>(gates + 2 * units + j, n), out = load<T>(gates + 3 * units + j, n);
        const Lanes<T> bent = vector_tanh<T>(load<T>(cell + j, n));
        Lanes<T> h = load<T>(dh + j, n);
        if (gy != nullptr) h = h + load<T>(gy + j, n);
        const Lanes<T> c = load<T>(dc + j, n) + h * out * (one - bent * bent);
        store<T>(c * fresh * in * (one - in), dsums + j, n);
        store<T>(c * load<T>(before + j, n) * forget * (one - forget), dsums + units + j, n);
        store<T>(c * in * (one - fresh * fresh), dsums + 2 * units + j, n);
        store<T>(h * bent * out * (one - out), dsums + 3 * units + j, n);
        store<T>(c * forget, dc + j, n);
    }
}

}  // namespace

template <class T>
void lstm_forward(const RecurrentShape& s, const RecurrentWeights<T>& w, const T* x, const T* h0, const T* c0, T* y,
                  T* cells, T* gates) {
    const std::int64_t column = panels_of<T>(s.hidden) * 4 * kWidth<T>;
    const Scratch<T> input(column * s.in), hidden(column * s.hidden), biases(column);
    pack_gates(w.input, 4, s.hidden, s.in, input.data());
    pack_gates(w.hidden, 4, s.hidden, s.hidden, hidden.data());
    pack_biases(w.input_bias, w.hidden_bias, 4, s.hidden, biases.data());
    const LSTMForward<T> forward{s, x, h0, c0, input.data(), hidden.data(), biases.data(), y, cells, gates};
    for_samples(s, [&](std::int64_t begin, std::int64_t end) { forward.run(begin, end); });
}

template <class T>
void lstm_backward(const RecurrentShape& s, const T* hidden_weights, const LSTMPass<T>& pass, T* dsums, T* dh0,
                   T* dc0) {
    const std::int64_t units = s.hidden, plane = s.batch * units;
    const Scratch<T> packed(packed_columns<T>(4 * units, units));
    pack_columns(hidden_weights, 4 * units, units, packed.data());
    const auto start = [&](const T* from, T* to) {
        if (from != nullptr)
            std::copy_n(from, plane, to);
        else
            std::fill_n(to, plane, T(0));
    };
    start(pass.gh, dh0);
    start(pass.gc, dc0);
    for_samples(s, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = s.steps; i-- > 0;) {
            const std::int64_t t = s.at(i);
            const auto before = States<T>::before(s, i, pass.c0, pass.cells);
            for (std::int64_t r = begin; r < end; ++r) {
                const std::int64_t row = s.row(t, r);
                pull(units, pass.gates + row * 4 * units, pass.cells + row * units, before.of(r),
                     pass.gy != nullptr ? pass.gy + row * units : nullptr, dh0 + r * units, dc0 + r * units,
                     dsums + row * 4 * units);
            }
            multiply_packed<T, false>(end - begin, units, 4 * units, dsums + s.row(t, begin) * 4 * units,
                                      s.row_step() * 4 * units, packed.data(), dh0 + begin * units);
        }
    });
}

template <class T>
void states_before(const RecurrentShape& s, const T* y, const T* h0, T* before) {
    for (std::int64_t i = 0; i < s.steps; ++i) {
        const auto from = States<T>::before(s, i, h0, y);
        for (std::int64_t r = 0; r < s.batch; ++r)
            std::copy_n(from.of(r), s.hidden, before + s.row(s.at(i), r) * s.hidden);
    }
}

template void lstm_forward(const RecurrentShape&, const RecurrentWeights<float>&, const float*, const float*,
                           const float*, float*, float*, float*);
template void lstm_forward(const RecurrentShape&, const RecurrentWeights<double>&, const double*, const double*,
                           const double*, double*, double*, double*);
template void lstm_backward(const RecurrentShape&, const float*, const LSTMPass<float>&, float*, float*, float*);
template void lstm_backward(const RecurrentShape&, const double*, const LSTMPass<double>&, double*, double*, double*);
template void states_before(const RecurrentShape&, const float*, const float*, float*);
template void states_before(const RecurrentShape&, const double*, const double*, double*);

}  // namespace xg::detail
