// The operations of the families, a line each; torch_families.cpp and peers/torch_families.py hold the same.

#include "families.hpp"

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/memory.hpp>

namespace families {

bench::Operations<xg::Tensor>& operations() {
    static bench::Operations<xg::Tensor> all;
    return all;
}

namespace {

using Inputs = std::vector<xg::Tensor>;

const Addition core({
    {"add", [](const Inputs& in) { return in[0] + in[1]; }},
    {"mul", [](const Inputs& in) { return in[0] * in[1]; }},
    {"div", [](const Inputs& in) { return in[0] / in[1]; }},
    {"mul_number", [](const Inputs& in) { return in[0] * 1.5; }},
    {"maximum", [](const Inputs& in) { return xg::maximum(in[0], in[1]); }},
    {"where", [](const Inputs& in) { return xg::where(in[0], in[1], in[2]); }},
    {"greater", [](const Inputs& in) { return in[0] > in[1]; }},
    {"exp", [](const Inputs& in) { return xg::exp(in[0]); }},
    {"log", [](const Inputs& in) { return xg::log(in[0]); }},
    {"sqrt", [](const Inputs& in) { return xg::sqrt(in[0]); }},
    {"square", [](const Inputs& in) { return xg::square(in[0]); }},
    {"tanh", [](const Inputs& in) { return xg::tanh(in[0]); }},
    {"sigmoid", [](const Inputs& in) { return xg::sigmoid(in[0]); }},
    {"relu", [](const Inputs& in) { return xg::relu(in[0]); }},
    {"pow", [](const Inputs& in) { return xg::pow(in[0], 2.5); }},
    {"transposed_copy", [](const Inputs& in) { return in[0].transpose().contiguous(); }},
    {"concat",
     [](const Inputs& in) {
         return xg::concat({in[0], in[1]}, 1);
     }},
    {"sum", [](const Inputs& in) { return xg::sum(in[0]); }},
    {"sum_0", [](const Inputs& in) { return xg::sum(in[0], 0); }},
    {"sum_1", [](const Inputs& in) { return xg::sum(in[0], 1); }},
    {"mean_1", [](const Inputs& in) { return xg::mean(in[0], 1); }},
    {"max", [](const Inputs& in) { return xg::max(in[0]); }},
    {"max_1", [](const Inputs& in) { return xg::max(in[0], 1); }},
    {"matmul", [](const Inputs& in) { return xg::matmul(in[0], in[1]); }},
    {"linear", [](const Inputs& in) { return xg::linear(in[0], in[1], in[2]); }},
    {"mse_loss", [](const Inputs& in) { return xg::mse_loss(in[0], in[1]); }},
});

struct Library {
    using Tensor = xg::Tensor;
    using NoGrad = xg::NoGrad;

    static Tensor make(const std::vector<float>& values, const std::vector<std::int64_t>& shape, bool differentiable) {
        return xg::from_data(values, shape, {.requires_grad = differentiable});
    }
    static Tensor make(const std::vector<std::int64_t>& values, const std::vector<std::int64_t>& shape) {
        return xg::from_data(values, shape);
    }
    static Tensor make_mask(const std::vector<char>& values, const std::vector<std::int64_t>& shape) {
        Tensor mask = xg::empty(shape, {.dtype = xg::boolean});
        std::transform(values.begin(), values.end(), mask.mutable_data<bool>(), [](char v) { return v != 0; });
        return mask;
    }
    template <class F>
    static Tensor random_like(const Tensor& t, F&& value) {
        Tensor result = xg::empty(t.shape());
        float* const to = result.mutable_data<float>();
        for (std::int64_t i = 0; i < t.numel(); ++i) to[i] = value(static_cast<std::uint32_t>(i));
        return result;
    }
    static std::vector<Tensor> gradients(const Tensor& y, const std::vector<Tensor>& leaves, const Tensor& g) {
        return xg::grad({y}, leaves, {.grad_outputs = {g}, .retain_graph = true});
    }
    static std::vector<float> values(const Tensor& t) {
        const Tensor plain = t.detach().to(xg::float32).contiguous();
        return {plain.data<float>(), plain.data<float>() + plain.numel()};
    }
    /// xgrad is not told what is best for a case.
    static void set_threads(int) {}
};

}  // namespace

void serve() {
    xg::release_memory();
    bench::serve<Library>(operations());
}

}  // namespace families
