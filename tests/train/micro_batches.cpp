#include "support.hpp"

// A batch that is cut into parts gives what the whole batch gives.

using namespace test;

namespace {

std::vector<double> gradients(const xg::nn::ModuleBase& model) {
    std::vector<double> all;
    for (const Tensor& p : model.parameters()) {
        const std::vector<double> some = p.grad().to_vector();
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

struct Step {
    std::vector<double> gradients;
    double loss = 0;
    std::string plan;
};

/// The gradient and the loss of one batch of all samples, cut or not.
template <class M>
Step step(const M& given, const xg::train::Loss& loss, const Tensor& x, const Tensor& y, bool cut,
          const Tensor& weights = {}) {
    const M model = given.clone();
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0});
    xg::train::Trainer trainer(model, loss, optimizer, {.micro_batches = cut});
    xg::manual_seed(3);
    const xg::train::History history =
        trainer.fit(x, y, {.batch_size = x.size(0), .sample_weight = weights, .verbose = 0});
    return {gradients(model), history["loss"].front(), trainer.plan()};
}

template <class M>
void check_cut(const M& model, const xg::train::Loss& loss, const Tensor& x, const Tensor& y,
               const Tensor& weights = {}, double tolerance = 2e-5) {
    const Step whole = step(model, loss, x, y, false, weights), cut = step(model, loss, x, y, true, weights);
    BOOST_TEST(whole.plan == "whole: micro_batches is off");
    BOOST_TEST(cut.plan.starts_with("in parts of"), cut.plan);
    BOOST_TEST(relative_difference(whole.gradients, cut.gradients) < tolerance);
    BOOST_TEST(cut.loss == whole.loss, boost::test_tools::tolerance(tolerance));
}

/// Says that it works row by row, and does not.
class Centred : public xg::nn::Layer<Centred> {
public:
    static constexpr bool row_wise = true;
    Tensor forward(const Tensor& x) const { return x - xg::mean(x, 0, true); }
};

/// Says nothing.
class Silent : public xg::nn::Layer<Silent> {
    Linear inner_ = add_module("inner", Linear(16, 16));

public:
    Tensor forward(const Tensor& x) const { return inner_(x); }
};

class Block : public xg::nn::Layer<Block> {
    Linear inner_ = add_module("inner", Linear(16, 16));

public:
    static constexpr bool row_wise = true;
    Tensor forward(const Tensor& x) const { return x + xg::relu(inner_(x)); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(micro_batches)

BOOST_AUTO_TEST_CASE(parts_give_what_the_whole_batch_gives) {
    const Data data(5000);
    check_cut(network(), xg::nn::MSELoss(), data.x, data.y);
    check_cut(network(), xg::nn::MSELoss(xg::LossReduction::sum), data.x, data.y);
    check_cut(network(), xg::nn::MSELoss(xg::LossReduction::batchmean), data.x, data.y);
    check_cut(network(), xg::nn::HuberLoss(0.3), data.x, data.y);
    check_cut(network(), xg::nn::L1Loss(), data.x, data.y, {}, 1e-4);
    const Tensor weights = xg::rand({5000}) * 3.0;
    check_cut(network(), xg::nn::MSELoss(), data.x, data.y, weights);
    check_cut(network(), xg::nn::MSELoss(xg::LossReduction::sum), data.x, data.y, weights);
}

BOOST_AUTO_TEST_CASE(classes_that_weigh_differently_or_do_not_count) {
    const Data data(4000);
    xg::manual_seed(1);
    const Sequential model(Linear(3, 16), xg::nn::Tanh(), Linear(16, 4));
    Tensor classes = xg::floor(xg::rand({4000}) * 4.0).to(xg::int64);
    // Whole parts in which nothing counts.
    xg::Tensor ignored = classes.clone();
    for (std::int64_t i = 0; i < 1500; ++i) ignored.mutable_data<std::int64_t>()[i] = -100;
    const Tensor weight = xg::tensor({0.5, 1.0, 2.0, 4.0});
    check_cut(model, xg::nn::CrossEntropyLoss({.weight = weight}), data.x, classes);
    check_cut(model, xg::nn::CrossEntropyLoss({.weight = weight}), data.x, ignored);
    for (const Tensor& target : {classes, ignored}) {
        check_cut(model, xg::nn::CrossEntropyLoss({.weight = weight, .reduction = xg::LossReduction::batchmean}),
                  data.x, target);
        check_cut(Sequential(model, xg::nn::LogSoftmax(1)),
                  xg::nn::NLLLoss({.weight = weight, .reduction = xg::LossReduction::batchmean}), data.x, target);
    }
    check_cut(model, xg::nn::CrossEntropyLoss({.label_smoothing = 0.1}), data.x, classes);
    check_cut(model, xg::nn::CrossEntropyLoss(), data.x, xg::softmax(xg::randn({4000, 4}), 1));
    const Sequential binary(Linear(3, 1));
    check_cut(binary, xg::nn::BCEWithLogitsLoss(), data.x, (data.y > 0.0).to(xg::float32));
}

BOOST_AUTO_TEST_CASE(dropout_draws_by_row) {
    const Data data(5000);
    xg::manual_seed(1);
    const Sequential model(Linear(3, 32), ReLU(), xg::nn::Dropout(0.4), Linear(32, 16), xg::nn::AlphaDropout(0.3),
                           xg::nn::Dropout(0.2), Linear(16, 1));
    check_cut(model, xg::nn::MSELoss(), data.x, data.y);
}

BOOST_AUTO_TEST_CASE(images_and_sequences_are_cut_too) {
    xg::manual_seed(1);
    const Tensor images = xg::randn({700, 2, 8, 8}), y = xg::randn({700, 3});
    const Sequential model(xg::nn::Conv2d(2, 4, 3), ReLU(), xg::nn::MaxPool2d(2), xg::nn::GroupNorm(2, 4),
                           xg::nn::Flatten(), Linear(36, 3));
    check_cut(model, xg::nn::MSELoss(), images, y);
}

BOOST_AUTO_TEST_CASE(layers_of_ones_own) {
    const Data data(3000);
    xg::manual_seed(1);
    check_cut(Sequential(Linear(3, 16), Block(), Linear(16, 1)), xg::nn::MSELoss(), data.x, data.y);
    const Sequential silent(Linear(3, 16), Silent(), Linear(16, 1));
    BOOST_TEST(step(silent, xg::nn::MSELoss(), data.x, data.y, true).plan ==
               "whole: 1 (Silent) is not known to work row by row");
    const auto function = [](const Tensor& p, const Tensor& t) { return xg::mse_loss(p, t); };
    BOOST_TEST(step(network(), function, data.x, data.y, true).plan ==
               "whole: the loss (function) is not known to work row by row");
    const Sequential norm(Linear(3, 16), xg::nn::BatchNorm1d(16), Linear(16, 1));
    BOOST_TEST(step(norm, xg::nn::MSELoss(), data.x, data.y, true).plan ==
               "whole: 1 (BatchNorm1d) is not known to work row by row");
}

BOOST_AUTO_TEST_CASE(a_layer_that_is_wrong_about_itself_is_found_out) {
    const Data data(3000);
    xg::manual_seed(1);
    const Sequential model(Linear(3, 16), Centred(), ReLU(), Linear(16, 1));
    const Step cut = step(model, xg::nn::MSELoss(), data.x, data.y, true),
               whole = step(model, xg::nn::MSELoss(), data.x, data.y, false);
    BOOST_TEST(cut.plan.starts_with("whole: its first rows have other gradients"), cut.plan);
    BOOST_TEST(same_bits(cut.gradients, whole.gradients));

    // Also where the first rows, of which nothing comes, could not tell.
    Tensor weights = xg::ones({3000});
    std::fill_n(weights.mutable_data<float>(), 500, 0.0F);
    const Step later = step(model, xg::nn::MSELoss(), data.x.slice(0, 0, 2000), data.y.slice(0, 0, 2000), true,
                            weights.slice(0, 0, 2000).contiguous());
    BOOST_TEST(later.plan.starts_with("whole: its first rows have other gradients"), later.plan);
}

BOOST_AUTO_TEST_CASE(predictions_of_a_layer_that_is_wrong_about_itself) {
    const Data data(3000);
    xg::manual_seed(1);
    const Sequential centred(Linear(3, 16), Centred(), ReLU(), Linear(16, 1)),
        over_rows(Linear(3, 4), xg::nn::Softmax(-2)), all(Linear(3, 2), xg::nn::LayerNorm({3000, 2}));
    for (const Sequential& model : {centred, over_rows, all}) {
        xg::optim::SGD optimizer(model.parameters(), {.lr = 0});
        xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
        const Tensor expected = model(data.x).detach();
        BOOST_TEST(relative_difference(trainer.predict(data.x).to_vector(), expected.to_vector()) < 1e-6);
        const Tensor y = xg::ones(expected.shape());
        BOOST_TEST(*xg::train::find(trainer.evaluate(data.x, y), "loss") == xg::mse_loss(expected, y).item(),
                   boost::test_tools::tolerance(1e-6));
        // One whose first rows cannot be run without the others is run whole, too.
        trainer.fit(data.x, y, {.batch_size = 3000, .verbose = 0});
        BOOST_TEST(trainer.plan().starts_with("whole: its first rows"), trainer.plan());
        BOOST_TEST(relative_difference(trainer.predict(data.x).to_vector(), expected.to_vector()) < 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(parts_of_different_widths_are_refused) {
    class Ragged : public xg::nn::Layer<Ragged> {
    public:
        Ragged() {
            set_row_wise(true);
            add_parameter("scale", xg::ones({1}));
        }
        Tensor forward(const Tensor& x) const { return x[0][0].item() == 0 ? x : x.slice(1, 0, 1); }
    };
    Tensor x = xg::zeros({2048, 3});
    for (std::int64_t i = 0; i < 1024 * 3; ++i) x.mutable_data<float>()[i] = 1;
    const Ragged model;
    xg::optim::SGD optimizer(model.parameters(), {});
    xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
    BOOST_CHECK_EXCEPTION(trainer.predict(x), xg::ShapeError, says("(512, 3)"));
}

BOOST_AUTO_TEST_CASE(a_model_that_grew_is_looked_at_again) {
    const Data data(3000);
    Sequential model = network();
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
    trainer.fit(data.x, data.y, {.batch_size = 3000, .verbose = 0});
    BOOST_TEST(trainer.plan().starts_with("in parts of"), trainer.plan());
    model.add(xg::nn::BatchNorm1d(1));
    trainer.fit(data.x, data.y, {.batch_size = 3000, .verbose = 0});
    BOOST_TEST(trainer.plan() == "whole: 3 (BatchNorm1d) is not known to work row by row");
}

BOOST_AUTO_TEST_CASE(hooks_see_whole_batches) {
    const Data data(3000);
    const Sequential model = network();
    std::vector<std::int64_t> rows;
    const xg::HookHandle handle = model.register_output_hook(
        [&](const xg::nn::Module&, const Tensor& output) { rows.push_back(output.size(0)); });
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
    trainer.fit(data.x, data.y, {.batch_size = 3000, .verbose = 0});
    BOOST_TEST(rows == std::vector<std::int64_t>{3000}, boost::test_tools::per_element());
    BOOST_TEST(trainer.plan() == "whole: hooks see whole batches");
}

namespace {

/// What a monitor shows of three steps, in parts or whole.
std::vector<xg::inspect::LayerRecord> watched(bool cut, int threads) {
    const Data data(4000);
    const int before = xg::num_threads();
    xg::set_num_threads(threads);
    xg::manual_seed(1);
    const Sequential model(Linear(3, 32), ReLU(), Linear(32, 16), xg::nn::Tanh(), Linear(16, 8), ReLU(), Linear(8, 1));
    // Some units are dead, for all rows.
    Tensor bias = model.parameters()[1];
    {
        const xg::NoGrad no_grad;
        for (int i = 0; i < 5; ++i) bias.mutable_data<float>()[i] = -100;
    }
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    const xg::inspect::GradientMonitor monitor(model);
    xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer, {.micro_batches = cut});
    trainer.fit(data.x, data.y, {.epochs = 3, .batch_size = 4000, .callbacks = {monitor}, .verbose = 0});
    xg::set_num_threads(before);
    BOOST_TEST(trainer.plan().starts_with(cut ? "in parts" : "whole"), trainer.plan());
    BOOST_TEST(monitor.steps() == 3);
    return monitor.profile().layers;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_monitor_sees_the_batch_and_not_its_parts, *boost::unit_test::label("threads")) {
    const std::vector<xg::inspect::LayerRecord> whole = watched(false, 2), cut = watched(true, 1),
                                                two = watched(true, 2), four = watched(true, 4);
    BOOST_REQUIRE(whole.size() == 4U);
    BOOST_REQUIRE(cut.size() == 4U);
    const auto close = boost::test_tools::tolerance(1e-4);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        BOOST_TEST(cut[i].name == whole[i].name);
        BOOST_TEST(cut[i].gradient_norm == whole[i].gradient_norm, close);
        BOOST_TEST(cut[i].weight_gradient_norm == whole[i].weight_gradient_norm, close);
        BOOST_TEST(cut[i].bias_gradient_norm == whole[i].bias_gradient_norm, close);
        BOOST_TEST((cut[i].dead_share == whole[i].dead_share ||
                    (std::isnan(cut[i].dead_share) && std::isnan(whole[i].dead_share))));
        for (const auto& same : {two[i], four[i]}) {
            BOOST_TEST(same.gradient_norm == cut[i].gradient_norm);
            BOOST_TEST(same.weight_gradient_norm == cut[i].weight_gradient_norm);
            BOOST_TEST(same.bias_gradient_norm == cut[i].bias_gradient_norm);
        }
    }
    BOOST_TEST(whole[0].dead_share == 5.0 / 32);
}

BOOST_AUTO_TEST_CASE(memory_does_not_grow_with_the_batch) {
    const auto peak = [](std::int64_t n) {
        const Data data(n);
        xg::manual_seed(1);
        Sequential model(Linear(3, 64), ReLU());
        for (int i = 0; i < 10; ++i) model.add(Linear(64, 64), ReLU());
        model.add(Linear(64, 1));
        xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
        xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
        const xg::PeakMemory memory;
        trainer.fit(data.x, data.y, {.epochs = 2, .batch_size = n, .verbose = 0});
        return memory.added();
    };
    const std::int64_t small = peak(10'000), large = peak(40'000);
    // Whole, activations alone would be 10'000 · 11 · 64 · 4 bytes = 28 MB, and four times as much.
    BOOST_TEST(small < 16'000'000);
    BOOST_TEST(large < small + 4'000'000);
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_threads, *boost::unit_test::label("threads")) {
    const Data data(6000);
    const auto train = [&](int threads) {
        const int before = xg::num_threads();
        xg::set_num_threads(threads);
        xg::manual_seed(1);
        const Sequential model(Linear(3, 32), ReLU(), xg::nn::Dropout(0.3), Linear(32, 1));
        xg::optim::Adam optimizer(model.parameters(), {.lr = 0.01});
        xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
        trainer.fit(data.x, data.y, {.epochs = 3, .batch_size = 3000, .validation_split = 0.25, .verbose = 0});
        xg::set_num_threads(before);
        return numbers_of(model);
    };
    const std::vector<double> one = train(1);
    BOOST_TEST(same_bits(one, train(2)));
    BOOST_TEST(same_bits(one, train(4)));
}

BOOST_AUTO_TEST_CASE(an_error_in_a_part_changes_nothing) {
    const Data data(3000);
    const Sequential model = network();
    Tensor classes = xg::zeros({3000}, {.dtype = xg::int64});
    classes.mutable_data<std::int64_t>()[2999] = 77;
    xg::manual_seed(1);
    const Sequential classifier(Linear(3, 4));
    xg::optim::SGD optimizer(classifier.parameters(), {.lr = 0.1});
    const std::vector<double> before = numbers_of(classifier);
    xg::train::Trainer trainer(classifier, xg::nn::CrossEntropyLoss(), optimizer);
    BOOST_CHECK_THROW(trainer.fit(data.x, classes, {.batch_size = 3000, .shuffle = false, .verbose = 0}),
                      xg::IndexError);
    BOOST_TEST(same_bits(before, numbers_of(classifier)));
    for (const Tensor& p : classifier.parameters()) BOOST_TEST(!p.grad().defined());
}

BOOST_AUTO_TEST_SUITE_END()
