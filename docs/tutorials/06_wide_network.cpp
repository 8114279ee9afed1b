#include "tutorial.hpp"

namespace nn = xg::nn;

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);
    const xg::data::Split data = line_data();

    // [train]
    xg::manual_seed(0);
    const nn::Sequential model(nn::Linear(2, 256), nn::ReLU(), nn::Linear(256, 1));
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    xg::train::Trainer trainer(model, nn::MSELoss(), optimizer);
    const xg::train::History history =
        trainer.fit(data.x_train, data.y_train,
                    {.epochs = 500, .batch_size = 75'000, .validation = {data.x_test, data.y_test}, .verbose = 0});
    // [train]
    std::cout << "batches are run " << trainer.plan() << '\n';
    const auto at = [&](std::size_t epoch) { return history["loss"][epoch - 1]; };
    tutorial.value("loss_at_100", at(100), "%.2f");
    tutorial.value("loss", at(500), "%.4f");
    tutorial.value("test_loss", history["val_loss"].back(), "%.4f");
    tutorial.value("parameters", static_cast<double>(nn::summary(model, {2}).trainable), "%.0f");
    tutorial.value("peak_mb", static_cast<double>(xg::memory_stats().peak) / 1e6, "%.0f");
    tutorial.save(history.figure("256 units, 500 epochs"), "curves");
}
