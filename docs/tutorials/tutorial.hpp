#pragma once

// What the tutorials' programs share: `--quick` makes them short, `--out FOLDER` is where their figures go.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <string>

#include <xgrad/xgrad.hpp>

struct Tutorial {
    bool quick = false;
    std::string out = ".";

    Tutorial(int argc, char** argv) {
        for (int i = 1; i < argc; ++i) {
            if (std::strcmp(argv[i], "--quick") == 0) quick = true;
            if (std::strcmp(argv[i], "--out") == 0 && i + 1 < argc) out = argv[++i];
        }
        xg::tune_blas();
    }
    /// A number that the page's text takes from this line.
    static void value(const std::string& name, double number, const char* format = "%.4g") {
        char text[64];
        std::snprintf(text, sizeof text, format, number);
        std::cout << name << " = " << text << '\n';
    }
    void save(const xg::plot::Figure& figure, const std::string& name) const {
        const xg::plot::Written written = figure.write(out + "/" + name + ".svg", {.theme = xg::plot::Theme::both});
        if (!written.drawn) std::cerr << written.message << '\n';
    }
};

/// The data of most pages: 75,000 samples to train with and 25,000 to test with; two features, of which the label is a
/// linear function.
inline xg::data::Split line_data() {
    const auto [x, y] = xg::data::make_regression({.n_samples = 100'000, .n_features = 2, .random_state = 570});
    return xg::data::train_test_split(x, y, {.random_state = 570});
}

/// The first 6,000 of them to train with: enough for what deep stacks teach, and quick.
inline xg::data::Split few_rows() {
    xg::data::Split data = line_data();
    data.x_train = data.x_train.slice(0, 0, 6'000);
    data.y_train = data.y_train.slice(0, 0, 6'000);
    return data;
}

/// The deep stacks: `depth` hidden layers of 64 ReLU units, and one output.
inline xg::nn::Sequential relu_stack(int depth) {
    xg::nn::Sequential model;
    for (int i = 0; i < depth; ++i) model.add(xg::nn::Linear(i == 0 ? 2 : 64, 64), xg::nn::ReLU());
    model.add(xg::nn::Linear(64, 1));
    return model;
}

/// What the gradient does in a model's first step.
inline xg::inspect::Profile first_step(const xg::nn::Module& model, const xg::Tensor& x, const xg::Tensor& y) {
    xg::inspect::GradientMonitor monitor(model);
    xg::mse_loss(model(x), y).backward();
    monitor.record();
    return monitor.profile();
}
