#include <xgrad/train/checkpoint.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <functional>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <xgrad/core/detail/json.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/data/safetensors.hpp>
#include <xgrad/optim/lr_scheduler.hpp>
#include <xgrad/optim/optimizer.hpp>
#include <xgrad/optim/plateau.hpp>

namespace xg::train {
namespace {

using data::SafeTensors;
using xg::detail::Json;

constexpr const char* kEpoch = "xgrad.epoch";
constexpr const char* kRandom = "xgrad.random_state";
constexpr const char* kNote = "note.";

/// A part of a checkpoint that gives and takes an optim::State.
struct Part {
    std::string prefix;  // of its tensors; its numbers lie in the metadata under xgrad.<prefix>numbers
    std::function<optim::State()> save;
    std::function<void(const optim::State&)> load;

    std::string key() const { return "xgrad." + prefix + "numbers"; }
};

std::vector<Part> parts_of(const CheckpointParts& parts) {
    std::vector<Part> all;
    const auto add = [&](const char* prefix, auto* part) {
        if (part != nullptr)
            all.push_back({prefix, [part] { return part->state(); },
                           [part](const optim::State& state) { part->load_state(state); }});
    };
    add("optimizer.", parts.optimizer);
    add("schedule.", parts.schedule);
    add("plateau.", parts.plateau);
    for (const CheckpointState& state : parts.states) {
        const std::string prefix = state.name + ".";
        const bool taken = std::any_of(all.begin(), all.end(), [&](const Part& p) { return p.prefix == prefix; }) ||
                           prefix == "optimizer." || prefix == "schedule." || prefix == "plateau.";
        if (state.name.empty() || state.name.find('.') != std::string::npos || taken)
            throw ValueError(
                "checkpoint: expected names of states without dots, each another and none of 'optimizer', "
                "'schedule', 'plateau', got '" +
                state.name + "'");
        all.push_back({prefix, state.save, state.load});
    }
    return all;
}

/// Any double, exactly, which JSON's numbers cannot be.
std::string text_of(double value) { return fmt::format("{}", value); }

std::optional<double> number_of(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

std::string numbers_text(const optim::State& state) {
    Json::Object numbers;
    for (const optim::NamedNumber& n : state.numbers) numbers.emplace_back(n.name, text_of(n.value));
    return Json(std::move(numbers)).dump();
}

[[noreturn]] void broken(const std::string& path, const std::string& what) {
    throw FileError("load_checkpoint: '" + path + "': " + what);
}

optim::State read_part(const std::string& path, const SafeTensors& file, const Part& part) {
    optim::State state;
    const std::string text = file.note(part.key());
    if (text.empty())
        broken(path, "holds no " + part.prefix.substr(0, part.prefix.size() - 1) + ": it was saved without one");
    Json numbers;
    try {
        numbers = xg::detail::parse_json(text);
    } catch (const ValueError& error) {
        broken(path, part.key() + ": " + error.what());
    }
    if (!numbers.is_object()) broken(path, part.key() + " is no JSON object");
    for (const auto& [name, value] : *numbers.object()) {
        const std::optional<double> number = value.text() != nullptr ? number_of(*value.text()) : std::nullopt;
        if (!number) broken(path, part.key() + ": '" + name + "' is no number");
        state.numbers.push_back({name, *number});
    }
    for (const auto& [name, tensor] : file.tensors)
        if (name.starts_with(part.prefix)) state.tensors.push_back({name.substr(part.prefix.size()), tensor});
    return state;
}

/// The prefixes of the parts that a file has: every part leaves its numbers in the metadata, be there any or not.
std::vector<std::string> prefixes_in(const SafeTensors& file) {
    constexpr std::string_view before = "xgrad.", after = ".numbers";
    std::vector<std::string> all;
    for (const auto& [key, text] : file.metadata)
        if (key.starts_with(before) && key.ends_with(after) && key.size() > before.size() + after.size())
            all.push_back(key.substr(before.size(), key.size() - before.size() - after.size()) + ".");
    return all;
}

bool is_of_part(const std::vector<std::string>& prefixes, const std::string& name) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return name.starts_with(p); });
}

