#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include <xgrad/nn/module.hpp>

namespace xg::nn {

/// Options of `summary`.
struct SummaryOptions {
    DType dtype = float32;       ///< Of the input; int64 for indices.
    bool expand_nested = false;  ///< With the layers inside of layers.
    std::int64_t width = 79;     ///< Of the table, in characters, at least.
};

/// A line of a summary.
struct SummaryRow {
    std::string name;    ///< Dotted, from the model.
    std::string type;    ///< The class of the layer.
    std::string output;  ///< The shape of what it returned, the first axis as None; empty if it was not called.
    std::int64_t parameters = 0;  ///< Its numbers, trained or not, the layers' inside of it included.
};

/// The layers of a model: `std::cout << summary` prints Keras's table.
struct Summary {
    std::string model;  ///< The class of the model.
    std::vector<SummaryRow> rows;
    /// Numbers that training changes, and bytes of them; each shared one counts once.
    std::int64_t trainable = 0, trainable_bytes = 0;
    /// Those that it does not, as running means.
    std::int64_t non_trainable = 0, non_trainable_bytes = 0;
    std::int64_t width = 79;

    XG_EXPORT std::string str() const;
};

XG_EXPORT std::ostream& operator<<(std::ostream& out, const Summary& summary);

/// The layers, shapes and sizes of a model, from a call in evaluation mode with a batch of one sample of zeros.
/// `input_shape` is that of a sample, without the batch's axis. The model's modes of training are as before, also where
/// the model throws. Counts parameters and floating-point buffers, as Keras does.
///
///     std::cout << xg::nn::summary(model, {1, 28, 28});
XG_EXPORT Summary summary(const Module& model, const Shape& input_shape, const SummaryOptions& options = {});

}  // namespace xg::nn
