// The rows of the bench with libtorch's C++ front end. `torch_peer ROW [--threads N]` times one row and prints a line
// of JSON. It is compiled by the driver, against Debian's libtorch or the one inside a Python package.

#include <dlfcn.h>
#include <torch/torch.h>

#include <cmath>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "measure.hpp"

namespace {

using torch::Tensor;

constexpr std::int64_t deep_rows = 75'000;
constexpr std::int64_t deep_batch = 18'750;

/// Linear and ReLU for each width, then Linear: Glorot uniform weights and zero biases, as in all programs of the
/// bench.
torch::nn::Sequential make_mlp(std::int64_t inputs, const std::vector<std::int64_t>& widths, std::int64_t outputs) {
    torch::nn::Sequential model;
    for (const std::int64_t width : widths) {
        model->push_back(torch::nn::Linear(inputs, width));
        model->push_back(torch::nn::ReLU());
        inputs = width;
    }
    model->push_back(torch::nn::Linear(inputs, outputs));
    const torch::NoGradGuard no_grad;
    for (auto& p : model->parameters()) {
        if (p.dim() == 2)
            torch::nn::init::xavier_uniform_(p);
        else
            p.zero_();
    }
    return model;
}

std::vector<std::int64_t> deep_widths() { return std::vector<std::int64_t>(100, 64); }

/// Rows of two normal features, and the linear function of them that is to be learnt.
std::pair<Tensor, Tensor> regression_data(std::int64_t rows) {
    const Tensor x = torch::randn({rows, 2});
    return {x, x.matmul(torch::tensor({{14.F}, {3.F}}))};
}

template <class Optimizer>
void train_step(torch::nn::Sequential& model, Optimizer& optimizer, const Tensor& x, const Tensor& y) {
    optimizer.zero_grad();
    torch::mse_loss(model->forward(x), y).backward();
    optimizer.step();
}

/// A chain of 50 times (multiply, tanh) and the sum: 101 operations.
std::vector<double> chain(const bench::Options& options) {
    // Away from 0, lest the powers of it become denormal numbers.
    Tensor a = torch::linspace(0.5, 1.5, 8).requires_grad_();
    return bench::measure_steps(
        [&] {
            Tensor t = a;
            for (int i = 0; i < 50; ++i) t = torch::tanh(t * a);
            t.sum().backward();
            a.mutable_grad().reset();
        },
        options);
}

std::vector<double> mse_steps(torch::nn::Sequential model, bool adam, const Tensor& x, const Tensor& y,
                              const bench::Options& options) {
    if (adam) {
        torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(1e-3));
        return bench::measure_steps([&] { train_step(model, optimizer, x, y); }, options);
    }
    torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(0.01));
    return bench::measure_steps([&] { train_step(model, optimizer, x, y); }, options);
}

/// Steps of the deep stack that also take the norms of all gradients: of each layer's output, weight and bias.
std::vector<double> norm_steps(const bench::Options& options) {
    torch::nn::Sequential model = make_mlp(2, deep_widths(), 1);
    torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(0.01));
    const auto [x, y] = regression_data(32);
    std::vector<Tensor> norms;
    const auto take_norm = [&norms](const Tensor& gradient) { norms.push_back(gradient.norm()); };
    const auto step = [&, &x = x, &y = y] {
        norms.clear();
        optimizer.zero_grad();
        Tensor h = x;
        for (auto& module : *model) {
            h = module.any_forward(h).get<Tensor>();
            // A layer's output is what its activation gives; the last layer has none.
            if (module.ptr()->as<torch::nn::ReLU>() != nullptr) h.register_hook(take_norm);
        }
        h.register_hook(take_norm);
        torch::mse_loss(h, y).backward();
        for (const auto& p : model->parameters()) norms.push_back(p.grad().norm());
        optimizer.step();
        const Tensor seen = torch::stack(norms);
        if (seen.numel() != 303) throw std::runtime_error("not every norm was taken");
    };
    return bench::measure_steps(step, options);
}

std::vector<double> classifier_steps(const bench::Options& options) {
    torch::nn::Sequential model = make_mlp(784, {512, 512}, 10);
    torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(1e-3));
    const Tensor x = torch::randn({128, 784});
    const Tensor y = torch::randint(10, {128}, torch::kLong);
    const auto step = [&] {
        optimizer.zero_grad();
        torch::nn::functional::cross_entropy(model->forward(x), y).backward();
        optimizer.step();
    };
    return bench::measure_steps(step, options);
}

