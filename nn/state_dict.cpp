#include <unordered_map>
#include <unordered_set>

#include <xgrad/core/error.hpp>
#include <xgrad/nn/detail/state.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::nn {
namespace {

void list_state(const detail::ModuleState& state, const std::string& prefix, std::vector<NamedTensor>& out) {
    for (const NamedTensor& p : state.parameters) out.push_back({prefix + p.name, p.tensor});
    for (const NamedTensor& b : state.buffers) out.push_back({prefix + b.name, b.tensor});
    for (const auto& [name, child] : state.children) list_state(child.state(), prefix + name + ".", out);
}

/// What is wrong with a state that is to be loaded, line by line.
class Problems {
public:
    void add(const char* what, const std::string& line) {
        std::string& lines = of_[what];
        if (lines.empty()) order_.push_back(what);
        lines += lines.empty() ? line : ", " + line;
    }
    bool none() const { return order_.empty(); }
    std::string text() const {
        std::string all;
        for (const char* what : order_) all += std::string(all.empty() ? "" : "; ") + what + ": " + of_.at(what);
        return all;
    }

private:
    std::vector<const char*> order_;
    std::unordered_map<std::string, std::string> of_;
};

}  // namespace

std::vector<NamedTensor> ModuleBase::state_dict() const {
    std::vector<NamedTensor> out;
    list_state(*state_, "", out);
    for (NamedTensor& t : out) t.tensor = t.tensor.detach();
    return out;
}

void ModuleBase::load_state_dict(const std::vector<NamedTensor>& state, bool strict) const {
    std::vector<NamedTensor> own;
    list_state(*state_, "", own);
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < own.size(); ++i) places.emplace(own[i].name, i);

    Problems problems;
    std::vector<const Tensor*> given(own.size());
    std::unordered_set<const void*> covered;
    for (const NamedTensor& t : state) {
        const auto found = places.find(t.name);
        if (found == places.end()) {
            if (strict) problems.add("unexpected names", t.name);
            continue;
        }
        const Tensor& place = own[found->second].tensor;
        covered.insert(place.unsafe_body());
        if (given[found->second] != nullptr)
            problems.add("given twice", t.name);
        else if (!t.tensor.defined())
            problems.add("undefined tensors", t.name);
        else if (!(t.tensor.shape() == place.shape()))
            problems.add("other shapes",
                         t.name + " (expected " + place.shape().str() + ", got " + t.tensor.shape().str() + ")");
        else if (is_floating(t.tensor.dtype()) && !is_floating(place.dtype()))
            problems.add("other dtypes", t.name + " (expected " + xg::name(place.dtype()) + ", got " +
                                             xg::name(t.tensor.dtype()) + ")");
        given[found->second] = &t.tensor;
    }
    // A shared tensor may be given under any of its names.
    for (const NamedTensor& t : own)
        if (strict && covered.count(t.tensor.unsafe_body()) == 0) problems.add("missing names", t.name);
    if (!problems.none()) throw ValueError(state_->type + ".load_state_dict: nothing was loaded. " + problems.text());

    for (std::size_t i = 0; i < own.size(); ++i)
        if (given[i] != nullptr) own[i].tensor.set_data(given[i]->detach().to(own[i].tensor.dtype()));
}

}  // namespace xg::nn
