#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::data {

/// What the columns and the classes of a data set are called.
struct SetNames {
    std::vector<std::string> features;  ///< Of each column of x.
    std::vector<std::string> classes;   ///< Of the labels 0, 1, …; empty where y is no label.
};

/// A data set that comes with the library: `auto [x, y, names] = xg::data::load_iris();`.
struct LoadedSet {
    Tensor x;        ///< (n, n_features), float32 or float64.
    Tensor y;        ///< Labels, int64 of (n,); for a regression (n, 1), of x's dtype.
    SetNames names;  ///< scikit-learn's `feature_names` and `target_names`.
};

/// Options of `load_iris` and `load_wine`.
struct LoadOptions {
    DType dtype = float32;  ///< Of x: float32 or float64.
};

/// Options of `load_digits`, with scikit-learn's names and defaults.
struct DigitsOptions {
    std::int64_t n_class = 10;  ///< Only the digits below this one; 1 to 10.
    DType dtype = float32;      ///< Of x: float32 or float64.
};

/// Options of `load_diabetes`, with scikit-learn's names and defaults.
struct DiabetesOptions {
    bool scaled = true;     ///< Features of mean 0 and a sum of squares of 1; else as they were measured.
    DType dtype = float32;  ///< Of x and y: float32 or float64.
};

// The data are part of the library: no file is read. x and y are scikit-learn's, in its order. The functions throw
// DTypeError for a dtype that is not a floating-point type.

/// Fisher's iris flowers: 150 samples, 4 features, 3 species.
XG_EXPORT LoadedSet load_iris(const LoadOptions& options = {});

/// Chemical analyses of wines: 178 samples, 13 features, 3 cultivars.
XG_EXPORT LoadedSet load_wine(const LoadOptions& options = {});

/// Images of handwritten digits, 8 x 8 pixels of 0 to 16: 1797 samples, 64 features, 10 classes. `x.reshape({-1, 8,
/// 8})` has the rows of the images. Throws ValueError for n_class out of range.
XG_EXPORT LoadedSet load_digits(const DigitsOptions& options = {});

/// The progression of diabetes within a year: 442 samples, 10 features. y is a column, (442, 1), as what a model puts
/// out (scikit-learn's is (442,)).
XG_EXPORT LoadedSet load_diabetes(const DiabetesOptions& options = {});

}  // namespace xg::data
