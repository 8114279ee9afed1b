// The operations of the families with libtorch's C++ front end, a line each: the same as in families.cpp. The driver
// compiles it.

#include <torch/torch.h>

#include "cases.hpp"

namespace {

using torch::Tensor;
using Inputs = std::vector<Tensor>;

const bench::Operations<Tensor> operations = {
    {"add", [](const Inputs& in) { return in[0] + in[1]; }},
    {"mul", [](const Inputs& in) { return in[0] * in[1]; }},
    {"div", [](const Inputs& in) { return in[0] / in[1]; }},
    {"mul_number", [](const Inputs& in) { return in[0] * 1.5; }},
    {"maximum", [](const Inputs& in) { return torch::maximum(in[0], in[1]); }},
    {"where", [](const Inputs& in) { return torch::where(in[0], in[1], in[2]); }},
    {"greater", [](const Inputs& in) { return in[0] > in[1]; }},
    {"exp", [](const Inputs& in) { return torch::exp(in[0]); }},
    {"log", [](const Inputs& in) { return torch::log(in[0]); }},
    {"sqrt", [](const Inputs& in) { return torch::sqrt(in[0]); }},
    {"square", [](const Inputs& in) { return torch::square(in[0]); }},
    {"tanh", [](const Inputs& in) { return torch::tanh(in[0]); }},
    {"sigmoid", [](const Inputs& in) { return torch::sigmoid(in[0]); }},
    {"relu", [](const Inputs& in) { return torch::relu(in[0]); }},
    {"gelu", [](const Inputs& in) { return torch::gelu(in[0]); }},
    {"silu", [](const Inputs& in) { return torch::silu(in[0]); }},
    {"softplus", [](const Inputs& in) { return torch::softplus(in[0]); }},
    {"erf", [](const Inputs& in) { return torch::erf(in[0]); }},
    {"sin", [](const Inputs& in) { return torch::sin(in[0]); }},
    {"pow", [](const Inputs& in) { return torch::pow(in[0], 2.5); }},
    {"transposed_copy", [](const Inputs& in) { return in[0].t().contiguous(); }},
    {"concat",
     [](const Inputs& in) {
         return torch::cat({in[0], in[1]}, 1);
     }},
    {"sum", [](const Inputs& in) { return torch::sum(in[0]); }},
    {"sum_0", [](const Inputs& in) { return torch::sum(in[0], 0); }},
    {"sum_1", [](const Inputs& in) { return torch::sum(in[0], 1); }},
    {"mean_1", [](const Inputs& in) { return torch::mean(in[0], 1); }},
    {"max", [](const Inputs& in) { return torch::max(in[0]); }},
    {"max_1", [](const Inputs& in) { return torch::amax(in[0], 1); }},
    {"var_0", [](const Inputs& in) { return torch::var(in[0], 0, true); }},
    {"var_1", [](const Inputs& in) { return torch::var(in[0], 1, true); }},
    {"logsumexp", [](const Inputs& in) { return torch::logsumexp(in[0], 1); }},
    {"argmax", [](const Inputs& in) { return torch::argmax(in[0], 1); }},
    {"cumsum", [](const Inputs& in) { return torch::cumsum(in[0], 1); }},
    {"softmax_0", [](const Inputs& in) { return torch::softmax(in[0], 0); }},
    {"softmax_1", [](const Inputs& in) { return torch::softmax(in[0], 1); }},
    {"log_softmax", [](const Inputs& in) { return torch::log_softmax(in[0], 1); }},
    {"cross_entropy", [](const Inputs& in) { return torch::cross_entropy_loss(in[0], in[1]); }},
    {"layer_norm", [](const Inputs& in) { return torch::layer_norm(in[0], {in[0].size(-1)}, in[1], in[2]); }},
    {"index_select_0", [](const Inputs& in) { return torch::index_select(in[0], 0, in[1]); }},
    {"index_select_1", [](const Inputs& in) { return torch::index_select(in[0], 1, in[1]); }},
    {"gather", [](const Inputs& in) { return torch::gather(in[0], 1, in[1]); }},
    {"embedding", [](const Inputs& in) { return torch::embedding(in[0], in[1]); }},
    {"matmul", [](const Inputs& in) { return torch::matmul(in[0], in[1]); }},
    {"linear", [](const Inputs& in) { return torch::linear(in[0], in[1], in[2]); }},
    {"mse_loss", [](const Inputs& in) { return torch::mse_loss(in[0], in[1]); }},
    {"conv2d", [](const Inputs& in) { return torch::conv2d(in[0], in[1], in[2], 1, 1); }},
    {"conv2d_stride2", [](const Inputs& in) { return torch::conv2d(in[0], in[1], in[2], 2, 1); }},
    {"conv2d_1x1", [](const Inputs& in) { return torch::conv2d(in[0], in[1], in[2]); }},
    {"conv2d_depthwise", [](const Inputs& in) { return torch::conv2d(in[0], in[1], in[2], 1, 1, 1, in[0].size(1)); }},
    {"einsum_product",
     [](const Inputs& in) {
         return torch::einsum("ij,jk->ik", {in[0], in[1]});
     }},
    {"einsum_attention",
     [](const Inputs& in) {
         return torch::einsum("bqhd,bkhd->bhqk", {in[0], in[1]});
     }},
    {"einsum_outer",
     [](const Inputs& in) {
         return torch::einsum("i,j->ij", {in[0], in[1]});
     }},
    {"einsum_dots",
     [](const Inputs& in) {
         return torch::einsum("ij,ij->i", {in[0], in[1]});
     }},
    {"sort", [](const Inputs& in) { return std::get<0>(torch::sort(in[0], -1)); }},
};

struct Library {
    using Tensor = torch::Tensor;
    using NoGrad = torch::NoGradGuard;

    static Tensor make(const std::vector<float>& values, const std::vector<std::int64_t>& shape, bool differentiable) {
        return torch::tensor(values).reshape(shape).contiguous().requires_grad_(differentiable);
    }
    static Tensor make(const std::vector<std::int64_t>& values, const std::vector<std::int64_t>& shape) {
        return torch::tensor(values).reshape(shape);
    }
    static Tensor make_mask(const std::vector<char>& values, const std::vector<std::int64_t>& shape) {
        return torch::from_blob(const_cast<char*>(values.data()), shape, torch::kInt8).to(torch::kBool);
    }
    template <class F>
    static Tensor random_like(const Tensor& t, F&& value) {
        Tensor result = torch::empty(t.sizes());
        float* const to = result.data_ptr<float>();
        for (std::int64_t i = 0; i < t.numel(); ++i) to[i] = value(static_cast<std::uint32_t>(i));
        return result;
    }
    static std::vector<Tensor> gradients(const Tensor& y, const std::vector<Tensor>& leaves, const Tensor& g) {
        return torch::autograd::grad({y}, leaves, {g}, /*retain_graph=*/true);
    }
    static std::vector<float> values(const Tensor& t) {
        const Tensor plain = t.detach().to(torch::kFloat).contiguous();
        return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
    }
    static void set_threads(int n) { at::set_num_threads(n); }
};

}  // namespace

int main() { bench::serve<Library>(operations); }
