#pragma once

#include <xgrad/autograd/graph.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::nn {

/// The graph below `root`, in which a model's parameters are called by their names: `xg::nn::graph(loss,
/// model).write_svg("loss.svg")`. `inputs` adds names for other leaves. Throws ValueError for an undefined tensor.
XG_EXPORT Graph graph(const Tensor& root, const ModuleBase& model, const LeafNames& inputs = {});

}  // namespace xg::nn
