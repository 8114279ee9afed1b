#include <xgrad/nn/summary.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ostream>
#include <unordered_map>
#include <unordered_set>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/nn/detail/state.hpp>

namespace xg::nn {
namespace {

using Named = std::pair<std::string, Module>;

/// Puts every module in evaluation mode until the end of the scope.
class Evaluation {
public:
    explicit Evaluation(const std::vector<Named>& modules) : modules_(modules) {
        for (const auto& [name, module] : modules) before_.push_back(module.state().training);
        for (const auto& [name, module] : modules) module.state().training = false;
    }
    ~Evaluation() {
        for (std::size_t i = 0; i < modules_.size(); ++i) modules_[i].second.state().training = before_[i];
    }
    Evaluation(const Evaluation&) = delete;
    Evaluation& operator=(const Evaluation&) = delete;

private:
    const std::vector<Named>& modules_;
    std::vector<bool> before_;
};

/// Hooks that are taken away at the end of the scope.
struct Hooked {
    std::vector<HookHandle> handles;
    Hooked() = default;
    ~Hooked() {
        for (HookHandle& handle : handles) handle.remove();
    }
    Hooked(const Hooked&) = delete;
    Hooked& operator=(const Hooked&) = delete;
};

std::string shown(const Shape& shape) {
    if (shape.empty()) return "()";
    std::string text = "(None";
    for (std::size_t i = 1; i < shape.rank(); ++i) text += ", " + std::to_string(shape[i]);
    return text + (shape.rank() == 1 ? ",)" : ")");
}

std::string shown(const std::vector<Tensor>& outputs) {
    std::string text;
    for (const Tensor& t : outputs) text += (text.empty() ? "" : ", ") + (t.defined() ? shown(t.shape()) : "-");
    return outputs.size() == 1 ? text : "[" + text + "]";
}

struct Count {
    std::int64_t numbers = 0, bytes = 0;
    void add(const Tensor& t) {
        numbers += t.numel();
        bytes += t.numel() * item_size(t.dtype());
    }
};

/// Running means and the like; what counts batches says nothing of a model's size.
bool counts(const Tensor& buffer) { return is_floating(buffer.dtype()); }

std::int64_t size_of_layer(const Module& module) {
    Count all;
    for (const NamedTensor& p : module.named_parameters()) all.add(p.tensor);
    for (const NamedTensor& b : module.named_buffers())
        if (counts(b.tensor)) all.add(b.tensor);
    return all.numbers;
}

/// 1234567 as 1,234,567.
std::string grouped(std::int64_t n) {
    std::string text = std::to_string(n);
    for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
    return text;
}

std::string in_bytes(std::int64_t n) {
    auto value = static_cast<double>(n);
    const std::array<const char*, 5> units{"B", "KB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.2f %s", value, units[unit]);
    return text.data();
}

/// How many characters a text is wide: continuation bytes of UTF-8 have none.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width, bool right) {
    const std::string space(width - std::min(width, width_of(text)), ' ');
    return right ? space + text : text + space;
}

/// The lines of a table, as Keras draws them.
class TableText {
public:
    TableText(const std::vector<std::array<std::string, 3>>& lines, std::size_t least) {
        for (const auto& line : lines)
            for (std::size_t i = 0; i < 3; ++i) widths_[i] = std::max(widths_[i], width_of(line[i]));
        // Ten characters are borders and spaces; what is left over widens the names.
        const std::size_t total = widths_[0] + widths_[1] + widths_[2] + 10;
        if (total < least) widths_[0] += least - total;
    }
    std::string rule(const char* left, const char* line, const char* middle, const char* right) const {
        std::string text = left;
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t k = 0; k < widths_[i] + 2; ++k) text += line;
            text += i < 2 ? middle : right;
        }
        return text + "\n";
    }
    std::string row(const std::array<std::string, 3>& cells, const std::string& border) const {
        std::string text = border;
        for (std::size_t i = 0; i < 3; ++i)
            text.append(" ").append(padded(cells[i], widths_[i], i == 2)).append(" ").append(border);
        return text + "\n";
    }

private:
    std::array<std::size_t, 3> widths_{};
};

}  // namespace

std::string Summary::str() const {
    const std::array<std::string, 3> head{"Layer (type)", "Output Shape", "Param #"};
    std::vector<std::array<std::string, 3>> lines;
    for (const SummaryRow& r : rows)
        lines.push_back({r.name.empty() ? r.type : r.name + " (" + r.type + ")", r.output.empty() ? "-" : r.output,
                         grouped(r.parameters)});
    std::vector<std::array<std::string, 3>> all = lines;
    all.push_back(head);
    const TableText table(all, static_cast<std::size_t>(std::max<std::int64_t>(width, 0)));
    std::string text = "Model: \"" + model + "\"\n" + table.rule("┏", "━", "┳", "┓") + table.row(head, "┃") +
                       table.rule("┡", "━", "╇", "┩");
    for (std::size_t i = 0; i < lines.size(); ++i)
        text += table.row(lines[i], "│") +
                (i + 1 < lines.size() ? table.rule("├", "─", "┼", "┤") : table.rule("└", "─", "┴", "┘"));
    const auto total = [](const char* what, std::int64_t n, std::int64_t bytes) {
        return std::string(" ") + what + ": " + grouped(n) + " (" + in_bytes(bytes) + ")\n";
    };
    return text + total("Total params", trainable + non_trainable, trainable_bytes + non_trainable_bytes) +
           total("Trainable params", trainable, trainable_bytes) +
           total("Non-trainable params", non_trainable, non_trainable_bytes);
}

std::ostream& operator<<(std::ostream& out, const Summary& summary) { return out << summary.str(); }

Summary summary(const Module& model, const Shape& input_shape, const SummaryOptions& options) {
    const std::vector<Named> modules = model.named_modules();
    // A module that stands in several places has one line in each, with what it returned first.
    std::unordered_map<const void*, std::string> outputs;
    {
        const Evaluation evaluation(modules);
        Hooked hooked;
        std::unordered_set<const void*> seen;
        for (const auto& [name, module] : modules)
            if (seen.insert(&module.state()).second)
                hooked.handles.push_back(module.register_forward_hook(
                    [&outputs](const Module& m, const std::vector<Tensor>&, const std::vector<Tensor>& results) {
                        outputs.try_emplace(&m.state(), shown(results));
                    }));
        const NoGrad no_grad;
        model(zeros(input_shape.inserted(0, 1), {.dtype = options.dtype}));
    }
    Summary result;
    result.model = model.type();
    result.width = options.width;
    for (const auto& [name, module] : modules) {
        // The model itself only where there is nothing below it.
        if (name.empty() ? modules.size() > 1 : !options.expand_nested && name.find('.') != std::string::npos) continue;
        const auto found = outputs.find(&module.state());
        result.rows.push_back(
            {name, module.type(), found == outputs.end() ? "" : found->second, size_of_layer(module)});
    }
    Count trained, fixed;
    for (const NamedTensor& p : model.named_parameters()) (p.tensor.requires_grad() ? trained : fixed).add(p.tensor);
    for (const NamedTensor& b : model.named_buffers())
        if (counts(b.tensor)) fixed.add(b.tensor);
    result.trainable = trained.numbers;
    result.trainable_bytes = trained.bytes;
    result.non_trainable = fixed.numbers;
    result.non_trainable_bytes = fixed.bytes;
    return result;
}

}  // namespace xg::nn
