#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/data/detail/numpy_random.hpp>

namespace xg::data::detail {

/// Samples by class.
struct Strata {
    std::vector<std::int64_t> classes;     ///< Of each sample: the number of its class, in the classes' sorted order.
    std::vector<std::int64_t> counts;      ///< Samples of each class.
    std::vector<std::string> class_names;  ///< The classes' labels, for messages.
};

/// What may be a label.
enum class Labels {
    any,           ///< Numbers of any dtype, (n,); or int64 of (n, k), where a class is a row and rows sort as text.
    whole_numbers  ///< Whole numbers of any dtype, (n,) or (n, 1).
};

/// Sorts the samples by their labels in `y`, which `operation` calls `argument`. Throws ValueError for an undefined
/// tensor and for labels that are NaN or otherwise no label, naming the row, and ShapeError.
Strata strata_of(const char* operation, const char* argument, const Tensor& y, Labels labels);

/// The rows for training and those for testing, each part with the classes' shares in all samples, as close as whole
/// numbers come; the draws are those of scikit-learn's `StratifiedShuffleSplit`. Throws ValueError for a class of one
/// sample and for a part with fewer samples than there are classes.
struct StratifiedParts {
    std::vector<std::int64_t> train, test;
};
StratifiedParts stratified_split(const char* operation, const Strata& strata, std::int64_t n_train, std::int64_t n_test,
                                 RandomState& random);

/// For each sample the fold that tests it, as scikit-learn's `StratifiedKFold` deals them out; `random` shuffles, if
/// there is one. Throws ValueError where every class has fewer samples than there are folds.
std::vector<std::int64_t> stratified_folds(const char* operation, const Strata& strata, std::int64_t n_splits,
                                           RandomState* random);

}  // namespace xg::data::detail
