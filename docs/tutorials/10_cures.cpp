#include <functional>

#include "tutorial.hpp"

namespace nn = xg::nn;

namespace {

constexpr int kDepth = 100;

/// One hidden layer h -> h of a stack.
using MakeLayer = std::function<nn::Module(int in)>;

nn::Sequential stack(const MakeLayer& make, nn::Init init) {
    nn::Sequential model(nn::Linear(2, 64, {.init = init}), nn::ReLU());
    for (int i = 1; i < kDepth; ++i) model.add(make(64));
    model.add(nn::Linear(64, 1, {.init = init}));
    return model;
}

MakeLayer plain(nn::Init init) {
    return [=](int n) { return nn::Sequential(nn::Linear(n, n, {.init = init}), nn::ReLU()); };
}
MakeLayer residual(nn::Init init, double scale, bool gate = false) {
    return [=](int n) { return nn::Residual(plain(init)(n), {.scale = scale, .gate = gate}); };
}
MakeLayer with_norm(nn::Init init) {
    return [=](int n) { return nn::Sequential(nn::Linear(n, n, {.init = init}), nn::LayerNorm(n), nn::ReLU()); };
}

}  // namespace

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);
    const xg::data::Split data = few_rows();
    using nn::Init;
    struct Cure {
        std::string key, name;
        MakeLayer layer;
        Init init;
        double lr;
    };
    // [cures]
    const std::vector<Cure> cures{
        {"glorot", "plain, Glorot", plain(Init::glorot_uniform), Init::glorot_uniform, 0.01},
        {"he", "plain, He", plain(Init::he_uniform), Init::he_uniform, 0.01},
        {"he_slow", "plain, He, rate 3e-4", plain(Init::he_uniform), Init::he_uniform, 3e-4},
        {"residual", "residual, He", residual(Init::he_uniform, 1), Init::he_uniform, 0.01},
        {"root", "residual, He, branch x 1/sqrt(L)", residual(Init::he_uniform, 0.1), Init::he_uniform, 0.01},
        {"scaled", "residual, He, branch x 1/L", residual(Init::he_uniform, 1.0 / kDepth), Init::he_uniform, 0.01},
        {"scaled_glorot", "the same, Glorot, rate 0.03", residual(Init::glorot_uniform, 1.0 / kDepth),
         Init::glorot_uniform, 0.03},
        {"gate", "ReZero, rate 1e-3", residual(Init::he_uniform, 1, true), Init::he_uniform, 1e-3},
        {"norm", "plain with LayerNorm", with_norm(Init::he_uniform), Init::he_uniform, 0.01}};
    for (const Cure& cure : cures) {
        xg::manual_seed(0);
        const nn::Sequential model = stack(cure.layer, cure.init);
        xg::inspect::GradientMonitor monitor(model, {.every = 1'000'000});  // the first step
        xg::optim::SGD optimizer(model.parameters(), {.lr = cure.lr});
        xg::train::Trainer trainer(model, nn::MSELoss(), optimizer);
        const xg::train::History history = trainer.fit(data.x_train, data.y_train,
                                                       {.epochs = tutorial.quick ? 10 : 60,
                                                        .batch_size = 1'500,
                                                        .callbacks = {monitor, xg::train::TerminateOnNaN()},
                                                        .verbose = 0});
        const double loss = history.stop_reason().empty() ? history["loss"].back() : NAN;
        std::printf("%-34s %6.1f decades, loss %.3g\n", cure.name.c_str(), monitor.first().decades(), loss);
        tutorial.value(cure.key + "_loss", loss, "%.3g");
    }
    // [cures]
}
