#include "tutorial.hpp"

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);

    // [tensor]
    xg::Tensor x = xg::tensor({{1.0, 2.0}, {3.0, 4.0}});
    std::cout << x << '\n' << x.shape() << ' ' << name(x.dtype()) << '\n';
    std::cout << xg::sum(x * x, 0) << '\n';
    // [tensor]

    // [backward]
    xg::Tensor w = xg::tensor({1.0, -1.0}).requires_grad(true);
    const xg::Tensor loss = xg::sum(xg::square(xg::matmul(x, w)));
    loss.backward();
    std::cout << "loss " << loss << ", its gradient " << w.grad() << '\n';
    // [backward]

    // [loop]
    xg::manual_seed(0);
    const xg::Tensor inputs = xg::randn({100, 1}), labels = 2.0 * inputs + 1.0;
    xg::Tensor slope = xg::zeros({1}).requires_grad(true), offset = xg::zeros({1}).requires_grad(true);
    double error = 0;
    for (int step = 0; step < 100; ++step) {
        const xg::Tensor wrong = xg::mse_loss(slope * inputs + offset, labels);
        const std::vector<xg::Tensor> gradients = xg::grad({wrong}, {slope, offset});
        const xg::NoGrad no_grad;
        slope.add_(gradients[0], -0.1);
        offset.add_(gradients[1], -0.1);
        error = wrong.item();
    }
    // [loop]
    tutorial.value("slope", slope.item(), "%.5f");
    tutorial.value("offset", offset.item(), "%.5f");
    tutorial.value("error", error, "%.1e");
}
