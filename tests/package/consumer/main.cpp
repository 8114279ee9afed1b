#include <iostream>

#include <xgrad/xgrad.hpp>

int main() {
    const xg::Tensor x = xg::tensor({1.0, 2.0, 3.0}).requires_grad(true);
    const xg::Tensor loss = xg::sum(x * x);
    loss.backward();
    if (loss.item() != 14.0 || x.grad().to_vector() != std::vector<double>{2.0, 4.0, 6.0}) {
        std::cerr << "wrong: " << loss << ' ' << x.grad() << '\n';
        return 1;
    }
    // An exception that is thrown in the library is caught here, by its type.
    try {
        loss.backward();
    } catch (const xg::GradError&) {
        return 0;
    }
    std::cerr << "a second backward did not throw\n";
    return 1;
}