/// Adam alone over 10⁶ numbers in 200 tensors, with gradients that stay.
std::vector<double> adam_alone(const bench::Options& options) {
    std::vector<Tensor> parameters;
    for (int i = 0; i < 200; ++i) {
        parameters.push_back(torch::randn({50, 100}).requires_grad_());
        parameters.back().mutable_grad() = torch::randn({50, 100});
    }
    torch::optim::Adam optimizer(parameters, torch::optim::AdamOptions(1e-3));
    return bench::measure_steps([&] { optimizer.step(); }, options);
}

/// Hv of the classifier's loss, by differentiating the gradient's product with v.
std::vector<double> hessian_vector(const bench::Options& options) {
    torch::nn::Sequential model = make_mlp(784, {512, 512}, 10);
    const std::vector<Tensor> parameters = model->parameters();
    const Tensor x = torch::randn({128, 784});
    const Tensor y = torch::randint(10, {128}, torch::kLong);
    std::vector<Tensor> v;
    for (const Tensor& p : parameters) v.push_back(torch::randn_like(p));
    const auto step = [&] {
        const Tensor loss = torch::nn::functional::cross_entropy(model->forward(x), y);
        const auto gradients =
            torch::autograd::grad({loss}, parameters, {}, /*retain_graph=*/true, /*create_graph=*/true);
        torch::autograd::grad(gradients, parameters, v);
    };
    return bench::measure_steps(step, options);
}

/// All second derivatives of a small network's loss, a row after another: the C++ front end has no other way.
std::vector<double> whole_hessian(const bench::Options& options) {
    torch::nn::Sequential model = make_mlp(2, {64}, 1);
    const std::vector<Tensor> parameters = model->parameters();
    const Tensor x = torch::randn({32, 2}), y = torch::randn({32, 1});
    const auto step = [&] {
        const Tensor loss = torch::mse_loss(model->forward(x), y);
        std::vector<Tensor> rows;
        for (const Tensor& g : torch::autograd::grad({loss}, parameters, {}, true, true)) {
            const Tensor flat = g.reshape({-1});
            for (std::int64_t i = 0; i < flat.numel(); ++i) {
                std::vector<Tensor> row;
                // A gradient may not depend on every parameter.
                for (const Tensor& h : torch::autograd::grad({flat[i]}, parameters, {}, true, false, true))
                    row.push_back(h.defined() ? h.reshape({-1}) : Tensor());
                for (std::size_t k = 0; k < row.size(); ++k)
                    if (!row[k].defined()) row[k] = torch::zeros({parameters[k].numel()});
                rows.push_back(torch::cat(row));
            }
        }
        const Tensor seen = torch::stack(rows);
        if (seen.size(0) != 257 || seen.size(1) != 257) throw std::runtime_error("not the whole Hessian");
    };
    return bench::measure_steps(step, options);
}

std::vector<double> deep_epochs(const bench::Options& options) {
    torch::nn::Sequential model = make_mlp(2, deep_widths(), 1);
    torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(0.01));
    const auto [x, y] = regression_data(deep_rows);
    const auto batch = [&, &x = x, &y = y](std::int64_t start) {
        train_step(model, optimizer, x.slice(0, start, start + deep_batch), y.slice(0, start, start + deep_batch));
    };
    batch(0);
    const auto epoch = [&] {
        for (std::int64_t start = 0; start < deep_rows; start += deep_batch) batch(start);
    };
    return bench::measure_epochs(epoch, options);
}

std::vector<double> lenet_steps(const bench::Options& options) {
    using namespace torch::nn;
    Sequential model(Conv2d(Conv2dOptions(1, 6, 5).padding(2)), ReLU(), MaxPool2d(2), Conv2d(Conv2dOptions(6, 16, 5)),
                     ReLU(), MaxPool2d(2), Flatten(), Linear(400, 120), ReLU(), Linear(120, 84), ReLU(),
                     Linear(84, 10));
    torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(0.01));
    const Tensor x = torch::randn({128, 1, 28, 28});
    const Tensor y = torch::randint(10, {128}, torch::kLong);
    const auto step = [&] {
        optimizer.zero_grad();
        functional::cross_entropy(model->forward(x), y).backward();
        optimizer.step();
    };
    return bench::measure_steps(step, options);
}

