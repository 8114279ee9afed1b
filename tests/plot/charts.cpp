#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/plot/charts.hpp>

#include "support.hpp"

using namespace plot_tests;
using namespace xg::plot;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
using Rows = std::vector<std::vector<double>>;

/// What gnuplot is given for a figure, and what it draws.
struct Drawn {
    explicit Drawn(const Figure& figure) {
        const Folder folder;
        figure.write(folder / "a.svg", {.keep_script = true});
        data = xg::read_file(folder / "a.dat");
        script = xg::read_file(folder / "a.gp");
        svg = xg::read_file(folder / "a.svg");
    }
    std::string data, script, svg;
};

auto tells(std::string part) {
    return [part = std::move(part)](const xg::Error& e) {
        BOOST_TEST_MESSAGE(e.what());
        return contains(e.what(), part);
    };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(charts, *boost::unit_test::precondition(NeedsGnuplot()))

BOOST_AUTO_TEST_CASE(learning) {
    const std::vector<LearningCurve> curves{{"loss", "a", {4, 2, 1}, {5, 3, nan_value}},
                                            {"accuracy", "a", {0.1, 0.2, 0.3}, {}},
                                            {"loss", "b", {3, 2, 0.5}, {}}};
    const Drawn drawn(learning_curves(curves, {.title = "runs", .log_y = {"loss"}, .first_epoch = 0}));
    for (const char* text : {"runs", "a, training", "a, validation", "b, training", "accuracy", "epoch"})
        BOOST_TEST(contains(drawn.svg, text), text << " is missing");
    BOOST_TEST(contains(drawn.data, "line: x y a, training\n0 4\n1 2\n2 1\n"));
    BOOST_TEST(contains(drawn.data, "line: x y a, validation\n0 5\n1 3\n"));
    BOOST_TEST(count(drawn.script, "set logscale y") == 1U);
    // One colour a name, in every panel; validation is dashed.
    BOOST_TEST(count(drawn.script, "lc rgb '" + palette(0) + "' dt solid title \"a, training\"") == 2U);
    BOOST_TEST(count(drawn.script, "lc rgb '" + palette(0) + "' dt (14,8) title \"a, validation\"") == 1U);
    BOOST_TEST(count(drawn.script, "lc rgb '" + palette(1) + "' dt solid title \"b, training\"") == 1U);

    BOOST_CHECK_THROW(learning_curves({}), xg::ValueError);
    BOOST_CHECK_EXCEPTION(learning_curves({{"loss", "a", {1, 2}, {1}}}), xg::ShapeError, tells("2 values of training"));
    BOOST_CHECK_EXCEPTION(learning_curves(curves, {.log_y = {"los"}}), xg::ValueError, tells("'los'"));
}

BOOST_AUTO_TEST_CASE(bars) {
    const Drawn up(bar_chart({"SGD", "Adam"}, {3, 4}, {.value_label = "score", .errors = {1, nan_value}}));
    BOOST_TEST(contains(up.data, "bars: x y width \n0 3 0.7\n1 4 0.7\n"));
    BOOST_TEST(contains(up.data, "errors of y: x low 0 length \n0 2 0 2\n"));
    BOOST_TEST(!contains(up.data, "\n1 nan"));
    BOOST_TEST((contains(up.svg, "SGD") && contains(up.svg, "Adam") && contains(up.svg, "score")));

    // Long names: the bars lie down, the first on top.
    std::vector<std::string> names;
    std::vector<double> values;
    for (int i = 0; i < 15; ++i) {
        names.push_back("the configuration of the long name number " + std::to_string(i));
        values.push_back(i);
    }
    const Drawn across(bar_chart(names, values, {.errors = std::vector<double>(15, 0.5)}));
    BOOST_TEST(contains(across.data, "barh: x y from to bottom top \n0 14 0 0 13.65 14.35\n1 13 0 1 12.65 13.35\n"));
    BOOST_TEST(contains(across.data, "errors of x: low y length 0 \n-0.5 14 1 0\n0.5 13 1 0\n"));
    for (int i = 0; i < 15; ++i)  // on one line or two
        BOOST_TEST((contains(across.svg, names[static_cast<std::size_t>(i)]) ||
                    contains(across.svg, ">number " + std::to_string(i) + "<") ||
                    contains(across.svg, "name number " + std::to_string(i) + "<")));
    BOOST_TEST(!contains(across.svg, "\u2026"));

    const Drawn log(bar_chart({"a", "b"}, {0, 100}, {.errors = {1, 200}, .log = true}));
    BOOST_TEST(contains(log.data, "bars: x y width \n1 100 0.7\n"));  // 0 has no place there

    BOOST_CHECK_THROW(bar_chart({}, {}), xg::ValueError);
    BOOST_CHECK_EXCEPTION(bar_chart({"a"}, {1, 2}), xg::ShapeError, tells("names has 1 values and values has 2"));
    BOOST_CHECK_THROW(bar_chart({"a"}, {1}, {.errors = {1, 2}}), xg::ShapeError);
    BOOST_CHECK_EXCEPTION(bar_chart({"a"}, {1}, {.errors = {-1}}), xg::ValueError, tells("error 0 is -1"));
}

BOOST_AUTO_TEST_CASE(functions) {
    const Drawn drawn(function_curves({1, 2, 3}, {{"f", {1, nan_value, 3}}, {"g", {2, 2, 2}}}, {.y_label = "value"}));
    BOOST_TEST(contains(drawn.data, "line: x y f\n1 1\n\n3 3\n"));
    BOOST_TEST(contains(drawn.data, "line: x y g\n1 2\n2 2\n3 2\n"));
    BOOST_TEST(contains(drawn.svg, "value"));
    const Drawn many(function_curves({1, 2}, std::vector<Curve>(9, {"f", {1, 2}})));
    BOOST_TEST(count(many.script, "lc rgb '" + palette(0) + "' dt solid") == 1U);
    BOOST_TEST(count(many.script, "lc rgb '" + palette(0) + "' dt (14,8)") == 1U);
    BOOST_CHECK_THROW(function_curves({1}, {}), xg::ValueError);
    BOOST_CHECK_EXCEPTION(function_curves({1, 2}, {{"f", {1}}}), xg::ShapeError, tells("x has 2 values and f has 1"));
}

BOOST_AUTO_TEST_CASE(search) {
    const std::vector<double> x{0, 1, 2, 3, 4, 5, 6, 7}, scores{9, 5, 7, 3, nan_value, 8, 3.5, 4};
    const Drawn drawn(search_results(x, scores, {.zoom = 0.4}));
    BOOST_TEST(contains(drawn.data, "best so far\n0 9\n1 9\n1 5\n2 5\n2 5\n3 5\n3 3\n5 3\n5 3\n6 3\n6 3\n7 3\n7 3\n"));
    BOOST_TEST(contains(drawn.data, "points: x y best: 3\n3 3\n"));
    BOOST_TEST(contains(drawn.svg, "the best 3 of 8"));
    // The second panel: trials 3 to 7, scores 3 to 4, and a little room.
    BOOST_TEST(contains(drawn.script, "set xrange [2.76:7.24]"));
    BOOST_TEST(contains(drawn.script, "set yrange [2.94:4.06]"));
    BOOST_TEST(contains(Drawn(search_results(x, scores, {.minimize = false})).data, "points: x y best: 9\n0 9\n"));
    BOOST_TEST(!contains(Drawn(search_results(x, scores, {.best_so_far = false})).data, "best so far"));
    BOOST_CHECK_THROW(search_results({1}, {}), xg::ShapeError);
    BOOST_CHECK_THROW(search_results({1}, {1}, {.zoom = 0}), xg::ValueError);
    BOOST_CHECK_THROW(search_results({1}, {1}, {.zoom = nan_value}), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(predictions) {
    const Drawn drawn(prediction_scatter({0, 10}, {1, 8}));
    BOOST_TEST(contains(drawn.data, "line: x y prediction = label\n-0.2 -0.2\n10.2 10.2\n"));
    BOOST_TEST(contains(drawn.data, "points: x y \n0 1\n10 8\n"));
    BOOST_TEST((contains(drawn.script, "set xrange [-0.2:10.2]") && contains(drawn.script, "set yrange [-0.2:10.2]")));
    const Drawn tensors(prediction_scatter(xg::tensor({0.0, 10.0}), xg::tensor({{1.0}, {8.0}})));
    BOOST_TEST(tensors.data == drawn.data);
    BOOST_CHECK_THROW(prediction_scatter(std::vector<double>{1, 2}, std::vector<double>{1}), xg::ShapeError);
    BOOST_CHECK_EXCEPTION(prediction_scatter(xg::zeros({2, 3}), xg::zeros({3, 2})), xg::ShapeError,
                          tells("labels (2, 3) and predictions (3, 2)"));
}

BOOST_AUTO_TEST_CASE(histograms_are_steps) {
    const Drawn drawn(histogram({0, 1, 1, 4}, {.bins = {.bins = 2}}));
    BOOST_TEST(contains(drawn.data, "steps: x y \n0 0\n0 3\n2 3\n2 1\n4 1\n4 0\n"));
    BOOST_TEST(contains(drawn.svg, "count"));
    const Drawn density(histogram(xg::tensor({{0.0, 1.0}, {1.0, 4.0}}), {.bins = {.bins = 2, .density = true}}));
    BOOST_TEST(contains(density.data, "steps: x y \n0 0\n0 0.375\n2 0.375\n2 0.125\n4 0.125\n4 0\n"));
    BOOST_TEST(contains(density.svg, "density"));
    // Nothing is below the axis of a logarithm.
    const Drawn log(histogram({0, 1, 1, 4}, {.bins = {.bins = 3}, .log_y = true}));
    BOOST_TEST(contains(log.data, "steps: x y \n0 0.1\n0 3\n"));
    BOOST_CHECK_THROW(histogram(std::vector<double>{nan_value}), xg::ValueError);
}

BOOST_AUTO_TEST_CASE(confusion) {
    const Rows counts{{8, 2}, {0, 30}};
    const Drawn drawn(confusion_matrix(counts, {"cat", "dog"}, {.title = "pets"}));
    // The first row is on top; parts of the largest count.
    BOOST_TEST(contains(drawn.data, "0 1 -0.5 0.5 0.5 1.5 0.26666666666666666\n"));
    BOOST_TEST(contains(drawn.data, "1 0 0.5 1.5 -0.5 0.5 1\n"));
    for (const char* text : {">8<", ">2<", ">0<", ">30<", "cat", "dog", "pets", "predicted", "true"})
        BOOST_TEST(contains(drawn.svg, text), text << " is missing");
    const Drawn rows(confusion_matrix(counts, {"cat", "dog"}, {.normalize = true}));
    for (const char* text : {">0.80<", ">0.20<", ">0.00<", ">1.00<"})
        BOOST_TEST(contains(rows.svg, text), text << " is missing");
    BOOST_TEST(contains(Drawn(confusion_matrix(Rows{{0, 0}, {1, 3}}, {"a", "b"}, {.normalize = true})).svg, ">0.75<"));
    BOOST_TEST(
        contains(Drawn(confusion_matrix(Rows{{1e308, 1e308}, {0, 1}}, {"a", "b"}, {.normalize = true})).svg, ">0.50<"));
    BOOST_TEST(Drawn(confusion_matrix(xg::tensor({{8, 2}, {0, 30}}), {"cat", "dog"}, {.title = "pets"})).svg ==
               drawn.svg);

    BOOST_CHECK_EXCEPTION(confusion_matrix(Rows{}, {}), xg::ValueError, tells("no class names"));
    BOOST_CHECK_EXCEPTION(confusion_matrix(Rows{{1, 2}}, {"a", "b"}), xg::ShapeError, tells("1 rows and 2 class"));
    BOOST_CHECK_EXCEPTION(confusion_matrix(Rows{{1, 2}, {3}}, {"a", "b"}), xg::ShapeError, tells("2 x 2"));
    BOOST_CHECK_EXCEPTION(confusion_matrix(Rows{{1, -2}, {3, 4}}, {"a", "b"}), xg::ValueError, tells("(0, 1) is -2"));
    BOOST_CHECK_THROW(confusion_matrix(Rows{{nan_value}}, {"a"}), xg::ValueError);
    BOOST_CHECK_THROW(confusion_matrix(Rows{{infinity}}, {"a"}), xg::ValueError);
    BOOST_CHECK_EXCEPTION(confusion_matrix(xg::zeros({2, 3}), {"a", "b"}), xg::ShapeError, tells("(2, 3)"));
}

BOOST_AUTO_TEST_CASE(roc) {
    // The example of scikit-learn's roc_auc_score: labels 0 0 1 1, scores 0.1 0.4 0.35 0.8.
    const Drawn drawn(roc_curve({{"model", {0, 0, 0.5, 0.5, 1}, {0, 0.5, 0.5, 1, 1}}}));
    BOOST_TEST(contains(drawn.svg, "model, AUC = 0.750"));
    BOOST_TEST(contains(drawn.data, "line: x y \n0 0\n1 1\n"));
    BOOST_TEST(contains(Drawn(roc_curve({{"slope", {0, 0.5, 1}, {0, 0.8, 1}}})).svg, "slope, AUC = 0.650"));
    BOOST_CHECK_THROW(roc_curve({}), xg::ValueError);
    BOOST_CHECK_THROW(roc_curve({{"a", {0, 1}, {0}}}), xg::ShapeError);
    BOOST_CHECK_THROW(roc_curve({{"a", {0}, {0}}}), xg::ValueError);
    BOOST_CHECK_THROW(roc_curve({{"a", {0, 0.5, 0.4}, {0, 0.5, 1}}}), xg::ValueError);
    BOOST_CHECK_THROW(roc_curve({{"a", {0, 1.5}, {0, 1}}}), xg::ValueError);
    BOOST_CHECK_EXCEPTION(roc_curve({{"a", {0, 1}, {nan_value, 1}}}), xg::ValueError, tells("true positive rate 0"));
}

BOOST_AUTO_TEST_CASE(what_the_axes_refuse) {
    Figure figure;
    Axes& axes = figure.axes();
    BOOST_CHECK_THROW(axes.barh({1, 2}, {1}), xg::ShapeError);
    BOOST_CHECK_THROW(axes.barh({1}, {1}, {.width = 0}), xg::ValueError);
    BOOST_CHECK_THROW(axes.error_bars({1}, {1}, {}), xg::ShapeError);
    BOOST_CHECK_THROW(axes.error_bars({1}, {1, 2}, {1}), xg::ShapeError);
    BOOST_CHECK_THROW(axes.error_bars({1}, {1}, {-0.1}), xg::ValueError);
    BOOST_CHECK_THROW(axes.error_bars({1}, {1}, {1}, {.color = "red"}), xg::ValueError);
    BOOST_CHECK_THROW(axes.steps({1, 2}, {1, 2}), xg::ShapeError);
    BOOST_CHECK_THROW(axes.steps({1, 1}, {1}), xg::ValueError);
    BOOST_CHECK_THROW(axes.steps({1, infinity}, {1}), xg::ValueError);
    BOOST_CHECK_THROW(axes.steps({1, 2}, {1}, {.alpha = 2}), xg::ValueError);
    BOOST_CHECK_THROW(axes.matrix({1, 2, 3}, 2), xg::ShapeError);
    BOOST_CHECK_THROW(axes.matrix({}, 0), xg::ShapeError);
    BOOST_CHECK_THROW(axes.matrix({1, 2}, 1, {.texts = {"1"}}), xg::ShapeError);
    BOOST_CHECK_THROW(axes.matrix({1, 2}, 1, {.limits = {2, 1}}), xg::ValueError);
    BOOST_CHECK_THROW(axes.set_y_ticks({1}, {}), xg::ShapeError);
}

BOOST_AUTO_TEST_CASE(hostile_numbers_are_drawn) {
    const Folder folder;
    const std::vector<double> bad{nan_value, 1e300, -1e300, 0, infinity, -infinity, 5e-324};
    const std::vector<std::string> names(bad.size(), "name");
    std::vector<Figure> figures;
    figures.push_back(learning_curves({{"a", "", bad, bad}, {"b", "", {}, {}}}, {.log_y = {"a", "b"}}));
    for (const bool log : {false, true})
        for (const Bars way : {Bars::vertical, Bars::horizontal})
            figures.push_back(bar_chart(
                names, bad, {.errors = {nan_value, 1e300, 0, 0, 1, infinity, 1e-300}, .bars = way, .log = log}));
    figures.push_back(function_curves(bad, {{"f", bad}}, {.log_x = true}));
    figures.push_back(function_curves({}, {{"f", {}}}));
    figures.push_back(search_results(bad, bad));
    figures.push_back(search_results(bad, bad, {.log_x = true, .log_y = true}));
    figures.push_back(search_results({}, {}));
    figures.push_back(search_results({3}, {-2}));
    figures.push_back(prediction_scatter(bad, bad));
    figures.push_back(prediction_scatter(std::vector<double>{}, std::vector<double>{}));
    figures.push_back(histogram(std::vector<double>{}));
    figures.push_back(histogram(std::vector<double>{1e300}));
    figures.push_back(histogram(std::vector<double>{}, {.bins = {.density = true}, .log_y = true}));
    figures.push_back(confusion_matrix(Rows{{0}}, {""}));
    Figure matrix;
    matrix.axes().matrix(bad, 1, {.color_bar = true}).set({.log_x = true, .log_y = true});
    figures.push_back(std::move(matrix));
    Figure blank({.rows = 2});
    blank.axes(0, 0).set({.visible = false});
    figures.push_back(std::move(blank));
    for (std::size_t i = 0; i < figures.size(); ++i) BOOST_TEST_CONTEXT(i) {
            BOOST_TEST(figures[i].write(folder / "figure.svg", {.theme = Theme::both}).drawn);
            for (const bool unicode : {true, false})
                BOOST_TEST(!figures[i].to_text({.width = 40, .height = 5, .unicode = unicode}).empty());
        }
}

BOOST_AUTO_TEST_CASE(no_more_names_than_there_is_room_for) {
    Figure figure;
    for (int i = 0; i < 100; ++i) figure.axes().line({0, 1}, {0.0, 1.0 * i}, {.label = "line " + std::to_string(i)});
    const Drawn drawn(figure);
    BOOST_TEST(contains(drawn.svg, "line 0<"));
    BOOST_TEST(!contains(drawn.svg, "line 99<"));
    const std::size_t shown = count(drawn.script, "title \"line ");
    BOOST_TEST(contains(drawn.svg, "\u2026 and " + std::to_string(100 - shown) + " more"));
}

BOOST_AUTO_TEST_SUITE_END()
