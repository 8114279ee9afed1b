#include <csignal>
#include <limits>

#include "support.hpp"

using namespace test;
using xg::train::History;
using xg::train::Trainer;
using xg::train::Training;

namespace {

/// The mean of |prediction - target|.
class MeanError {
public:
    explicit MeanError(std::string name = "error") : name_(std::move(name)) {}
    std::string name() const { return name_; }
    void reset() { sum_ = n_ = 0; }
    void update(const Tensor& prediction, const Tensor& target, const Tensor&) {
        sum_ += xg::sum(xg::abs(prediction - target)).item();
        n_ += static_cast<double>(target.numel());
    }
    double compute() const { return sum_ / n_; }

private:
    std::string name_;
    double sum_ = 0, n_ = 0;
};

struct Bench {
    Data data{200};
    Sequential model = network();
    xg::optim::SGD optimizer{model.parameters(), {.lr = 0.05}};
    Trainer trainer{model, xg::nn::MSELoss(), optimizer, {.metrics = {MeanError()}}};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(trainer)

BOOST_AUTO_TEST_CASE(does_what_a_loop_by_hand_does) {
    Bench b;
    xg::manual_seed(5);
    const History history = b.trainer.fit(b.data.x, b.data.y, {.epochs = 3, .verbose = 0});

    const Sequential model = network();
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.05});
    xg::manual_seed(5);
    std::vector<double> losses, means, errors;
    for (int epoch = 0; epoch < 3; ++epoch) {
        double sum = 0, error = 0;
        for (auto [x, y] : xg::data::batches(b.data.x, b.data.y, {.batch_size = 32, .shuffle = true})) {
            optimizer.zero_grad();
            const Tensor prediction = model(x), loss = xg::nn::mse_loss(prediction, y);
            loss.backward();
            optimizer.step();
            losses.push_back(loss.item());
            sum += loss.item() * static_cast<double>(x.size(0));
            error += xg::sum(xg::abs(prediction.detach() - y)).item();
        }
        means.push_back(sum / 200);
        errors.push_back(error / 200);
    }
    BOOST_TEST(same_bits(numbers_of(b.model), numbers_of(model)));
    BOOST_TEST(history.step_losses() == losses);
    BOOST_TEST(history["loss"] == means, boost::test_tools::per_element());
    BOOST_TEST(history["error"] == errors, boost::test_tools::tolerance(1e-12) << boost::test_tools::per_element());
    BOOST_TEST(history.epochs() == 3U);
    BOOST_TEST(history.stop_reason() == "");
}

BOOST_AUTO_TEST_CASE(a_loader_gives_the_same_as_tensors) {
    Bench a, b;
    a.trainer.fit(a.data.x, a.data.y, {.epochs = 2, .batch_size = 64, .verbose = 0, .seed = 9});
    xg::data::DataLoader loader(b.data.x, b.data.y, {.batch_size = 64, .shuffle = true, .seed = 9});
    b.trainer.fit(loader, {.epochs = 2, .verbose = 0});
    BOOST_TEST(same_bits(numbers_of(a.model), numbers_of(b.model)));
    BOOST_CHECK_EXCEPTION(b.trainer.fit(loader, {.validation_split = 0.5}), xg::ValueError, says("DataLoader"));
}

