#include <xgrad/autograd/functional.hpp>

#include <string>
#include <utility>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/engine.hpp>
#include <xgrad/autograd/detail/forward.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::check_defined;

namespace {

/// What a function is called with: handles of its own on the inputs' elements.
struct Arguments {
    std::vector<Tensor> all;
    std::vector<Tensor> variables;      // those that can be differentiated
    std::vector<std::size_t> position;  // of the variables
    bool nested = false;                // part of an outer graph

    Arguments(const std::vector<Tensor>& inputs, const char* caller) {
        for (const Tensor& x : inputs) {
            check_defined(x, caller);
            if (!is_floating(x.dtype())) {
                all.push_back(x);
                continue;
            }
            const bool outer = grad_enabled() && x.requires_grad();
            nested = nested || outer;
            // A copy that is recorded: the outer graph goes on through it, and an input that is given twice is two
            // variables.
            Tensor own = outer ? x.clone() : x.detach().requires_grad(true);
            position.push_back(all.size());
            variables.push_back(own);
            all.push_back(std::move(own));
        }
    }

    void require_some(const char* caller) const {
        if (!variables.empty()) return;
        std::string dtypes;
        for (const Tensor& x : all) dtypes += std::string(dtypes.empty() ? "" : ", ") + name(x.dtype());
        throw DTypeError(std::string(caller) + ": expected an input of a floating-point type, got " +
                         (dtypes.empty() ? "none" : dtypes + "; convert one with to(xg::float64)"));
    }

    /// One result for each input from those for the variables: zeros where there is none.
    std::vector<Tensor> spread(std::vector<Tensor> of_variables) const {
        std::vector<Tensor> result(all.size());
        for (std::size_t i = 0; i < position.size(); ++i)
            result[position[i]] = of_variables[i].defined() ? std::move(of_variables[i]) : zeros_like(variables[i]);
        return result;
    }
};

void check_vectors(const std::vector<Tensor>& vectors, const std::vector<Tensor>& beside, const char* caller,
                   const char* what) {
    if (vectors.size() != beside.size())
        throw ValueError(std::string(caller) + ": expected a vector for each " + what + ", " +
                         std::to_string(beside.size()) + ", got " + std::to_string(vectors.size()) +
                         "; leave those undefined that are zero");
    for (std::size_t i = 0; i < vectors.size(); ++i)
        if (vectors[i].defined() && !(vectors[i].shape() == beside[i].shape()))
            throw ShapeError(std::string(caller) + ": vector " + std::to_string(i) + " has the shape " +
                             vectors[i].shape().str() + ", expected that of the " + what + ", " +
                             beside[i].shape().str());
}

/// A vector for each input, none for those that are constants.
void check_directions(const std::vector<Tensor>& vectors, const std::vector<Tensor>& inputs, const char* caller) {
    check_vectors(vectors, inputs, caller, "input");
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (vectors[i].defined() && !is_floating(inputs[i].dtype()))
            throw DTypeError(std::string(caller) + ": input " + std::to_string(i) + " is of " +
                             name(inputs[i].dtype()) + ", and so a constant; leave its vector undefined");
}

bool any_in_graph(const std::vector<Tensor>& tensors) {
    if (!grad_enabled()) return false;
    for (const Tensor& t : tensors)
        if (t.defined() && t.requires_grad()) return true;
    return false;
}

std::vector<Tensor> call(const TensorFunction& f, const std::vector<Tensor>& arguments, const char* caller) {
    const GradMode recording(true);
    std::vector<Tensor> outputs = f(arguments);
    for (const Tensor& y : outputs) check_defined(y, caller);
    return outputs;
}

Tensor call_scalar(const SingleTensorFunction& f, const std::vector<Tensor>& arguments, const char* caller) {
    const GradMode recording(true);
    Tensor y = f(arguments);
    check_defined(y, caller);
    if (y.numel() != 1)
        throw GradError(std::string(caller) + ": expected a function with one element, got the shape " +
                        y.shape().str() + "; reduce it with sum() or mean()");
    return y;
}

/// The gradients of those outputs that depend on anything.
std::vector<Tensor> pull_back(const std::vector<Tensor>& outputs, const std::vector<Tensor>& vectors,
                              const std::vector<Tensor>& variables, bool retain, bool create) {
    std::vector<Tensor> roots, seeds;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (!vectors[i].defined() || !outputs[i].requires_grad()) continue;
        roots.push_back(outputs[i]);
        seeds.push_back(vectors[i].to(outputs[i].dtype()));
    }
    if (roots.empty()) return std::vector<Tensor>(variables.size());
    return detail::run_backward(roots, seeds, variables, retain, create);
}

