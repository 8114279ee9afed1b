#include <xgrad/autograd/detail/einsum_spec.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <string>

#include <xgrad/core/error.hpp>

namespace xg::detail {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The letters of one operand, and where among them the axes of `...` are.
struct Term {
    std::string letters;
    std::size_t dots = kNone;
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
};

struct Parser {
    std::string_view spec;
    std::vector<Term> terms;
    Term output;
    bool explicit_output = false;

    [[noreturn]] void fail(const std::string& why, std::size_t at) const {
        throw ValueError("einsum: " + why + " at position " + std::to_string(at) + " of \"" + std::string(spec) + "\"");
    }

    void run() {
        Term term;
        for (std::size_t i = 0; i < spec.size(); ++i) {
            const char c = spec[i];
            if (c == ' ') continue;
            if (is_letter(c)) {
                term.letters += c;
            } else if (c == '.') {
                if (spec.substr(i, 3) != "...") fail("expected \"...\"", i);
                if (term.dots != Term::kNone) fail("a second \"...\"", i);
                term.dots = term.letters.size();
                i += 2;
            } else if (c == ',') {
                if (explicit_output) fail("a comma behind \"->\"", i);
                terms.push_back(std::exchange(term, {}));
            } else if (c == '-') {
                if (spec.substr(i, 2) != "->") fail("expected \"->\"", i);
                if (explicit_output) fail("a second \"->\"", i);
                explicit_output = true;
                terms.push_back(std::exchange(term, {}));
                ++i;
            } else {
                fail(std::string("unexpected '") + c + "'", i);
            }
        }
        (explicit_output ? output : terms.emplace_back()) = std::move(term);
    }
};

/// Gives out labels and their sizes.
struct Namer {
    std::string_view spec;
    EinsumSpec& result;
    std::array<int, 128> of_letter;
    std::vector<int> of_dots;  // from the last axis of `...` to the first

    [[noreturn]] void fail(const std::string& why) const {
        throw ShapeError("einsum: \"" + std::string(spec) + "\": " + why);
    }

    int fresh() {
        if (result.sizes.size() == 64) fail("more than 64 different axes");
        result.sizes.push_back(1);
        return static_cast<int>(result.sizes.size()) - 1;
    }

    int letter(char c) {
        int& label = of_letter[static_cast<std::size_t>(c)];
        if (label < 0) label = fresh();
        return label;
    }

    int dot(std::size_t from_behind) {
        while (of_dots.size() <= from_behind) of_dots.push_back(fresh());
        return of_dots[from_behind];
    }

    void sized(int label, std::size_t operand, std::size_t axis, const Shape& shape, char letter) {
        std::int64_t& known = result.sizes[static_cast<std::size_t>(label)];
        const std::int64_t size = shape[axis];
        if (known != 1 && size != 1 && known != size)
            fail((letter == '.' ? std::string("\"...\"") : std::string("'") + letter + "'") + " has size " +
                 std::to_string(known) + " before and " + std::to_string(size) + " in operand " +
                 std::to_string(operand) + " of shape " + shape.str());
        if (known == 1) known = size;
    }

    void name(const Term& term, std::size_t operand, const Shape& shape) {
        const std::size_t letters = term.letters.size();
        if (term.dots == Term::kNone ? shape.rank() != letters : shape.rank() < letters)
            fail("operand " + std::to_string(operand) + " has " + std::to_string(letters) +
                 (term.dots == Term::kNone ? " letters" : " letters beside \"...\"") + ", but the shape " +
                 shape.str());
        if (shape.rank() > LabelList::kMost) fail("operand " + std::to_string(operand) + " has more than 64 axes");
        const std::size_t dots = shape.rank() - letters;
        LabelList& labels = result.operands.emplace_back();
        for (std::size_t i = 0; i <= letters; ++i) {
            if (i == term.dots)
                for (std::size_t k = 0; k < dots; ++k) {
                    const int label = dot(dots - 1 - k);
                    labels.push_back(label);
                    sized(label, operand, labels.size() - 1, shape, '.');
                }
            if (i == letters) break;
            const int label = letter(term.letters[i]);
            const std::size_t first = labels.find(label);
            const std::size_t axis = labels.size();
            labels.push_back(label);
            if (shape[first] != shape[axis])
                fail(std::string("'") + term.letters[i] + "' is there twice in operand " + std::to_string(operand) +
                     ", whose axes have different sizes: " + shape.str());
            sized(label, operand, axis, shape, term.letters[i]);
        }
    }
};

}  // namespace

