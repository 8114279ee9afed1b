#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

// Metrics of predicted classes.
//
// Of two classes: predictions are scores or probabilities of the positive one, (n) or (n, 1), targets 0 or 1 of the same
// number. Of several: predictions are scores of each class, (n, classes), targets the classes' numbers, (n) or (n, 1),
// or one-hot or probabilities, (n, classes), of which the greatest counts. Of any real dtype. Weights of samples are
// (n). All throw ShapeError for other shapes, IndexError for a class that there is not, ValueError for targets of two
// classes that are neither 0 nor 1, and have then added nothing. A score that is NaN belongs to no class: the prediction
// is wrong.

namespace xg::train {

/// The share of samples on the right side of a threshold, as Keras's binary_accuracy: positive above it.
class XG_EXPORT BinaryAccuracy {
public:
    /// For logits the threshold is 0.
    explicit BinaryAccuracy(double threshold = 0.5, std::string name = "binary_accuracy")
        : threshold_(threshold), name_(std::move(name)) {}
    std::string name() const { return name_; }
    void reset() noexcept { right_ = weight_ = 0; }
    void update(const Tensor& prediction, const Tensor& target, const Tensor& weights);
    double compute() const noexcept { return right_ / weight_; }

private:
    double threshold_;
    std::string name_;
    double right_ = 0, weight_ = 0;
};

/// The share of samples whose class is among the k with the highest scores; of equal scores the first counts as higher.
class XG_EXPORT TopKAccuracy {
public:
    /// Throws ValueError for a k below 1.
    explicit TopKAccuracy(std::int64_t k = 5, std::string name = "top_k_categorical_accuracy");
    std::string name() const { return name_; }
    void reset() noexcept { right_ = weight_ = 0; }
    void update(const Tensor& prediction, const Tensor& target, const Tensor& weights);
    double compute() const noexcept { return right_ / weight_; }

private:
    std::int64_t k_;
    std::string name_;
    double right_ = 0, weight_ = 0;
};

/// The share of samples whose class has the highest score.
class XG_EXPORT CategoricalAccuracy : public TopKAccuracy {
public:
    explicit CategoricalAccuracy(std::string name = "accuracy") : TopKAccuracy(1, std::move(name)) {}
};

/// Weights of samples by their class, a row each, and the class that was predicted, a column each. As a metric it is the
/// accuracy.
class XG_EXPORT ConfusionMatrix {
public:
    /// For scores of one class: positive above the threshold. The matrix is then 2 × 2, negatives first.
    explicit ConfusionMatrix(double threshold = 0.5, std::string name = "confusion_matrix")
        : threshold_(threshold), name_(std::move(name)) {}
    std::string name() const { return name_; }
    void reset() noexcept;
    /// Throws ShapeError, too, for another number of classes than before.
    void update(const Tensor& prediction, const Tensor& target, const Tensor& weights);
    double compute() const noexcept;