/// An LSTM and a linear function of its last state.
std::vector<double> lstm_steps(const bench::Options& options) {
    torch::nn::LSTM lstm(128, 128);
    torch::nn::Linear last(128, 1);
    std::vector<Tensor> parameters = lstm->parameters();
    for (const Tensor& p : last->parameters()) parameters.push_back(p);
    torch::optim::SGD optimizer(parameters, torch::optim::SGDOptions(0.01));
    const Tensor x = torch::randn({50, 32, 128}), y = torch::randn({32, 1});
    const auto step = [&] {
        optimizer.zero_grad();
        torch::mse_loss(last->forward(std::get<0>(lstm->forward(x))[-1]), y).backward();
        optimizer.step();
    };
    return bench::measure_steps(step, options);
}

/// The matrix products of the deep stack at full batch and of the classifier: by these the fastest kernels are chosen.
std::vector<double> products(const bench::Options& options) {
    const Tensor x = torch::randn({deep_batch, 64});
    const Tensor w = torch::randn({64, 64});
    const Tensor a = torch::randn({128, 784});
    const Tensor b = torch::randn({784, 512});
    const torch::NoGradGuard no_grad;
    return bench::measure_steps(
        [&] {
            x.matmul(w);
            x.t().matmul(x);
            for (int i = 0; i < 4; ++i) a.matmul(b);
        },
        options);
}

/// The processor whose kernels OpenBLAS runs; empty with another BLAS.
std::string blas_core() {
    using Name = char* (*)();
    const auto corename = reinterpret_cast<Name>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
    return corename == nullptr ? "" : corename();
}

void run(const bench::Options& options) {
    const auto [x32, y32] = regression_data(32);
    const std::string& row = options.row;
    if (row == "A") {
        bench::report(options, chain(options), 1e6 / 101, "us");
    } else if (row == "B") {
        bench::report(options, mse_steps(make_mlp(2, {}, 1), false, x32, y32, options), 1e6, "us");
    } else if (row == "C") {
        bench::report(options, mse_steps(make_mlp(2, {64}, 1), true, x32, y32, options), 1e6, "us");
    } else if (row == "D") {
        bench::report(options, mse_steps(make_mlp(2, deep_widths(), 1), false, x32, y32, options), 1e3, "ms");
    } else if (row == "E") {
        bench::report(options, norm_steps(options), 1e3, "ms");
    } else if (row == "F") {
        bench::report(options, classifier_steps(options), 1e3, "ms");
    } else if (row == "G") {
        bench::report(options, deep_epochs(options), 1, "s");
    } else if (row == "H") {
        const auto [x, y] = regression_data(deep_rows);
        bench::report(options, mse_steps(make_mlp(2, {256}, 1), false, x, y, options), 1e3, "ms");
    } else if (row == "I") {
        const Tensor x = torch::linspace(-50, 100, 20'000).reshape({-1, 1});
        bench::report(options, mse_steps(make_mlp(1, {256}, 1), true, x, torch::log(x.clamp_min(1)), options), 1e3,
                      "ms");
    } else if (row == "M") {
        bench::report(options, hessian_vector(options), 1e3, "ms");
    } else if (row == "N") {
        bench::report(options, whole_hessian(options), 1e3, "ms");
    } else if (row == "R") {
        bench::report(options, adam_alone(options), 1e3, "ms");
    } else if (row == "LeNet") {
        bench::report(options, lenet_steps(options), 1e3, "ms");
    } else if (row == "LSTM") {
        bench::report(options, lstm_steps(options), 1e3, "ms");
    } else if (row == "products") {
        bench::report(options, products(options), 1e3, "ms", ", \"core\": \"" + blas_core() + "\"");
    } else {
        throw std::invalid_argument("no row " + row);
    }
}

}  // namespace

int main(int argc, char** argv) try {
    const bench::Options options = bench::parse(argc, argv);
    if (options.threads > 0) at::set_num_threads(options.threads);
    torch::manual_seed(0);
    run(options);
} catch (const std::exception& error) {
    std::cerr << "torch_peer: " << error.what() << '\n';
    return 2;
}
