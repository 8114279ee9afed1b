#include <algorithm>
#include <map>
#include <string>

#include "families_xgrad.hpp"

namespace parity {
namespace {

/// A random spec and operands for it: of a few letters, capitals too, whose axes have one size each, or now and then
/// size 1.
class Equation {
public:
    explicit Equation(Draw& d) : draw_(d), dots_(d.random.coin(0.3) ? d.shape(0, 2) : Sizes()) {
        static const std::string all = "ijkaBZ";
        letters_ = all.substr(static_cast<std::size_t>(d.random.integer(0, 2)), 4);
        for (const char c : letters_) sizes_[c] = d.random.coin(0.02) ? 0 : d.size();
        named_dots_ = !dots_.empty() || d.random.coin(0.05);
    }

    void run(std::int64_t operands) {
        for (std::int64_t n = operands; n > 0; --n) add_operand(n == 1);
        if (draw_.random.coin(0.7)) add_output();
        draw_.set("spec", spec_);
    }

private:
    void add_operand(bool last) {
        Random& random = draw_.random;
        const bool dots = named_dots_ && random.coin(0.7);
        std::string term;
        for (std::int64_t n = random.integer(0, 3); n > 0; --n) {
            // Twice in one operand now and then: its diagonal.
            const char c =
                letters_[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(letters_.size()) - 1))];
            if (term.find(c) == std::string::npos || random.coin(0.3)) term += c;
        }
        Sizes shape;
        std::map<char, std::int64_t> here;
        for (const char c : term) {
            if (here.count(c) == 0) here[c] = random.coin(0.08) ? 1 : sizes_[c];
            shape.push_back(here[c]);
            if (used_.find(c) == std::string::npos) used_ += c;
        }
        if (dots) {
            dotted_ = true;
            const std::int64_t place = random.integer(0, static_cast<std::int64_t>(term.size()));
            // Fewer axes, or some of size 1: they are broadcast.
            Sizes axes(dots_.begin() + random.integer(0, static_cast<std::int64_t>(dots_.size())), dots_.end());
            for (std::int64_t& n : axes)
                if (random.coin(0.2)) n = 1;
            shape.insert(shape.begin() + place, axes.begin(), axes.end());
            term.insert(static_cast<std::size_t>(place), "...");
        }
        Draw::need(shape.size() <= 5);
        draw_.real_of(shape);
        spec_ += term + (last ? "" : random.coin(0.2) ? ", " : ",");
    }

    void add_output() {
        Random& random = draw_.random;
        std::string out;
        for (const char c : used_)
            if (random.coin(0.6)) out += c;
        for (std::size_t i = out.size(); i > 1; --i)
            std::swap(out[i - 1], out[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(i) - 1))]);
        if (dotted_ && random.coin(0.85))
            out.insert(static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(out.size()))), "...");
        spec_ += (random.coin(0.3) ? " -> " : "->") + out;
    }

    Draw& draw_;
    std::string letters_, used_, spec_;
    std::map<char, std::int64_t> sizes_;
    Sizes dots_;
    bool named_dots_ = false, dotted_ = false;
};

}  // namespace

void add_einsum(Table& t) {
    t.push_back(
        {"einsum", [](Draw& d) { Equation(d).run(d.random.integer(1, 2)); }, XGRAD(xg::einsum(o.word("spec"), in))});
    // In which order they are multiplied says where an infinity meets a 0.
    t.push_back({"einsum of several", [](Draw& d) { Equation(d).run(d.random.integer(3, 4)); },
                 XGRAD(xg::einsum(o.word("spec"), in)), nullptr, false});
}

}  // namespace parity
