#include <xgrad/autograd/graph.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include <xgrad/core/detail/process.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>

// A graph as a tree, as a table, and as a picture.

namespace xg {
namespace {

/// How many bytes the character at `i` has in UTF-8; 0 where there is none.
std::size_t character_size(const std::string& text, std::size_t i) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    const unsigned char first = byte(i);
    const std::size_t n = first < 0x80 ? 1 : first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (i + n > text.size()) return 0;
    for (std::size_t k = i + 1; k < i + n; ++k)
        if ((byte(k) & 0xC0) != 0x80) return 0;
    return n;
}

/// A name as a line of text: it comes from users, and may hold what a terminal obeys or Graphviz refuses, or be very
/// long.
std::string shown(const std::string& text) {
    constexpr int most = 200;  // characters
    std::string out;
    int count = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (count++ == most) return out + "…";
        const std::size_t n = character_size(text, i);
        const auto first = static_cast<unsigned char>(text[i]);
        // Control characters are those below 32, 127, and 128 to 159.
        const bool control = (n == 1 && (first < 32 || first == 127)) ||
                             (n == 2 && first == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0);
        out += n == 0 || control ? "?" : text.substr(i, n);
        i += std::max<std::size_t>(n, 1);
    }
    return out;
}

std::string what(const GraphNode& n) {
    return shown(!n.operation.empty() ? n.operation : n.name.empty() ? "leaf" : n.name);
}

std::string title(const GraphNode& n) { return fmt::format("{} {} {}", what(n), n.shape.str(), name(n.dtype)); }

/// A string as Graphviz takes it between double quotes, where it reads entities as HTML does.
std::string in_quotes(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
        if (c == '&') out += "amp;";
    }
    return out + "\"";
}

std::string lines(const std::string& first, const std::string& second) {
    std::string out = in_quotes(first);
    out.pop_back();
    return out + "\\n" + in_quotes(second).substr(1);
}

/// The boxes of modules within one another, and what lies in each.
class Boxes {
public:
    explicit Boxes(const Graph& graph) : graph_(graph) {
        for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
            std::size_t at = 0;
            for (const std::string& module : graph.nodes[i].modules) at = below(at, module);
            boxes_[at].members.push_back(i);
        }
    }

    std::string dot() {
        std::string out;
        write(0, 1, out);
        return out;
    }

private:
    struct Box {
        std::string label = {};
        std::vector<std::size_t> members = {}, below = {};
    };

    std::size_t below(std::size_t at, const std::string& label) {
        for (const std::size_t b : boxes_[at].below)
            if (boxes_[b].label == label) return b;
        boxes_.push_back({label});
        boxes_[at].below.push_back(boxes_.size() - 1);
        return boxes_.size() - 1;
    }

    // As deep as modules are nested.
    void write(std::size_t at, std::size_t depth, std::string& out) {
        const std::string indent(2 * depth, ' ');
        for (const std::size_t i : boxes_[at].members) {
            const GraphNode& n = graph_.nodes[i];
            out += fmt::format("{}n{} [label={}{}];\n", indent, i, lines(what(n), n.shape.str()),
                               n.operation.empty() ? ", fillcolor=\"#dde8f5\"" : "");
        }
        for (const std::size_t b : boxes_[at].below) {
            out += fmt::format(
                "{}subgraph cluster_{} {{\n{}  label={}; labelloc=b; labeljust=l; style=\"rounded\"; "
                "color=\"#8899aa\";\n",
                indent, clusters_++, indent, in_quotes(shown(boxes_[b].label)));
            write(b, depth + 1, out);
            out += indent + "}\n";
        }
    }

    const Graph& graph_;
    std::vector<Box> boxes_ = {Box{}};
    std::size_t clusters_ = 0;
};

std::string bytes_text(std::int64_t n) {
    const auto x = static_cast<double>(n);
    if (x < 1e3) return fmt::format("{} B", n);
    if (x < 1e6) return fmt::format("{:.1f} kB", x / 1e3);
    return x < 1e9 ? fmt::format("{:.1f} MB", x / 1e6) : fmt::format("{:.2f} GB", x / 1e9);
}

std::string dot_program() {
    const char* const program = std::getenv("XGRAD_DOT");
    return program != nullptr && *program != '\0' ? program : "dot";
}

/// What a program said, as a terminal may see it.
std::string said(const std::string& log) {
    std::string text;
    try {
        text = read_file(log).substr(0, 2000);
    } catch (const FileError&) {
    }
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 32 && c != '\n') c = '?';
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.empty() ? "it left no message" : text;
}

}  // namespace

