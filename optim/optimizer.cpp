#include <xgrad/optim/optimizer.hpp>

#include <string>
#include <utility>

#include <xgrad/core/error.hpp>

namespace xg::optim {

Optimizer::Optimizer(const char* name, std::vector<Tensor> parameters, double lr)
    : parameters_(std::move(parameters)), lr_(0) {
    if (parameters_.empty()) throw ValueError(std::string(name) + ": expected at least one parameter");
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        if (!parameters_[i].defined())
            throw ValueError(std::string(name) + ": parameter " + std::to_string(i) + " is undefined");
        if (!parameters_[i].is_leaf())
            throw GradError(std::string(name) + ": parameter " + std::to_string(i) +
                            " is the result of an operation, not a leaf");
    }
    set_lr(lr);
}

void Optimizer::zero_grad() {
    for (Tensor& p : parameters_) p.set_grad({});
}

void Optimizer::set_lr(double lr) {
    if (!(lr >= 0)) throw ValueError("expected a learning rate of at least 0, got " + std::to_string(lr));
    lr_ = lr;
}

}  // namespace xg::optim
