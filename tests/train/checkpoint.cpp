#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/activations.hpp>
#include <xgrad/nn/linear.hpp>
#include <xgrad/nn/loss.hpp>
#include <xgrad/nn/normalization.hpp>
#include <xgrad/nn/sequential.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/plateau.hpp>
#include <xgrad/optim/schedules.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/train/checkpoint.hpp>

#include "reference/torch_model.hpp"

using xg::Tensor;
using xg::nn::Linear;
using xg::nn::Sequential;
using xg::train::CheckpointInfo;
using xg::train::load_checkpoint;
using xg::train::save_checkpoint;

namespace {

namespace fs = std::filesystem;

struct Folder {
    fs::path path = fs::temp_directory_path() / ("xgrad-checkpoint-test-" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string file(const char* name) const { return (path / name).string(); }
};

auto says(const std::string& part) {
    return [part](const xg::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(part) != std::string::npos;
    };
}

Sequential network(std::int64_t width = 8) {
    return Sequential(Linear(3, width), xg::nn::BatchNorm1d(width), xg::nn::Tanh(), Linear(width, 1));
}

/// A model, an optimizer and a schedule, as a program would have them.
struct Run {
    Sequential model = network();
    xg::optim::Adam optimizer{model.parameters(), {.lr = 0.05, .amsgrad = true}};
    xg::optim::StepLR schedule{optimizer, {.step_size = 2, .gamma = 0.5}};
    xg::optim::ReduceLROnPlateau plateau{optimizer, {.factor = 0.9, .patience = 1}};

    xg::train::CheckpointParts parts() { return {.optimizer = &optimizer, .schedule = &schedule, .plateau = &plateau}; }

    /// Epochs on data that are drawn anew each time.
    std::vector<double> train(int epochs) {
        std::vector<double> losses;
        for (int i = 0; i < epochs; ++i) {
            const Tensor x = xg::randn({16, 3});
            optimizer.zero_grad();
            const Tensor loss = xg::nn::mse_loss(model(x), xg::sum(x, 1, true));
            loss.backward();
            optimizer.step();
            schedule.step();
            plateau.step(loss.item());
            losses.push_back(loss.item());
        }
        return losses;
    }

