#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include <unistd.h>

// Each program prints lines `key = value`; its lesson must be in them.

namespace {

using Values = std::map<std::string, double>;

Values run(const std::string& name) {
    namespace fs = std::filesystem;
    const fs::path out = fs::temp_directory_path() / ("xgrad-tutorials-" + std::to_string(::getpid()));
    fs::create_directories(out);
    const std::string command =
        std::string("\"" XGRAD_TUTORIALS "/xgrad_tutorial_") + name + "\" --quick --out \"" + out.string() + "\" 2>&1";
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    BOOST_REQUIRE(pipe != nullptr);
    Values values;
    std::string text;
    char line[4096];
    while (std::fgets(line, sizeof line, pipe) != nullptr) {
        text += line;
        const std::string all = line;
        const std::size_t equals = all.find(" = ");
        if (equals == std::string::npos) continue;
        char* end = nullptr;
        const double value = std::strtod(all.c_str() + equals + 3, &end);
        if (end != all.c_str() + equals + 3) values[all.substr(0, equals)] = value;
    }
    const int status = ::pclose(pipe);
    fs::remove_all(out);
    BOOST_TEST_MESSAGE(text);
    BOOST_REQUIRE_EQUAL(status, 0);
    return values;
}

double at(const Values& values, const std::string& key) {
    const auto found = values.find(key);
    BOOST_REQUIRE_MESSAGE(found != values.end(), "the program printed no " + key);
    return found->second;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tutorials)

BOOST_AUTO_TEST_CASE(a_line_by_hand) {
    const Values v = run("00_first_steps");
    BOOST_TEST(std::abs(at(v, "slope") - 2) < 1e-4);
    BOOST_TEST(std::abs(at(v, "offset") - 1) < 1e-4);
}

BOOST_AUTO_TEST_CASE(linear_regression_finds_the_coefficients) {
    const Values v = run("01_linear_regression");
    BOOST_TEST(std::abs(at(v, "weight_1") - at(v, "coefficient_1")) < 1e-2);
    BOOST_TEST(std::abs(at(v, "weight_2") - at(v, "coefficient_2")) < 1e-2);
    BOOST_TEST(at(v, "largest_difference") < 1e-2);
}

BOOST_AUTO_TEST_CASE(classes_are_told_apart) {
    const Values v = run("02_classification");
    BOOST_TEST(at(v, "smallest") > 0);
    BOOST_TEST(at(v, "largest") < 1);
    BOOST_TEST(at(v, "loss") < at(v, "first_loss"));
    BOOST_TEST(at(v, "auc") > 0.8);
    BOOST_TEST(at(v, "sum_of_softmax") == 1);
    BOOST_TEST(at(v, "accuracy_of_four") > 85);
}

BOOST_AUTO_TEST_CASE(softmax_of_two_is_the_sigmoid_and_two_linear_layers_are_one) {
    const Values v = run("03_activations");
    BOOST_TEST(at(v, "softmax_minus_sigmoid") < 1e-6);
    BOOST_TEST(std::abs(at(v, "gap_at_0") - 0.6931) < 1e-3);
    BOOST_TEST(at(v, "gap_at_10") < 1e-4);
    BOOST_TEST(at(v, "two_layers_minus_one") < 1e-5);
    BOOST_TEST(at(v, "with_relu_between") > 0.1);
}

BOOST_AUTO_TEST_CASE(one_relu_unit_does_not_follow_a_line) {
    const Values v = run("04_one_relu_unit");
    BOOST_TEST(at(v, "loss_of_line") < 1e-3);
    BOOST_TEST(at(v, "best_of_unit") > 5);
    BOOST_TEST(at(v, "worst_of_unit") < 205);
}

BOOST_AUTO_TEST_CASE(one_unit_is_far_behind_sixteen) {
    const Values v = run("05_units_and_rates");
    BOOST_TEST(at(v, "one_unit") > 10 * at(v, "sixteen_units"));
    BOOST_TEST(at(v, "greatest_of_32_to_256") < 2);
}

BOOST_AUTO_TEST_CASE(a_search_answers_what_it_may_vary) {
    const Values v = run("05_search");
    BOOST_TEST(at(v, "trials") == 15);
    BOOST_TEST(at(v, "first_is_sgd") == 1);
    BOOST_TEST(at(v, "second_is_sgd") == 0);
    BOOST_TEST(at(v, "second_best") < at(v, "first_best"));
}

BOOST_AUTO_TEST_CASE(a_wide_network_gets_there) {
    const Values v = run("06_wide_network");
    BOOST_TEST(at(v, "loss") < 0.01);
    BOOST_TEST(at(v, "test_loss") < 0.01);
    BOOST_TEST(at(v, "loss_at_100") < 2);
    BOOST_TEST(at(v, "peak_mb") < 20);
}

BOOST_AUTO_TEST_CASE(an_unfinished_run_says_where_it_began) {
    const Values v = run("07_unfinished_runs");
    BOOST_TEST(std::abs(at(v, "least_squares") - 0.381) < 0.002);
    BOOST_TEST(at(v, "linear") < 1.02 * 0.381);
    BOOST_TEST(at(v, "curved") < 0.02);
    BOOST_TEST(at(v, "unfinished_greatest") > 20 * at(v, "unfinished_least"));
}

BOOST_AUTO_TEST_CASE(by_hand_as_the_engine) {
    const Values v = run("08_backpropagation");
    BOOST_TEST(at(v, "difference") < 1e-6);
    BOOST_TEST(at(v, "train_100") > at(v, "train_1"));
}

BOOST_AUTO_TEST_CASE(a_deep_stack_does_not_learn) {
    const Values v = run("09_deep_stacks");
    BOOST_TEST(at(v, "shallow_fold") > 50);
    BOOST_TEST(at(v, "deep_falls_percent") < 0.5);
    BOOST_TEST(std::abs(at(v, "deep_decades") - 15) < 2);
}

BOOST_AUTO_TEST_CASE(what_cures_and_what_does_not) {
    const Values v = run("10_cures");
    BOOST_TEST(at(v, "scaled_loss") < 20);
    BOOST_TEST(at(v, "gate_loss") < 20);
    for (const char* key : {"glorot_loss", "he_slow_loss", "norm_loss"}) BOOST_TEST(at(v, key) > 190, key);
    for (const char* key : {"residual_loss", "root_loss"}) BOOST_TEST(!(at(v, key) < 190), key);
}

BOOST_AUTO_TEST_CASE(standardised_labels_train_at_the_usual_rate) {
    const Values v = run("11_scale_of_labels");
    BOOST_TEST(at(v, "failed") >= 0.8 * at(v, "states"));
    BOOST_TEST(at(v, "cured") == at(v, "states"));
}

BOOST_AUTO_TEST_SUITE_END()
