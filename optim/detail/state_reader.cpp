#include <xgrad/optim/detail/state_reader.hpp>

#include <cmath>

#include <xgrad/core/error.hpp>
#include <xgrad/optim/detail/rule.hpp>

namespace xg::optim::detail {

StateReader::StateReader(const char* owner, const State& state) : owner_(owner), state_(state) {
    for (const NamedNumber& n : state.numbers) {
        if (!numbers_.emplace(n.name, n.value).second) wrong_.push_back(n.name + " is there twice");
    }
    for (const NamedTensor& t : state.tensors) {
        if (!tensors_.emplace(t.name, &t.value).second) wrong_.push_back(t.name + " is there twice");
    }
}

double StateReader::optional_number(const std::string& name, double otherwise) {
    asked_.insert(name);
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? otherwise : found->second;
}

double StateReader::number(const std::string& name, double otherwise) {
    if (!numbers_.contains(name)) missing_.push_back(name);
    return optional_number(name, otherwise);
}

std::int64_t StateReader::whole(const std::string& name, std::int64_t least) {
    const double value = number(name, static_cast<double>(least));
    if (value >= static_cast<double>(least) && value <= 0x1p53 && value == std::floor(value))
        return static_cast<std::int64_t>(value);
    refuse(name, value, "a whole number of at least " + std::to_string(least));
    return least;
}

Tensor StateReader::tensor(const std::string& name, const Shape& shape, DType dtype) {
    asked_.insert(name);
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) {
        missing_.push_back(name);
        return {};
    }
    const Tensor& value = *found->second;
    const std::string expected = std::string(": expected ") + xg::name(dtype) + " of shape " + shape.str();
    if (!value.defined()) {
        wrong_.push_back(name + expected + ", got an undefined tensor");
        return {};
    }
    if (value.shape() != shape || value.dtype() != dtype) {
        wrong_.push_back(name + expected + ", got " + xg::name(value.dtype()) + " of shape " + value.shape().str());
        return {};
    }
    return value;
}

void StateReader::refuse(const std::string& name, double value, const std::string& expected) {
    wrong_.push_back(name + ": expected " + expected + ", got " + text(value));
}

void StateReader::finish() const {
    std::vector<std::string> unexpected;
    for (const NamedTensor& t : state_.tensors)
        if (!asked_.contains(t.name)) unexpected.push_back(t.name);
    for (const NamedNumber& n : state_.numbers)
        if (!asked_.contains(n.name)) unexpected.push_back(n.name);
    if (missing_.empty() && wrong_.empty() && unexpected.empty()) return;

    std::string message = owner_ + ": this state can't be loaded";
    const auto list = [&message](const char* title, const std::vector<std::string>& items) {
        if (items.empty()) return;
        message += std::string("; ") + title;
        for (std::size_t i = 0; i < items.size(); ++i) message += (i == 0 ? ": " : ", ") + items[i];
    };
    list("missing", missing_);
    list("unexpected", unexpected);
    list("wrong", wrong_);
    throw ValueError(message);
}

}  // namespace xg::optim::detail
