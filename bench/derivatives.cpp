#include "derivatives.hpp"

#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <xgrad/xgrad.hpp>

#include "mlp.hpp"

namespace bench {
namespace {

using xg::Tensor;
using Tensors = std::vector<Tensor>;

/// Glorot uniform weights and zero biases of Linear layers, in turn.
Tensors make_parameters(const std::vector<std::int64_t>& sizes) {
    Tensors parameters;
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
        const double limit = std::sqrt(6.0 / static_cast<double>(sizes[i] + sizes[i + 1]));
        parameters.push_back((xg::rand({sizes[i + 1], sizes[i]}) * 2 - 1) * limit);
        parameters.push_back(xg::zeros({sizes[i + 1]}));
    }
    return parameters;
}

/// The network of these parameters, with ReLU between its layers.
Tensor forward(const Tensors& p, Tensor x) {
    for (std::size_t i = 0; i < p.size(); i += 2)
        x = xg::linear(x, p[i], p[i + 1], i + 2 < p.size() ? xg::Activation::relu : xg::Activation::none);
    return x;
}

struct Classifier {
    Tensor x = xg::randn({128, 784}), y;
    Tensors parameters = make_parameters({784, 512, 512, 10});

    Classifier() {
        std::vector<std::int64_t> labels(128);
        for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i * 7 % 10);
        y = xg::from_data(labels, {128}, {.dtype = xg::int64});
    }
    Tensor loss(const Tensors& p) const { return xg::cross_entropy(forward(p, x), y); }
};

/// The stack of row D, in pieces of ten layers.
class Stack {
public:
    explicit Stack(bool checkpointed) : checkpointed_(checkpointed) {}

    void step() {
        optimizer_.zero_grad();
        Tensor h = x_;
        for (const auto& piece : pieces_) h = checkpointed_ ? xg::checkpoint(xg::UnaryFunction(piece), h) : piece(h);
        xg::nn::mse_loss(last_(h), y_).backward();
        optimizer_.step();
    }

private:
    static std::vector<xg::nn::Sequential> make_pieces() {
        std::vector<xg::nn::Sequential> pieces(10);
        for (int i = 0; i < 100; ++i)
            pieces[static_cast<std::size_t>(i / 10)].add(xg::nn::Linear(i == 0 ? 2 : 64, 64), xg::nn::ReLU());
        return pieces;
    }
    Tensors parameters() const {
        Tensors all = last_.parameters();
        for (const auto& piece : pieces_)
            for (const Tensor& p : piece.parameters()) all.push_back(p);
        return all;
    }

    bool checkpointed_;
    std::vector<xg::nn::Sequential> pieces_ = make_pieces();
    xg::nn::Linear last_{64, 1};
    xg::optim::SGD optimizer_{parameters(), {.lr = 0.01}};
    Tensor x_ = xg::randn({4096, 2}), y_ = xg::randn({4096, 1});
};

}  // namespace

void hessian_vector(const Options& options) {
    const Classifier work;
    Tensors v;
    for (const Tensor& p : work.parameters) v.push_back(xg::randn(p.shape()));
    const auto loss = [&](const Tensors& p) { return work.loss(p); };
    report_beside(
        options, [&] { xg::hvp(loss, work.parameters, v); }, [&] { xg::value_and_grad(loss, work.parameters); }, 1e3,
        "ms");
}

void whole_hessian(const Options& options) {
    const Tensors parameters = make_parameters({2, 64, 1});
    const Tensor x = xg::randn({32, 2}), y = xg::randn({32, 1});
    const auto loss = [&](const Tensors& p) { return xg::mse_loss(forward(p, x), y); };
    report(options, measure_steps([&] { xg::hessian(loss, parameters); }, options), 1e3, "ms");
}

void sample_norms(const Options& options) {
    const xg::nn::Sequential model = make_mlp(784, {512, 512}, 10);
    const Classifier data;
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    const auto loss = [](const Tensor& p, const Tensor& t) { return xg::cross_entropy(p, t); };
    report_beside(
        options, [&] { xg::nn::per_sample_gradient_norms(model, loss, data.x, data.y); },
        [&] {
            optimizer.zero_grad();
            loss(model(data.x), data.y).backward();
            optimizer.step();
        },
        1e3, "ms");
}

void checkpoint_steps(const Options& options) {
    Stack pieces(true), plain(false);
    report_beside(
        options, [&] { pieces.step(); }, [&] { plain.step(); }, 1e3, "ms");
}

void checkpoint_memory(const Options& options) {
    const auto added = [](Stack& stack) {
        stack.step();
        const xg::PeakMemory peak;
        stack.step();
        return static_cast<double>(peak.added());
    };
    Stack pieces(true), plain(false);
    const double with = added(pieces), without = added(plain);
    std::ostringstream extra;
    extra << ", \"ratio\": " << with / without << ", \"without\": " << without / 1e6;
    report(options, {with}, 1e-6, "MB", extra.str());
}

}  // namespace bench
