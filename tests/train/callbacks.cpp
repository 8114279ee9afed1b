#include <csignal>
#include <random>

#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "support.hpp"

using namespace test;
using xg::train::EarlyStopping;
using xg::train::History;
using xg::train::LambdaCallback;
using xg::train::ModelCheckpoint;
using xg::train::Trainer;
using xg::train::Training;

namespace {

struct Bench {
    Data data{120};
    Sequential model = network();
    xg::optim::Adam optimizer{model.parameters(), {.lr = 0.01}};
    Trainer trainer{model, xg::nn::MSELoss(), optimizer};

    History fit(std::int64_t epochs, std::vector<xg::train::Callback> callbacks, const std::string& resume = "") {
        xg::manual_seed(5);
        return trainer.fit(data.x, data.y,
                           {.epochs = epochs,
                            .validation_split = 0.25,
                            .callbacks = std::move(callbacks),
                            .verbose = 0,
                            .resume = resume});
    }
};

/// Puts these numbers into the logs, epoch by epoch.
LambdaCallback scripted(const std::string& name, std::vector<double> values) {
    return LambdaCallback({.on_epoch_end = [=](Training& t) {
        t.logs().emplace_back(name, values.at(static_cast<std::size_t>(t.epoch() - 1)));
    }});
}

/// The model's numbers after each epoch.
LambdaCallback recorder(std::vector<std::vector<double>>& all) {
    return LambdaCallback({.on_epoch_end = [&all](Training& t) { all.push_back(numbers_of(t.model())); }});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(callbacks)

BOOST_AUTO_TEST_CASE(early_stopping_waits_and_restores) {
    Bench b;
    std::vector<std::vector<double>> models;
    EarlyStopping stop({.monitor = "score", .patience = 2});
    const History history = b.fit(9, {scripted("score", {5, 3, 4, 2, 2, NAN, 1, 1, 1}), recorder(models), stop});
    BOOST_TEST(history.epochs() == 6U);
    BOOST_TEST(stop.stopped_epoch() == 6);
    BOOST_TEST(stop.best_epoch() == 4);
    BOOST_TEST(stop.best() == 2.0);
    BOOST_TEST(history.stop_reason() == "score has not got better since epoch 4");
    BOOST_TEST(same_bits(numbers_of(b.model), models[3]));
}

BOOST_AUTO_TEST_CASE(early_stopping_by_its_options) {
    const auto stopped = [](const xg::train::EarlyStoppingOptions& options, std::vector<double> values) {
        Bench b;
        EarlyStopping stop(options);
        const auto n = static_cast<std::int64_t>(values.size());
        b.fit(n, {scripted("s", std::move(values)), stop});
        return std::pair(stop.stopped_epoch(), stop.best_epoch());
    };
    using Pair = std::pair<std::int64_t, std::int64_t>;
    BOOST_TEST((stopped({.monitor = "s"}, {3, 2, 2, 1}) == Pair(3, 2)));
    BOOST_TEST((stopped({.monitor = "s", .mode = xg::optim::Mode::max}, {1, 2, 3, 3}) == Pair(4, 3)));
    BOOST_TEST((stopped({.monitor = "s", .patience = 1, .min_delta = 0.5}, {3, 2.8, 2.7, 1}) == Pair(2, 1)));
    BOOST_TEST((stopped({.monitor = "s", .patience = 2, .baseline = 1}, {3, 2, 1.5, 1}) == Pair(2, 2)));
    BOOST_TEST((stopped({.monitor = "s", .start_from_epoch = 3}, {1, 2, 3, 4, 5}) == Pair(5, 4)));
    BOOST_TEST((stopped({.monitor = "s", .patience = 9}, {1, 2, 3}) == Pair(0, 1)));
    BOOST_TEST((stopped({.monitor = "s", .patience = 2}, {NAN, NAN, NAN}) == Pair(2, 0)));
}

BOOST_AUTO_TEST_CASE(a_quantity_that_is_not_there) {
    Bench b;
    BOOST_CHECK_EXCEPTION(b.fit(2, {EarlyStopping({.monitor = "accuracy"})}), xg::ValueError,
                          says("no 'accuracy', expected one of: loss, val_loss"));
    BOOST_CHECK_EXCEPTION(b.fit(2, {xg::train::ReduceLROnPlateau({}, "x")}), xg::ValueError, says("no 'x'"));
    BOOST_CHECK_THROW(EarlyStopping({.patience = -1}), xg::ValueError);
    BOOST_CHECK_THROW(EarlyStopping({.min_delta = NAN}), xg::ValueError);
    BOOST_CHECK_THROW(ModelCheckpoint({}), xg::ValueError);
    BOOST_CHECK_THROW(ModelCheckpoint({.path = "x", .every = 0}), xg::ValueError);
    BOOST_CHECK_THROW(xg::train::TimeLimit(0), xg::ValueError);
    BOOST_CHECK_THROW(xg::train::LearningRateScheduler(nullptr), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(rates_follow_schedules) {
    Bench b;
    xg::optim::StepLR schedule(b.optimizer, {.step_size = 1, .gamma = 0.5});
    const History by_epoch = b.fit(3, {xg::train::LearningRateScheduler(schedule)});
    const std::vector<double> halves{0.01, 0.005, 0.0025};
    BOOST_TEST(by_epoch["lr"] == halves, boost::test_tools::tolerance(1e-12) << boost::test_tools::per_element());

    Bench c;
    xg::optim::StepLR by_step(c.optimizer, {.step_size = 1, .gamma = 0.5});
    c.fit(1, {xg::train::LearningRateScheduler(by_step, xg::train::Per::step)});
    BOOST_TEST(c.optimizer.lr() == 0.01 / 8, boost::test_tools::tolerance(1e-12));  // 90 samples are 3 batches

    Bench d;
    const History function = d.fit(3, {xg::train::LearningRateScheduler([](std::int64_t epoch, double) {
                                       return 1.0 / static_cast<double>(epoch);
                                   })});
    BOOST_TEST(function["lr"][2] == 1.0 / 3);

    Bench e;
    const History plateau =
        e.fit(4, {scripted("s", {1, 1, 1, 1}), xg::train::ReduceLROnPlateau({.factor = 0.1, .patience = 1}, "s")});
    const std::vector<double> tenths{0.01, 0.01, 0.001, 0.001};
    BOOST_TEST(plateau["lr"] == tenths, boost::test_tools::tolerance(1e-12) << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_no_number_ends_the_training) {
    Bench b;
    b.optimizer.set_lr(1e30);
    const History history = b.fit(5, {xg::train::TerminateOnNaN()});
    BOOST_TEST(history.stop_reason().starts_with("the loss is "), history.stop_reason());
    BOOST_TEST(history.step_losses().size() < 15U);
}

BOOST_AUTO_TEST_CASE(the_log_of_epochs) {
    const Folder folder("csv-logger");
    Bench b;
    const History history = b.fit(3, {xg::train::CSVLogger(folder.file("a/log.csv"))});
    BOOST_TEST(xg::read_file(folder.file("a/log.csv")) == history.to_csv());
    BOOST_CHECK_THROW(b.fit(1, {xg::train::CSVLogger("/proc/no/log.csv")}), xg::FileError);
}

BOOST_AUTO_TEST_CASE(time_is_limited) {
    Bench b;
    const History history = b.fit(50, {xg::train::TimeLimit(1e-9)});
    BOOST_TEST(history.step_losses().size() == 1U);
    BOOST_TEST(history.stop_reason().starts_with("the time of"));
}

BOOST_AUTO_TEST_CASE(checkpoints_by_name_and_by_quantity) {
    const Folder folder("model-checkpoint");
    Bench b;
    ModelCheckpoint all({.path = folder.file("all-{epoch:02}-{s:.1f}.safetensors")});
    ModelCheckpoint best({.path = folder.file("best-{epoch}.safetensors"), .monitor = "s", .save_best_only = true});
    ModelCheckpoint some({.path = folder.file("some.safetensors"), .every = 2});
    std::vector<std::vector<double>> models;
    b.fit(3, {scripted("s", {2, 1, 3}), recorder(models), all, best, some});
    namespace fs = std::filesystem;
    for (const char* name : {"all-01-2.0", "all-02-1.0", "all-03-3.0", "best-1", "best-2"})
        BOOST_TEST(fs::exists(folder.file(std::string(name) + ".safetensors")), name);
    BOOST_TEST(!fs::exists(folder.file("best-3.safetensors")));
    BOOST_TEST(best.last_path() == folder.file("best-2.safetensors"));
    const Sequential other = network(77);
    xg::train::load_checkpoint(best.last_path(), other);
    BOOST_TEST(same_bits(numbers_of(other), models[1]));
    // What `every` left out at the end.
    xg::train::load_checkpoint(some.last_path(), other);
    BOOST_TEST(same_bits(numbers_of(other), models[2]));
    BOOST_CHECK_EXCEPTION(b.fit(1, {ModelCheckpoint({.path = folder.file("{what}")})}), xg::ValueError,
                          says("what can stand in braces: epoch, loss, val_loss"));
    BOOST_CHECK_THROW(b.fit(1, {ModelCheckpoint({.path = "/proc/none/x"})}), xg::FileError);

    // A folder whose name is not known before the first epoch.
    b.fit(2, {ModelCheckpoint({.path = folder.file("run-{epoch}/model")})});
    BOOST_TEST(fs::exists(folder.file("run-2/model")));
    BOOST_TEST(!fs::exists(folder.file("run-{epoch}")));
    // The best of the epochs that are looked at: the first is the best of all.
    ModelCheckpoint second({.path = folder.file("second-{epoch}"), .monitor = "s", .save_best_only = true, .every = 2});
    b.fit(4, {scripted("s", {1, 3, 2, 2}), second});
    BOOST_TEST(second.last_path() == folder.file("second-4"));
}

namespace {

/// A training with all that must be carried over: momentum, dropout, an order, a plateau, early stopping.
struct Long {
    Data data{200};
    Sequential model{Linear(3, 16), ReLU(), xg::nn::Dropout(0.2), xg::nn::BatchNorm1d(16), Linear(16, 1)};
    xg::optim::Adam optimizer{model.parameters(), {.lr = 0.02}};
    EarlyStopping stop{{.patience = 8}};
    Trainer trainer{model, xg::nn::MSELoss(), optimizer};

    History run(const std::string& path, const LambdaCallback& extra) {
        xg::manual_seed(11);
        xg::optim::CosineAnnealingLR schedule(optimizer, {.T_max = 30});
        return trainer.fit(
            data.x, data.y,
            {.epochs = 30,
             .validation_split = 0.25,
             .callbacks = {stop, xg::train::LearningRateScheduler(schedule), ModelCheckpoint({.path = path}), extra},
             .verbose = 0,
             .resume = path});
    }
    static Long fresh() {
        xg::manual_seed(3);
        return {};
    }
};

}  // namespace

namespace {

/// What this process has had of the processor, in nanoseconds.
std::int64_t processor_time() {
    timespec now = {};
    BOOST_REQUIRE(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
    return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_training_that_is_killed_ends_with_the_same_bits) {
    const Folder folder("resume");
    Long whole = Long::fresh();
    const std::int64_t began = processor_time();
    const History expected = whole.run(folder.file("whole.safetensors"), LambdaCallback({}));
    const std::int64_t takes = processor_time() - began;

    std::mt19937 random(2026);
    int all_kills = 0;
    // Between batches, and at any moment of the processor's time: also while a checkpoint is written.
    for (int trial = 0; trial < 6; ++trial) {
        const std::string path = folder.file("killed" + std::to_string(trial) + ".safetensors");
        int kills = 0;
        for (bool finished = false; !finished;) {
            BOOST_REQUIRE(kills < 400);
            const int after = static_cast<int>(random() % 40) + 1;  // batches, of 5 an epoch, or fortieths of the whole
            const pid_t child = fork();
            if (child == 0) {
                int batches = 0;
                if (trial % 2 == 1) {
                    sigevent event = {};
                    event.sigev_notify = SIGEV_SIGNAL;
                    event.sigev_signo = SIGKILL;
                    timer_t timer = {};
                    itimerspec when = {};
                    when.it_value.tv_sec = takes * after / 40 / 1'000'000'000;
                    when.it_value.tv_nsec = takes * after / 40 % 1'000'000'000 + 1;
                    if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) != 0 ||
                        timer_settime(timer, 0, &when, nullptr) != 0)
                        ::_exit(3);
                }
                Long again = Long::fresh();
                again.run(path, LambdaCallback({.on_batch_end = [&](Training&) {
                              if (trial % 2 == 0 && ++batches == after) ::kill(::getpid(), SIGKILL);
                          }}));
                ::_exit(0);
            }
            int status = 0;
            BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
            finished = WIFEXITED(status);
            if (finished) BOOST_TEST(WEXITSTATUS(status) == 0);
            kills += finished ? 0 : 1;
        }
        all_kills += kills;
        // Finished: what is left to do is to read it.
        Long last = Long::fresh();
        const History history = last.run(path, LambdaCallback({}));
        BOOST_TEST(same_bits(numbers_of(last.model), numbers_of(whole.model)));
        BOOST_TEST(history.to_csv() == expected.to_csv());
        BOOST_TEST((history.step_losses() == expected.step_losses()));
        BOOST_TEST(history.stop_reason() == expected.stop_reason());
        BOOST_TEST(last.stop.best_epoch() == whole.stop.best_epoch());
    }
    BOOST_TEST(all_kills > 6);
}

BOOST_AUTO_TEST_CASE(a_full_disk_loses_nothing) {
    const Folder folder("full-disk");
    const std::string path = folder.file("a.safetensors");
    Bench b;
    b.fit(2, {ModelCheckpoint({.path = path})});
    const std::string before = xg::read_file(path);
    // In a child, since the limit holds for all files of a process.
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{200, 200};
        if (setrlimit(RLIMIT_FSIZE, &small) != 0) ::_exit(3);
        try {
            b.fit(4, {ModelCheckpoint({.path = path})}, path);
        } catch (const xg::FileError& error) {
            const bool told = std::string(error.what()).find(path) != std::string::npos;
            ::_exit(told && b.trainer.history().epochs() == 3 ? 0 : 4);
        }
        ::_exit(5);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0), status);
    BOOST_TEST(xg::read_file(path) == before);
    BOOST_TEST(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

namespace {

/// What became of 8 epochs: at once, or after one that ended before.
struct Ended {
    std::vector<double> numbers;
    std::string csv;
    std::size_t steps = 0;
};

Ended whole_or_resumed(const std::vector<xg::train::Callback>& first, std::int64_t first_epochs,
                       const std::vector<xg::train::Callback>& then, const std::string& path) {
    if (!first.empty()) Bench().fit(first_epochs, first);
    Bench b;
    const History h = b.fit(8, then, path);
    return {numbers_of(b.model), h.to_csv(), h.step_losses().size()};
}

void check_same(const Ended& a, const Ended& b) {
    BOOST_TEST(same_bits(a.numbers, b.numbers));
    BOOST_TEST(a.csv == b.csv);
    BOOST_TEST(a.steps == b.steps);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_training_that_is_stopped_goes_on_with_the_same_bits) {
    const Folder folder("resume-stopped");
    int number = 0;
    for (const std::int64_t every : {1, 2, 5}) {
        const auto path = [&] { return folder.file(std::to_string(number)); };
        const auto checkpoint = [&] { return ModelCheckpoint({.path = path(), .every = every}); };
        const auto nothing = LambdaCallback({});
        ++number;
        const Ended whole = whole_or_resumed({}, 0, {checkpoint(), nothing}, path());
        // In the middle of an epoch, and after its last batch.
        for (const std::int64_t batch : {1, 2, 3}) {
            ++number;
            const auto stop = LambdaCallback({.on_batch_end = [batch](Training& t) {
                if (t.epoch() == 6 && t.batch() == batch) t.stop("enough");
            }});
            check_same(whole, whole_or_resumed({checkpoint(), stop}, 8, {checkpoint(), nothing}, path()));
        }
        // What stands before it puts older weights into the model at the end.
        const auto early = [] { return EarlyStopping({.monitor = "s", .patience = 9}); };
        const std::vector<double> scores{1, 2, 3, 4, 5, 6, 7, 0};
        ++number;
        const Ended restored = whole_or_resumed({}, 0, {scripted("s", scores), early(), checkpoint()}, path());
        ++number;
        check_same(restored, whole_or_resumed({scripted("s", scores), early(), checkpoint()}, 3,
                                              {scripted("s", scores), early(), checkpoint()}, path()));
    }
}

BOOST_AUTO_TEST_CASE(what_is_saved_within_an_epoch_begins_it_anew) {
    const Folder folder("resume-within");
    const std::string path = folder.file("a");
    Bench b, c;
    b.fit(2, {LambdaCallback({.on_batch_end = [&](Training& t) {
              if (t.epoch() == 2 && t.batch() == 2) t.save(path);
          }})});
    std::vector<std::int64_t> epochs;
    const History history =
        c.fit(3, {LambdaCallback({.on_epoch_begin = [&](Training& t) { epochs.push_back(t.epoch()); }})}, path);
    BOOST_TEST((epochs == std::vector<std::int64_t>{2, 3}));
    BOOST_TEST(history.epochs() == 3U);
}

BOOST_AUTO_TEST_CASE(a_loader_with_a_seed_goes_on_with_its_order) {
    const Folder folder("resume-loader");
    const auto train = [&](std::int64_t epochs, const std::string& path, bool within = false) {
        Bench b;
        xg::data::DataLoader loader(b.data.x, b.data.y, {.shuffle = true, .seed = 3});
        b.trainer.fit(loader, {.epochs = epochs,
                               .callbacks = {ModelCheckpoint({.path = path}),
                                             LambdaCallback({.on_batch_end =
                                                                 [&](Training& t) {
                                                                     if (within && t.batch() == 2) t.stop("");
                                                                 }})},
                               .verbose = 0,
                               .resume = path});
        return numbers_of(b.model);
    };
    const std::vector<double> whole = train(6, folder.file("whole"));
    train(3, folder.file("parts"));
    train(6, folder.file("parts"), true);
    BOOST_TEST(same_bits(train(6, folder.file("parts")), whole));
}

BOOST_AUTO_TEST_CASE(callbacks_of_a_training_that_could_not_be_resumed_begin_anew) {
    const Folder folder("resume-failed");
    Bench b;
    b.fit(2, {EarlyStopping(), LambdaCallback({.on_train_end = [&](Training& t) { t.save(folder.file("a")); }})});
    EarlyStopping stop({.patience = 2});
    const std::vector<xg::train::Callback> callbacks{stop, ModelCheckpoint({.path = folder.file("b")})};
    BOOST_CHECK_EXCEPTION(b.fit(4, callbacks, folder.file("a")), xg::ValueError, says("it is of another callback"));
    b.fit(1, callbacks);
    BOOST_TEST(stop.best_epoch() == 1);
}

BOOST_AUTO_TEST_CASE(another_training_is_not_resumed) {
    const Folder folder("resume-refused");
    const std::string path = folder.file("a.safetensors");
    Bench b;
    b.fit(2, {ModelCheckpoint({.path = path})});
    const auto callbacks = [&] { return std::vector<xg::train::Callback>{ModelCheckpoint({.path = path})}; };

    Bench c;
    c.data.x = c.data.x + 1.0;
    const std::vector<double> before = numbers_of(c.model);
    BOOST_CHECK_EXCEPTION(c.fit(4, callbacks(), path), xg::ValueError,
                          says("it was saved with the data 'x float32 (90, 3)"));
    BOOST_CHECK_EXCEPTION(b.fit(4, {}, path), xg::ValueError, says("a number of callbacks of '1', expected '0'"));

    xg::manual_seed(1);
    const Sequential wider(Linear(3, 17), ReLU(), Linear(17, 1));
    xg::optim::Adam optimizer(wider.parameters(), {});
    BOOST_CHECK_EXCEPTION(
        Trainer(wider, xg::nn::MSELoss(), optimizer)
            .fit(b.data.x, b.data.y,
                 {.epochs = 4, .validation_split = 0.25, .callbacks = callbacks(), .verbose = 0, .resume = path}),
        xg::ValueError, says("(17, 3)"));
    xg::train::save_checkpoint(folder.file("plain.safetensors"), b.model);
    BOOST_CHECK_EXCEPTION(b.fit(4, callbacks(), folder.file("plain.safetensors")), xg::ValueError,
                          says("it holds no training"));
    xg::write_file(folder.file("broken.safetensors"), "nonsense");
    BOOST_CHECK_THROW(b.fit(4, callbacks(), folder.file("broken.safetensors")), xg::FileError);
    BOOST_TEST(same_bits(before, numbers_of(c.model)));
    // Finished already.
    BOOST_TEST(b.fit(2, callbacks(), path).epochs() == 2U);
    BOOST_TEST(b.fit(3, callbacks(), path).epochs() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
