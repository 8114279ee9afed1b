#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/one_or_each.hpp>
#include <xgrad/data/samples.hpp>

namespace xg::data {

/// Options of `make_classification`, with scikit-learn's names and defaults.
struct ClassificationOptions {
    std::int64_t n_samples = 100;  ///< Rows of x; at least 1.
    std::int64_t n_features = 20;  ///< Columns of x; at least n_informative + n_redundant + n_repeated.
    /// Features that tell the classes apart; at least 1, and 2^n_informative at least the number of clusters.
    std::int64_t n_informative = 2;
    std::int64_t n_redundant = 2;           ///< Random linear combinations of the informative features; at least 0.
    std::int64_t n_repeated = 0;            ///< Copies of informative and redundant features; at least 0.
    std::int64_t n_classes = 2;             ///< At least 1.
    std::int64_t n_clusters_per_class = 2;  ///< At least 1.
    /// Shares of the classes, each in [0, 1] and no more than 1 together: one for each class, or for each but the
    /// last, which has the rest; none: the same for all.
    std::vector<double> weights = {};
    double flip_y = 0.01;    ///< Share of samples whose class is drawn anew at the end, in [0, 1].
    double class_sep = 1.0;  ///< Half the side of the hypercube: larger ones are easier; at least 0, finite.
    bool hypercube = true;   ///< Clusters lie about the corners of a hypercube; else of a random box.
    /// Added to the features, after which they are multiplied by `scale`: one number, or one for each feature in the
    /// order before shuffling; `{}` draws them in [-class_sep, class_sep).
    OneOrEach<double> shift = 0.0;
    OneOrEach<double> scale = 1.0;  ///< As `shift`; `{}` draws them in [1, 101).
    /// Shuffles the samples and the features; else the informative features come first, then the redundant ones, the
    /// repeated ones and those without meaning, and the samples lie cluster by cluster.
    bool shuffle = true;
    /// The seed. Unlike scikit-learn's default, this one gives the same numbers every time.
    std::uint32_t random_state = 0;
    DType dtype = float32;  ///< Of x: float32 or float64.
};

/// A random classification problem, with the numbers of scikit-learn's `make_classification` for the same
/// `random_state`.
///
/// x, (n_samples, n_features), holds normal clusters about corners of a hypercube of n_informative dimensions, each
/// with a random covariance (I. Guyon, "Design of experiments for the NIPS 2003 variable selection benchmark", 2003);
/// y, int64 of (n_samples,), the classes 0, …, n_classes - 1. Numbers are drawn and summed in float64, and x is cast
/// at the end; sums may differ from scikit-learn's in their last bits.
///
/// Throws ValueError for options out of range or that do not fit each other, naming them, and DTypeError for a dtype
/// that is not a floating-point type.
XG_EXPORT Samples make_classification(const ClassificationOptions& options = {});

}  // namespace xg::data