BOOST_AUTO_TEST_CASE(validation_is_the_end_of_the_samples_and_trains_nothing) {
    Bench a, b;
    const History split =
        a.trainer.fit(a.data.x, a.data.y, {.epochs = 2, .validation_split = 0.25, .verbose = 0, .seed = 1});
    const Tensor x = b.data.x.slice(0, 0, 150), y = b.data.y.slice(0, 0, 150);
    const Tensor x_val = b.data.x.slice(0, 150, 200), y_val = b.data.y.slice(0, 150, 200);
    const History given = b.trainer.fit(x, y, {.epochs = 2, .validation = {x_val, y_val}, .verbose = 0, .seed = 1});
    BOOST_TEST(same_bits(numbers_of(a.model), numbers_of(b.model)));
    BOOST_TEST(split["val_loss"] == given["val_loss"]);
    const std::vector<std::string> names{"loss", "error", "val_loss", "val_error"};
    BOOST_TEST(given.names() == names);
    const xg::train::Logs now = b.trainer.evaluate(x_val, y_val);
    BOOST_TEST(*xg::train::find(now, "loss") == given["val_loss"].back());
    BOOST_TEST(*xg::train::find(now, "error") == given["val_error"].back());
    BOOST_TEST(xg::mse_loss(b.trainer.predict(x_val), y_val).item() == given["val_loss"].back(),
               boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(modes_are_put_back) {
    const Data data(100);
    const Sequential model(Linear(3, 8), xg::nn::Dropout(0.5), Linear(8, 1));
    model.eval();
    const xg::nn::Module dropout = model.children()[1].second;
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    Trainer trainer(model, xg::nn::MSELoss(), optimizer);
    std::vector<bool> modes;
    trainer.fit(data.x, data.y,
                {.validation_split = 0.5,
                 .callbacks = {xg::train::LambdaCallback(
                     {.on_batch_end = [&](Training&) { modes.push_back(dropout.is_training()); }})},
                 .verbose = 0});
    BOOST_TEST(modes.size() == 2U);
    BOOST_TEST(modes[0]);
    BOOST_TEST(!dropout.is_training());
    model.train();
    const Tensor a = trainer.predict(data.x), b = trainer.predict(data.x);
    BOOST_TEST(a.to_vector() == b.to_vector());
    BOOST_TEST(dropout.is_training());
}

BOOST_AUTO_TEST_CASE(weights_of_samples_and_classes) {
    // Samples of weight 0 are as if they were not there, but that the mean is over all.
    const Data data(60);
    const Sequential a = network(), b = network();
    xg::optim::SGD of_a(a.parameters(), {.lr = 0.1}), of_b(b.parameters(), {.lr = 0.05});
    Tensor weights = xg::ones({60});
    for (int i = 30; i < 60; ++i) weights.mutable_data<float>()[i] = 0;
    Trainer(a, xg::nn::MSELoss(), of_a).fit(data.x, data.y, {.batch_size = 60, .sample_weight = weights, .verbose = 0});
    Trainer(b, xg::nn::MSELoss(), of_b)
        .fit(data.x.slice(0, 0, 30), data.y.slice(0, 0, 30), {.batch_size = 30, .verbose = 0});
    BOOST_TEST(relative_difference(numbers_of(a), numbers_of(b)) < 1e-6);

    // A class's weight is that of its samples, for classes and for one-hot targets.
    const Tensor classes = (data.y > 0.0).to(xg::int64).reshape({60});
    const auto train = [&](const xg::train::FitOptions& options, const Tensor& target) {
        xg::manual_seed(1);
        const Sequential model(Linear(3, 2));
        xg::optim::SGD optimizer(model.parameters(), {.lr = 0.1});
        Trainer trainer(model, xg::nn::CrossEntropyLoss(), optimizer);
        return trainer.fit(data.x, target, options)["loss"].front();
    };
    const Tensor by_class = xg::where(classes.to(xg::boolean), Tensor(3.0), Tensor(0.5));
    const double given = train({.batch_size = 60, .sample_weight = by_class, .verbose = 0}, classes);
    BOOST_TEST(train({.batch_size = 60, .class_weight = {{0, 0.5}, {1, 3}}, .verbose = 0}, classes) == given);
    BOOST_TEST(train({.batch_size = 60, .class_weight = {{0, 0.5}, {1, 3}}, .verbose = 0},
                     xg::one_hot(classes, 2).to(xg::float32)) == given,
               boost::test_tools::tolerance(1e-6));
    BOOST_TEST(train({.batch_size = 60, .verbose = 0}, classes) != given);
}

BOOST_AUTO_TEST_CASE(a_batch_of_any_size_holds_all_samples) {
    Bench a, b;
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const History history = a.trainer.fit(a.data.x, a.data.y, {.epochs = 2, .batch_size = most, .verbose = 0});
    b.trainer.fit(b.data.x, b.data.y, {.epochs = 2, .batch_size = 200, .verbose = 0});
    BOOST_TEST(history.step_losses().size() == 2U);
    BOOST_TEST(same_bits(numbers_of(a.model), numbers_of(b.model)));
}

BOOST_AUTO_TEST_CASE(a_sum_of_losses_does_not_depend_on_how_samples_are_cut) {
    const Data data(3000);
    xg::manual_seed(1);
    // Not known to work row by row: 1024 rows at a time.
    const Sequential model(Linear(3, 8), xg::nn::BatchNorm1d(8), Linear(8, 1));
    xg::optim::SGD optimizer(model.parameters(), {});
    Trainer trainer(model, xg::nn::MSELoss(xg::LossReduction::sum), optimizer);
    model.eval();
    const double sum = xg::mse_loss(model(data.x), data.y, xg::LossReduction::sum).item();
    for (const std::int64_t rows : {0, 7, 3000})
        BOOST_TEST(*xg::train::find(trainer.evaluate(data.x, data.y, {.batch_size = rows}), "loss") == sum,
                   boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(gradients_that_no_optimizer_clears_do_not_pile_up) {
    const Data data(200);
    const Sequential model = network();
    const std::vector<Tensor> all = model.parameters();
    xg::optim::SGD optimizer({all[2], all[3]}, {.lr = 0});
    Trainer trainer(model, xg::nn::MSELoss(), optimizer);
    trainer.fit(data.x, data.y, {.epochs = 3, .batch_size = 200, .verbose = 0});
    const std::vector<double> last = all[0].grad().to_vector();
    model.zero_grad();
    xg::mse_loss(model(data.x), data.y).backward();
    BOOST_TEST(same_bits(all[0].grad().to_vector(), last));
}

BOOST_AUTO_TEST_CASE(gradients_are_clipped) {
    Bench b;
    Trainer trainer(b.model, xg::nn::MSELoss(), b.optimizer, {.clip_norm = 0.01});
    double norm = 0;
    trainer.fit(b.data.x, b.data.y,
                {.callbacks = {xg::train::LambdaCallback({.after_backward =
                                                              [&](Training& t) {
                                                                  norm = 0;
                                                                  for (const Tensor& p : t.model().parameters())
                                                                      norm += xg::sum(xg::square(p.grad())).item();
                                                              }})},
                 .verbose = 0});
    BOOST_TEST(std::sqrt(norm) == 0.01, boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(a_monitor_is_a_callback) {
    Bench b;
    xg::inspect::GradientMonitor monitor(b.model);
    b.trainer.fit(b.data.x, b.data.y, {.epochs = 2, .batch_size = 50, .callbacks = {monitor}, .verbose = 0});
    BOOST_TEST(monitor.steps() == 8);
    BOOST_TEST(monitor.profile().layers.size() == 2U);
}

BOOST_AUTO_TEST_CASE(callbacks_are_called_in_turn) {
    Bench b;
    std::string turns;
    const auto note = [&](char c) { return [&turns, c](Training&) { turns += c; }; };
    b.trainer.fit(b.data.x, b.data.y,
                  {.epochs = 2,
                   .batch_size = 100,
                   .callbacks = {xg::train::LambdaCallback({.on_train_begin = note('<'),
                                                            .on_epoch_begin = note('('),
                                                            .on_batch_begin = note('b'),
                                                            .after_backward = note('g'),
                                                            .on_batch_end = note('e'),
                                                            .on_epoch_end = note(')'),
                                                            .on_train_end = note('>')})},
                   .verbose = 0});
    BOOST_TEST(turns == "<(bgebge)(bgebge)>");
}

BOOST_AUTO_TEST_CASE(what_was_trained_before_a_callback_threw_is_kept) {
    Bench b;
    const std::vector<double> before = numbers_of(b.model);
    const auto thrower = xg::train::LambdaCallback({.on_epoch_begin = [](Training& t) {
        if (t.epoch() == 3) throw std::runtime_error("no more");
    }});
    BOOST_CHECK_THROW(b.trainer.fit(b.data.x, b.data.y, {.epochs = 5, .callbacks = {thrower}, .verbose = 0}),
                      std::runtime_error);
    BOOST_TEST(b.trainer.history().epochs() == 2U);
    BOOST_TEST(numbers_of(b.model) != before);
    for (const Tensor& p : b.model.parameters()) BOOST_TEST(!p.grad().defined());
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_the_training_after_the_batch) {
    Bench b;
    const auto interrupt = xg::train::LambdaCallback({.on_batch_end = [](Training& t) {
        if (t.epoch() == 2 && t.batch() == 3) std::raise(SIGINT);
    }});
    const History history = b.trainer.fit(b.data.x, b.data.y, {.epochs = 5, .callbacks = {interrupt}, .verbose = 0});
    BOOST_TEST(history.epochs() == 1U);
    BOOST_TEST(history.step_losses().size() == 7U + 3U);
    BOOST_TEST(history.stop_reason() == "interrupted in epoch 2 after batch 3");
    struct sigaction now = {};
    BOOST_TEST(sigaction(SIGINT, nullptr, &now) == 0);
    BOOST_TEST((now.sa_handler == SIG_DFL));

    // After an epoch, no batch of the next is begun.
    const auto later = xg::train::LambdaCallback({.on_epoch_end = [](Training& t) {
        if (t.epoch() == 2) std::raise(SIGINT);
    }});
    const History epochs = b.trainer.fit(b.data.x, b.data.y, {.epochs = 5, .callbacks = {later}, .verbose = 0});
    BOOST_TEST(epochs.epochs() == 2U);
    BOOST_TEST(epochs.step_losses().size() == 2U * 7U);
    BOOST_TEST(epochs.stop_reason() == "interrupted after epoch 2");

    // Where the host has a handler of its own, that one gets the signal.
    static int host = 0;
    const auto theirs = std::signal(SIGINT, [](int) { ++host; });
    BOOST_TEST(b.trainer.fit(b.data.x, b.data.y, {.epochs = 3, .callbacks = {interrupt}, .verbose = 0}).epochs() == 3U);
    BOOST_TEST(host == 1);
    std::signal(SIGINT, theirs);
}

BOOST_AUTO_TEST_CASE(parameters_that_are_left_alone) {
    // Frozen ones, and such that the optimizer does not have: they stay, and their gradients do not pile up.
    const Data data(200);
    const Sequential model = network();
    const std::vector<Tensor> all = model.parameters();
    Tensor frozen = all[0];
    frozen.requires_grad(false);
    xg::optim::SGD optimizer({all[2], all[3]}, {.lr = 0.05});
    const std::vector<double> weight = all[0].to_vector(), bias = all[1].to_vector(), last = all[2].to_vector();
    Trainer trainer(model, xg::nn::MSELoss(), optimizer);
    double norm = 0;
    const xg::NoGrad no_grad;  // a training records all the same
    trainer.fit(data.x, data.y,
                {.epochs = 3,
                 .batch_size = 200,
                 .callbacks = {xg::train::LambdaCallback(
                     {.after_backward = [&](Training&) { norm = xg::sum(xg::square(all[1].grad())).item(); }})},
                 .verbose = 0});
    BOOST_TEST(all[0].to_vector() == weight);
    BOOST_TEST(all[1].to_vector() == bias);
    BOOST_TEST(all[2].to_vector() != last);
    BOOST_TEST(!all[0].grad().defined());
    // Of the last step alone.
    const xg::GradMode recording(true);
    Tensor now = xg::grad({xg::mse_loss(model(data.x), data.y)}, {all[1]})[0];
    BOOST_TEST(norm < 1.5 * xg::sum(xg::square(now)).item());
}

BOOST_AUTO_TEST_CASE(history_as_text) {
    History history;
    history.add_epoch({{"loss", 0.5}, {"a,b", NAN}}, 1);
    history.add_epoch({{"loss", 0.25}, {"val_loss", INFINITY}}, 1);
    BOOST_TEST(history.to_csv() == "epoch,loss,\"a,b\",val_loss\n1,0.5,nan,nan\n2,0.25,nan,inf\n");
    BOOST_TEST(
        history.to_json() ==
        "{\"epochs\":2,\"stop_reason\":\"\",\"values\":{\"loss\":[0.5,0.25],\"a,b\":[null,null],\"val_loss\":[null,"
        "null]},\"step_losses\":[]}\n");
    BOOST_CHECK_EXCEPTION(history["accuracy"], xg::ValueError, says("expected one of: loss, a,b, val_loss"));
    BOOST_TEST(history.last().size() == 3U);
    // Three quantities leave a place of four empty: axes there would show numbers of nothing.
    History three;
    three.add_epoch({{"loss", 50}, {"x", 60}, {"y", 70}}, 1);
    three.add_epoch({{"loss", 40}, {"x", 61}, {"y", 72}}, 1);
    const std::string text = three.figure("t").to_text();
    BOOST_TEST(text.find("\n0.8 ") == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(predictions_of_no_samples) {
    Bench b;
    BOOST_TEST(b.trainer.predict(xg::zeros({0, 3})).shape() == xg::Shape({0, 1}));
    BOOST_TEST(b.trainer.predict(xg::zeros({5000, 3})).shape() == xg::Shape({5000, 1}));
    BOOST_TEST(b.trainer.predict(xg::zeros({50, 3}), {.batch_size = 7}).shape() == xg::Shape({50, 1}));
    BOOST_CHECK_THROW(b.trainer.predict(Tensor(1.0)), xg::ShapeError);
    BOOST_CHECK_THROW(b.trainer.predict(Tensor()), xg::ShapeError);
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused_and_nothing_changes) {
    Bench b;
    const std::vector<double> before = numbers_of(b.model);
    const Tensor &x = b.data.x, &y = b.data.y;
    const auto refused = [&](const xg::train::FitOptions& options, const std::string& part) {
        BOOST_CHECK_EXCEPTION(b.trainer.fit(x, y, options), xg::ValueError, says(part));
    };
    refused({.epochs = -1}, "epochs is -1");
    refused({.batch_size = 0}, "batch_size is 0, expected at least 1");
    refused({.validation_split = 1}, "below 1");
    refused({.validation_split = NAN}, "below 1");
    refused({.validation_split = 0.999}, "leaves 0 of 200 samples to train and 200 to validate");
    refused({.validation = {x, y}, .validation_split = 0.5}, "expected one of them");
    refused({.validation = {x, Tensor()}}, "only one of x and y");
    refused({.class_weight = {{0, -1.0}}}, "at least 0");
    refused({.sample_weight = xg::full({200}, -1)}, "at least 0");
    refused({.sample_weight = xg::full({200}, INFINITY)}, "finite");
    refused({.class_weight = {{0, 2.0}}}, "needs classes as targets, got the target");
    refused({.verbose = 3}, "verbose is 3");
    BOOST_CHECK_EXCEPTION(b.trainer.fit(x, y.slice(0, 0, 100)), xg::ShapeError, says("100"));
    BOOST_CHECK_EXCEPTION(b.trainer.fit(x, y, {.sample_weight = xg::ones({200, 1})}), xg::ShapeError,
                          says("sample_weight of shape (200,)"));
    BOOST_CHECK_EXCEPTION(b.trainer.fit(xg::zeros({0, 3}), xg::zeros({0, 1})), xg::ValueError, says("at least one"));
    BOOST_CHECK_EXCEPTION(b.trainer.evaluate(xg::zeros({0, 3}), xg::zeros({0, 1})), xg::ValueError,
                          says("at least one"));
    BOOST_CHECK_EXCEPTION(b.trainer.fit(xg::zeros({9, 4}), xg::zeros({9, 1}), {.verbose = 0}), xg::ShapeError,
                          says("Linear"));
    BOOST_CHECK_EXCEPTION(Trainer(b.model, xg::nn::MSELoss(xg::LossReduction::none), b.optimizer), xg::ValueError,
                          says("for each element"));
    BOOST_CHECK_EXCEPTION(Trainer(b.model, xg::nn::MSELoss(), b.optimizer, {.metrics = {MeanError(), MeanError()}}),
                          xg::ValueError, says("two metrics 'error'"));
    BOOST_CHECK_EXCEPTION(Trainer(b.model, xg::nn::MSELoss(), b.optimizer, {.metrics = {MeanError("loss")}}),
                          xg::ValueError, says("'loss'"));
    for (const char* name : {"", "val_loss", "two\nlines"})
        BOOST_CHECK_EXCEPTION(Trainer(b.model, xg::nn::MSELoss(), b.optimizer, {.metrics = {MeanError(name)}}),
                              xg::ValueError, says("expected a name of one line without val_ before it"));
    BOOST_CHECK_THROW(Trainer(b.model, xg::nn::MSELoss(), b.optimizer, {.clip_norm = -1}), xg::ValueError);
    const Sequential other = network();
    BOOST_CHECK_EXCEPTION(Trainer(other, xg::nn::MSELoss(), b.optimizer), xg::ValueError,
                          says("none of the model's parameters"));
    const auto function = [](const Tensor& p, const Tensor& t) { return xg::mse_loss(p, t); };
    Trainer plain(b.model, function, b.optimizer);
    BOOST_CHECK_EXCEPTION(plain.fit(x, y, {.sample_weight = xg::ones({200}), .verbose = 0}), xg::ValueError,
                          says("add a member"));
    const auto each = [](const Tensor& p, const Tensor& t) { return xg::square(p - t); };
    BOOST_CHECK_EXCEPTION(Trainer(b.model, each, b.optimizer).fit(x, y, {.verbose = 0}), xg::ShapeError,
                          says("a loss of one number"));
    const Sequential flat(Linear(3, 1), xg::nn::Flatten(0));
    BOOST_TEST(same_bits(before, numbers_of(b.model)));
    BOOST_TEST(b.trainer.fit(x, y, {.epochs = 0, .verbose = 0}).epochs() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
