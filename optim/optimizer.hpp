#pragma once

#include <vector>

#include <xgrad/autograd/tensor.hpp>

namespace xg::optim {

/// What all optimizers have: the parameters that they change, and a learning rate.
///
/// `step()` reads the parameters' gradients and leaves them as they are, so that they can be looked at before and after. Parameters
/// without a gradient, such as frozen ones, stay as they are.
class XG_EXPORT Optimizer {
public:
    virtual ~Optimizer() = default;
    /// Changes the parameters by one step.
    virtual void step() = 0;
    /// Drops the gradients; the next backward starts from none.
    void zero_grad();

    double lr() const noexcept { return lr_; }
    /// Throws ValueError unless lr >= 0.
    void set_lr(double lr);
    const std::vector<Tensor>& parameters() const noexcept { return parameters_; }

protected:
    /// Throws ValueError for no parameters and a negative rate, GradError for the result of an operation.
    Optimizer(const char* name, std::vector<Tensor> parameters, double lr);
    // A copy would share the running averages with the original.
    Optimizer(const Optimizer&) = delete;
    Optimizer& operator=(const Optimizer&) = delete;

private:
    std::vector<Tensor> parameters_;
    double lr_;
};

}  // namespace xg::optim
