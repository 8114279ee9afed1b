#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/optim/state.hpp>

namespace xg::optim {

namespace detail {
struct Rule;
struct OptimizerBody;
}  // namespace detail

/// What all optimizers have: groups of parameters that they change, each with options of its own, among them a learning
/// rate.
///
/// `step()` reads the parameters' gradients and leaves them as they are, so that they can be looked at before and
/// after. Parameters without a gradient, such as frozen ones, stay as they are, and their steps are not counted. A step
/// is one pass over all parameters on all threads, whose results do not depend on the number of threads.
class XG_EXPORT Optimizer {
public:
    virtual ~Optimizer();
    Optimizer(Optimizer&&) noexcept;
    Optimizer& operator=(Optimizer&&) noexcept;

    /// Changes the parameters by one step. What is kept of a parameter follows where that was converted to another
    /// dtype. Throws GradError, and changes no parameter, for one that is a view of another tensor.
    virtual void step();
    /// Drops the gradients; the next backward starts from none.
    void zero_grad();

    /// The class's name, such as `Adam`.
    const char* name() const noexcept;
    /// All parameters, group after group.
    const std::vector<Tensor>& parameters() const noexcept;
    /// How many groups there are; the constructor's parameters are group 0.
    std::size_t groups() const noexcept;
    /// The parameters of a group. Throws IndexError.
    std::vector<Tensor> group_parameters(std::size_t group) const;

    /// The learning rate of a group. Throws IndexError.
    double lr(std::size_t group = 0) const;
    /// Sets the learning rate of all groups. Throws ValueError unless it is finite and at least 0.
    void set_lr(double lr);
    /// The same for one group. Throws IndexError too.
    void set_lr(std::size_t group, double lr);
    /// The learning rate that schedules start from: the group's at the time when its first schedule was made, or now if
    /// it has none. Throws IndexError.
    double initial_lr(std::size_t group = 0) const;
    /// Sets what schedules that are made from now on start from. Throws as set_lr does.
    void set_initial_lr(std::size_t group, double lr);

    /// Whether there is a momentum for schedules to cycle: an option `momentum`, or the first of `betas`.
    bool has_momentum() const noexcept;
    /// It. Throws IndexError, and ValueError if there is none.
    double momentum(std::size_t group = 0) const;
    /// Sets it. Throws ValueError outside of [0, 1), and as `momentum` does.
    void set_momentum(std::size_t group, double momentum);

    /// What is remembered: for each parameter its count of steps and its arrays, which are shared, not copied
    /// (`clone()` keeps them as they are now); then the options of each group.
    virtual State state() const;
    /// Takes over what `state()` of an optimizer with as many groups and parameters gave, options included. The values
    /// are copied. Throws ValueError, and changes nothing, unless all names, shapes and dtypes are right; the message
    /// lists every one that is missing, unexpected, or other than expected.
    virtual void load_state(const State& state);

protected:
    /// For an optimizer whose formula is the caller's, and which overrides `step()`. Throws ValueError for no
    /// parameters, one that is listed twice or undefined, and a negative rate; DTypeError for one that is not of a
    /// floating-point type; GradError for the result of an operation.
    Optimizer(const char* name, std::vector<Tensor> parameters, double lr);
    /// For xgrad's own.
    Optimizer(const detail::Rule& rule, std::vector<Tensor> parameters, std::vector<double> options);
    // A copy would share the running averages with the original.
    Optimizer(const Optimizer&) = delete;
    Optimizer& operator=(const Optimizer&) = delete;

    /// Adds a group: parameters that are not in another, and options as the rule orders them. Throws as the constructor
    /// does, and adds nothing.
    void add_parameters(std::vector<Tensor> parameters, std::vector<double> options);
    /// A group's options in that order. Throws IndexError.
    const std::vector<double>& numbers(std::size_t group) const;

private:
    std::unique_ptr<detail::OptimizerBody> body_;
};

}  // namespace xg::optim