void detach_all(std::vector<Tensor>& tensors) {
    for (Tensor& t : tensors)
        if (t.defined() && t.requires_grad()) t = t.detach();
}

/// Zeros but for a 1 at the k-th element.
Tensor unit(const Shape& shape, DType dtype, std::int64_t k) {
    Tensor e = zeros(shape, {.dtype = dtype});
    if (dtype == float32)
        e.mutable_data<float>()[k] = 1;
    else
        e.mutable_data<double>()[k] = 1;
    return e;
}

Shape joined(const Shape& a, const Shape& b) {
    Shape shape = a;
    for (const std::int64_t size : b) shape = shape.inserted(shape.rank(), size);
    return shape;
}

/// Slices stacked along a new first axis, or last one, in the shape wanted.
Tensor assemble(const std::vector<Tensor>& slices, bool as_columns, const Shape& shape, const Tensor& like) {
    if (slices.empty() || shape.elements() == 0) return zeros(shape, {.dtype = like.dtype()});
    const std::int64_t n = static_cast<std::int64_t>(slices.size());
    std::vector<Tensor> flat;
    for (const Tensor& s : slices) flat.push_back(s.reshape({1, -1}));
    const Tensor rows = concat(flat, 0);
    return (as_columns ? rows.reshape({n, -1}).transpose() : rows).reshape(shape);
}

}  // namespace

ValueAndGradients value_and_grad(const SingleTensorFunction& f, const std::vector<Tensor>& inputs) {
    const Arguments arguments(inputs, "value_and_grad");
    arguments.require_some("value_and_grad");
    Tensor value = call_scalar(f, arguments.all, "value_and_grad");
    auto gradients =
        pull_back({value}, {ones_like(value.detach())}, arguments.variables, arguments.nested, arguments.nested);
    return {arguments.nested ? value : value.detach(), arguments.spread(std::move(gradients))};
}

VectorJacobian vjp(const TensorFunction& f, const std::vector<Tensor>& inputs, const std::vector<Tensor>& vectors) {
    const Arguments arguments(inputs, "vjp");
    const bool create = arguments.nested || any_in_graph(vectors);
    std::vector<Tensor> outputs = call(f, arguments.all, "vjp");
    check_vectors(vectors, outputs, "vjp", "output");
    auto gradients = pull_back(outputs, vectors, arguments.variables, create, create);
    if (!create) detach_all(outputs);
    return {std::move(outputs), arguments.spread(std::move(gradients))};
}

JacobianVector jvp(const TensorFunction& f, const std::vector<Tensor>& inputs, const std::vector<Tensor>& vectors) {
    const Arguments arguments(inputs, "jvp");
    check_directions(vectors, inputs, "jvp");
    const bool create = arguments.nested || any_in_graph(vectors);
    std::vector<Tensor> outputs = call(f, arguments.all, "jvp"), along;
    for (std::size_t i = 0; i < arguments.position.size(); ++i) {
        const Tensor& v = vectors[arguments.position[i]];
        along.push_back(v.defined() ? v.to(arguments.variables[i].dtype()) : v);
    }
    std::vector<Tensor> tangents = detail::push_forward(outputs, arguments.variables, along, create);
    for (std::size_t i = 0; i < outputs.size(); ++i)
        if (!tangents[i].defined()) tangents[i] = zeros_like(outputs[i].detach());
    if (!create) {
        detach_all(outputs);
        detach_all(tangents);
    }
    return {std::move(outputs), std::move(tangents)};
}

