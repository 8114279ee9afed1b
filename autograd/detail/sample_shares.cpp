#include <xgrad/autograd/detail/sample_shares.hpp>

#include <vector>

#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/detail/reduce.hpp>
#include <xgrad/autograd/ops.hpp>

namespace xg::detail {
namespace {

/// `shape` behind axes of size 1, of which the first has size n: as broadcasting lines it up, samples apart.
Shape padded(const Shape& shape, std::size_t rank, std::int64_t n) {
    Shape result = shape;
    while (result.rank() < rank) result = result.inserted(0, 1);
    result[0] = n;
    return result;
}

/// Row i of t belongs to sample i alone: (N, N, …).
Tensor on_diagonal(const Tensor& t, std::int64_t samples) {
    Shape mask = Shape::filled(t.shape().rank() + 1, 1);
    mask[0] = mask[1] = samples;
    return where((eye(samples, samples) == 1).reshape(mask), unsqueeze(t, 0), 0);
}

/// Whatever the operation: its formula for a gradient of which one row after another is not zero.
Tensor one_by_one(Node& n, std::uint32_t input, std::int64_t samples) {
    const Edge& e = n.edges[input];
    std::vector<Tensor> whole, shares;
    for (std::uint32_t k = 0; k < n.n_outputs; ++k) whole.push_back(n.outputs[k].gradient);
    for (std::int64_t s = 0; s < samples; ++s) {
        for (std::uint32_t k = 0; k < n.n_outputs; ++k) {
            if (!whole[k].defined()) continue;
            Shape column = Shape::filled(whole[k].shape().rank(), 1);
            column[0] = samples;
            n.outputs[k].gradient = where((arange(0, samples) == s).reshape(column), whole[k], 0);
        }
        const Tensor share = run_formula(n, input);
        shares.push_back(share.defined() ? fit(share, e, n.op) : zeros(e.shape, {.dtype = e.dtype}));
    }
    for (std::uint32_t k = 0; k < n.n_outputs; ++k) n.outputs[k].gradient = whole[k];
    return stack(shares);
}

}  // namespace

Tensor run_formula(Node& node, std::uint32_t input) {
    std::vector<Tensor> results(node.n_inputs);
    Gradients gradients(node, results.data(), input);
    node.run(gradients);
    return results[input];
}

Tensor shares_of_formula(Node& node, std::uint32_t input, std::int64_t samples) {
    const Edge& e = node.edges[input];
    const Tensor whole = run_formula(node, input);
    if (!whole.defined()) return {};
    const Shape& shape = whole.shape();
    if (shape.empty() || shape[0] != samples) return one_by_one(node, input, samples);
    // The input was broadcast along the samples, and that is not undone yet: leave them apart.
    if (shape.rank() > e.shape.rank())
        return sum_to(whole, padded(e.shape, shape.rank(), samples), node.op).reshape(e.shape.inserted(0, samples));
    if (node.forward != ForwardRule::pointwise) return one_by_one(node, input, samples);
    if (e.shape[0] != 1) return on_diagonal(sum_to(whole, e.shape, node.op), samples);
    return sum_to(whole, padded(e.shape, shape.rank(), samples), node.op).reshape(e.shape.inserted(0, samples));
}

}  // namespace xg::detail
