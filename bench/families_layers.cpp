// More operations of the families; see families.cpp.

#include <xgrad/autograd/ops.hpp>

#include "families.hpp"

namespace families {
namespace {

using Inputs = std::vector<xg::Tensor>;

const Addition more({
    {"gelu", [](const Inputs& in) { return xg::gelu(in[0]); }},
    {"silu", [](const Inputs& in) { return xg::silu(in[0]); }},
    {"softplus", [](const Inputs& in) { return xg::softplus(in[0]); }},
    {"erf", [](const Inputs& in) { return xg::erf(in[0]); }},
    {"sin", [](const Inputs& in) { return xg::sin(in[0]); }},
    {"var_0", [](const Inputs& in) { return xg::var(in[0], 0); }},
    {"var_1", [](const Inputs& in) { return xg::var(in[0], 1); }},
    {"logsumexp", [](const Inputs& in) { return xg::logsumexp(in[0], 1); }},
    {"argmax", [](const Inputs& in) { return xg::argmax(in[0], 1); }},
    {"cumsum", [](const Inputs& in) { return xg::cumsum(in[0], 1); }},
    {"softmax_0", [](const Inputs& in) { return xg::softmax(in[0], 0); }},
    {"softmax_1", [](const Inputs& in) { return xg::softmax(in[0], 1); }},
    {"log_softmax", [](const Inputs& in) { return xg::log_softmax(in[0], 1); }},
    {"cross_entropy", [](const Inputs& in) { return xg::cross_entropy(in[0], in[1]); }},
    {"layer_norm", [](const Inputs& in) { return xg::layer_norm(in[0], {in[0].size(-1)}, in[1], in[2]); }},
    {"index_select_0", [](const Inputs& in) { return xg::index_select(in[0], 0, in[1]); }},
    {"index_select_1", [](const Inputs& in) { return xg::index_select(in[0], 1, in[1]); }},
    {"gather", [](const Inputs& in) { return xg::gather(in[0], 1, in[1]); }},
    {"embedding", [](const Inputs& in) { return xg::embedding(in[1], in[0]); }},
    {"conv2d", [](const Inputs& in) { return xg::conv2d(in[0], in[1], in[2], {.padding = 1}); }},
    {"conv2d_stride2", [](const Inputs& in) { return xg::conv2d(in[0], in[1], in[2], {.stride = 2, .padding = 1}); }},
    {"conv2d_1x1", [](const Inputs& in) { return xg::conv2d(in[0], in[1], in[2]); }},
    {"conv2d_depthwise",
     [](const Inputs& in) { return xg::conv2d(in[0], in[1], in[2], {.padding = 1, .groups = in[0].size(1)}); }},
    {"einsum_product",
     [](const Inputs& in) {
         return xg::einsum("ij,jk->ik", {in[0], in[1]});
     }},
    {"einsum_attention",
     [](const Inputs& in) {
         return xg::einsum("bqhd,bkhd->bhqk", {in[0], in[1]});
     }},
    {"einsum_outer",
     [](const Inputs& in) {
         return xg::einsum("i,j->ij", {in[0], in[1]});
     }},
    {"einsum_dots",
     [](const Inputs& in) {
         return xg::einsum("ij,ij->i", {in[0], in[1]});
     }},
    {"sort", [](const Inputs& in) { return xg::sort(in[0], -1).values; }},
});

}  // namespace
}  // namespace families
