#include <xgrad/nn/graph.hpp>

namespace xg::nn {

Graph graph(const Tensor& root, const ModuleBase& model, const LeafNames& inputs) {
    LeafNames names = inputs;
    for (const NamedTensor& p : model.named_parameters()) names.emplace_back(p.name, p.tensor);
    return xg::graph(root, names);
}

}  // namespace xg::nn
