#include "tutorial.hpp"

int main(int argc, char** argv) {
    const Tutorial tutorial(argc, argv);
    namespace nn = xg::nn;
    namespace train = xg::train;

    // [two]
    const auto [x, classes] = xg::data::make_classification({.n_features = 5, .random_state = 3});
    const xg::Tensor y = classes.to(xg::float32).reshape({-1, 1});

    xg::manual_seed(0);
    const nn::Sequential model(nn::Linear(5, 1), nn::Sigmoid());
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    train::Trainer trainer(model, nn::BCELoss(), optimizer, {.metrics = {train::BinaryAccuracy(), train::AUC()}});
    const train::History history = trainer.fit(x, y, {.epochs = 1000, .batch_size = 100, .verbose = 0});
    // [two]
    const xg::Tensor probability = trainer.predict(x);
    std::cout << "probabilities " << probability.slice(0, 0, 5).reshape({-1}) << "\nclasses       "
              << classes.slice(0, 0, 5) << '\n';
    tutorial.value("smallest", xg::min(probability).item(), "%.3f");
    tutorial.value("largest", xg::max(probability).item(), "%.3f");
    tutorial.value("first_loss", history["loss"].front(), "%.3f");
    tutorial.value("loss", history["loss"].back(), "%.3f");
    tutorial.value("accuracy", 100 * history["binary_accuracy"].back(), "%.0f");
    tutorial.value("auc", history["auc"].back(), "%.3f");
    tutorial.save(history.figure("Two classes"), "two_classes");

    // [many]
    const auto [x4, y4] = xg::data::make_classification({.n_samples = 400,
                                                         .n_features = 6,
                                                         .n_informative = 4,
                                                         .n_classes = 4,
                                                         .n_clusters_per_class = 1,
                                                         .class_sep = 1.5,
                                                         .random_state = 5});
    const nn::Sequential classifier(nn::Linear(6, 32), nn::ReLU(), nn::Linear(32, 4));  // scores, no softmax
    xg::optim::Adam adam(classifier.parameters(), {.lr = 0.01});
    train::Trainer second(classifier, nn::CrossEntropyLoss(), adam, {.metrics = {train::CategoricalAccuracy()}});
    second.fit(x4, y4, {.epochs = 60, .verbose = 0});
    const xg::Tensor scores = second.predict(x4), predicted = xg::argmax(scores, 1);
    // [many]
    std::cout << "softmax " << xg::softmax(scores, 1)[0] << "\nargmax  " << predicted[0] << ", class " << y4[0] << '\n';
    train::ConfusionMatrix matrix;
    matrix.update(scores, y4, {});
    std::cout << matrix.matrix() << '\n';
    tutorial.value("sum_of_softmax", xg::sum(xg::softmax(scores, 1)[0]).item(), "%.4f");
    tutorial.value("accuracy_of_four", 100 * matrix.compute(), "%.0f");
}
