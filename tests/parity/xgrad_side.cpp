#include <algorithm>
#include <cmath>
#include <exception>
#include <stdexcept>
#include <string>

#include <xgrad/autograd/functional.hpp>

#include "operation.hpp"
#include "program.hpp"

namespace parity {
namespace {

xg::Tensor tensor_of(const Array& array) {
    const xg::Tensor values = xg::from_data(array.values, array.shape, {.dtype = xg::float64});
    switch (array.kind) {
        case Kind::integer: return values.to(xg::int64);
        case Kind::boolean: return values.to(xg::boolean);
        default: return values;
    }
}

Array array_of(const xg::Tensor& t) {
    const Kind kind = t.dtype() == xg::float64   ? Kind::real
                      : t.dtype() == xg::float32 ? Kind::single
                      : t.dtype() == xg::int64   ? Kind::integer
                                                 : Kind::boolean;
    return {kind, Sizes(t.shape().begin(), t.shape().end()), t.to_vector()};
}

/// The weighted sum of some tensors; undefined for none that needs a gradient.
xg::Tensor weighted(const std::vector<xg::Tensor>& tensors,
                    const std::function<double(std::size_t, std::size_t)>& weight_of) {
    xg::Tensor total;
    for (std::size_t k = 0; k < tensors.size(); ++k) {
        if (!tensors[k].defined() || !tensors[k].requires_grad()) continue;
        std::vector<double> w(static_cast<std::size_t>(tensors[k].numel()));
        for (std::size_t i = 0; i < w.size(); ++i) w[i] = weight_of(k, i);
        const xg::Tensor term = xg::sum(tensors[k] * xg::from_data(w, tensors[k].shape(), {.dtype = xg::float64}));
        total = total.defined() ? total + term : term;
    }
    return total;
}

std::vector<xg::Tensor> gradients_of(const xg::Tensor& total, const std::vector<xg::Tensor>& inputs,
                                     bool create_graph) {
    if (!total.defined() || inputs.empty()) return std::vector<xg::Tensor>(inputs.size());
    return xg::grad({total}, inputs, {.create_graph = create_graph, .allow_unused = true});
}

/// Gradients by leaf; zeros for what nothing depends on.
std::vector<Array> by_leaf(const Program& program, const std::vector<xg::Tensor>& gradients) {
    std::vector<Array> result(program.leaves.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const Array& leaf = program.leaves[i];
        if (leaf.kind != Kind::real) continue;
        const xg::Tensor& g = gradients[next++];
        result[i] = g.defined() ? array_of(g) : Array{Kind::real, leaf.shape, std::vector<double>(leaf.values.size())};
    }
    return result;
}

/// A program's steps and the weighted sum of its sinks; undefined for a wild program.
struct Run {
    std::vector<Inputs> steps = {};
    xg::Tensor loss = {};
};

Run run_on(const Program& program, const std::vector<xg::Tensor>& leaves) {
    Run made;
    std::vector<Inputs>& steps = made.steps;
    const auto find = [&](const Ref& ref) {
        const auto index = static_cast<std::size_t>(ref.index);
        return ref.step < 0 ? leaves[index] : steps[static_cast<std::size_t>(ref.step)].at(index);
    };
    for (const Step& step : program.steps) {
        Inputs inputs;
        for (const Ref& ref : step.inputs) inputs.push_back(find(ref));
        try {
            steps.push_back(step.operation->call.run(inputs, step.options));
        } catch (const std::exception& e) {
            throw std::runtime_error(step.operation->name + ": " + e.what());
        }
    }
    if (program.wild) return made;
    std::vector<xg::Tensor> ends;
    for (const Ref& ref : sinks(program)) ends.push_back(find(ref));
    made.loss = weighted(ends, [&](std::size_t k, std::size_t i) { return weight(program, k, i); });
    return made;
}

/// Forward mode against the gradients that reverse mode found: along any direction both give the same slope of the
/// loss. Throws where they do not.
void check_forward_mode(const Program& program, const std::vector<xg::Tensor>& leaves,
                        const std::vector<std::size_t>& number, const std::vector<xg::Tensor>& gradients) {
    std::vector<xg::Tensor> inputs, directions;
    double expected = 0, scale = 0;
    for (std::size_t k = 0; k < number.size(); ++k) {
        inputs.push_back(leaves[number[k]]);
        std::vector<double> v(program.leaves[number[k]].values.size());
        for (std::size_t i = 0; i < v.size(); ++i) v[i] = second_weight(program, number[k], i);
        directions.push_back(xg::from_data(v, inputs.back().shape(), {.dtype = xg::float64}));
        if (!gradients[k].defined()) continue;
        const std::vector<double> g = gradients[k].to_vector();
        for (std::size_t i = 0; i < v.size(); ++i) {
            expected += g[i] * v[i];
            scale += std::abs(g[i] * v[i]);
        }
    }
    const auto loss_of = [&](const std::vector<xg::Tensor>& given) {
        std::vector<xg::Tensor> all = leaves;
        for (std::size_t k = 0; k < number.size(); ++k) all[number[k]] = given[k];
        return std::vector<xg::Tensor>{run_on(program, all).loss};
    };
    const double found = xg::jvp(loss_of, inputs, directions).tangents.at(0).item();
    // What cancels within the program costs either mode its own digits.
    if (!(std::abs(found - expected) <= 1e-6 * std::max(1.0, scale)))
        throw std::runtime_error("forward mode gives the slope " + std::to_string(found) + ", reverse mode " +
                                 std::to_string(expected));
}

void run(const Program& program, Evaluation& result) {
    std::vector<xg::Tensor> leaves, wanted;
    for (const Array& leaf : program.leaves) {
        leaves.push_back(tensor_of(leaf));
        if (leaf.kind == Kind::real) wanted.push_back(leaves.back().requires_grad(true));
    }
    const Run made = run_on(program, leaves);
    for (const Inputs& step : made.steps) {
        auto& arrays = result.steps.emplace_back();
        for (const xg::Tensor& t : step) arrays.push_back(array_of(t));
    }
    if (program.wild) return;

    const xg::Tensor& loss = made.loss;
    const auto gradients = gradients_of(loss, wanted, program.second);
    result.gradients = by_leaf(program, gradients);
    if (!program.second) return;
    std::vector<std::size_t> number;
    for (std::size_t i = 0; i < program.leaves.size(); ++i)
        if (program.leaves[i].kind == Kind::real) number.push_back(i);
    if (loss.defined() && !wanted.empty()) check_forward_mode(program, leaves, number, gradients);
    const xg::Tensor projection =
        weighted(gradients, [&](std::size_t k, std::size_t i) { return second_weight(program, number[k], i); });
    result.seconds = by_leaf(program, gradients_of(projection, wanted, false));
}

}  // namespace

Evaluation run_xgrad(const Program& program) {
    Evaluation result;
    try {
        run(program, result);
    } catch (const std::exception& e) {
        result.error = e.what();
    }
    return result;
}

}  // namespace parity
