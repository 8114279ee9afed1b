#include "print.hpp"

#include <cmath>
#include <regex>

#include <fmt/format.h>

#include "operation.hpp"

namespace parity {
namespace {

std::string number(double v) {
    if (std::isnan(v)) return "NAN";
    if (std::isinf(v)) return v > 0 ? "INFINITY" : "-INFINITY";
    return fmt::format("{}", v);
}

template <class T>
std::string joined(const std::vector<T>& values) {
    std::string text;
    for (const T& v : values) {
        if (!text.empty()) text += ", ";
        if constexpr (std::is_same_v<T, double>)
            text += number(v);
        else
            text += fmt::format("{}", v);
    }
    return text;
}

std::string array(const Array& a, bool leaf) {
    const std::string shape = fmt::format("xg::Shape{{{}}}", joined(a.shape));
    if (a.kind == Kind::real)
        return fmt::format("xg::from_data(std::vector<double>{{{}}}, {}, {})", joined(a.values), shape,
                           leaf ? "leaf" : "f64");
    std::vector<std::int64_t> whole(a.values.begin(), a.values.end());
    return fmt::format("xg::from_data(std::vector<std::int64_t>{{{}}}, {}){}", joined(whole), shape,
                       a.kind == Kind::boolean ? ".to(xg::boolean)" : "");
}

struct OptionText {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return number(v); }
    std::string operator()(const Sizes& v) const {
        // Empty braces mean other things to some functions.
        return v.empty() ? "std::vector<std::int64_t>{}" : fmt::format("{{{}}}", joined(v));
    }
    std::string operator()(const std::vector<double>& v) const { return fmt::format("{{{}}}", joined(v)); }
    std::string operator()(const std::string& v) const { return fmt::format("\"{}\"", v); }
    std::string operator()(const Choice& v) const { return v.name; }
};

std::string name(const Program& program, const Ref& ref) {
    if (ref.step < 0) {
        static const char* const letters[] = {"x", "x", "i", "m"};
        return fmt::format("{}{}", letters[static_cast<int>(program.leaves[static_cast<std::size_t>(ref.index)].kind)],
                           ref.index);
    }
    switch (program.steps[static_cast<std::size_t>(ref.step)].operation->call.results) {
        case Results::one: return fmt::format("v{}", ref.step);
        case Results::bound: return fmt::format("v{}_{}", ref.step, ref.index);
        default: return fmt::format("v{}[{}]", ref.step, ref.index);
    }
}

std::string expression(const Program& program, const Step& step, const std::string& text) {
    // in[0], in.back(), in (all of them) and o.list("axes").
    static const std::regex part(R"~(\bin\b(?:\[(\d+)\]|(\.back\(\)))?|\bo\.(?:as<[^>]*>|\w+)\("(\w+)"\))~");
    std::string result;
    auto last = text.cbegin();
    for (std::sregex_iterator i(text.begin(), text.end(), part), end; i != end; ++i) {
        const std::smatch& found = *i;
        result.append(last, found[0].first);
        last = found[0].second;
        if (found[1].matched) {
            result += name(program, step.inputs.at(std::stoul(found[1])));
        } else if (found[2].matched) {
            result += name(program, step.inputs.back());
        } else if (found[3].matched) {
            const Option& option = step.options.at(found[3]);
            // Code of its own, which may name inputs.
            const auto* choice = std::get_if<Choice>(&option);
            result += choice != nullptr ? expression(program, step, choice->name) : std::visit(OptionText{}, option);
        } else {
            std::string all;
            for (const Ref& ref : step.inputs) all += (all.empty() ? "" : ", ") + name(program, ref);
            result += "{" + all + "}";
        }
    }
    return result.append(last, text.cend());
}

std::string numbers(const char* side, const std::string& what, const Array& a) {
    return fmt::format("    //   {:<8} {} {}\n", side, what, joined(a.values));
}

}  // namespace

