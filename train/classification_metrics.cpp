#include <xgrad/train/classification_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/train/detail/metric_data.hpp>

namespace xg::train {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A batch of a metric, as doubles.
struct Batch {
    std::int64_t rows = 0, classes = 1;  // 1: scores of the positive class
    std::vector<double> scores;          // (rows, classes)
    std::vector<double> distribution;    // of targets that are given so, likewise; else empty
    std::vector<std::int64_t> target;
    std::vector<double> weights;  // empty: all 1

    double weight(std::int64_t r) const { return weights.empty() ? 1 : weights[static_cast<std::size_t>(r)]; }
    double total() const {
        return weights.empty() ? static_cast<double>(rows) : std::accumulate(weights.begin(), weights.end(), 0.0);
    }
    const double* row(std::int64_t r) const { return scores.data() + r * classes; }
};

/// The place of the greatest of `n` numbers; -1 if one of them is NaN.
std::int64_t greatest(const double* values, std::int64_t n) {
    std::int64_t best = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        if (std::isnan(values[i])) return -1;
        if (values[i] > values[best]) best = i;
    }
    return best;
}

Batch read_batch(const std::string& metric, const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    Batch b;
    if (!prediction.defined() || !target.defined())
        throw ValueError(fmt::format("{}: expected predictions and targets, got an undefined tensor", metric));
    b.rows = prediction.rank() == 0 ? 1 : prediction.size(0);
    const bool several = prediction.rank() == 2 && prediction.size(1) > 1;
    const std::int64_t target_rows = target.rank() == 0 ? 1 : target.size(0);
    const bool one_each = target.rank() < 2 || (target.rank() == 2 && target.size(1) == 1);
    const bool fits = prediction.rank() <= 2 && target_rows == b.rows &&
                      (several ? one_each || target.shape() == prediction.shape()
                               : one_each && (prediction.rank() < 2 || prediction.size(1) == 1));
    if (!fits)
        throw ShapeError(
            fmt::format("{}: expected scores (n) or (n, 1) with targets as many, or scores (n, classes) with "
                        "targets (n) or (n, classes), got {} and {}",
                        metric, prediction.shape().str(), target.shape().str()));
    b.classes = several ? prediction.size(1) : 1;
    const Tensor w = detail::metric_weights(metric, weights, b.rows);
    if (w.defined()) b.weights = w.to_vector();
    b.scores = prediction.to_vector();
    const std::vector<double> given = target.to_vector();
    if (several && !one_each) {
        b.distribution = given;
        for (std::int64_t r = 0; r < b.rows; ++r)
            b.target.push_back(std::max<std::int64_t>(0, greatest(given.data() + r * b.classes, b.classes)));
        return b;
    }
    b.target.reserve(given.size());
    for (const double t : given) {
        if (several ? !(t >= 0 && t < static_cast<double>(b.classes) && t == std::floor(t)) : t != 0 && t != 1) {
            const std::string message =
                several ? fmt::format("{}: expected classes from 0 to {}, got {}", metric, b.classes - 1, t)
                        : fmt::format("{}: expected targets of 0 and 1, got {}", metric, t);
            if (several) throw IndexError(message);
            throw ValueError(message);
        }
        b.target.push_back(static_cast<std::int64_t>(t));
    }
    return b;
}

}  // namespace

void BinaryAccuracy::update(const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    const Batch b = read_batch(name_, prediction, target, weights);
    if (b.classes != 1)
        throw ShapeError(
            fmt::format("{}: expected scores of one class, (n) or (n, 1), got {}; CategoricalAccuracy takes "
                        "several",
                        name_, prediction.shape().str()));
    for (std::int64_t r = 0; r < b.rows; ++r) {
        const double score = *b.row(r);
        if (!std::isnan(score) && (score > threshold_) == (b.target[static_cast<std::size_t>(r)] == 1))
            right_ += b.weight(r);
    }
    weight_ += b.total();
}

TopKAccuracy::TopKAccuracy(std::int64_t k, std::string name) : k_(k), name_(std::move(name)) {
    if (k < 1) throw ValueError(fmt::format("TopKAccuracy: k is {}, expected at least 1", k));
}

void TopKAccuracy::update(const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    const Batch b = read_batch(name_, prediction, target, weights);
    if (b.classes == 1 && b.rows > 0)
        throw ShapeError(
            fmt::format("{}: expected scores of several classes, (n, classes), got {}; BinaryAccuracy takes "
                        "those of one",
                        name_, prediction.shape().str()));
    for (std::int64_t r = 0; r < b.rows; ++r) {
        const double* const row = b.row(r);
        const std::int64_t is = b.target[static_cast<std::size_t>(r)];
        if (greatest(row, b.classes) < 0) continue;
        std::int64_t before = 0;
        for (std::int64_t c = 0; c < b.classes; ++c)
            before += row[c] > row[is] || (row[c] == row[is] && c < is) ? 1 : 0;
        if (before < k_) right_ += b.weight(r);
    }
    weight_ += b.total();
}

