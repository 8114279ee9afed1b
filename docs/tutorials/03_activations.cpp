#include "tutorial.hpp"

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);

    // [curves]
    const xg::Tensor z = xg::linspace(-10, 20, 301);
    const xg::Tensor two = xg::stack({xg::zeros_like(z), z}, 1);  // rows (0, z)
    const xg::Tensor softmax = xg::softmax(two, 1).slice(1, 1, 2).reshape({-1}), softplus = xg::softplus(z);
    // [curves]
    xg::plot::Figure figure({.rows = 1, .columns = 2, .title = "Activations"});
    const std::vector<double> at = z.to_vector();
    figure.axes(0, 0)
        .line(at, xg::relu(z).to_vector(), {.label = "ReLU"})
        .line(at, softplus.to_vector(), {.label = "softplus, log(1 + e^z)", .dash = xg::plot::Dash::dashed})
        .set({.x_label = "z"});
    figure.axes(0, 1)
        .line(at, xg::sigmoid(z).to_vector(), {.label = "sigmoid(z)"})
        .line(at, softmax.to_vector(), {.label = "softmax(0, z)", .dash = xg::plot::Dash::dashed})
        .set({.x_label = "z"});
    tutorial.save(figure, "activations");
    tutorial.value("softmax_minus_sigmoid", xg::max(xg::abs(softmax - xg::sigmoid(z))).item(), "%.0e");
    const xg::Tensor gap = softplus - xg::relu(z);
    tutorial.value("gap_at_0", gap[100].item(), "%.4f");
    tutorial.value("gap_at_10", gap[200].item(), "%.0e");

    // [two_linear]
    xg::manual_seed(0);
    const xg::nn::Linear first(3, 4), second(4, 2);
    const xg::Tensor w = xg::matmul(second.weight(), first.weight());
    const xg::Tensor b = xg::matmul(second.weight(), first.bias()) + second.bias();
    const xg::Tensor x = xg::randn({1000, 3});
    const xg::Tensor difference = second(first(x)) - xg::linear(x, w, b);
    // [two_linear]
    tutorial.value("two_layers_minus_one", xg::max(xg::abs(difference)).item(), "%.0e");
    tutorial.value("with_relu_between", xg::max(xg::abs(second(xg::relu(first(x))) - xg::linear(x, w, b))).item(),
                   "%.1f");
}
