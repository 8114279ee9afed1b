#pragma once

#include <cstdint>
#include <optional>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::data {

/// Options of `train_test_split`, with scikit-learn's names; a size is a share, a count has a field of its own.
///
/// Where nothing is said of the sizes, a quarter of the samples is for testing. Where only one part's size is given,
/// the other part is the rest.
struct SplitOptions {
    std::optional<double> test_size = {};      ///< Share of the samples for testing, in (0, 1); rounded up.
    std::optional<double> train_size = {};     ///< Share of the samples for training, in (0, 1); rounded down.
    std::optional<std::int64_t> n_test = {};   ///< Number of samples for testing, in place of test_size; at least 1.
    std::optional<std::int64_t> n_train = {};  ///< Number of samples for training, in place of train_size; at least 1.
    /// The seed. Unlike scikit-learn's default, this one splits the same way every time.
    std::uint32_t random_state = 0;
    bool shuffle = true;  ///< Else the first samples are for training and those after them for testing.
    /// Labels of the samples: each class then has its share in both parts, as close as whole numbers come. Numbers of
    /// any dtype, (n,), or int64 of (n, k), where each row is a class. Undefined: the samples are dealt out at random.
    Tensor stratify = {};
};

/// What `train_test_split` gives, in scikit-learn's order: `auto [x_train, x_test, y_train, y_test] = …`.
struct Split {
    Tensor x_train;  ///< (n_train, …), of x's dtype.
    Tensor x_test;   ///< (n_test, …), of x's dtype.
    Tensor y_train;  ///< (n_train, …), of y's dtype.
    Tensor y_test;   ///< (n_test, …), of y's dtype.
};

/// Splits samples at random into those to train with and those to test with, as scikit-learn's `train_test_split`
/// does for the same `random_state`.
///
/// x and y are of any dtype and of rank 1 or more, and have as many entries along their first axis. What comes out is
/// cut off from any graph: copies of the chosen entries, or views of x and y when they are not shuffled.
///
/// Throws ShapeError when x and y do not fit each other, and ValueError for sizes out of range, that are given twice
/// or that leave no sample for training or testing, for `stratify` without shuffle or with a class of one sample or
/// with more classes than samples in a part.
XG_EXPORT Split train_test_split(const Tensor& x, const Tensor& y, const SplitOptions& options = {});

}  // namespace xg::data
