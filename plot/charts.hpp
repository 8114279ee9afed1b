#pragma once

#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/plot/figure.hpp>
#include <xgrad/plot/histogram.hpp>

namespace xg::plot {

// Figures of the usual kinds, ready to be written or shown. Each may be changed: `axes()` gives its panels.
//
// Numbers that are not finite are left out of what is drawn, except where an exception is named.

/// One run's numbers of one quantity, epoch by epoch.
struct LearningCurve {
    std::string quantity = "loss";        ///< "loss", "accuracy", …: the panel it belongs to.
    std::string name = {};                ///< The run's; may be empty if there is one only.
    std::vector<double> training = {};    ///< Drawn solid.
    std::vector<double> validation = {};  ///< Drawn dashed, in the same colour; may be empty.
};

/// Options of `learning_curves`.
struct LearningCurveOptions {
    std::string title = {};
    std::string caption = {};
    std::string x_label = "epoch";
    std::vector<std::string> log_y = {};  ///< The quantities that get a logarithmic axis.
    int first_epoch = 1;                  ///< The number of the first value.
};

/// Learning curves: a panel for each quantity, in the order of the curves, a colour for each name.
///
/// Throws ValueError for no curves and for a `log_y` that no curve has, ShapeError for a validation that is neither
/// empty nor as long as its training (unless that is empty).
XG_EXPORT Figure learning_curves(const std::vector<LearningCurve>& curves, const LearningCurveOptions& options = {});

/// Which way bars grow.
enum class Bars {
    automatic,   ///< Upwards while the names fit below, else to the right.
    vertical,    ///< Upwards.
    horizontal,  ///< To the right, the first at the top: names of any length can be read.
};

/// Options of `bar_chart`.
struct BarChartOptions {
    std::string title = {};
    std::string caption = {};
    std::string value_label = {};
    std::vector<double> errors = {};  ///< Half the length of a whisker at each bar's end; empty: none.
    Bars bars = Bars::automatic;
    bool log = false;
};

/// A bar for each name. The panel is as large as the names need.
///
/// Throws ShapeError unless there are as many values as names, and errors or none; ValueError for no names, and
/// negative errors.
XG_EXPORT Figure bar_chart(const std::vector<std::string>& names, const std::vector<double>& values,
                           const BarChartOptions& options = {});

/// One of several functions of the same x.
struct Curve {
    std::string name = {};
    std::vector<double> y = {};
};

/// Options of `function_curves`.
struct CurveOptions {
    std::string title = {};
    std::string caption = {};
    std::string x_label = "x";
    std::string y_label = {};
    bool log_x = false;
    bool log_y = false;
    Limits x_limits = {};
    Limits y_limits = {};
};

/// Lines over one x: functions, activations, schedules. Beyond seven the colours start again, with dashes.
///
/// Throws ValueError for no curves, ShapeError for one that is not as long as x.
XG_EXPORT Figure function_curves(const std::vector<double>& x, const std::vector<Curve>& curves,
                                 const CurveOptions& options = {});

/// Options of `search_results`.
struct SearchOptions {
    std::string title = {};
    std::string caption = {};
    std::string x_label = "trial";
    std::string y_label = "score";
    bool minimize = true;     ///< The lowest score is the best.
    double zoom = 0.25;       ///< The part of the trials that the second panel shows: the best. Above 0, up to 1.
    bool best_so_far = true;  ///< With a line through the best score up to each trial; for parameters: false.
    bool log_x = false;
    bool log_y = false;
};

/// A search's scores over its trials or over a parameter; beside it the best of them, enlarged. The best is marked.
///
/// Throws ShapeError for lengths that differ, ValueError for a `zoom` out of range.
XG_EXPORT Figure search_results(const std::vector<double>& x, const std::vector<double>& scores,
                                const SearchOptions& options = {});

/// Options of `prediction_scatter`.
struct ScatterOptions {
    std::string title = {};
    std::string caption = {};
    std::string x_label = "label";
    std::string y_label = "prediction";
};

/// Predictions over labels, with the diagonal on which they would be right; both axes show the same range.
///
/// Throws ShapeError for lengths that differ; of tensors, for shapes that do ((n) and (n, 1) may meet).
XG_EXPORT Figure prediction_scatter(const std::vector<double>& label, const std::vector<double>& prediction,
                                    const ScatterOptions& options = {});
XG_EXPORT Figure prediction_scatter(const Tensor& label, const Tensor& prediction, const ScatterOptions& options = {});

/// Options of `histogram`.
struct HistogramOptions {
    std::string title = {};
    std::string caption = {};
    std::string x_label = "value";
    BinOptions bins = {};  ///< How many, in what range, counts or a density.
    bool log_y = false;
};

/// A histogram with the bins of `bin_values`. A tensor may have any shape. Throws what `bin_values` does.
XG_EXPORT Figure histogram(const std::vector<double>& values, const HistogramOptions& options = {});
XG_EXPORT Figure histogram(const Tensor& values, const HistogramOptions& options = {});

/// Options of `confusion_matrix`.
struct ConfusionOptions {
    std::string title = {};
    std::string caption = {};
    std::string x_label = "predicted";
    std::string y_label = "true";
    bool normalize = false;  ///< Each row as parts of its sum: what became of the samples of that class.
};

/// A confusion matrix: `counts[i][j]` samples of class i were taken for class j. Numbers stand in the cells of up to
/// 30 classes; more get a colour bar.
///
/// Throws ValueError for no classes and for negative counts or such that are not finite, ShapeError if the matrix is
/// not square with a row for each name. A row of zeros stays one when normalized. The tensor has the shape (n, n).
XG_EXPORT Figure confusion_matrix(const std::vector<std::vector<double>>& counts,
                                  const std::vector<std::string>& class_names, const ConfusionOptions& options = {});
XG_EXPORT Figure confusion_matrix(const Tensor& counts, const std::vector<std::string>& class_names,
                                  const ConfusionOptions& options = {});

/// One classifier's ROC curve, as scikit-learn's roc_curve gives it.
struct RocCurve {
    std::string name = {};
    std::vector<double> fpr = {};  ///< False positive rates, in ascending order.
    std::vector<double> tpr = {};  ///< True positive rates, in ascending order.
};

/// Options of `roc_curve`.
struct RocOptions {
    std::string title = {};
    std::string caption = {};
};

/// ROC curves with the area under each (by trapezoids) in the legend, and the diagonal of guessing.
///
/// Throws ValueError for no curves, fewer than two points, and rates that are not in [0, 1] or descend; ShapeError for
/// lengths that differ.
XG_EXPORT Figure roc_curve(const std::vector<RocCurve>& curves, const RocOptions& options = {});

}  // namespace xg::plot