void ConfusionMatrix::reset() noexcept {
    classes_ = 0;
    cells_.clear();
    missed_.clear();
    nowhere_ = 0;
}

void ConfusionMatrix::update(const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    const Batch b = read_batch(name_, prediction, target, weights);
    if (b.rows == 0) return;
    const bool binary = b.classes == 1;
    const std::int64_t classes = binary ? 2 : b.classes;
    if (classes_ != 0 && classes != classes_)
        throw ShapeError(fmt::format("{}: expected scores of {} classes as before, got {}", name_, classes_, classes));
    if (classes_ == 0) {
        classes_ = classes;
        binary_ = binary;
        cells_.assign(static_cast<std::size_t>(classes * classes), 0);
        missed_.assign(static_cast<std::size_t>(classes), 0);
    }
    for (std::int64_t r = 0; r < b.rows; ++r) {
        const std::int64_t is = b.target[static_cast<std::size_t>(r)];
        const std::int64_t predicted = !binary                 ? greatest(b.row(r), b.classes)
                                       : std::isnan(*b.row(r)) ? -1
                                                               : *b.row(r) > threshold_;
        if (predicted < 0) {
            nowhere_ += b.weight(r);
            missed_[static_cast<std::size_t>(is)] += b.weight(r);
        } else {
            cells_[static_cast<std::size_t>(is * classes_ + predicted)] += b.weight(r);
        }
    }
}

double ConfusionMatrix::compute() const noexcept {
    double right = 0, all = nowhere_;
    for (std::int64_t c = 0; c < classes_; ++c) right += at(c, c);
    for (const double cell : cells_) all += cell;
    return right / all;
}

Tensor ConfusionMatrix::matrix() const {
    Tensor m = zeros({classes_, classes_}, {.dtype = float64});
    if (classes_ > 0) std::copy(cells_.begin(), cells_.end(), m.mutable_data<double>());
    return m;
}

ClassScore::ClassScore(Kind kind, const char* name, const ClassScoreOptions& options)
    : kind_(kind), average_(options.average), matrix_(options.threshold, options.name.empty() ? name : options.name) {}

void ClassScore::update(const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    if (average_ == Average::binary && prediction.defined() && prediction.rank() == 2 && prediction.size(1) > 2)
        throw ValueError(
            fmt::format("{}: expected an average such as Average::macro for scores of {} classes, got "
                        "Average::binary",
                        name(), prediction.size(1)));
    matrix_.update(prediction, target, weights);
}

double ClassScore::compute() const noexcept {
    const std::int64_t n = matrix_.classes();
    if (n == 0) return kNaN;
    const auto score = [&](double right, double predicted, double there) {
        const double top = kind_ == Kind::f1 ? 2 * right : right;
        const double bottom = kind_ == Kind::precision ? predicted : kind_ == Kind::recall ? there : predicted + there;
        return bottom == 0 ? 0 : top / bottom;
    };
    double all_right = 0, all_predicted = 0, all_there = 0, sum = 0, counted = 0;
    for (std::int64_t c = 0; c < n; ++c) {
        double predicted = 0, there = matrix_.missed_[static_cast<std::size_t>(c)];
        for (std::int64_t k = 0; k < n; ++k) {
            predicted += matrix_.at(k, c);
            there += matrix_.at(c, k);
        }
        const double right = matrix_.at(c, c), one = score(right, predicted, there);
        if (average_ == Average::binary && c == 1) return one;
        all_right += right;
        all_predicted += predicted;
        all_there += there;
        // As scikit-learn: classes that neither occur nor are predicted do not count.
        sum += average_ == Average::weighted ? one * there : one;
        if (predicted > 0 || there > 0) ++counted;
    }
    if (average_ == Average::micro) return score(all_right, all_predicted, all_there);
    if (average_ == Average::weighted) return all_there == 0 ? 0 : sum / all_there;
    return counted == 0 ? 0 : sum / counted;
}

double RocCurve::area() const noexcept {
    double sum = 0;
    for (std::size_t i = 1; i < false_positive_rate.size(); ++i)
        sum += (false_positive_rate[i] - false_positive_rate[i - 1]) *
               (true_positive_rate[i] + true_positive_rate[i - 1]) / 2;
    return sum;
}

namespace {

RocCurve roc_of(const std::vector<double>& scores, const std::vector<double>& targets,
                const std::vector<double>& weights, bool keep_all) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    std::vector<double> fp{0}, tp{0}, at{INFINITY};
    double negatives = 0, positives = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::size_t k = order[i];
        const double weight = weights.empty() ? 1 : weights[k];
        if (weight == 0) continue;
        (targets[k] != 0 ? positives : negatives) += weight;
        // Equal scores pass a threshold together.
        if (at.back() == scores[k] && fp.size() > 1) {
            fp.back() = negatives;
            tp.back() = positives;
        } else {
            fp.push_back(negatives);
            tp.push_back(positives);
            at.push_back(scores[k]);
        }
    }
    RocCurve curve;
    for (std::size_t i = 0; i < fp.size(); ++i) {
        const bool corner = i == 0 || i + 1 == fp.size() || i == 1 || fp[i + 1] - fp[i] != fp[i] - fp[i - 1] ||
                            tp[i + 1] - tp[i] != tp[i] - tp[i - 1];
        if (!keep_all && !corner) continue;
        curve.false_positive_rate.push_back(fp[i] / negatives);
        curve.true_positive_rate.push_back(tp[i] / positives);
        curve.thresholds.push_back(at[i]);
    }
    return curve;
}

