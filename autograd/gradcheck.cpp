#include <xgrad/autograd/gradcheck.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>

namespace xg {
namespace {

/// Weights from 0.5 to 1.5: none so small that an error hides behind it.
Tensor random_weights(const Shape& shape, std::uint64_t seed, std::uint64_t stream) {
    const Philox philox(seed, stream);
    Tensor weights = empty(shape, {.dtype = float64});
    double* const to = weights.mutable_data<double>();
    for (std::int64_t i = 0; i < weights.numel(); ++i) {
        const auto words = philox.block(static_cast<std::uint64_t>(i));
        to[i] = 0.5 + uniform_double(words[0], words[1]);
    }
    return weights;
}

Shape position(std::int64_t element, const Shape& shape) {
    Shape index = shape;
    for (std::size_t axis = shape.rank(); axis-- > 0; element /= shape[axis]) index[axis] = element % shape[axis];
    return index;
}

std::string input_name(std::size_t i) { return fmt::format("input {}", i); }

/// Copies that the function may differentiate, whatever the inputs are part of.
std::vector<Tensor> leaves_of(const std::vector<Tensor>& inputs) {
    const NoGrad no_grad;
    std::vector<Tensor> leaves;
    for (const Tensor& input : inputs) {
        leaves.push_back(input.clone());
        if (input.dtype() == float64) leaves.back().requires_grad(true);
    }
    return leaves;
}

void check_inputs(const std::vector<Tensor>& inputs) {
    bool any = false;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].defined()) throw ValueError(fmt::format("gradcheck: input {} is undefined", i));
        if (inputs[i].dtype() == float32)
            throw DTypeError(fmt::format("gradcheck: input {} is of float32, expected float64", i));
        any = any || inputs[i].dtype() == float64;
    }
    if (!any) throw ValueError("gradcheck: expected at least one float64 input");
}

void check_step(double step) {
    if (!(step > 0 && std::isfinite(step)))
        throw ValueError(fmt::format("gradcheck: expected a step that is positive and finite, got {}", step));
}

class Check {
public:
    /// `name` says what an input is, by its number.
    Check(const TensorFunction& f, const std::vector<Tensor>& inputs, const GradcheckOptions& options,
          std::function<std::string(std::size_t)> name)
        : f_(f), inputs_(inputs), options_(options), name_(std::move(name)) {}

    GradcheckResult run() {
        const std::vector<Tensor> gradients = engine();
        GradcheckResult result;
        std::int64_t elements = 0;
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            if (inputs_[i].dtype() != float64) continue;
            const std::vector<double> found = gradients[i].defined()
                                                  ? gradients[i].to_vector()
                                                  : std::vector<double>(static_cast<std::size_t>(inputs_[i].numel()));
            elements += inputs_[i].numel();
            for (std::int64_t k = 0; k < inputs_[i].numel(); ++k) {
                const Slopes b = differences(i, k);
                if (const double a = found[static_cast<std::size_t>(k)]; !agree(a, b.central)) note(result, i, k, a, b);
            }
        }
        if (result.disagreements > 1)
            result.message += fmt::format("; {} of {} elements disagree", result.disagreements, elements);
        return result;
    }