std::vector<std::vector<Tensor>> jacobian(const TensorFunction& f, const std::vector<Tensor>& inputs,
                                          JacobianMode mode) {
    const Arguments arguments(inputs, "jacobian");
    arguments.require_some("jacobian");
    const std::vector<Tensor> outputs = call(f, arguments.all, "jacobian");
    const std::vector<Tensor>& variables = arguments.variables;
    std::int64_t columns = 0, rows = 0;
    for (const Tensor& x : variables) columns += x.numel();
    for (const Tensor& y : outputs) rows += y.numel();
    const bool forward = mode == JacobianMode::forward || (mode == JacobianMode::automatic && columns < rows);

    // The slices of entry [output][variable].
    std::vector<std::vector<std::vector<Tensor>>> slices(outputs.size(),
                                                         std::vector<std::vector<Tensor>>(variables.size()));
    for (std::size_t i = 0; forward && i < variables.size(); ++i) {
        for (std::int64_t k = 0; k < variables[i].numel(); ++k) {
            std::vector<Tensor> along(variables.size());
            along[i] = unit(variables[i].shape(), variables[i].dtype(), k);
            std::vector<Tensor> found = detail::push_forward(outputs, variables, along, arguments.nested);
            for (std::size_t o = 0; o < outputs.size(); ++o)
                slices[o][i].push_back(found[o].defined() ? found[o] : zeros_like(outputs[o].detach()));
        }
    }
    for (std::size_t o = 0; !forward && o < outputs.size(); ++o) {
        for (std::int64_t k = 0; k < outputs[o].numel(); ++k) {
            const Tensor seed =
                is_floating(outputs[o].dtype()) ? unit(outputs[o].shape(), outputs[o].dtype(), k) : Tensor();
            std::vector<Tensor> found = pull_back({outputs[o]}, {seed}, variables, true, arguments.nested);
            for (std::size_t i = 0; i < variables.size(); ++i)
                slices[o][i].push_back(found[i].defined() ? found[i] : zeros_like(variables[i].detach()));
        }
    }
    std::vector<std::vector<Tensor>> result(outputs.size(), std::vector<Tensor>(inputs.size()));
    for (std::size_t o = 0; o < outputs.size(); ++o)
        for (std::size_t i = 0; i < variables.size(); ++i) {
            Tensor entry =
                assemble(slices[o][i], forward, joined(outputs[o].shape(), variables[i].shape()), variables[i]);
            result[o][arguments.position[i]] = arguments.nested ? entry : entry.detach();
        }
    return result;
}

Tensor jacobian(const UnaryFunction& f, const Tensor& input, JacobianMode mode) {
    return jacobian(TensorFunction([&f](const std::vector<Tensor>& in) { return std::vector<Tensor>{f(in[0])}; }),
                    {input}, mode)[0][0];
}

namespace {

/// The gradients of f at the variables, recorded.
std::vector<Tensor> recorded_gradients(const Tensor& value, const Arguments& arguments) {
    const GradMode recording(true);
    std::vector<Tensor> gradients = pull_back({value}, {ones_like(value.detach())}, arguments.variables, true, true);
    for (std::size_t i = 0; i < gradients.size(); ++i)
        if (!gradients[i].defined()) gradients[i] = zeros_like(arguments.variables[i].detach());
    return gradients;
}

}  // namespace

std::vector<std::vector<Tensor>> hessian(const SingleTensorFunction& f, const std::vector<Tensor>& inputs) {
    const Arguments arguments(inputs, "hessian");
    arguments.require_some("hessian");
    const std::vector<Tensor> gradients = recorded_gradients(call_scalar(f, arguments.all, "hessian"), arguments);
    const std::vector<Tensor>& variables = arguments.variables;
    std::vector<std::vector<Tensor>> result(inputs.size(), std::vector<Tensor>(inputs.size()));
    for (std::size_t i = 0; i < variables.size(); ++i) {
        std::vector<std::vector<Tensor>> rows(variables.size());
        for (std::int64_t k = 0; k < gradients[i].numel(); ++k) {
            const Tensor seed = unit(gradients[i].shape(), gradients[i].dtype(), k);
            const std::vector<Tensor> found = pull_back({gradients[i]}, {seed}, variables, true, arguments.nested);
            for (std::size_t j = 0; j < variables.size(); ++j)
                rows[j].push_back(found[j].defined() ? found[j] : zeros_like(variables[j].detach()));
        }
        for (std::size_t j = 0; j < variables.size(); ++j) {
            Tensor entry = assemble(rows[j], false, joined(variables[i].shape(), variables[j].shape()), variables[j]);
            result[arguments.position[i]][arguments.position[j]] = arguments.nested ? entry : entry.detach();
        }
    }
    return result;
}

Tensor hessian(const UnaryFunction& f, const Tensor& input) {
    return hessian(SingleTensorFunction([&f](const std::vector<Tensor>& in) { return f(in[0]); }), {input})[0][0];
}

HessianVector hvp(const SingleTensorFunction& f, const std::vector<Tensor>& inputs,
                  const std::vector<Tensor>& vectors) {
    const Arguments arguments(inputs, "hvp");
    arguments.require_some("hvp");
    check_directions(vectors, inputs, "hvp");
    const bool create = arguments.nested || any_in_graph(vectors);
    Tensor value = call_scalar(f, arguments.all, "hvp");
    std::vector<Tensor> gradients = recorded_gradients(value, arguments), along;
    for (const std::size_t p : arguments.position) along.push_back(vectors[p]);
    std::vector<Tensor> products = pull_back(gradients, along, arguments.variables, create, create);
    if (!create) {
        value = value.detach();
        detach_all(gradients);
    }
    return {value, arguments.spread(std::move(gradients)), arguments.spread(std::move(products))};
}

}  // namespace xg