std::optional<RandomState> read_random(const std::string& path, const SafeTensors& file) {
    const std::string text = file.note(kRandom);
    if (text.empty()) return {};
    RandomState state;
    const char* const end = text.data() + text.size();
    const auto seed = std::from_chars(text.data(), end, state.seed);
    const auto stream = seed.ptr == end ? seed : std::from_chars(seed.ptr + 1, end, state.stream);
    if (seed.ec != std::errc() || seed.ptr == end || stream.ec != std::errc() || stream.ptr != end)
        broken(path, std::string(kRandom) + ": expected two numbers, got '" + text + "'");
    return state;
}

/// A state whose tensors do not change with what it was taken of.
optim::State copied(optim::State state) {
    for (optim::NamedTensor& t : state.tensors) t.value = t.value.clone();
    return state;
}

}  // namespace

void save_checkpoint(const std::string& path, const nn::ModuleBase& model, const CheckpointParts& parts) {
    SafeTensors file;
    file.metadata.emplace_back("format", "pt");
    file.metadata.emplace_back(kEpoch, std::to_string(parts.epoch));
    const RandomState random = random_state();
    file.metadata.emplace_back(kRandom, fmt::format("{} {}", random.seed, random.stream));
    for (const auto& [key, text] : parts.notes) file.metadata.emplace_back(kNote + key, text);
    for (const nn::NamedTensor& t : model.state_dict()) file.tensors.emplace_back(t.name, t.tensor);
    for (const Part& part : parts_of(parts)) {
        for (const auto& [name, tensor] : file.tensors)
            if (name.starts_with(part.prefix))
                throw ValueError("save_checkpoint: the model's '" + name + "' begins as what belongs to the " +
                                 part.prefix.substr(0, part.prefix.size() - 1) + " does");
        const optim::State state = part.save();
        for (const optim::NamedTensor& t : state.tensors) file.tensors.emplace_back(part.prefix + t.name, t.value);
        file.metadata.emplace_back(part.key(), numbers_text(state));
    }
    data::save_safetensors(path, file);
}

CheckpointInfo load_checkpoint(const std::string& path, const nn::ModuleBase& model, const CheckpointParts& parts) {
    const SafeTensors file = data::load_safetensors(path);
    const std::vector<Part> wanted = parts_of(parts);
    std::vector<optim::State> states;
    for (const Part& part : wanted) states.push_back(read_part(path, file, part));
    std::vector<nn::NamedTensor> weights;
    const std::vector<std::string> prefixes = prefixes_in(file);
    for (const auto& [name, tensor] : file.tensors)
        if (!is_of_part(prefixes, name)) weights.push_back({name, tensor});
    const std::optional<RandomState> random = read_random(path, file);
    CheckpointInfo info;
    if (const std::string text = file.note(kEpoch); !text.empty()) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), info.epoch);
        if (error != std::errc() || end != text.data() + text.size())
            broken(path, std::string(kEpoch) + ": expected a number, got '" + text + "'");
    }
    for (const auto& [key, text] : file.metadata)
        if (key.starts_with(kNote)) info.notes.emplace_back(key.substr(std::string(kNote).size()), text);

    // Each part is taken over whole or not at all; where a later one does not fit, the earlier ones go back.
    std::vector<optim::State> before;
    for (const Part& part : wanted) before.push_back(copied(part.save()));
    std::vector<nn::NamedTensor> weights_before = model.state_dict();
    if (!wanted.empty())
        for (nn::NamedTensor& t : weights_before) t.tensor = t.tensor.clone();
    std::size_t loaded = 0;
    try {
        model.load_state_dict(weights);
        for (; loaded < wanted.size(); ++loaded) wanted[loaded].load(states[loaded]);
    } catch (const Error& error) {
        if (!wanted.empty()) model.load_state_dict(weights_before);
        for (std::size_t i = 0; i < loaded; ++i) wanted[i].load(before[i]);
        throw ValueError("load_checkpoint: '" + path + "': " + error.what());
    }
    if (random) set_random_state(*random);
    return info;
}

}  // namespace xg::train