private:
    struct Slopes {
        double central, step;
    };
    struct Likeness {
        Shape shape;
        DType dtype;
    };

    /// Nothing beside an infinity, of which a share would be infinite, too.
    double allowed(double a, double b) const {
        if (!std::isfinite(a) || !std::isfinite(b)) return 0;
        return options_.absolute + options_.relative * std::max(std::abs(a), std::abs(b));
    }
    bool agree(double a, double b) const { return a == b || std::abs(a - b) <= allowed(a, b); }

    void note(GradcheckResult& result, std::size_t i, std::int64_t k, double a, const Slopes& b) const {
        if (result.disagreements++ > 0) return;
        result.ok = false;
        result.input = i;
        result.element = position(k, inputs_[i].shape());
        result.derivative = a;
        result.difference = b.central;
        result.step = b.step;
        result.message = fmt::format(
            "{}, element {}: the engine's derivative is {}, central differences give {}: off by {:.3g}, allowed {:.3g} "
            "(step {:.3g})",
            name_(i), result.element.str(), a, b.central, std::abs(a - b.central), allowed(a, b.central), b.step);
        // Apart by more than a bend explains within so small a step.
        const double up = one_sided(i, k, 1), down = one_sided(i, k, -1);
        if (std::abs(up - down) > 1e-3 + 1e-2 * std::max(std::abs(up), std::abs(down)))
            result.message += fmt::format(
                "; the slopes on both sides are {:.6g} and {:.6g}: a kink or jump, where differences say little; check "
                "further off it",
                down, up);
    }

    /// The engine's gradients, one for each input; undefined where nothing flows.
    std::vector<Tensor> engine() {
        const GradMode mode(true);
        const std::vector<Tensor> leaves = leaves_of(inputs_), results = f_(leaves);
        std::vector<Tensor> outputs, weights, wanted;
        for (std::size_t k = 0; k < results.size(); ++k) {
            if (!results[k].defined()) throw ValueError(fmt::format("gradcheck: output {} is undefined", k));
            likenesses_.push_back({results[k].shape(), results[k].dtype()});
            weights_.push_back(is_floating(results[k].dtype()) ? random_weights(results[k].shape(), options_.seed, k)
                                                               : Tensor());
            if (!weights_.back().defined() || !results[k].requires_grad()) continue;
            outputs.push_back(results[k]);
            weights.push_back(weights_.back());
        }
        std::vector<Tensor> gradients(inputs_.size());
        if (outputs.empty()) return gradients;
        for (const Tensor& leaf : leaves)
            if (leaf.requires_grad()) wanted.push_back(leaf);
        const std::vector<Tensor> found = grad(outputs, wanted, {.grad_outputs = weights, .allow_unused = true});
        for (std::size_t i = 0, at = 0; i < inputs_.size(); ++i)
            if (leaves[i].requires_grad()) gradients[i] = found[at++];
        return gradients;
    }

    std::vector<Tensor> at(std::size_t input, std::int64_t element, double value) const {
        const GradMode mode(true);
        std::vector<Tensor> moved = leaves_of(inputs_);
        {
            const NoGrad no_grad;
            moved[input].mutable_data<double>()[element] = value;
        }
        std::vector<Tensor> results = f_(moved);
        check_alike(results);
        return results;
    }

    void check_alike(const std::vector<Tensor>& results) const {
        const std::string where = "gradcheck: the function must give results alike each time; it gave ";
        if (results.size() != likenesses_.size())
            throw ValueError(fmt::format("{}{} outputs first, then {}", where, likenesses_.size(), results.size()));
        for (std::size_t k = 0; k < results.size(); ++k) {
            const Likeness& like = likenesses_[k];
            if (!results[k].defined()) throw ValueError(fmt::format("{}output {} first, then none", where, k));
            if (!(results[k].shape() == like.shape))
                throw ShapeError(fmt::format("{}output {} the shape {} first, then {}", where, k, like.shape.str(),
                                             results[k].shape().str()));
            if (results[k].dtype() != like.dtype)
                throw DTypeError(fmt::format("{}output {} as {} first, then as {}", where, k, xg::name(like.dtype),
                                             xg::name(results[k].dtype())));
        }
    }

    /// How much the weighted sum of the outputs changes between two values of an element.
    double change(std::size_t input, std::int64_t element, double from, double to) const {
        const std::vector<Tensor> high = at(input, element, to), low = at(input, element, from);
        double total = 0;
        for (std::size_t k = 0; k < weights_.size(); ++k) {
            if (!weights_[k].defined()) continue;
            const std::vector<double> w = weights_[k].to_vector(), h = high[k].to_vector(), l = low[k].to_vector();
            // Differences first: large outputs that do not change leave no rounding errors behind.
            for (std::size_t i = 0; i < w.size(); ++i)
                if (h[i] != l[i]) total += w[i] * (h[i] - l[i]);
        }
        return total;
    }

    Slopes differences(std::size_t input, std::int64_t element) const {
        const double x = inputs_[input].to_vector()[static_cast<std::size_t>(element)];
        // What x really moves by once rounded.
        const double up = x + options_.step * std::max(1.0, std::abs(x)),
                     down = x - options_.step * std::max(1.0, std::abs(x));
        if (std::isfinite(x) && !(up > x && x > down))
            throw ValueError(fmt::format("gradcheck: a step of {} is too small to move {}", options_.step, x));
        return {change(input, element, down, up) / (up - down), up - x};
    }

    double one_sided(std::size_t input, std::int64_t element, double side) const {
        const double x = inputs_[input].to_vector()[static_cast<std::size_t>(element)],
                     to = x + side * options_.step * std::max(1.0, std::abs(x));
        return change(input, element, x, to) / (to - x) + 0.0;  // no -0
    }

    const TensorFunction& f_;
    const std::vector<Tensor>& inputs_;
    const GradcheckOptions& options_;
    std::function<std::string(std::size_t)> name_;
    std::vector<Tensor> weights_;
    std::vector<Likeness> likenesses_;  // of the outputs
};

