#include "families_xgrad.hpp"

// Parts of matrices, and matrices made of vectors.

namespace parity {
namespace {

/// A diagonal, which may lie outside of the matrix.
void offset(Draw& d) { d.integer("offset", -4, 4); }

std::function<void(Draw&)> with_offset(const Want& want) {
    return [want](Draw& d) {
        d.real(want);
        offset(d);
    };
}

void two_axes(Draw& d) {
    const std::size_t rank = d.real({.min_rank = 2}).shape.size();
    const std::size_t a = d.axis("a", rank), b = d.axis("b", rank);
    Draw::need(a != b);
    offset(d);
}

void classes(Draw& d) {
    const std::int64_t n = d.random.integer(1, 5);
    d.integers(d.shape(0, 3), 0, n - 1);
    d.set("classes", n);
}

/// As many as the indices ask for.
void open_classes(Draw& d) { d.integers(d.shape(0, 3, 1), 0, 4); }

void vectors(Draw& d) {
    for (std::int64_t n = d.random.integer(1, 3); n > 0; --n) d.real({.max_rank = 1});
}

}  // namespace

void add_matrices(Table& t) {
    t.push_back({"diag", with_offset({.min_rank = 1, .max_rank = 2}), XGRAD(xg::diag(in[0], o.integer("offset")))});
    t.push_back(
        {"diagonal", two_axes, XGRAD(xg::diagonal(in[0], o.integer("offset"), o.integer("a"), o.integer("b")))});
    t.push_back(
        {"diag_embed", with_offset({.min_rank = 1, .max_rank = 3}), XGRAD(xg::diag_embed(in[0], o.integer("offset")))});
    t.push_back({"tril", with_offset({.min_rank = 2}), XGRAD(xg::tril(in[0], o.integer("offset")))});
    t.push_back({"triu", with_offset({.min_rank = 2}), XGRAD(xg::triu(in[0], o.integer("offset")))});
    t.push_back({"trace", unary({.min_rank = 2}), XGRAD(xg::trace(in[0]))});
    t.push_back({"one_hot", classes, XGRAD(xg::one_hot(in[0], o.integer("classes")))});
    t.push_back({"one_hot of all classes", open_classes, XGRAD(xg::one_hot(in[0]))});
    t.push_back({"one_hot of real numbers", classes, XGRAD(xg::one_hot(in[0], o.integer("classes"), xg::float64))});
    t.push_back({"meshgrid", vectors, XGRAD(xg::meshgrid(in))});
    t.push_back({"meshgrid of x and y", vectors, XGRAD(xg::meshgrid(in, "xy"))});
}

}  // namespace parity
