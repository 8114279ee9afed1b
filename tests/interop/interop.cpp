#include <exception>
#include <iostream>
#include <string>

#include <xgrad/xgrad.hpp>

// xgrad_interop save FOLDER: writes model.safetensors with trained weights, checkpoint.safetensors with the optimizer
// as well, and values.safetensors with an input and what the model makes of it. xgrad_interop load FOLDER: reads
// torch.safetensors, which PyTorch wrote, and writes answer.safetensors with what the model makes of the input.

namespace {

namespace nn = xg::nn;

/// The same as in interop.py.
nn::Sequential network() {
    nn::Sequential model(nn::Conv2d(1, 4, 3, {.padding = 1}), nn::BatchNorm2d(4), nn::ReLU(), nn::Flatten(),
                         nn::Linear(4 * 6 * 6, 8), nn::LayerNorm(8), nn::GELU(), nn::Linear(8, 3));
    model.to(xg::float64);
    return model;
}

void save(const std::string& folder) {
    xg::manual_seed(1);
    const nn::Sequential model = network();
    xg::optim::Adam optimizer(model.parameters(), {.lr = 0.01});
    for (int i = 0; i < 5; ++i) {
        optimizer.zero_grad();
        xg::mean(xg::square(model(xg::randn({8, 1, 6, 6}, {.dtype = xg::float64})))).backward();
        optimizer.step();
    }
    model.eval();
    const xg::Tensor x = xg::randn({5, 1, 6, 6}, {.dtype = xg::float64});
    xg::train::save_checkpoint(folder + "/model.safetensors", model);
    xg::train::save_checkpoint(folder + "/checkpoint.safetensors", model, {.optimizer = &optimizer, .epoch = 5});
    const xg::NoGrad no_grad;
    xg::data::save_safetensors(folder + "/values.safetensors", {.tensors = {{"x", x}, {"y", model(x)}}});
}

void load(const std::string& folder) {
    const nn::Sequential model = network();
    xg::train::load_checkpoint(folder + "/torch.safetensors", model);
    model.eval();
    const xg::NoGrad no_grad;
    const xg::Tensor x = xg::data::load_safetensors(folder + "/values.safetensors").at("x");
    xg::data::save_safetensors(folder + "/answer.safetensors", {.tensors = {{"y", model(x)}}});
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string command = argc == 3 ? argv[1] : "";
    if (command == "save")
        save(argv[2]);
    else if (command == "load")
        load(argv[2]);
    else
        throw xg::ValueError("usage: xgrad_interop save|load FOLDER");
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
}
