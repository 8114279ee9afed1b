#include <algorithm>
#include <string>

#include "families_xgrad.hpp"

// Python's square brackets: index and index_put.

namespace parity {
namespace {

/// What an entry is, in the option "entries": five numbers each, this and up to four that go with it.
enum Entry : std::int64_t { number, slice, ellipsis, new_axis, tensor };

/// A list of entries under way: as numbers for both sides, and as C++ to print.
class Entries {
public:
    /// Tensors of indices are of these sizes, or broadcast to them. With `once` there is one, which names no place
    /// twice.
    Entries(Draw& d, bool once) : once_(once), draw_(d), common_(d.shape(0, 2, 1)) {}

    void add_for(const Sizes& shape);
    const std::vector<const Array*>& tensors() const { return tensors_; }

private:
    void add(Entry kind, const std::string& text, std::int64_t a = 0, std::int64_t b = 0, std::int64_t c = 0,
             std::int64_t open = 0) {
        for (const std::int64_t v : {static_cast<std::int64_t>(kind), a, b, c, open})
            numbers_.push_back(static_cast<double>(v));
        text_ += (text_.empty() ? "" : ", ") + text;
    }
    void add_tensor(const Array& array) {
        tensors_.push_back(&array);
        const auto i = static_cast<std::int64_t>(tensors_.size());
        add(tensor, "in[" + std::to_string(i) + "]", i);
    }
    void add_slice(std::int64_t n);
    void add_mask(const Sizes& covered);
    void add_indices(std::int64_t n);

