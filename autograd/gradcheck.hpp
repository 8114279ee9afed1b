#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <xgrad/autograd/functional.hpp>

namespace xg {

/// How gradients are compared with differences. A pair agrees if |a - b| <= absolute + relative · max(|a|, |b|), or,
/// where one of them is infinite, if they are equal.
struct GradcheckOptions {
    double step =
        1e-6;  ///< An element x is moved by step · max(1, |x|) both ways. Keep inputs further than this off kinks.
    double relative = 1e-5;  ///< Relative tolerance.
    double absolute = 1e-6;  ///< Absolute tolerance.
    std::uint64_t seed = 0;  ///< Of the random weights that the outputs are summed with.
};

/// What a gradient check found.
struct GradcheckResult {
    bool ok = true;
    /// The first disagreement: the input, the element, both numbers, how far they are apart and how far they may be,
    /// the step, and, where the function has a kink, the slopes on both sides of it. Then how many elements disagree.
    /// Empty if all is well.
    std::string message = {};
    // Of the first disagreement:
    std::size_t input = 0;
    Shape element = {};
    double derivative = 0;  ///< What the engine computes.
    double difference = 0;  ///< What central differences give.
    double step = 0;        ///< How far the element was moved, both ways.

    std::int64_t disagreements = 0;  ///< How many elements of all inputs disagree.
    explicit operator bool() const noexcept { return ok; }
};

/// Compares the gradients that the engine computes of `f` with central differences.
///
/// All float64 inputs are moved, one element at a time; int64 and bool ones are constants. The outputs, of any number
/// and shape, are summed with random weights, so that no error cancels; outputs that are not of a floating-point type
/// are left out. The inputs themselves are not touched: `f` gets copies. `f` must give the same result each time, and
/// not change its inputs. Throws ValueError if no input is of float64, for a step that is not positive and finite or
/// moves nothing, and where the number of outputs changes, ShapeError or DTypeError where one of them does, and
/// DTypeError for float32 ones, which are too coarse for differences.
XG_EXPORT GradcheckResult gradcheck(const TensorFunction& f, const std::vector<Tensor>& inputs,
                                    const GradcheckOptions& options = {});
XG_EXPORT GradcheckResult gradcheck(const SingleTensorFunction& f, const std::vector<Tensor>& inputs,
                                    const GradcheckOptions& options = {});

/// Checks second derivatives: `gradcheck` of the gradients of `f`, as functions of the inputs and of the outputs'
/// gradients, which are counted on after the inputs.
XG_EXPORT GradcheckResult gradgradcheck(const TensorFunction& f, const std::vector<Tensor>& inputs,
                                        const GradcheckOptions& options = {});
XG_EXPORT GradcheckResult gradgradcheck(const SingleTensorFunction& f, const std::vector<Tensor>& inputs,
                                        const GradcheckOptions& options = {});

}  // namespace xg