std::string Graph::str() const {
    if (nodes.empty()) return "";
    std::vector<int> uses(nodes.size(), 0);
    for (const GraphNode& n : nodes)
        for (const std::size_t i : n.inputs) ++uses[i];
    std::vector<bool> printed(nodes.size(), false);
    std::string out;
    // A chain of single inputs goes on at the same depth: depth is for branches, and lines stay on the screen.
    std::vector<std::pair<std::size_t, std::size_t>> stack = {{nodes.size() - 1, 0}};
    while (!stack.empty()) {
        const auto [at, depth] = stack.back();
        stack.pop_back();
        const GraphNode& n = nodes[at];
        out.append(2 * std::min<std::size_t>(depth, 40), ' ');
        if (printed[at]) {
            out += fmt::format("#{} {}, see above\n", at, what(n));
            continue;
        }
        printed[at] = true;
        out += fmt::format("{}{}{}{}\n", uses[at] > 1 ? fmt::format("#{} ", at) : "", title(n),
                           n.module.empty() ? "" : "  in " + shown(n.module), n.released ? "  (freed)" : "");
        const std::size_t below = depth + (n.inputs.size() > 1 ? 1 : 0);
        for (std::size_t i = n.inputs.size(); i-- > 0;) stack.emplace_back(n.inputs[i], below);
    }
    return out;
}

std::string Graph::table() const {
    std::vector<std::pair<std::string, OperationTotal>> rows;
    OperationTotal all;
    std::size_t width = 9;
    for (const auto& row : totals()) {
        rows.emplace_back(shown(row.first), row.second);
        all.count += row.second.count;
        all.output_bytes += row.second.output_bytes;
        all.flops += row.second.flops;
        width = std::max(width, rows.back().first.size());
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.second.output_bytes > b.second.output_bytes; });
    rows.emplace_back("all", all);
    std::string out =
        fmt::format("{:<{}}  {:>7}  {:>9}  {:>6}  {:>9}\n", "operation", width, "count", "memory", "share", "MFLOP");
    for (const auto& [op, t] : rows)
        out += fmt::format(
            "{:<{}}  {:>7}  {:>9}  {:>5.1f}%  {:>9.3g}\n", op, width, t.count, bytes_text(t.output_bytes),
            all.output_bytes == 0 ? 0.0
                                  : 100 * static_cast<double>(t.output_bytes) / static_cast<double>(all.output_bytes),
            t.flops / 1e6);
    return out;
}

std::string Graph::dot() const {
    std::string out =
        "digraph xgrad {\n  rankdir=BT;\n  fontname=\"Helvetica\"; fontsize=10;\n  node [shape=box, "
        "style=\"rounded,filled\", fillcolor=white, fontname=\"Helvetica\", fontsize=10];\n  edge "
        "[color=\"#555555\"];\n" +
        Boxes(*this).dot();
    for (std::size_t i = 0; i < nodes.size(); ++i)
        for (const std::size_t from : nodes[i].inputs) out += fmt::format("  n{} -> n{};\n", from, i);
    return out + "}\n";
}

void Graph::write_dot(const std::string& path) const { write_file(path, dot()); }

GraphPicture Graph::write_svg(const std::string& path) const {
    if (!path.ends_with(".svg"))
        throw ValueError(fmt::format("graph: cannot draw '{}': expected a name that ends in .svg", path));
    const std::string folder = std::filesystem::path(path).parent_path().string();
    make_folder(folder.empty() ? "." : folder);
    const detail::TemporaryFolder temporary("graph");
    const std::string source = temporary.path() + "/graph.dot", log = temporary.path() + "/dot.log",
                      program = dot_program();
    write_file(source, dot());
    const detail::ProgramEnd end =
        detail::run_program("graph", program, {"-Tsvg", "-ograph.svg", "graph.dot"}, temporary.path(), log);
    if (!end.found) {
        const std::string left = path.substr(0, path.size() - 4) + ".dot";
        write_dot(left);
        return {left, false,
                fmt::format("'{}' was not drawn: there is no program '{}'. The graph is in '{}'; where Graphviz is "
                            "installed, run dot -Tsvg on it.",
                            path, program, left)};
    }
    if (end.signal != 0)
        throw Error(fmt::format("graph: {} was ended by signal {}: {}", program, end.signal, said(log)));
    if (end.status != 0)
        throw Error(fmt::format("graph: {} failed with status {}: {}", program, end.status, said(log)));
    write_file(path, read_file(temporary.path() + "/graph.svg"));
    return {path, true};
}

}  // namespace xg
