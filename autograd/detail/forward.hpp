#pragma once

#include <span>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

namespace xg::detail {

/// The tangents of `outputs` when those of `sources` are `tangents` (undefined: zero), through the graph that was
/// recorded between them; undefined where nothing depends on a source. With `create_graph` the tangents are themselves
/// recorded. Throws GradError for a graph that was freed.
std::vector<Tensor> push_forward(std::span<const Tensor> outputs, std::span<const Tensor> sources,
                                 std::span<const Tensor> tangents, bool create_graph);

}  // namespace xg::detail
