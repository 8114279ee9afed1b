#include <xgrad/nn/per_sample.hpp>

#include <string>
#include <utility>

namespace xg::nn {
namespace {

struct Trained {
    std::vector<std::string> names;
    std::vector<Tensor> tensors;

    explicit Trained(const ModuleBase& model) {
        for (NamedTensor& p : model.named_parameters()) {
            if (!p.tensor.requires_grad()) continue;
            names.push_back(std::move(p.name));
            tensors.push_back(std::move(p.tensor));
        }
    }
    TensorMap named(const std::vector<Tensor>& values) const {
        TensorMap result;
        for (std::size_t i = 0; i < names.size(); ++i) result.emplace(names[i], values[i]);
        return result;
    }
};

SingleTensorFunction called(const Module& model, const LossFunction& loss, const Tensor& y) {
    return [&model, &loss, &y](const std::vector<Tensor>& batch) { return loss(model(batch[0]), y); };
}

}  // namespace

TensorMap per_sample_gradients(const ModuleBase& model, const SingleTensorFunction& loss,
                               const std::vector<Tensor>& batch) {
    const Trained trained(model);
    return trained.named(xg::per_sample_gradients(loss, batch, trained.tensors));
}

TensorMap per_sample_gradients(const Module& model, const LossFunction& loss, const Tensor& x, const Tensor& y) {
    return per_sample_gradients(model, called(model, loss, y), std::vector<Tensor>{x});
}

NamedPerSampleNorms per_sample_gradient_norms(const ModuleBase& model, const SingleTensorFunction& loss,
                                              const std::vector<Tensor>& batch) {
    const Trained trained(model);
    PerSampleNorms found = xg::per_sample_gradient_norms(loss, batch, trained.tensors);
    return {std::move(found.total), trained.named(found.of_each)};
}

NamedPerSampleNorms per_sample_gradient_norms(const Module& model, const LossFunction& loss, const Tensor& x,
                                              const Tensor& y) {
    return per_sample_gradient_norms(model, called(model, loss, y), std::vector<Tensor>{x});
}

}  // namespace xg::nn
