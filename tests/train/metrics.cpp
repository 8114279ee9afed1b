#include "reference/metrics.hpp"
#include "support.hpp"

using namespace test;
using xg::train::Average;
using xg::train::Metric;

namespace {

Tensor matrix(const std::vector<double>& values, std::int64_t rows, xg::DType dtype = xg::float32) {
    Tensor t = xg::empty({static_cast<std::int64_t>(values.size())}, {.dtype = xg::float64});
    std::copy(values.begin(), values.end(), t.mutable_data<double>());
    return t.to(dtype).reshape({rows, -1});
}

constexpr std::int64_t kRows = 60;
const Tensor number = matrix(reference::number, kRows), number_target = matrix(reference::number_target, kRows),
             score = matrix(reference::score, kRows), binary = matrix(reference::binary, kRows, xg::int64),
             many = matrix(reference::many, kRows),
             classes = matrix(reference::classes, kRows, xg::int64).reshape({kRows}),
             weight = matrix(reference::weight, kRows, xg::float64).reshape({kRows});

/// The metric over batches of 17 rows.
template <class M>
double over_batches(M metric, const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    for (std::int64_t from = 0; from < prediction.size(0); from += 17) {
        const auto part = [&](const Tensor& t) {
            return t.defined() ? t.slice(0, from, std::min(from + 17, t.size(0))) : Tensor();
        };
        metric.update(part(prediction), part(target), part(weights));
    }
    return metric.compute();
}

template <class M>
double at_once(M metric, const Tensor& prediction, const Tensor& target, const Tensor& weights = {}) {
    metric.update(prediction, target, weights);
    return metric.compute();
}

/// Against the reference, whole and in batches, with weights and without; and again after a reset.
template <class M>
void check(const M& metric, const Tensor& prediction, const Tensor& target, const std::vector<double>& plain,
           const std::vector<double>& weighted, double tolerance = 1e-6) {
    BOOST_TEST_CONTEXT(metric.name()) {
        const auto close = boost::test_tools::tolerance(tolerance);
        BOOST_TEST(at_once(metric, prediction, target) == plain[0], close);
        BOOST_TEST(over_batches(metric, prediction, target, {}) == plain[0], close);
        BOOST_TEST(at_once(metric, prediction, target, weight) == weighted[0], close);
        BOOST_TEST(over_batches(metric, prediction, target, weight) == weighted[0], close);
        Metric any = metric;
        any.update(prediction, target);
        const Metric copy = any;
        any.reset();
        BOOST_TEST(std::isnan(any.compute()));
        any.update(prediction, target);
        BOOST_TEST(any.compute() == plain[0], close);
        BOOST_TEST(copy.compute() == plain[0], close);
        BOOST_TEST(any.name() == metric.name());
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(numbers_as_scikit_learn_and_keras_have_them) {
    namespace r = reference;
    check(xg::train::MeanSquaredError(), number, number_target, r::mse, r::mse_weighted);
    check(xg::train::MeanAbsoluteError(), number, number_target, r::mae, r::mae_weighted);
    check(xg::train::RootMeanSquaredError(), number, number_target, r::keras_rmse, r::keras_rmse_weighted);
    check(xg::train::MeanAbsolutePercentageError(), number, number_target, r::keras_mape, r::keras_mape_weighted, 1e-5);
    check(xg::train::R2Score(), number, number_target, r::r2, r::r2_weighted);
    check(xg::train::R2Score(), number.to(xg::float64), number_target.to(xg::float64), r::r2, r::r2_weighted);
}

BOOST_AUTO_TEST_CASE(classes_as_scikit_learn_has_them) {
    namespace r = reference;
    check(xg::train::CategoricalAccuracy(), many, classes, r::accuracy, r::accuracy_weighted);
    check(xg::train::TopKAccuracy(2), many, classes, r::top_2, r::top_2_weighted);
    check(xg::train::BinaryAccuracy(), score, binary, r::binary_accuracy, r::binary_accuracy_weighted);
    check(xg::train::ConfusionMatrix(), many, classes, r::accuracy, r::accuracy_weighted);
    check(xg::train::LogLoss(), score, binary, r::log_loss, r::log_loss_weighted);
    check(xg::train::LogLoss(), many, classes, r::log_loss_many, r::log_loss_many_weighted);
    const Tensor one_hot = xg::one_hot(classes, 4).to(xg::float32);
    check(xg::train::CategoricalAccuracy(), many, one_hot, r::accuracy, r::accuracy_weighted);
    check(xg::train::LogLoss(), many, one_hot, r::log_loss_many, r::log_loss_many_weighted);

    check(xg::train::Precision(), score, binary, r::precision, r::precision_weighted);
    check(xg::train::Recall(), score, binary, r::recall, r::recall_weighted);
    check(xg::train::F1Score(), score, binary, r::f1, r::f1_weighted);
    check(xg::train::Precision({.average = Average::macro}), many, classes, r::precision_macro,
          r::precision_macro_weighted);
    check(xg::train::Recall({.average = Average::macro}), many, classes, r::recall_macro, r::recall_macro_weighted);
    check(xg::train::F1Score({.average = Average::macro}), many, classes, r::f1_macro, r::f1_macro_weighted);
    check(xg::train::Precision({.average = Average::micro}), many, classes, r::precision_micro,
          r::precision_micro_weighted);
    check(xg::train::Recall({.average = Average::micro}), many, classes, r::recall_micro, r::recall_micro_weighted);
    check(xg::train::F1Score({.average = Average::micro}), many, classes, r::f1_micro, r::f1_micro_weighted);
    check(xg::train::Precision({.average = Average::weighted}), many, classes, r::precision_by_support,
          r::precision_by_support_weighted);
    check(xg::train::Recall({.average = Average::weighted}), many, classes, r::recall_by_support,
          r::recall_by_support_weighted);
    check(xg::train::F1Score({.average = Average::weighted}), many, classes, r::f1_by_support,
          r::f1_by_support_weighted);

    // Class 3 is nowhere: precision_score([0, 0, 1, 1, 2, 0], [0, 1, 1, 1, 2, 0], average='macro') is that of three.
    const Tensor three = xg::tensor({0, 0, 1, 1, 2, 0}).to(xg::int64),
                 of_three = xg::one_hot(xg::tensor({0, 1, 1, 1, 2, 0}).to(xg::int64), 4).to(xg::float32);
    const auto mean_of_three = [&](auto metric) {
        metric.update(of_three, three, {});
        return metric.compute();
    };
    const auto close = boost::test_tools::tolerance(1e-12);
    BOOST_TEST(mean_of_three(xg::train::Precision({.average = Average::macro})) == 0.8888888888888888, close);
    BOOST_TEST(mean_of_three(xg::train::Recall({.average = Average::macro})) == 0.8888888888888888, close);
    BOOST_TEST(mean_of_three(xg::train::F1Score({.average = Average::macro})) == 0.8666666666666667, close);

    xg::train::ConfusionMatrix matrix;
    matrix.update(many, classes, weight);
    BOOST_TEST(matrix.matrix().to_vector() == r::confusion_weighted, boost::test_tools::tolerance(1e-12)
                                                                         << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(areas_below_curves) {
    namespace r = reference;
    check(xg::train::AUC(), score, binary, r::auc, r::auc_weighted);
    check(xg::train::AUC({.num_thresholds = 200}), score, binary, r::keras_auc, r::keras_auc_weighted, 1e-5);
    check(xg::train::AUC({.num_thresholds = 20}), score, binary, r::keras_auc_20, r::keras_auc_20_weighted, 1e-5);
    const auto close = boost::test_tools::tolerance(1e-6);
    for (const bool weighted : {false, true}) {
        const xg::train::RocCurve curve = xg::train::roc_curve(score, binary, weighted ? weight : Tensor());
        BOOST_TEST(curve.false_positive_rate == (weighted ? r::fpr_weighted : r::fpr),
                   close << boost::test_tools::per_element());
        BOOST_TEST(curve.true_positive_rate == (weighted ? r::tpr_weighted : r::tpr),
                   close << boost::test_tools::per_element());
        BOOST_TEST(std::isinf(curve.thresholds[0]));
        const std::vector<double> rest(curve.thresholds.begin() + 1, curve.thresholds.end());
        BOOST_TEST(rest == (weighted ? r::thresholds_weighted : r::thresholds),
                   close << boost::test_tools::per_element());
        BOOST_TEST(curve.area() == (weighted ? r::auc_weighted : r::auc)[0], close);
    }
    // A perfect order, the reverse, and none.
    const Tensor rising = xg::tensor({0.1, 0.2, 0.3, 0.4});
    BOOST_TEST(at_once(xg::train::AUC(), rising, xg::tensor({0, 0, 1, 1})) == 1.0);
    BOOST_TEST(at_once(xg::train::AUC(), rising, xg::tensor({1, 1, 0, 0})) == 0.0);
    BOOST_TEST(at_once(xg::train::AUC(), xg::full({4}, 0.5), xg::tensor({1, 0, 1, 0})) == 0.5);
    BOOST_TEST(std::isnan(at_once(xg::train::AUC(), rising, xg::tensor({1, 1, 1, 1}))));
}

BOOST_AUTO_TEST_CASE(edges) {
    using namespace xg::train;
    // A base of 0, and large numbers whose differences count.
    BOOST_TEST(at_once(MeanAbsolutePercentageError(), xg::tensor({1.0}), xg::tensor({0.0})) == 1e9,
               boost::test_tools::tolerance(1e-12));
    const Tensor large = xg::tensor({1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3}, {.dtype = xg::float64});
    BOOST_TEST(at_once(R2Score(), large + 1.0, large) == 1 - 4.0 / 5.0, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(at_once(R2Score(), xg::ones({3}), xg::ones({3})) == 1.0);
    BOOST_TEST(at_once(R2Score(), xg::zeros({3}), xg::ones({3})) == 0.0);
    BOOST_TEST(std::isnan(at_once(R2Score(), xg::ones({1}), xg::ones({1}))));
    BOOST_TEST(std::isnan(at_once(MeanSquaredError(), xg::tensor({NAN, 1.0}), xg::tensor({1.0, 1.0}))));
    BOOST_TEST(at_once(CategoricalAccuracy(), xg::tensor({{NAN, 1.0}, {0.0, 1.0}}), xg::tensor({1, 1})) == 0.5);
    BOOST_TEST(at_once(Recall(), xg::tensor({NAN, 1.0}), xg::tensor({1, 1})) == 0.5);
    BOOST_TEST(at_once(Precision(), xg::tensor({0.1, 0.2}), xg::tensor({1, 1})) == 0.0);
    BOOST_TEST(at_once(BinaryAccuracy(0), xg::tensor({-1.0, 3.0}), xg::tensor({false, true})) == 1.0);
    BOOST_TEST(at_once(LogLoss(), xg::tensor({0.0}), xg::tensor({1})) ==
                   -std::log(static_cast<double>(std::numeric_limits<float>::epsilon())),
               boost::test_tools::tolerance(1e-12));
    // (n) beside (n, 1): by elements, never (n, n).
    BOOST_TEST(at_once(MeanSquaredError(), xg::tensor({{1.0}, {2.0}}), xg::tensor({1.0, 4.0})) == 2.0);
    // Nothing is added by nothing.
    MeanSquaredError none;
    none.update(xg::zeros({0, 1}), xg::zeros({0, 1}), {});
    BOOST_TEST(std::isnan(none.compute()));
    AUC empty;
    empty.update(xg::zeros({0}), xg::zeros({0}), {});
    BOOST_TEST(std::isnan(empty.compute()));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_and_adds_nothing) {
    using namespace xg::train;
    MeanSquaredError mse;
    mse.update(xg::ones({2}), xg::zeros({2}), {});
    BOOST_CHECK_EXCEPTION(mse.update(xg::ones({2}), xg::zeros({3}), {}), xg::ShapeError,
                          says("mean_squared_error: expected predictions and targets of one shape, got (2,) and (3,)"));
    BOOST_CHECK_THROW(mse.update(xg::ones({2, 3}), xg::zeros({3, 2}), {}), xg::ShapeError);
    BOOST_CHECK_THROW(mse.update(xg::ones({2, 1}), xg::zeros({2, 2}), {}), xg::ShapeError);
    BOOST_CHECK_THROW(mse.update(xg::ones({2}), xg::zeros({2}), xg::ones({3})), xg::ShapeError);
    BOOST_CHECK_THROW(mse.update(Tensor(), xg::zeros({2}), {}), xg::ValueError);
    BOOST_TEST(mse.compute() == 1.0);

    CategoricalAccuracy accuracy;
    accuracy.update(many, classes, {});
    const double before = accuracy.compute();
    BOOST_CHECK_EXCEPTION(accuracy.update(many, classes + 2, {}), xg::IndexError,
                          says("expected classes from 0 to 3, got 4"));
    BOOST_CHECK_EXCEPTION(accuracy.update(score, binary, {}), xg::ShapeError,
                          says("BinaryAccuracy takes those of one"));
    BOOST_CHECK_THROW(accuracy.update(many, xg::zeros({kRows, 3}), {}), xg::ShapeError);
    BOOST_TEST(accuracy.compute() == before);
    BOOST_CHECK_EXCEPTION(BinaryAccuracy().update(score, binary + 1, {}), xg::ValueError,
                          says("targets of 0 and 1, got"));
    BOOST_CHECK_THROW(BinaryAccuracy().update(many, classes, {}), xg::ShapeError);
    BOOST_CHECK_EXCEPTION(Precision().update(many, classes, {}), xg::ValueError, says("Average::macro"));
    BOOST_CHECK_THROW(TopKAccuracy(0), xg::ValueError);
    BOOST_CHECK_THROW(AUC({.num_thresholds = 1}), xg::ValueError);
    BOOST_CHECK_THROW(AUC().update(xg::tensor({NAN}), xg::tensor({1}), {}), xg::ValueError);
    BOOST_CHECK_EXCEPTION(AUC({.num_thresholds = 200}).update(xg::tensor({1.5}), xg::tensor({1}), {}), xg::ValueError,
                          says("expected probabilities, got 1.5"));
    R2Score r2;
    r2.update(number, number_target, {});
    BOOST_CHECK_THROW(r2.update(score, score, {}), xg::ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
