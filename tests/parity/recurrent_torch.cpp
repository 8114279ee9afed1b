#include "families_torch.hpp"

namespace parity {
namespace {

/// libtorch goes backwards only beside forwards: the sequence is turned around instead.
at::Tensor turned(const at::Tensor& sequence, const Options& o) {
    return o.flag("reverse") ? sequence.flip(o.flag("batch_first") ? 1 : 0) : sequence;
}

Tensors lstm(const Tensors& in, const Options& o) {
    const std::vector<at::Tensor> parameters(in.begin() + 3, in.end());
    const auto [y, h, c] = at::lstm(turned(in[0], o), {in[1].unsqueeze(0), in[2].unsqueeze(0)}, parameters,
                                    parameters.size() == 4, 1, 0, false, false, o.flag("batch_first"));
    return {turned(y, o), h.squeeze(0), c.squeeze(0)};
}

Tensors gru(const Tensors& in, const Options& o) {
    const std::vector<at::Tensor> parameters(in.begin() + 2, in.end());
    const auto [y, h] = at::gru(turned(in[0], o), in[1].unsqueeze(0), parameters, parameters.size() == 4, 1, 0, false,
                                false, o.flag("batch_first"));
    return {turned(y, o), h.squeeze(0)};
}

}  // namespace

void add_recurrent(TorchTable& t) {
    for (const char* name : {"lstm", "lstm without biases"}) t[name] = lstm;
    for (const char* name : {"gru", "gru without biases"}) t[name] = gru;
}

}  // namespace parity