    std::vector<double> numbers() const {
        std::vector<double> all;
        for (const auto& t : model.state_dict())
            for (const double v : t.tensor.to_vector()) all.push_back(v);
        for (const auto& t : optimizer.state().tensors)
            for (const double v : t.value.to_vector()) all.push_back(v);
        for (const auto& n : optimizer.state().numbers) all.push_back(n.value);
        for (const auto& n : schedule.state().numbers) all.push_back(n.value);
        return all;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(checkpoint)

BOOST_AUTO_TEST_CASE(training_goes_on_with_the_same_bits) {
    const Folder folder;
    const std::string path = folder.file("run.safetensors");
    xg::manual_seed(3);
    Run run;
    run.train(5);
    auto parts = run.parts();
    parts.epoch = 5;
    parts.notes = {{"data", "größer"}, {"", "empty"}};
    save_checkpoint(path, run.model, parts);
    const std::vector<double> expected = run.train(6), end = run.numbers();

    xg::manual_seed(99);
    Run other;
    other.train(2);
    const CheckpointInfo info = load_checkpoint(path, other.model, other.parts());
    BOOST_TEST(info.epoch == 5);
    BOOST_TEST((info.notes == parts.notes));
    BOOST_TEST(other.train(6) == expected, boost::test_tools::per_element());
    BOOST_TEST(other.numbers() == end, boost::test_tools::per_element());
    BOOST_TEST(other.optimizer.lr() == run.optimizer.lr());
}

BOOST_AUTO_TEST_CASE(parts_may_stay_in_the_file) {
    const Folder folder;
    const std::string path = folder.file("run.safetensors");
    Run run, other;
    run.train(3);
    save_checkpoint(path, run.model, run.parts());
    load_checkpoint(path, other.model);
    BOOST_TEST(other.model.state_dict()[0].tensor.to_vector() == run.model.state_dict()[0].tensor.to_vector());
    // The model's names are its own, the parts' begin with what they belong to.
    const auto file = xg::data::load_safetensors(path);
    BOOST_TEST(
        (file.contains("0.weight") && file.contains("1.running_mean") && file.contains("optimizer.state.0.exp_avg")));
}

BOOST_AUTO_TEST_CASE(reads_what_pytorch_saved) {
    const Folder folder;
    const std::string path = folder.file("torch.safetensors");
    xg::write_file(path, {reinterpret_cast<const char*>(reference::torch_model), sizeof reference::torch_model});
    const Sequential model(Linear(3, 4), xg::nn::Tanh(), xg::nn::BatchNorm1d(4), Linear(4, 2));
    model.to(xg::float64);
    const xg::RandomState random = xg::random_state();
    BOOST_TEST(load_checkpoint(path, model).epoch == 0);
    BOOST_TEST(xg::random_state().stream == random.stream);
    model.eval();
    const Tensor x = xg::linspace(-1, 2, 6, {.dtype = xg::float64}).reshape({2, 3});
    const std::vector<double> y = model(x).to_vector();
    BOOST_REQUIRE(y.size() == std::size(reference::torch_output));
    for (std::size_t i = 0; i < y.size(); ++i) BOOST_TEST(std::abs(y[i] - reference::torch_output[i]) < 1e-14);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_changes_nothing) {
    const Folder folder;
    const std::string path = folder.file("run.safetensors");
    Run run;
    run.train(3);
    save_checkpoint(path, run.model, run.parts());

    // Another model: every name that is wrong is listed.
    const Sequential wide = network(9);
    const std::vector<double> before = wide.state_dict()[0].tensor.to_vector();
    BOOST_CHECK_EXCEPTION(load_checkpoint(path, wide), xg::ValueError, says("0.weight (expected (9, 3), got (8, 3))"));
    BOOST_CHECK_EXCEPTION(load_checkpoint(path, wide), xg::ValueError, says("3.weight"));
    BOOST_TEST(wide.state_dict()[0].tensor.to_vector() == before);

    // Another optimizer: the model, which fits, goes back to what it was; so does what was taken over before.
    Run other;
    other.train(2);
    const std::vector<double> numbers = other.numbers();
    xg::optim::SGD sgd(other.model.parameters(), {.momentum = 0.9});
    BOOST_CHECK_EXCEPTION(load_checkpoint(path, other.model, {.optimizer = &sgd}), xg::ValueError, says(path));
    BOOST_TEST(other.numbers() == numbers, boost::test_tools::per_element());

    // What was not saved.
    save_checkpoint(path, run.model);
    BOOST_CHECK_EXCEPTION(load_checkpoint(path, other.model, {.optimizer = &other.optimizer}), xg::FileError,
                          says("holds no optimizer"));
    BOOST_TEST(other.numbers() == numbers, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_that_would_be_taken_for_a_parts) {
    const Folder folder;
    class Odd : public xg::nn::Layer<Odd> {
        Linear inner_ = add_module("optimizer", Linear(2, 2));

    public:
        Tensor forward(const Tensor& x) const { return inner_(x); }
    };
    const Odd model;
    xg::optim::SGD sgd(model.parameters());
    const std::string path = folder.file("odd.safetensors");
    BOOST_CHECK_EXCEPTION(save_checkpoint(path, model, {.optimizer = &sgd}), xg::ValueError,
                          says("'optimizer.weight'"));
    BOOST_TEST(!fs::exists(path));
    save_checkpoint(path, model);
    load_checkpoint(path, model);
}

BOOST_AUTO_TEST_CASE(broken_notes) {
    const Folder folder;
    const std::string path = folder.file("broken.safetensors");
    Run run;
    run.train(1);
    save_checkpoint(path, run.model, run.parts());
    const auto file = xg::data::load_safetensors(path);
    const auto with = [&](const std::string& key, const std::string& text) {
        auto changed = file;
        for (auto& [own, value] : changed.metadata)
            if (own == key) value = text;
        xg::data::save_safetensors(path, changed);
    };
    const std::vector<double> numbers = run.numbers();
    for (const auto& [key, text] :
         std::vector<std::pair<std::string, std::string>>{{"xgrad.epoch", "three"},
                                                          {"xgrad.epoch", "99999999999999999999"},
                                                          {"xgrad.random_state", "1"},
                                                          {"xgrad.random_state", "1 x"},
                                                          {"xgrad.random_state", "-1 2"},
                                                          {"xgrad.optimizer.numbers", "[1]"},
                                                          {"xgrad.optimizer.numbers", "{"},
                                                          {"xgrad.optimizer.numbers", R"({"state.0.step": 1})"},
                                                          {"xgrad.optimizer.numbers", R"({"state.0.step": "1x"})"}}) {
        with(key, text);
        BOOST_CHECK_EXCEPTION(load_checkpoint(path, run.model, run.parts()), xg::FileError, says(key));
    }
    with("xgrad.optimizer.numbers", "{}");
    BOOST_CHECK_EXCEPTION(load_checkpoint(path, run.model, run.parts()), xg::ValueError, says("missing"));
    BOOST_TEST(run.numbers() == numbers, boost::test_tools::per_element());
    BOOST_CHECK_THROW(load_checkpoint(folder.file("none"), run.model), xg::FileError);
}

BOOST_AUTO_TEST_SUITE_END()