std::string as_cpp(const Program& program, const Verdict& verdict) {
    std::string text = "#include <cmath>\n#include <iostream>\n#include <xgrad/xgrad.hpp>\n\nint main() {\n";
    text += "    [[maybe_unused]] const xg::TensorOptions f64{.dtype = xg::float64};\n";
    text += "    [[maybe_unused]] const xg::TensorOptions leaf{.dtype = xg::float64, .requires_grad = true};\n";
    std::string wanted;
    for (std::size_t i = 0; i < program.leaves.size(); ++i) {
        const Ref ref{-1, static_cast<int>(i)};
        const std::string variable = name(program, ref);
        text += fmt::format("    const xg::Tensor {} = {};\n", variable, array(program.leaves[i], true));
        if (program.leaves[i].kind == Kind::real) wanted += (wanted.empty() ? "" : ", ") + variable;
    }
    const bool known = verdict.torch.error.empty() && verdict.xgrad.error.empty();
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        const Step& step = program.steps[s];
        std::string left = fmt::format("xg::Tensor v{}", s);
        if (step.operation->call.results == Results::vector) left = fmt::format("std::vector<xg::Tensor> v{}", s);
        if (step.operation->call.results == Results::bound) {
            left = "auto [";
            for (std::size_t k = 0; k < step.outputs.size(); ++k)
                left += fmt::format("{}v{}_{}", k == 0 ? "" : ", ", s, k);
            left += "]";
        }
        text += fmt::format("    const {} = {};\n", left, expression(program, step, step.operation->call.text));
        for (std::size_t k = 0; known && k < step.outputs.size(); ++k) {
            text += numbers("xgrad", "", verdict.xgrad.steps[s][k]);
            text += numbers("libtorch", "", verdict.torch.steps[s][k]);
        }
    }
    const auto ends = sinks(program);
    if (!program.wild && !ends.empty() && !wanted.empty()) {
        text += fmt::format("\n    const std::vector<xg::Tensor> wanted{{{}}};\n    const xg::Tensor loss = ", wanted);
        for (std::size_t k = 0; k < ends.size(); ++k) {
            const Array& value =
                verdict.torch.error.empty()
                    ? verdict.torch
                          .steps[static_cast<std::size_t>(ends[k].step)][static_cast<std::size_t>(ends[k].index)]
                    : Array{};
            Array w = value;
            for (std::size_t i = 0; i < w.values.size(); ++i) w.values[i] = weight(program, k, i);
            text += fmt::format("{}xg::sum({} * {})", k == 0 ? "" : "\n        + ", name(program, ends[k]),
                                array(w, false));
        }
        text += ";\n    if (!loss.requires_grad()) return 0;\n";
        text += fmt::format(
            "    const auto gradients = xg::grad(std::vector{{loss}}, wanted, {{.create_graph = {}, .allow_unused = "
            "true}});\n",
            program.second);
        for (std::size_t i = 0; known && i < verdict.torch.gradients.size(); ++i)
            if (program.leaves[i].kind == Kind::real) {
                const std::string of = name(program, {-1, static_cast<int>(i)}) + ":";
                text += numbers("xgrad", of, verdict.xgrad.gradients[i]);
                text += numbers("libtorch", of, verdict.torch.gradients[i]);
            }
        text += "    for (const xg::Tensor& g : gradients)\n        if (g.defined()) std::cout << g << '\\n';\n";
        if (program.second) {
            text += "\n    xg::Tensor projection(0.0);\n";
            std::size_t next = 0;
            for (std::size_t i = 0; i < program.leaves.size(); ++i) {
                if (program.leaves[i].kind != Kind::real) continue;
                Array w = program.leaves[i];
                for (std::size_t e = 0; e < w.values.size(); ++e) w.values[e] = second_weight(program, i, e);
                text += fmt::format(
                    "    if (gradients[{0}].defined()) projection = projection + xg::sum(gradients[{0}] * {1});\n",
                    next++, array(w, false));
            }
            text += "    if (!projection.requires_grad()) return 0;\n";
            text += "    const auto seconds = xg::grad(std::vector{projection}, wanted, {.allow_unused = true});\n";
            for (std::size_t i = 0; known && i < verdict.torch.seconds.size(); ++i)
                if (program.leaves[i].kind == Kind::real) {
                    const std::string of = name(program, {-1, static_cast<int>(i)}) + ":";
                    text += numbers("xgrad", of, verdict.xgrad.seconds[i]);
                    text += numbers("libtorch", of, verdict.torch.seconds[i]);
                }
            text += "    for (const xg::Tensor& g : seconds)\n        if (g.defined()) std::cout << g << '\\n';\n";
        }
    }
    return text + "}\n";
}

}  // namespace parity
