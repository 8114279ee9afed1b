#include "tutorial.hpp"

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);
    const auto [x, y, coefficients] = xg::data::make_regression_with_coef({.n_features = 2, .random_state = 1});

    // [train]
    xg::manual_seed(0);
    const xg::nn::Sequential model(xg::nn::Linear(2, 1));
    std::cout << xg::nn::summary(model, {2});

    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer,
                               {.metrics = {xg::train::MeanSquaredError(), xg::train::MeanAbsolutePercentageError()}});
    const xg::train::History history = trainer.fit(x, y, {.epochs = 1000, .batch_size = 32, .verbose = 0});
    // [train]

    const xg::Tensor prediction = trainer.predict(x);
    std::printf("prediction      label\n");
    for (std::int64_t i = 0; i < 5; ++i) std::printf("%10.6g %10.6g\n", prediction[i].item(), y[i].item());

    tutorial.value("first_loss", history["loss"].front(), "%.0f");
    tutorial.value("last_loss", history["loss"].back(), "%.1e");
    tutorial.value("largest_difference", xg::max(xg::abs(prediction - y)).item(), "%.1e");
    tutorial.value("weight_1", model.parameters()[0][0][0].item(), "%.3f");
    tutorial.value("weight_2", model.parameters()[0][0][1].item(), "%.3f");
    tutorial.value("coefficient_1", coefficients[0].item(), "%.3f");
    tutorial.value("coefficient_2", coefficients[1].item(), "%.3f");
    tutorial.save(history.figure("A line, learnt by gradient descent"), "curves");
}
