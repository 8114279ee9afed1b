// An LSTM learns to add two marked numbers of a sequence of 50 (Hochreiter and Schmidhuber, Long short-term memory,
// 1997): it must remember the first of them until the second comes, and both until the end. `adding_problem --short`
// learns sequences of 8.

#include <cstring>
#include <iostream>
#include <utility>
#include <vector>

#include <xgrad/xgrad.hpp>

namespace {

/// Sequences (steps, n, 2) of numbers from 0 to 1 and marks, of which there is one in each half, and the sums (n, 1) of
/// the marked numbers.
std::pair<xg::Tensor, xg::Tensor> sequences(std::int64_t steps, std::int64_t n) {
    const xg::Tensor numbers = xg::rand({steps, n, 1});
    const std::int64_t half = steps / 2;
    std::vector<float> marks(static_cast<std::size_t>(steps * n));
    const xg::Tensor places = (xg::rand({2, n}) * half).to(xg::int64);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t k = 0; k < 2; ++k)
            marks[static_cast<std::size_t>((places[k][i].item_int() + k * half) * n + i)] = 1;
    const xg::Tensor marked = xg::from_data(marks, {steps, n, 1});
    return {xg::concat({numbers, marked}, 2), xg::sum(numbers * marked, 0)};
}

/// An LSTM, and a linear function of its last state.
class Adder : public xg::nn::Layer<Adder> {
    xg::nn::LSTM lstm = add_module("lstm", xg::nn::LSTM(2, 64, {.forget_bias = 1}));
    xg::nn::Linear last = add_module("last", xg::nn::Linear(64, 1));

public:
    xg::Tensor forward(const xg::Tensor& x) const { return last(lstm(x).first[-1]); }
};

}  // namespace

int main(int argc, char** argv) {
    const bool brief = argc > 1 && std::strcmp(argv[1], "--short") == 0;
    const std::int64_t steps = brief ? 8 : 50;
    const int rounds = brief ? 400 : 4000;

    xg::manual_seed(1);
    const Adder model;
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.05, .momentum = 0.9});
    for (int round = 1; round <= rounds; ++round) {
        const auto [x, y] = sequences(steps, 64);
        optimizer.zero_grad();
        const xg::Tensor loss = xg::nn::mse_loss(model(x), y);
        loss.backward();
        optimizer.step();
        if (round % (rounds / 10) == 0) std::cout << "round " << round << ": loss " << loss.item() << '\n';
    }

    const xg::NoGrad no_grad;
    const auto [x, y] = sequences(steps, 1000);
    // Guessing the mean would give 0.167, the variance of a sum of two.
    const double error = xg::nn::mse_loss(model(x), y).item(), expected = brief ? 0.1 : 0.01;
    std::cout << "mean squared error of " << x.size(1) << " new sequences: " << error
              << (error < expected ? "" : ", which is too much") << '\n';
    return error < expected ? 0 : 1;
}