    const bool once_;
    Draw& draw_;
    const Sizes common_;
    std::vector<const Array*> tensors_;
    std::vector<double> numbers_;
    std::string text_;
};

void Entries::add_slice(std::int64_t n) {
    const std::int64_t start = draw_.random.integer(-n - 1, n), stop = draw_.random.integer(-n - 1, n + 1),
                       step = draw_.random.integer(1, 3);
    // Open at the start, at the end, or at both.
    const std::int64_t open = draw_.random.coin() ? draw_.random.integer(1, 3) : 0;
    std::string text = "xg::Slice{";
    text += (open & 1) != 0 ? "{}, " : std::to_string(start) + ", ";
    text += (open & 2) != 0 ? "{}" : std::to_string(stop);
    add(slice, text + (step == 1 ? "}" : ", " + std::to_string(step) + "}"), start, stop, step, open);
}

void Entries::add_mask(const Sizes& covered) {
    const std::int64_t all = elements(covered);
    // Where it holds must broadcast with the other tensors.
    const std::int64_t hold = once_                                       ? draw_.random.integer(0, all)
                              : common_.empty() || draw_.random.coin(0.2) ? 1
                                                                          : common_.back();
    Draw::need(hold <= all);
    Array mask{Kind::boolean, covered, std::vector<double>(static_cast<std::size_t>(all), 0.0)};
    std::fill_n(mask.values.begin(), hold, 1.0);
    for (std::int64_t i = all; i > 1; --i)
        std::swap(mask.values[static_cast<std::size_t>(i - 1)],
                  mask.values[static_cast<std::size_t>(draw_.random.integer(0, i - 1))]);
    add_tensor(draw_.leaf(std::move(mask)));
}

void Entries::add_indices(std::int64_t n) {
    if (once_) return add_tensor(draw_.different_integers({draw_.random.integer(0, n)}, 0, n));
    Sizes sizes = common_;
    for (std::int64_t& size : sizes)
        if (draw_.random.coin(0.2)) size = 1;
    if (!sizes.empty() && draw_.random.coin(0.2)) sizes.erase(sizes.begin());
    add_tensor(draw_.integers(sizes, -n, n - 1));
}

void Entries::add_for(const Sizes& shape) {
    Random& random = draw_.random;
    const auto rank = static_cast<std::int64_t>(shape.size());
    bool open = true, advanced = false;
    const std::int64_t dots = random.coin(0.3) ? random.integer(0, rank) : -1;
    for (std::int64_t axis = 0; axis <= rank;) {
        if (random.coin(0.1)) add(new_axis, "xg::newaxis");
        if (open && dots == axis) {
            open = false;
            // For libtorch an Ellipsis for no axes is nothing; for NumPy it stands between tensors as any does.
            const std::int64_t skipped = random.integer(advanced ? 1 : 0, std::max<std::int64_t>(rank - axis, 1));
            Draw::need(axis + skipped <= rank);
            add(ellipsis, "xg::Ellipsis{}");
            axis += skipped;
        }
        // Axes at the end may be left out, unless an Ellipsis would be for them then.
        if (axis == rank || (open && random.coin(0.15))) break;
        const std::int64_t n = shape[static_cast<std::size_t>(axis)];
        const bool more = !once_ || tensors_.empty();
        const double what = random.number(0, 1);
        std::int64_t width = 1;
        if (what < 0.2 && n > 0) {
            const std::int64_t i = random.integer(-n, n - 1);
            add(number, std::to_string(i), i);
            advanced = true;
        } else if (what < 0.35 && more) {
            width = axis + 1 < rank && random.coin() ? 2 : 1;
            add_mask({shape.begin() + axis, shape.begin() + axis + width});
            advanced = true;
        } else if (what < 0.65 && more && n > 0) {
            add_indices(n);
            advanced = true;
        } else {
            add_slice(n);
        }
        axis += width;
    }
    draw_.set("numbers", numbers_);
    draw_.set("entries", Choice{0, "std::vector<xg::IndexEntry>{" + text_ + "}"});
}

std::vector<xg::IndexEntry> entries_of(const Inputs& in, const Options& o) {
    std::vector<xg::IndexEntry> entries;
    const std::vector<double>& numbers = o.numbers("numbers");
    for (std::size_t k = 0; k < numbers.size(); k += 5) {
        const auto at = [&](std::size_t i) { return static_cast<std::int64_t>(numbers[k + i]); };
        switch (at(0)) {
            case number: entries.emplace_back(at(1)); break;
            case slice: {
                xg::Slice s{at(1), at(2), at(3)};
                if ((at(4) & 1) != 0) s.start.reset();
                if ((at(4) & 2) != 0) s.stop.reset();
                entries.emplace_back(s);
                break;
            }
            case ellipsis: entries.emplace_back(xg::Ellipsis{}); break;
            case new_axis: entries.emplace_back(xg::newaxis); break;
            default: entries.emplace_back(in[static_cast<std::size_t>(at(1))]);
        }
    }
    return entries;
}

/// x[entries…], or with values that go there; as text `call` for the printed program.
Call bracketed(xg::Tensor (*f)(const Inputs&, const std::vector<xg::IndexEntry>&), const char* text) {
    return make_call([f](const Inputs& in, const Options& o) { return f(in, entries_of(in, o)); }, text);
}

void pick(Draw& d) {
    const Array& x = d.real();
    Entries(d, false).add_for(x.shape);
}

/// The values come last, of the shape that x[entries…] has, or one that broadcasts to it.
std::function<void(Draw&)> put(bool accumulate) {
    return [accumulate](Draw& d) {
        const Array& x = d.real();
        Entries entries(d, !accumulate);
        entries.add_for(x.shape);
        Inputs in{xg::zeros(x.shape)};
        for (const Array* t : entries.tensors()) {
            const xg::Tensor values = xg::from_data(t->values, t->shape, {.dtype = xg::float64});
            in.push_back(values.to(t->kind == Kind::boolean ? xg::boolean : xg::int64));
        }
        const xg::Shape part = xg::index(in[0], entries_of(in, d.step.options)).shape();
        Sizes shape(part.begin(), part.end());
        for (std::int64_t& n : shape)
            if (d.random.coin(0.15)) n = 1;
        if (d.random.coin(0.2))
            shape.erase(shape.begin(), shape.begin() + d.random.integer(0, static_cast<std::int64_t>(shape.size())));
        d.real_of(shape);
    };
}

}  // namespace

void add_brackets(Table& t) {
    t.push_back({"index", pick,
                 bracketed([](const Inputs& in, const auto& entries) { return xg::index(in[0], entries); },
                           R"(xg::index(in[0], o.as<E>("entries")))")});
    // Of several values for one place libtorch says not which counts: there are none.
    t.push_back(
        {"index_put", put(false),
         bracketed([](const Inputs& in, const auto& entries) { return xg::index_put(in[0], entries, in.back()); },
                   R"(xg::index_put(in[0], o.as<E>("entries"), in.back()))")});
    t.push_back(
        {"index_put that adds", put(true),
         bracketed([](const Inputs& in, const auto& entries) { return xg::index_put(in[0], entries, in.back(), true); },
                   R"(xg::index_put(in[0], o.as<E>("entries"), in.back(), true))")});
}

}  // namespace parity
