#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>

namespace xg::data {

/// A table of strings, column by column; all columns of one length.
using StringColumns = std::vector<std::vector<std::string>>;

namespace detail {
struct Categories;
}

// What holds for both: the categories are integers, in an int64 tensor of (n, columns), or strings, in columns; what
// was fitted decides, and the other kind is then a ValueError. Columns of another number or of different lengths are a
// ShapeError. `save` writes a JSON file, whole or not at all, and `load` refuses any other with a FileError that says
// what is wrong.

/// Which category of a column gets no column of its own.
enum class DropCategory {
    none,      ///< Each has one.
    first,     ///< The first of each column.
    if_binary  ///< The first of each column that has two.
};

/// What an encoder does with a category that it does not know.
enum class UnknownCategory {
    error,         ///< ValueError.
    ignore,        ///< OneHotEncoder: 0 for all categories.
    encoded_value  ///< OrdinalEncoder: `unknown_value`.
};

/// Options of `OneHotEncoder`, with scikit-learn's names and defaults.
struct OneHotEncoderOptions {
    DropCategory drop = DropCategory::none;
    UnknownCategory handle_unknown = UnknownCategory::error;  ///< Or `ignore`.
    /// The categories of each column, in this order; none: those that `fit` finds, sorted. Integers must ascend.
    std::vector<std::vector<std::int64_t>> categories = {};
    StringColumns string_categories = {};  ///< The same for columns of strings.
    DType dtype = float32;                 ///< Of the result: float32 or float64.
};

/// A column of 0 and 1 for each category: scikit-learn's `OneHotEncoder`, with dense results.
class XG_EXPORT OneHotEncoder {
public:
    /// Throws ValueError and DTypeError for options out of range.
    explicit OneHotEncoder(const OneHotEncoderOptions& options = {});

    /// Finds the categories. Throws ValueError for a value that is none of the categories given, unless unknown ones
    /// are ignored.
    OneHotEncoder& fit(const Tensor& x);
    OneHotEncoder& fit(const StringColumns& x);
    /// (n, the number of all categories that were not dropped). Throws ValueError for an unknown category, naming the
    /// column and its first row, unless they are ignored.
    Tensor transform(const Tensor& x) const;
    Tensor transform(const StringColumns& x) const;
    Tensor fit_transform(const Tensor& x) { return fit(x).transform(x); }
    Tensor fit_transform(const StringColumns& x) { return fit(x).transform(x); }
    /// For each column the category of the greatest number, the first of several; the dropped one where all are 0.
    /// Throws ValueError where all are 0 and none was dropped (scikit-learn has None there), and for NaN and infinity,
    /// naming the column and its first row.
    Tensor inverse_transform(const Tensor& encoded) const;
    /// The same for strings.
    StringColumns inverse_transform_strings(const Tensor& encoded) const;
    void save(const std::string& path) const;
    static OneHotEncoder load(const std::string& path);

    /// The categories of each column; empty where they are of the other kind.
    const std::vector<std::vector<std::int64_t>>& categories() const;
    const StringColumns& string_categories() const;

private:
    OneHotEncoderOptions options_;
    std::shared_ptr<const detail::Categories> categories_;
};

/// Options of `OrdinalEncoder`, with scikit-learn's names and defaults.
struct OrdinalEncoderOptions {
    UnknownCategory handle_unknown = UnknownCategory::error;  ///< Or `encoded_value`.
    /// What an unknown category becomes; none of the numbers of categories. NaN only with a floating-point dtype.
    double unknown_value = std::numeric_limits<double>::quiet_NaN();
    std::vector<std::vector<std::int64_t>> categories = {};  ///< As in OneHotEncoderOptions.
    StringColumns string_categories = {};                    ///< As in OneHotEncoderOptions.
    DType dtype = float32;  ///< Of the result: float32, float64 or int64, which suits an Embedding.
};

/// The number of its category for each value: scikit-learn's `OrdinalEncoder`.
class XG_EXPORT OrdinalEncoder {
public:
    /// Throws ValueError and DTypeError for options out of range.
    explicit OrdinalEncoder(const OrdinalEncoderOptions& options = {});

    /// Finds the categories. Throws ValueError for a value that is none of the categories given, unless unknown ones
    /// have a value, and for an unknown_value that is the number of a category.
    OrdinalEncoder& fit(const Tensor& x);
    OrdinalEncoder& fit(const StringColumns& x);
    /// (n, columns). Throws ValueError for an unknown category, naming the column and its first row, unless they have a
    /// value.
    Tensor transform(const Tensor& x) const;
    Tensor transform(const StringColumns& x) const;
    Tensor fit_transform(const Tensor& x) { return fit(x).transform(x); }
    Tensor fit_transform(const StringColumns& x) { return fit(x).transform(x); }
    /// The categories again. Throws ValueError for what is no number of a category (where scikit-learn has None for
    /// unknown_value), naming the column and its first row.
    Tensor inverse_transform(const Tensor& encoded) const;
    /// The same for strings.
    StringColumns inverse_transform_strings(const Tensor& encoded) const;
    void save(const std::string& path) const;
    static OrdinalEncoder load(const std::string& path);

    /// The categories of each column; empty where they are of the other kind.
    const std::vector<std::vector<std::int64_t>>& categories() const;
    const StringColumns& string_categories() const;

private:
    OrdinalEncoderOptions options_;
    std::shared_ptr<const detail::Categories> categories_;
};

}  // namespace xg::data