TensorFunction several(const SingleTensorFunction& f) {
    return [&f](const std::vector<Tensor>& inputs) { return std::vector<Tensor>{f(inputs)}; };
}

/// The gradients of f as a function of its inputs and of the outputs' gradients, which are appended to the inputs.
std::vector<Tensor> gradients_of(const TensorFunction& f, std::size_t n_inputs, const std::vector<Tensor>& arguments) {
    const std::vector<Tensor> inputs(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(n_inputs));
    std::vector<Tensor> outputs, weights, wanted;
    std::size_t next = n_inputs;
    for (const Tensor& output : f(inputs)) {
        if (!is_floating(output.dtype())) continue;
        if (next == arguments.size())
            throw ValueError(
                "gradcheck: the function must give results alike each time; it gave more outputs than first");
        if (output.requires_grad()) {
            outputs.push_back(output);
            weights.push_back(arguments[next]);
        }
        ++next;
    }
    for (const Tensor& input : inputs)
        if (input.requires_grad()) wanted.push_back(input);
    std::vector<Tensor> gradients(wanted.size());
    if (!outputs.empty())
        gradients = grad(outputs, wanted, {.grad_outputs = weights, .create_graph = true, .allow_unused = true});
    for (std::size_t i = 0; i < gradients.size(); ++i)
        if (!gradients[i].defined()) gradients[i] = zeros_like(wanted[i]);
    return gradients;
}

}  // namespace

GradcheckResult gradcheck(const TensorFunction& f, const std::vector<Tensor>& inputs, const GradcheckOptions& options) {
    check_inputs(inputs);
    check_step(options.step);
    return Check(f, inputs, options, input_name).run();
}

GradcheckResult gradcheck(const SingleTensorFunction& f, const std::vector<Tensor>& inputs,
                          const GradcheckOptions& options) {
    return gradcheck(several(f), inputs, options);
}

GradcheckResult gradgradcheck(const TensorFunction& f, const std::vector<Tensor>& inputs,
                              const GradcheckOptions& options) {
    check_inputs(inputs);
    check_step(options.step);
    std::vector<Tensor> arguments = inputs;
    {
        const GradMode mode(true);
        std::uint64_t stream = 1'000'000;
        for (const Tensor& output : f(leaves_of(inputs)))
            if (is_floating(output.dtype()))
                arguments.push_back(random_weights(output.shape(), options.seed, stream++));
    }
    const TensorFunction gradients = [&](const std::vector<Tensor>& values) {
        return gradients_of(f, inputs.size(), values);
    };
    const auto name = [n = inputs.size()](std::size_t i) {
        return i < n ? input_name(i) : fmt::format("the gradient of output {}", i - n);
    };
    check_inputs(arguments);
    GradcheckResult result = Check(gradients, arguments, options, name).run();
    if (!result.ok) result.message = "second derivative: " + result.message;
    return result;
}

GradcheckResult gradgradcheck(const SingleTensorFunction& f, const std::vector<Tensor>& inputs,
                              const GradcheckOptions& options) {
    return gradgradcheck(several(f), inputs, options);
}

}  // namespace xg
