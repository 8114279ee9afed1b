#pragma once

#include <functional>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

// Derivatives of functions: what is asked of a whole C++ function of tensors instead of a graph that it left behind.
//
// The functions get copies of their inputs' handles that start a graph of their own; the inputs themselves and their
// `grad()` are not touched. Inputs of int64 and bool are constants. Results are part of a graph only where an input
// already was (or a given direction), and recording is on: so derivatives of derivatives can be taken by nesting.

namespace xg {

/// A function of tensors with any number of results.
using TensorFunction = std::function<std::vector<Tensor>(const std::vector<Tensor>&)>;
/// A function of tensors with a single result.
using SingleTensorFunction = std::function<Tensor(const std::vector<Tensor>&)>;
/// A function of one tensor with one result.
using UnaryFunction = std::function<Tensor(const Tensor&)>;

/// A value and its gradient with respect to each input.
struct ValueAndGradients {
    Tensor value;
    std::vector<Tensor>
        gradients;  ///< In the inputs' shapes; zeros where nothing depends on the input, undefined for constants.
};

/// f(inputs), of one element, and its gradients. Throws GradError unless the value has one element.
XG_EXPORT ValueAndGradients value_and_grad(const SingleTensorFunction& f, const std::vector<Tensor>& inputs);

/// The outputs of a function, and what it makes of gradients.
struct VectorJacobian {
    std::vector<Tensor> outputs;
    std::vector<Tensor> gradients;  ///< One for each input, as in ValueAndGradients.
};

/// The vector-Jacobian product vᵀJ at `inputs`, in reverse mode: one pass, whatever the number of inputs. `vectors` has
/// one tensor in the shape of each output; undefined ones count as zeros. Throws ValueError for another number of them,
/// and ShapeError.
XG_EXPORT VectorJacobian vjp(const TensorFunction& f, const std::vector<Tensor>& inputs,
                             const std::vector<Tensor>& vectors);

/// The outputs of a function, and their tangents.
struct JacobianVector {
    std::vector<Tensor> outputs;
    std::vector<Tensor> tangents;  ///< In the outputs' shapes; zeros where an output does not depend on the inputs.
};

/// The Jacobian-vector product Jv at `inputs`, in forward mode, an operation at a time: one pass, whatever the number
/// of outputs. `vectors` has one tensor in the shape of each input; undefined ones count as zeros. Throws ValueError
/// for another number of them, ShapeError, and DTypeError for a vector for a constant.
XG_EXPORT JacobianVector jvp(const TensorFunction& f, const std::vector<Tensor>& inputs,
                             const std::vector<Tensor>& vectors);

/// How a Jacobian is computed.
enum class JacobianMode {
    automatic,  ///< Forward where the inputs have fewer elements than the outputs, else reverse.
    forward,    ///< One column after another.
    reverse,    ///< One row after another.
};

/// The derivative of every element of every output with respect to every element of every input: entry [o][i] has the
/// shape of output o followed by that of input i; undefined for constants. Throws DTypeError if no input is of a
/// floating-point type.
XG_EXPORT std::vector<std::vector<Tensor>> jacobian(const TensorFunction& f, const std::vector<Tensor>& inputs,
                                                    JacobianMode mode = JacobianMode::automatic);
/// The same for one input and one output.
XG_EXPORT Tensor jacobian(const UnaryFunction& f, const Tensor& input, JacobianMode mode = JacobianMode::automatic);

/// The second derivatives of a function with one element: entry [i][j] has the shape of input i followed by that of
/// input j. Throws GradError unless the value has one element, and DTypeError if no input is of a floating-point type.
XG_EXPORT std::vector<std::vector<Tensor>> hessian(const SingleTensorFunction& f, const std::vector<Tensor>& inputs);
/// The same for one input.
XG_EXPORT Tensor hessian(const UnaryFunction& f, const Tensor& input);

/// A value, its gradient and what its Hessian makes of vectors.
struct HessianVector {
    Tensor value;
    std::vector<Tensor> gradients;
    std::vector<Tensor> products;  ///< As gradients.
};

/// The Hessian-vector product Hv of a function with one element, without the Hessian: about the cost of three
/// gradients. `vectors` has one tensor in the shape of each input; undefined ones count as zeros. Throws as `hessian`
/// and `jvp` do.
XG_EXPORT HessianVector hvp(const SingleTensorFunction& f, const std::vector<Tensor>& inputs,
                            const std::vector<Tensor>& vectors);

}  // namespace xg
