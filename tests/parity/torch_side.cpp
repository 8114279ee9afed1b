#include <exception>
#include <functional>
#include <stdexcept>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include "families_torch.hpp"
#include "program.hpp"
#include "torch_table.hpp"

namespace parity {

// The only thing of the table's other half that is needed here.
const std::string& name_of(const Operation& operation);

namespace {

const TorchTable& torch_table() {
    static const TorchTable all = [] {
        TorchTable t;
        add_torch_families(t);
        return t;
    }();
    return all;
}

at::Tensor tensor_of(const Array& array) {
    const at::Tensor values =
        at::from_blob(const_cast<double*>(array.values.data()), array.shape, at::TensorOptions(at::kDouble)).clone();
    switch (array.kind) {
        case Kind::integer: return values.to(at::kLong);
        case Kind::boolean: return values.to(at::kBool);
        default: return values;
    }
}

Array array_of(const at::Tensor& t) {
    Array result{t.scalar_type() == at::kDouble  ? Kind::real
                 : t.scalar_type() == at::kFloat ? Kind::single
                 : t.scalar_type() == at::kLong  ? Kind::integer
                                                 : Kind::boolean,
                 t.sizes().vec(),
                 {}};
    // Some zeros of libtorch's have no memory behind them.
    const at::Tensor plain =
        t._is_zerotensor() ? at::zeros(t.sizes(), at::kDouble) : t.detach().to(at::kDouble).contiguous();
    result.values.assign(plain.data_ptr<double>(), plain.data_ptr<double>() + plain.numel());
    return result;
}

Tensors run_step(const Step& step, const std::function<at::Tensor(const Ref&)>& find) {
    Tensors inputs;
    for (const Ref& ref : step.inputs) inputs.push_back(find(ref));
    const auto call = torch_table().find(name_of(*step.operation));
    if (call == torch_table().end()) throw std::logic_error("libtorch's half is missing");
    return call->second(inputs, step.options);
}

at::Tensor weighted(const Tensors& tensors, const std::function<double(std::size_t, std::size_t)>& weight_of) {
    at::Tensor total;
    for (std::size_t k = 0; k < tensors.size(); ++k) {
        if (!tensors[k].defined() || !tensors[k].requires_grad()) continue;
        at::Tensor w = at::empty(tensors[k].sizes(), at::TensorOptions(at::kDouble));
        for (std::int64_t i = 0; i < w.numel(); ++i)
            w.data_ptr<double>()[i] = weight_of(k, static_cast<std::size_t>(i));
        const at::Tensor term = (tensors[k] * w).sum();
        total = total.defined() ? total + term : term;
    }
    return total;
}

Tensors gradients_of(const at::Tensor& total, const Tensors& inputs, bool create_graph) {
    if (!total.defined() || inputs.empty()) return Tensors(inputs.size());
    return torch::autograd::grad({total}, inputs, {}, create_graph, create_graph, true);
}

std::vector<Array> by_leaf(const Program& program, const Tensors& gradients) {
    std::vector<Array> result(program.leaves.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const Array& leaf = program.leaves[i];
        if (leaf.kind != Kind::real) continue;
        const at::Tensor& g = gradients[next++];
        result[i] = g.defined() ? array_of(g) : Array{Kind::real, leaf.shape, std::vector<double>(leaf.values.size())};
    }
    return result;
}

void run(const Program& program, Evaluation& result) {
    Tensors leaves, wanted;
    for (const Array& leaf : program.leaves) {
        leaves.push_back(tensor_of(leaf));
        if (leaf.kind == Kind::real) wanted.push_back(leaves.back().requires_grad_(!program.wild));
    }
    std::vector<Tensors> steps;
    const auto find = [&](const Ref& ref) {
        const auto index = static_cast<std::size_t>(ref.index);
        return ref.step < 0 ? leaves[index] : steps[static_cast<std::size_t>(ref.step)].at(index);
    };
    for (const Step& step : program.steps) {
        steps.push_back(run_step(step, find));
        auto& arrays = result.steps.emplace_back();
        for (const at::Tensor& t : steps.back()) arrays.push_back(array_of(t));
    }
    if (program.wild) return;

    Tensors ends;
    for (const Ref& ref : sinks(program)) ends.push_back(find(ref));
    const at::Tensor loss = weighted(ends, [&](std::size_t k, std::size_t i) { return weight(program, k, i); });
    const Tensors gradients = gradients_of(loss, wanted, program.second);
    result.gradients = by_leaf(program, gradients);
    if (!program.second) return;
    std::vector<std::size_t> number;
    for (std::size_t i = 0; i < program.leaves.size(); ++i)
        if (program.leaves[i].kind == Kind::real) number.push_back(i);
    const at::Tensor projection =
        weighted(gradients, [&](std::size_t k, std::size_t i) { return second_weight(program, number[k], i); });
    result.seconds = by_leaf(program, gradients_of(projection, wanted, false));
}

/// libtorch's messages end in a stack trace.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

Evaluation run_torch(const Program& program) {
    Evaluation result;
    try {
        run(program, result);
    } catch (const std::exception& e) {
        result.error = first_line(e.what());
    }
    return result;
}

struct TorchSession::Body {
    Tensors leaves;
    std::vector<Tensors> steps;
};

TorchSession::TorchSession() : body_(new Body) {}
TorchSession::~TorchSession() { delete body_; }

void TorchSession::add_leaf(const Array& leaf) { body_->leaves.push_back(tensor_of(leaf)); }

std::vector<Array> TorchSession::add_step(const Step& step) {
    std::vector<Array> arrays;
    try {
        body_->steps.push_back(run_step(step, [this](const Ref& ref) {
            const auto index = static_cast<std::size_t>(ref.index);
            return ref.step < 0 ? body_->leaves[index] : body_->steps[static_cast<std::size_t>(ref.step)].at(index);
        }));
        for (const at::Tensor& t : body_->steps.back()) arrays.push_back(array_of(t));
    } catch (const c10::Error& e) {
        throw std::runtime_error(first_line(e.what()));
    }
    return arrays;
}

void TorchSession::cut(std::size_t leaves, std::size_t steps) {
    body_->leaves.resize(leaves);
    body_->steps.resize(steps);
}

void prepare_torch() { at::set_num_threads(1); }

std::vector<std::string> torch_names() {
    std::vector<std::string> names;
    for (const auto& entry : torch_table()) names.push_back(entry.first);
    return names;
}

}  // namespace parity
