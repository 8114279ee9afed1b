#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::data {

/// Options of `KFold` and `StratifiedKFold`, with scikit-learn's names and defaults.
struct KFoldOptions {
    std::int64_t n_splits = 5;  ///< At least 2.
    bool shuffle = false;       ///< Deals the samples out at random.
    /// The seed of the shuffle. Unlike scikit-learn's default, this one gives the same folds every time.
    std::uint32_t random_state = 0;
};

/// The rows of one fold, in ascending order: `auto [train, test] = fold`. `index_select(x, 0, train)` fetches them.
struct Fold {
    Tensor train;  ///< Rows to train with, int64 of (n_train,).
    Tensor test;   ///< Rows to test with, int64 of (n_test,).
};

/// Cuts samples into n_splits parts, each of which is once for testing, with the rest for training: scikit-learn's
/// `KFold`, with its rows.
///
///     for (auto [train, test] : xg::data::KFold({.n_splits = 10}).split(x)) …
class XG_EXPORT KFold {
public:
    /// Throws ValueError for n_splits below 2.
    explicit KFold(const KFoldOptions& options = {});

    /// The folds of n samples. Throws ValueError for fewer samples than folds.
    std::vector<Fold> split(std::int64_t n) const;
    /// The folds of the entries along the first axis of x. Throws ValueError, and ShapeError for a tensor of rank 0.
    std::vector<Fold> split(const Tensor& x) const;

private:
    KFoldOptions options_;
};

/// Folds in which each class has its share of the samples, as close as whole numbers come: scikit-learn's
/// `StratifiedKFold`, with its rows.
class XG_EXPORT StratifiedKFold {
public:
    /// Throws ValueError for n_splits below 2.
    explicit StratifiedKFold(const KFoldOptions& options = {});

    /// The folds for the labels y: whole numbers of any dtype, (n,) or (n, 1).
    ///
    /// A class with fewer samples than folds is missing in some folds' tests, of which scikit-learn warns. Throws
    /// ValueError where that holds for every class, for fewer samples than folds and for labels that are no whole
    /// numbers, and ShapeError.
    std::vector<Fold> split(const Tensor& y) const;
    /// The same; x must have as many entries along the first axis: throws ShapeError.
    std::vector<Fold> split(const Tensor& x, const Tensor& y) const;

private:
    KFoldOptions options_;
};

}  // namespace xg::data