    /// (classes, classes), float64; (0, 0) where nothing was collected.
    Tensor matrix() const;
    std::int64_t classes() const noexcept { return classes_; }
    double at(std::int64_t is, std::int64_t predicted) const {
        return cells_[static_cast<std::size_t>(is * classes_ + predicted)];
    }

private:
    double threshold_;
    std::string name_;
    std::int64_t classes_ = 0;
    bool binary_ = false;
    std::vector<double> cells_;
    double nowhere_ = 0;          // predictions of NaN
    std::vector<double> missed_;  // of them, by class
    friend class ClassScore;
};

/// How scores of several classes become one number.
enum class Average {
    binary,    ///< That of the positive class, of two.
    macro,     ///< The mean over the classes that occur or are predicted.
    micro,     ///< Of all classes' counts together.
    weighted,  ///< The mean over the classes by their samples.
};

/// Options of Precision, Recall and F1Score.
struct ClassScoreOptions {
    Average average = Average::binary;  ///< For scores of several classes, one of the others.
    double threshold = 0.5;             ///< For scores of one class: positive above it.
    std::string name = {};              ///< `precision`, `recall`, `f1_score` if empty.
};

/// What Precision, Recall and F1Score have in common; where nothing could be counted they are 0, as in scikit-learn.
class XG_EXPORT ClassScore {
public:
    std::string name() const { return matrix_.name(); }
    void reset() noexcept { matrix_.reset(); }
    void update(const Tensor& prediction, const Tensor& target, const Tensor& weights);
    double compute() const noexcept;

protected:
    enum class Kind : std::uint8_t { precision, recall, f1 };
    ClassScore(Kind kind, const char* name, const ClassScoreOptions& options);

private:
    Kind kind_;
    Average average_;
    ConfusionMatrix matrix_;
};

/// Of the samples that are predicted to be of a class, the share that are.
class XG_EXPORT Precision : public ClassScore {
public:
    explicit Precision(const ClassScoreOptions& options = {}) : ClassScore(Kind::precision, "precision", options) {}
};

/// Of the samples of a class, the share that are predicted to be.
class XG_EXPORT Recall : public ClassScore {
public:
    explicit Recall(const ClassScoreOptions& options = {}) : ClassScore(Kind::recall, "recall", options) {}
};

/// The harmonic mean of precision and recall.
class XG_EXPORT F1Score : public ClassScore {
public:
    explicit F1Score(const ClassScoreOptions& options = {}) : ClassScore(Kind::f1, "f1_score", options) {}
};

/// A receiver operating characteristic: what shares of the negatives and of the positives have scores at or above each
/// threshold.
struct RocCurve {
    std::vector<double> false_positive_rate, true_positive_rate;
    std::vector<double> thresholds;  ///< Falling; the first is infinite: nothing is predicted to be positive.
    /// The area below the curve.
    XG_EXPORT double area() const noexcept;
};

/// The curve of scores and targets of two classes, at each score that occurs; with those in the middle of straight lines
/// left out unless `keep_all`. As scikit-learn's. Rates are NaN where there are no samples of a class. Throws ValueError
/// for scores that are NaN, and as the metrics do.
XG_EXPORT RocCurve roc_curve(const Tensor& scores, const Tensor& target, const Tensor& weights = {},
                             bool keep_all = false);

/// Options of AUC.
struct AUCOptions {
    std::int64_t num_thresholds =
        0;  ///< 0: exact, which keeps all scores. Else an approximation from so many, as Keras's 200.
    std::string name = "auc";
};

/// The area under the receiver operating characteristic: the chance that a positive has a higher score than a negative.
/// With `num_thresholds`, scores are probabilities, and the areas between them are trapezoids, as in Keras. NaN without
/// samples of both classes (Keras: 0). Throws ValueError for 1 threshold or fewer than 0, and for scores that are NaN.
class XG_EXPORT AUC {
public:
    explicit AUC(const AUCOptions& options = {});
    std::string name() const { return options_.name; }
    void reset() noexcept;
    void update(const Tensor& prediction, const Tensor& target, const Tensor& weights);
    double compute() const;

private:
    AUCOptions options_;
    std::vector<double> scores_, targets_, weights_;  // exact
    std::vector<double> positives_, negatives_;       // weights by the number of thresholds below the score
};

/// The mean of -log(the probability of the sample's class), in nats; of two classes or of several. Probabilities are at
/// least the dtype's epsilon, and at most 1 less that, as in scikit-learn. NaN for a probability that is NaN.
class XG_EXPORT LogLoss {
public:
    explicit LogLoss(std::string name = "log_loss") : name_(std::move(name)) {}
    std::string name() const { return name_; }
    void reset() noexcept { sum_ = weight_ = 0; }
    void update(const Tensor& prediction, const Tensor& target, const Tensor& weights);
    double compute() const noexcept { return sum_ / weight_; }

private:
    std::string name_;
    double sum_ = 0, weight_ = 0;
};

}  // namespace xg::train