Batch binary_batch(const std::string& who, const Tensor& scores, const Tensor& target, const Tensor& weights) {
    Batch b = read_batch(who, scores, target, weights);
    if (b.classes != 1)
        throw ShapeError(
            fmt::format("{}: expected scores of one class, (n) or (n, 1), got {}", who, scores.shape().str()));
    for (const double s : b.scores)
        if (std::isnan(s)) throw ValueError(fmt::format("{}: expected scores that can be put in order, got NaN", who));
    return b;
}

}  // namespace

RocCurve roc_curve(const Tensor& scores, const Tensor& target, const Tensor& weights, bool keep_all) {
    const Batch b = binary_batch("roc_curve", scores, target, weights);
    return roc_of(b.scores, {b.target.begin(), b.target.end()}, b.weights, keep_all);
}

AUC::AUC(const AUCOptions& options) : options_(options) {
    if (options.num_thresholds < 0 || options.num_thresholds == 1)
        throw ValueError(fmt::format("AUC: num_thresholds is {}, expected 0 or at least 2", options.num_thresholds));
    reset();
}

void AUC::reset() noexcept {
    scores_.clear();
    targets_.clear();
    weights_.clear();
    if (options_.num_thresholds > 0) {
        positives_.assign(static_cast<std::size_t>(options_.num_thresholds) + 1, 0);
        negatives_ = positives_;
    }
}

void AUC::update(const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    const Batch b = binary_batch(options_.name, prediction, target, weights);
    if (options_.num_thresholds == 0) {
        scores_.insert(scores_.end(), b.scores.begin(), b.scores.end());
        targets_.insert(targets_.end(), b.target.begin(), b.target.end());
        for (std::int64_t r = 0; r < b.rows; ++r) weights_.push_back(b.weight(r));
        return;
    }
    // Thresholds i/(n-1), the first and the last just outside of [0, 1].
    const auto last = static_cast<double>(options_.num_thresholds - 1);
    for (const double s : b.scores)
        if (!(s >= 0 && s <= 1)) throw ValueError(fmt::format("{}: expected probabilities, got {}", options_.name, s));
    for (std::int64_t r = 0; r < b.rows; ++r) {
        // How many thresholds the score is above: the first, and those below it.
        const double below = std::ceil(b.scores[static_cast<std::size_t>(r)] * last);
        const auto bucket = static_cast<std::size_t>(std::clamp(below, 1.0, last));
        (b.target[static_cast<std::size_t>(r)] == 1 ? positives_ : negatives_)[bucket] += b.weight(r);
    }
}

double AUC::compute() const {
    if (options_.num_thresholds == 0) {
        if (scores_.empty()) return kNaN;
        return roc_of(scores_, targets_, weights_, true).area();
    }
    const double positives = std::accumulate(positives_.begin(), positives_.end(), 0.0),
                 negatives = std::accumulate(negatives_.begin(), negatives_.end(), 0.0);
    double area = 0, tp = 0, fp = 0;
    for (std::size_t i = positives_.size(); i-- > 0;) {
        const double tp_next = tp + positives_[i], fp_next = fp + negatives_[i];
        area += (fp_next - fp) * (tp_next + tp) / 2;
        tp = tp_next;
        fp = fp_next;
    }
    return area / (positives * negatives);
}

void LogLoss::update(const Tensor& prediction, const Tensor& target, const Tensor& weights) {
    const Batch b = read_batch(name_, prediction, target, weights);
    const double epsilon =
        prediction.dtype() == float64 ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
    const auto information = [&](double p) {
        return -std::log(std::isnan(p) ? p : std::clamp(p, epsilon, 1 - epsilon));
    };
    for (std::int64_t r = 0; r < b.rows; ++r) {
        const double* const row = b.row(r);
        const std::int64_t is = b.target[static_cast<std::size_t>(r)];
        double loss = 0;
        if (b.classes == 1) {
            loss = information(is == 1 ? *row : 1 - *row);
        } else if (b.distribution.empty()) {
            loss = information(row[is]);
        } else {
            for (std::int64_t c = 0; c < b.classes; ++c) {
                const double share = b.distribution[static_cast<std::size_t>(r * b.classes + c)];
                if (share != 0) loss += share * information(row[c]);
            }
        }
        sum_ += b.weight(r) * loss;
    }
    weight_ += b.total();
}

}  // namespace xg::train
