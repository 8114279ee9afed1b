#include <xgrad/nn/derivatives.hpp>

#include <utility>

#include <xgrad/core/error.hpp>

namespace xg::nn {
namespace {

/// The tensors in the order of their names, and back.
class Layout {
public:
    explicit Layout(const TensorMap& at) {
        for (const auto& [name, tensor] : at) {
            names_.push_back(name);
            tensors_.push_back(tensor);
        }
    }
    const std::vector<Tensor>& tensors() const noexcept { return tensors_; }

    TensorMap named(const std::vector<Tensor>& tensors) const {
        TensorMap result;
        for (std::size_t i = 0; i < names_.size(); ++i)
            if (tensors[i].defined()) result.emplace(names_[i], tensors[i]);
        return result;
    }

    std::vector<Tensor> placed(const TensorMap& vectors, const char* caller) const {
        std::vector<Tensor> result(names_.size());
        std::size_t used = 0;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const auto found = vectors.find(names_[i]);
            if (found == vectors.end()) continue;
            result[i] = found->second;
            ++used;
        }
        if (used == vectors.size()) return result;
        for (const auto& [name, tensor] : vectors) {
            bool known = false;
            for (const std::string& n : names_) known = known || n == name;
            if (!known)
                throw ValueError(std::string(caller) + ": there is a vector for '" + name +
                                 "', and no tensor of that name");
        }
        return result;
    }

    SingleTensorFunction single(const MapFunction& f) const {
        return [this, &f](const std::vector<Tensor>& in) { return f(named(in)); };
    }
    TensorFunction several(const MultiMapFunction& f) const {
        return [this, &f](const std::vector<Tensor>& in) { return f(named(in)); };
    }

private:
    std::vector<std::string> names_;
    std::vector<Tensor> tensors_;
};

MultiMapFunction alone(const MapFunction& f) {
    return [&f](const TensorMap& at) { return std::vector<Tensor>{f(at)}; };
}

}  // namespace

ValueAndGradientMap value_and_grad(const MapFunction& f, const TensorMap& at) {
    const Layout layout(at);
    auto [value, gradients] = xg::value_and_grad(layout.single(f), layout.tensors());
    return {std::move(value), layout.named(gradients)};
}

VectorJacobianMap vjp(const MultiMapFunction& f, const TensorMap& at, const std::vector<Tensor>& vectors) {
    const Layout layout(at);
    auto [outputs, gradients] = xg::vjp(layout.several(f), layout.tensors(), vectors);
    return {std::move(outputs), layout.named(gradients)};
}

VectorJacobianMap vjp(const MapFunction& f, const TensorMap& at, const Tensor& vector) {
    return vjp(alone(f), at, std::vector<Tensor>{vector});
}

JacobianVector jvp(const MultiMapFunction& f, const TensorMap& at, const TensorMap& vectors) {
    const Layout layout(at);
    return xg::jvp(layout.several(f), layout.tensors(), layout.placed(vectors, "jvp"));
}

JacobianVector jvp(const MapFunction& f, const TensorMap& at, const TensorMap& vectors) {
    return jvp(alone(f), at, vectors);
}

std::vector<TensorMap> jacobian(const MultiMapFunction& f, const TensorMap& at, JacobianMode mode) {
    const Layout layout(at);
    std::vector<TensorMap> result;
    for (const std::vector<Tensor>& row : xg::jacobian(layout.several(f), layout.tensors(), mode))
        result.push_back(layout.named(row));
    return result;
}

TensorMap jacobian(const MapFunction& f, const TensorMap& at, JacobianMode mode) {
    return jacobian(alone(f), at, mode)[0];
}

HessianMap hessian(const MapFunction& f, const TensorMap& at) {
    const Layout layout(at);
    const std::vector<std::vector<Tensor>> blocks = xg::hessian(layout.single(f), layout.tensors());
    HessianMap result;
    std::size_t i = 0;
    for (const auto& [name, tensor] : at) {
        if (is_floating(tensor.dtype())) result.emplace(name, layout.named(blocks[i]));
        ++i;
    }
    return result;
}

HessianVectorMap hvp(const MapFunction& f, const TensorMap& at, const TensorMap& vectors) {
    const Layout layout(at);
    auto found = xg::hvp(layout.single(f), layout.tensors(), layout.placed(vectors, "hvp"));
    return {std::move(found.value), layout.named(found.gradients), layout.named(found.products)};
}

}  // namespace xg::nn
