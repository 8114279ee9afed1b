#include <csignal>
#include <random>
#include <set>

#include <sys/wait.h>

#include "support.hpp"

using namespace test;
using xg::train::SearchMethod;
using xg::train::SearchSpace;
using xg::train::Trial;
using xg::train::Tuner;
using xg::train::TunerResult;

namespace {

SearchSpace fifteen() {
    SearchSpace space;
    space.choice("units", {1, 16, 32, 64, 128}).choice("optimizer", {"rmsprop", "adam", "sgd"});
    return space;
}

SearchSpace mixed() {
    SearchSpace space;
    space.real("x", -1, 2)
        .log("lr", 1e-4, 1)
        .integer("n", 2, 11, {.step = 3})
        .boolean("flag")
        .choice("kind", {"a", "b"});
    space.when("kind", {"b"}).real("only_b", 5, 6);
    space.integer("width", 1, 1024, {.log = true});
    return space;
}

double score_of(Trial& t) {
    const double units = t.get<double>("units");
    return std::abs(units - 32) + (t.get<std::string>("optimizer") == "sgd" ? 0 : 0.5);
}

std::string points_of(const TunerResult& r) { return r.to_csv(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(tuner)

BOOST_AUTO_TEST_CASE(a_finite_space_is_tried_whole_and_said_so) {
    for (const SearchMethod method : {SearchMethod::random, SearchMethod::grid}) {
        std::set<std::string> seen;
        int calls = 0;
        const TunerResult r = Tuner(fifteen(), {.method = method, .max_trials = 50}).search([&](Trial& t) {
            ++calls;
            seen.insert(std::to_string(t.get<std::int64_t>("units")) + t.get<std::string>("optimizer"));
            return score_of(t);
        });
        BOOST_TEST(calls == 15);
        BOOST_TEST(seen.size() == 15U);
        BOOST_TEST(r.stop_reason == "search space exhausted");
        BOOST_TEST(r.best().values[0].second.str() == "32");
        BOOST_TEST(r.best().values[1].second.str() == "sgd");
        BOOST_TEST(r.best().score == 0);
    }
    const TunerResult some = Tuner(fifteen(), {.max_trials = 7}).search(score_of);
    BOOST_TEST(some.trials.size() == 7U);
    BOOST_TEST(some.stop_reason == "max_trials reached");
}

BOOST_AUTO_TEST_CASE(points_lie_in_their_ranges_and_differ) {
    std::set<std::string> seen;
    int of_b = 0;
    double least = 1, greatest = 0;
    const TunerResult r = Tuner(mixed(), {.max_trials = 400}).search([&](Trial& t) {
        const double x = t.get<double>("x"), lr = t.get<double>("lr");
        BOOST_TEST((x >= -1 && x <= 2));
        BOOST_TEST((lr >= 1e-4 && lr <= 1));
        least = std::min(least, lr);
        greatest = std::max(greatest, lr);
        const auto n = t.get<std::int64_t>("n");
        BOOST_TEST((n == 2 || n == 5 || n == 8 || n == 11));
        const auto width = t.get<std::int64_t>("width");
        BOOST_TEST((width >= 1 && width <= 1024));
        t.get<bool>("flag");
        BOOST_TEST(t.has("only_b") == (t.get<std::string>("kind") == "b"));
        if (t.has("only_b")) ++of_b;
        return x;
    });
    for (const auto& t : r.trials) {
        std::string text;
        for (const auto& [name, value] : t.values) text += value.str() + " ";
        BOOST_TEST(seen.insert(text).second);
    }
    BOOST_TEST((of_b > 150 && of_b < 250));
    // Evenly in the logarithm: both ends are reached.
    BOOST_TEST(least < 3e-4);
    BOOST_TEST(greatest > 0.3);
    // Ends are not passed, whatever is rounded.
    for (int i = 1; i < 200; ++i) {
        SearchSpace ends;
        ends.log("x", 0.001 * i, 0.7 * i);
        BOOST_TEST(*ends.all(3, 3)->back()[0].second.number() == 0.7 * i);
    }
    // A grid of it: 2 · 2 · 4 · 2 · (1 + 2) · 1024 points are too many to list in 1000.
    SearchSpace small;
    small.real("x", 0, 1).choice("kind", {"a", "b"});
    small.when("kind", {"b"}).log("y", 1, 100);
    const TunerResult grid =
        Tuner(small, {.method = SearchMethod::grid, .levels = 3}).search([](Trial& t) { return t.get<double>("x"); });
    BOOST_TEST(grid.trials.size() == 3U * (1 + 3));
    BOOST_TEST(grid.to_csv().find("0.5,b,10") != std::string::npos, grid.to_csv());
}

BOOST_AUTO_TEST_CASE(hyperband_follows_its_table) {
    // Algorithm 1 of Li et al. by hand, R = 81, η = 3: (number, epochs) of each round of each bracket.
    const std::vector<std::vector<std::pair<int, int>>> table{{{81, 1}, {27, 3}, {9, 9}, {3, 27}, {1, 81}},
                                                              {{34, 3}, {11, 9}, {3, 27}, {1, 81}},
                                                              {{15, 9}, {5, 27}, {1, 81}},
                                                              {{8, 27}, {2, 81}},
                                                              {{5, 81}}};
    SearchSpace space;
    space.real("x", 0, 1);
    std::vector<std::pair<int, int>> rounds;  // calls in a row with the same budget and start
    std::int64_t last_budget = 0, last_from = -1;
    std::map<std::int64_t, std::int64_t> trained;
    const TunerResult r = Tuner(space, {.method = SearchMethod::hyperband, .max_epochs = 81}).search([&](Trial& t) {
        if (t.budget() != last_budget || t.resumed_from() != last_from)
            rounds.emplace_back(0, static_cast<int>(t.budget()));
        last_budget = t.budget();
        last_from = t.resumed_from();
        ++rounds.back().first;
        BOOST_TEST(trained[t.number()] == t.resumed_from());
        trained[t.number()] = t.budget();
        return t.get<double>("x");
    });
    std::vector<std::pair<int, int>> expected;
    for (const auto& bracket : table) expected.insert(expected.end(), bracket.begin(), bracket.end());
    BOOST_TEST((rounds == expected));
    BOOST_TEST(r.stop_reason == "all brackets finished");
    BOOST_TEST(r.best().epochs == 81);
    // The best of the first bracket's points went on to its end.
    const auto best_of = std::min_element(r.trials.begin(), r.trials.begin() + 81,
                                          [](const auto& a, const auto& b) { return a.score < b.score; });
    BOOST_TEST(best_of->epochs == 81);
}

BOOST_AUTO_TEST_CASE(trials_that_fail_do_not_end_the_search) {
    const auto failing = [](Trial& t) -> double {
        if (t.get<std::int64_t>("units") == 32) throw std::runtime_error("no luck");
        if (t.get<std::int64_t>("units") == 64) return NAN;
        return score_of(t);
    };
    const TunerResult r = Tuner(fifteen()).search(failing);
    BOOST_TEST(r.trials.size() == 15U);
    BOOST_TEST(r.best().values[0].second.str() == "16");
    BOOST_TEST(r.table().find("failed: no luck") != std::string::npos);
    BOOST_TEST(r.figure("scores").to_text().find("trial") != std::string::npos);
    BOOST_CHECK_EXCEPTION(Tuner(fifteen()).search([](Trial&) -> double { throw std::runtime_error("first"); }),
                          xg::Error, says("all trials failed; the first: first"));
    const TunerResult most = Tuner(fifteen(), {.maximize = true}).search(score_of);
    BOOST_TEST(most.best().score == 96.5);
}

BOOST_AUTO_TEST_CASE(anything_may_be_thrown) {
    for (const bool parallel : {false, true}) {
        const TunerResult r = Tuner(fifteen(), {.parallel = parallel}).search([](Trial& t) -> double {
            if (t.get<std::int64_t>("units") == 32) throw 7;
            return score_of(t);
        });
        BOOST_TEST(r.trials.size() == 15U);
        BOOST_TEST(r.table().find("failed: an exception that is no std::exception") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_trial_that_stops_early_can_be_the_best) {
    const TunerResult r = Tuner(fifteen()).search([](Trial& t) {
        t.report(t.get<std::int64_t>("units") == 32 ? 3 : 9, 0);
        return score_of(t);
    });
    BOOST_TEST(r.best().score == 0);
    BOOST_TEST(r.best().epochs == 3);
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_the_search_and_its_trial_is_tried_again) {
    const Folder folder("tuner-interrupt");
    const Data data(64, 2);
    for (const SearchMethod method : {SearchMethod::random, SearchMethod::hyperband}) {
        int calls = 0, at = 0;
        const auto train = [&](Trial& t) {
            ++calls;
            const Sequential model(Linear(2, 2), ReLU(), Linear(2, 1));
            xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01 * t.get<double>("units")});
            xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
            return trainer
                .fit(data.x, data.y,
                     {.epochs = 3,
                      .callbacks = {xg::train::LambdaCallback({.on_batch_end =
                                                                   [&](xg::train::Training& training) {
                                                                       if (calls == at && training.epoch() == 2)
                                                                           std::raise(SIGINT);
                                                                   }})},
                      .verbose = 0})["loss"]
                .back();
        };
        const auto options = [&](const char* log) {
            return xg::train::TunerOptions{
                .method = method, .max_trials = 6, .max_epochs = 9, .log = *log == 0 ? log : folder.file(log)};
        };
        const TunerResult whole = Tuner(fifteen(), options("")).search(train);
        const int all = calls;
        const char* const log = method == SearchMethod::random ? "random" : "hyperband";
        calls = 0;
        at = 3;
        const TunerResult some = Tuner(fifteen(), options(log)).search(train);
        BOOST_TEST(calls == 3);
        BOOST_TEST(some.stop_reason == "interrupted");
        BOOST_TEST(some.trials.size() == 2U);
        calls = at = 0;
        BOOST_TEST(points_of(Tuner(fifteen(), options(log)).search(train)) == points_of(whole));
        BOOST_TEST(calls == all - 2);
    }
    struct sigaction now = {};
    BOOST_TEST(sigaction(SIGINT, nullptr, &now) == 0);
    BOOST_TEST((now.sa_handler == SIG_DFL));
}

BOOST_AUTO_TEST_CASE(a_log_that_was_edited) {
    const Folder folder("tuner-log");
    const std::string log = folder.file("a.jsonl");
    Tuner(fifteen(), {.max_trials = 2, .log = log}).search(score_of);
    const std::string text = xg::read_file(log);
    for (const std::string line :
         {"", "hello", "null", R"({"trial":"2"})",
          R"({"trial":"9","budget":"27","values":"","score":"abc","epochs":"27","seconds":"0","message":""})"}) {
        xg::write_file(log, text + line + "\n");
        BOOST_CHECK_EXCEPTION(Tuner(fifteen(), {.max_trials = 2, .log = log}).search(score_of), xg::ValueError,
                              says("the log '" + log + "' has a line"));
    }
}

BOOST_AUTO_TEST_CASE(side_by_side_as_one_by_one, *boost::unit_test::label("threads")) {
    const auto train = [](Trial& t) {
        const Sequential model(Linear(2, t.get<std::int64_t>("units")), ReLU(),
                               Linear(t.get<std::int64_t>("units"), 1));
        xg::optim::SGD optimizer(model.parameters(), {.lr = 0.05});
        const Tensor x = xg::randn({64, 2});
        xg::train::Trainer trainer(model, xg::nn::MSELoss(), optimizer);
        return trainer.fit(x, xg::sum(x, 1, true), {.epochs = 3, .verbose = 0})["loss"].back();
    };
    xg::manual_seed(1);
    const xg::RandomState before = xg::random_state();
    const TunerResult one = Tuner(fifteen(), {.parallel = false}).search(train);
    BOOST_TEST(xg::random_state().stream == before.stream);
    const int threads = xg::num_threads();
    xg::set_num_threads(4);
    const TunerResult many = Tuner(fifteen(), {.parallel = true}).search(train);
    xg::set_num_threads(threads);
    BOOST_TEST(points_of(one) == points_of(many));
}

BOOST_AUTO_TEST_CASE(a_search_that_is_killed_goes_on) {
    const Folder folder("tuner");
    const auto slow = [](Trial& t) {
        const double drawn = xg::rand({1}).item();
        return score_of(t) + drawn;
    };
    for (const SearchMethod method : {SearchMethod::random, SearchMethod::hyperband}) {
        const std::string log = folder.file(method == SearchMethod::random ? "random.jsonl" : "hyperband.jsonl");
        const auto options = [&](const std::string& path) {
            return xg::train::TunerOptions{.method = method, .max_trials = 12, .max_epochs = 9, .log = path};
        };
        const TunerResult whole = Tuner(fifteen(), options("")).search(slow);
        std::mt19937 random(7);
        int kills = 0;
        for (bool finished = false; !finished;) {
            BOOST_REQUIRE(kills < 50);
            const int after = static_cast<int>(random() % 4) + 1;
            const pid_t child = fork();
            if (child == 0) {
                int calls = 0;
                Tuner(fifteen(), options(log)).search([&](Trial& t) {
                    if (++calls == after) {
                        // Half a line, as a kill in the middle of a write leaves it.
                        std::FILE* const file = std::fopen(log.c_str(), "a");
                        std::fputs("{\"trial\":\"3\",\"bud", file);
                        std::fclose(file);
                        ::kill(::getpid(), SIGKILL);
                    }
                    return slow(t);
                });
                ::_exit(0);
            }
            int status = 0;
            BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
            finished = WIFEXITED(status);
            kills += finished ? 0 : 1;
        }
        BOOST_TEST(kills > 0);
        int calls = 0;
        const TunerResult again = Tuner(fifteen(), options(log)).search([&](Trial& t) {
            ++calls;
            return slow(t);
        });
        BOOST_TEST(calls == 0);
        BOOST_TEST(points_of(again) == points_of(whole));
        BOOST_TEST(again.stop_reason == whole.stop_reason);
        SearchSpace other = fifteen();
        other.boolean("more");
        BOOST_CHECK_EXCEPTION(Tuner(other, options(log)).search(slow), xg::ValueError,
                              says("is no log of this search"));
    }
    BOOST_CHECK_THROW(Tuner(fifteen(), {.log = "/proc/none/log"}).search(slow), xg::FileError);
}

BOOST_AUTO_TEST_CASE(trials_have_folders_and_budgets) {
    const Folder folder("tuner-folders");
    SearchSpace space;
    space.real("x", 0, 1);
    Tuner(space, {.max_trials = 2, .max_epochs = 4, .folder = folder.file("t")}).search([&](Trial& t) {
        BOOST_TEST(t.folder() == folder.file("t/trial-" + std::to_string(t.number())));
        BOOST_TEST(std::filesystem::is_directory(t.folder()));
        std::int64_t epoch = 1;
        while (t.report(epoch, 0)) ++epoch;
        BOOST_TEST(epoch == 4);
        return 0.0;
    });
}

BOOST_AUTO_TEST_CASE(bad_spaces_and_options_are_refused) {
    SearchSpace space;
    BOOST_CHECK_EXCEPTION(Tuner(space, {}), xg::ValueError, says("the search space is empty"));
    BOOST_CHECK_THROW(space.choice("", {1}), xg::ValueError);
    BOOST_CHECK_THROW(space.choice("x", std::vector<xg::train::SearchValue>{}), xg::ValueError);
    BOOST_CHECK_EXCEPTION(space.choice("x", {1, 2, 1}), xg::ValueError, says("the value 1 twice"));
    BOOST_CHECK_THROW(space.real("x", 1, 1), xg::ValueError);
    BOOST_CHECK_THROW(space.real("x", NAN, 1), xg::ValueError);
    BOOST_CHECK_THROW(space.real("x", -1e308, 1e308), xg::ValueError);
    BOOST_CHECK_EXCEPTION(space.log("x", 0, 1), xg::ValueError, says("more than 0"));
    BOOST_CHECK_EXCEPTION(space.log("x", 1e-300, 1e300), xg::ValueError, says("too far apart"));
    BOOST_CHECK_THROW(space.integer("x", 3, 2), xg::ValueError);
    BOOST_CHECK_THROW(space.integer("x", 0, 9, {.log = true}), xg::ValueError);
    BOOST_CHECK_THROW(space.integer("x", 0, 9, {.step = 0}), xg::ValueError);
    BOOST_CHECK_EXCEPTION(space.when("y", {1}), xg::ValueError, says("no 'y'"));
    space.choice("x", {1, 2});
    // Would never count.
    BOOST_CHECK_EXCEPTION(space.when("x", {1, 3}), xg::ValueError, says("'x' never has the value 3"));
    BOOST_CHECK_EXCEPTION(space.when("x", {1.0}), xg::ValueError, says("'x' never has the value 1.0"));
    BOOST_CHECK_EXCEPTION(space.real("x", 0, 1), xg::ValueError, says("taken"));
    BOOST_CHECK_EXCEPTION(Tuner(space, {.max_trials = 0}), xg::ValueError, says("max_trials is 0"));
    BOOST_CHECK_THROW(Tuner(space, {.max_epochs = 0}), xg::ValueError);
    BOOST_CHECK_THROW(Tuner(space, {.factor = 1}), xg::ValueError);
    BOOST_CHECK_THROW(Tuner(space).search(nullptr), xg::ValueError);
    Tuner(space).search([](Trial& t) {
        BOOST_CHECK_EXCEPTION(t.get<double>("z"), xg::ValueError, says("no 'z'"));
        BOOST_CHECK_EXCEPTION(t.get<std::string>("x"), xg::ValueError, says("expected 'x' to be a text"));
        BOOST_CHECK_THROW(t.get<bool>("x"), xg::ValueError);
        return 0.0;
    });
}

BOOST_AUTO_TEST_SUITE_END()
