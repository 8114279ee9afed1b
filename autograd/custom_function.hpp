#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

namespace xg {

/// What a Function's forward leaves for its backward.
class XG_EXPORT FunctionContext {
public:
    FunctionContext();
    ~FunctionContext();
    FunctionContext(const FunctionContext&) = delete;
    FunctionContext& operator=(const FunctionContext&) = delete;

    /// Keeps inputs, outputs or other tensors for backward; replaces what was saved before. An input that is changed in
    /// place afterwards makes backward throw GradError.
    ///
    /// How forward computed a tensor that is neither an input nor an output is not known. First derivatives may use it;
    /// a second one that would go through it, and be wrong without, throws GradError. For higher derivatives let
    /// forward return it as another output, or let backward compute it from the inputs.
    void save(const std::vector<Tensor>& tensors);
    /// The same for tensors that do not depend on the inputs, such as masks and tables: derivatives of any order may
    /// use them.
    void save_constants(const std::vector<Tensor>& tensors);
    /// In backward: what `save` got. Where the backward pass is itself recorded, inputs and outputs are part of the
    /// graph.
    std::vector<Tensor> saved() const;
    /// In backward: what `save_constants` got.
    std::vector<Tensor> constants() const;
    /// In backward: whether the gradient of input i is wanted. Others may be left undefined.
    bool needs(std::size_t i) const;

    /// For xgrad's own sources.
    struct State;
    State& state() noexcept { return *state_; }

private:
    std::unique_ptr<State> state_;
};

/// An operation of the user's own: forward and backward written by hand, over xtensor views (`as_xtensor`) or whatever
/// computes.
///
///     const xg::Function cube("cube",
///         [](xg::FunctionContext& context, const std::vector<xg::Tensor>& in) {
///             context.save(in);
///             return std::vector{xg::from_xtensor(xt::pow<3>(xg::as_xtensor<double>(in[0])))};
///         },
///         [](xg::FunctionContext& context, const std::vector<xg::Tensor>& g) {
///             return std::vector{g[0] * 3 * xg::square(context.saved()[0])};
///         });
///     xg::Tensor y = cube({x})[0];
///
/// Backward gets one gradient for each output, undefined for an output on which nothing depends, and returns one for
/// each input, of that input's shape and dtype; undefined where there is none. If it is made of xgrad's operations and
/// Functions, higher derivatives follow. `xg::gradcheck` compares it with differences.
class XG_EXPORT Function {
public:
    using Formula = std::function<std::vector<Tensor>(FunctionContext&, const std::vector<Tensor>&)>;

    /// `name` goes into messages and graphs.
    Function(const std::string& name, Formula forward, Formula backward);
    /// Calls forward, with recording off, and notes backward in the graph. Throws ValueError for undefined inputs and
    /// outputs; what forward throws passes through. A backward that returns the wrong number, shapes or dtypes makes
    /// the pass throw GradError.
    std::vector<Tensor> operator()(const std::vector<Tensor>& inputs) const;

private:
    struct Definition;
    std::shared_ptr<const Definition> definition_;
};

}  // namespace xg