EinsumSpec::EinsumSpec(std::string_view spec, const std::vector<const Shape*>& shapes) {
    Parser parser{.spec = spec, .terms = {}, .output = {}};
    parser.terms.reserve(shapes.size());
    operands.reserve(shapes.size());
    sizes.reserve(8);
    parser.run();
    if (parser.terms.size() != shapes.size())
        throw ValueError("einsum: \"" + std::string(spec) + "\" is for " + std::to_string(parser.terms.size()) +
                         " operands, got " + std::to_string(shapes.size()));
    Namer namer{.spec = spec, .result = *this, .of_letter = {}, .of_dots = {}};
    namer.of_letter.fill(-1);
    for (std::size_t i = 0; i < shapes.size(); ++i) namer.name(parser.terms[i], i, *shapes[i]);
    const auto add_dots = [&] {
        for (std::size_t k = namer.of_dots.size(); k-- > 0;) output.push_back(namer.of_dots[k]);
    };
    if (!parser.explicit_output) {
        add_dots();
        std::array<int, 128> times{};
        for (const Term& term : parser.terms)
            for (const char c : term.letters) ++times[static_cast<std::size_t>(c)];
        for (int c = 'A'; c <= 'z'; ++c)
            if (times[static_cast<std::size_t>(c)] == 1) output.push_back(namer.letter(static_cast<char>(c)));
        return;
    }
    const Term& out = parser.output;
    for (std::size_t i = 0; i <= out.letters.size(); ++i) {
        if (i == out.dots) add_dots();
        if (i == out.letters.size()) break;
        const char c = out.letters[i];
        const std::size_t at = spec.rfind(c);
        if (namer.of_letter[static_cast<std::size_t>(c)] < 0)
            parser.fail(std::string("'") + c + "' is in no operand", at);
        if (out.letters.find(c) != i) parser.fail(std::string("'") + c + "' comes twice in the output", at);
        output.push_back(namer.letter(c));
    }
}

namespace {

using Places = std::pair<std::size_t, std::size_t>;

double elements(Labels labels, const std::vector<std::int64_t>& sizes) {
    double n = 1;
    for (; labels != 0; labels &= labels - 1)
        n *= static_cast<double>(sizes[static_cast<std::size_t>(std::countr_zero(labels))]);
    return n;
}

/// The operands left when two of them were multiplied, and the cost of that.
std::vector<Labels> multiplied(const std::vector<Labels>& operands, Places pair, Labels output,
                               const std::vector<std::int64_t>& sizes, double& cost) {
    std::vector<Labels> rest;
    Labels needed = output;
    for (std::size_t i = 0; i < operands.size(); ++i) {
        if (i == pair.first || i == pair.second) continue;
        rest.push_back(operands[i]);
        needed |= operands[i];
    }
    const Labels both = operands[pair.first] | operands[pair.second];
    // What is written counts a little, so that of equal products the one with the smaller result comes first.
    cost = elements(both, sizes) + 0.5 * elements(both & needed, sizes);
    rest.push_back(both & needed);
    return rest;
}

double best_order(const std::vector<Labels>& operands, Labels output, const std::vector<std::int64_t>& sizes,
                  std::vector<Places>& order) {
    order.clear();
    if (operands.size() < 2) return 0;
    double best = std::numeric_limits<double>::infinity();
    std::vector<Places> rest;
    for (std::size_t i = 0; i < operands.size(); ++i)
        for (std::size_t j = i + 1; j < operands.size(); ++j) {
            double cost = 0;
            const std::vector<Labels> left = multiplied(operands, {i, j}, output, sizes, cost);
            cost += best_order(left, output, sizes, rest);
            if (cost < best || order.empty()) {
                best = cost;
                order.assign(1, {i, j});
                order.insert(order.end(), rest.begin(), rest.end());
            }
        }
    return best;
}

}  // namespace

std::vector<Places> contraction_order(const std::vector<Labels>& given, Labels output,
                                      const std::vector<std::int64_t>& sizes) {
    if (given.size() == 2) return {{0, 1}};
    std::vector<Labels> operands = given;
    std::vector<Places> order;
    while (operands.size() > 4) {
        Places cheapest{0, 1};
        std::pair<bool, double> least{true, std::numeric_limits<double>::infinity()};
        for (std::size_t i = 0; i < operands.size(); ++i)
            for (std::size_t j = i + 1; j < operands.size(); ++j) {
                double cost = 0;
                const Labels left = multiplied(operands, {i, j}, output, sizes, cost).back();
                // As opt_einsum's greedy path: by how much less, or more, there is to keep afterwards; products without
                // a common axis last.
                cost = elements(left, sizes) - elements(operands[i], sizes) - elements(operands[j], sizes);
                const std::pair<bool, double> rank{(operands[i] & operands[j]) == 0, cost};
                if (rank < least) {
                    least = rank;
                    cheapest = {i, j};
                }
            }
        double cost = 0;
        operands = multiplied(operands, cheapest, output, sizes, cost);
        order.push_back(cheapest);
    }
    std::vector<Places> rest;
    best_order(operands, output, sizes, rest);
    order.insert(order.end(), rest.begin(), rest.end());
    return order;
}

}  // namespace xg::detail
