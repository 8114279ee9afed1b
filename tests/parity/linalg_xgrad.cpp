#include <algorithm>

#include "families_xgrad.hpp"
#include "spectra.hpp"

namespace parity {
namespace {

Want vector_like() { return {.min_rank = 1, .max_rank = 1}; }

void two_vectors(Draw& d) { d.real_of(d.real(vector_like()).shape); }

void any_two_vectors(Draw& d) {
    d.real(vector_like());
    d.real(vector_like());
}

void blocks(Draw& d) {
    const Array& a = d.real();
    const Array& b = d.real({.max_rank = 3});
    // Not even of no elements if it is long: such could grow beyond all bounds.
    const auto extent = [](const Array& x) {
        std::int64_t n = 1;
        for (const std::int64_t size : x.shape) n *= std::max<std::int64_t>(size, 1);
        return n;
    };
    Draw::need(extent(a) * extent(b) <= Maker::kMaxElements);
}

/// Two that broadcast, and an axis of what they make together; its size is 3 if it is wanted so.
void along(Draw& d, bool of_three) {
    Sizes shape = d.shape(1, 3), whole;
    const auto last = static_cast<std::int64_t>(shape.size()) - 1, from_end = d.random.integer(-last - 1, -1);
    if (of_three) shape[static_cast<std::size_t>(last + 1 + from_end)] = 3;
    d.real_of(shape);
    Draw::need(broadcast(shape, d.real_beside(shape).shape, whole));
    d.set("axis", d.random.coin() ? from_end : from_end + static_cast<std::int64_t>(whole.size()));
}

/// Square matrices, now and then of no elements.
const Array& square_matrix(Draw& d) {
    const std::int64_t n = d.random.coin(0.02) ? 0 : d.size();
    if (n != 0) return d.matrix(n, n);
    Sizes shape = d.shape(0, 2);
    shape.insert(shape.end(), {0, 0});
    return d.real_of(shape);
}

void one_square(Draw& d) { square_matrix(d); }

/// What stands beside the matrices `a`: stacks of the last sizes `matrix` that broadcast with theirs.
const Array& beside_stack(Draw& d, const Array& a, const Sizes& matrix) {
    Sizes shape(a.shape.begin(), a.shape.end() - 2);
    for (std::int64_t& n : shape) {
        if (n == 1 && d.random.coin(0.3))
            n = d.size();
        else if (d.random.coin(0.2))
            n = 1;
    }
    if (!shape.empty() && d.random.coin(0.3)) shape.erase(shape.begin());
    shape.insert(shape.end(), matrix.begin(), matrix.end());
    return d.real_of(shape);
}

/// Right-hand sides for a: a vector, a vector for each matrix, or matrices.
void sides(Draw& d, const Array& a) {
    const std::int64_t rows = a.shape[a.shape.size() - 2];
    if (d.random.coin(0.2))
        d.real_of({rows});
    else if (d.random.coin(0.2))
        d.real_of(Sizes(a.shape.begin(), a.shape.end() - 1));
    else
        beside_stack(d, a, {rows, d.size()});
}

void system(Draw& d) { sides(d, square_matrix(d)); }

void triangles(Draw& d) {
    const Array& a = square_matrix(d);
    const std::int64_t n = a.shape.back(), r = d.size();
    d.flag("upper");
    d.flag("unitriangular");
    if (d.flag("left"))
        beside_stack(d, a, {n, r});
    else
        beside_stack(d, a, {r, n});
}

void power(Draw& d, std::int64_t low, std::int64_t high) {
    square_matrix(d);
    d.integer("n", low, high);
}

}  // namespace

void add_linalg(Table& t) {
    t.push_back({"dot", two_vectors, XGRAD(xg::dot(in[0], in[1]))});
    t.push_back({"outer", any_two_vectors, XGRAD(xg::outer(in[0], in[1]))});
    t.push_back({"kron", blocks, XGRAD(xg::kron(in[0], in[1]))});
    t.push_back({"cross", [](Draw& d) { along(d, true); }, XGRAD(xg::cross(in[0], in[1], o.integer("axis")))});
    t.push_back({"vecdot", [](Draw& d) { along(d, false); }, XGRAD(xg::vecdot(in[0], in[1], o.integer("axis")))});

    // Matrices that are singular are refused, which wild ones often are.
    t.push_back({"solve", system, XGRAD(xg::solve(in[0], in[1])), both(regular(), of_different()), false});
    t.push_back({"inv", one_square, XGRAD(xg::inv(in[0])), regular(), false});
    t.push_back({"matrix_power of inverse", [](Draw& d) { power(d, -4, -1); },
                 XGRAD(xg::matrix_power(in[0], o.integer("n"))), regular(0, 0.05), false});
    // (a · a) · a and a · (a · a) differ where there are infinities.
    t.push_back({"matrix_power", [](Draw& d) { power(d, 0, 6); }, XGRAD(xg::matrix_power(in[0], o.integer("n"))),
                 nullptr, false});
    t.push_back({"det", one_square, XGRAD(xg::det(in[0])), regular()});
    // libtorch's sign of NaN is 0.
    t.push_back({"slogdet", one_square, XGRAD(xg::slogdet(in[0])), regular(), false});

    t.push_back({"solve_triangular", triangles,
                 XGRAD(xg::solve_triangular(
                     in[0], in[1],
                     {.upper = o.flag("upper"), .left = o.flag("left"), .unitriangular = o.flag("unitriangular")})),
                 both(regular_triangle(0.01), of_different())});
    t.push_back({"cholesky_solve",
                 [](Draw& d) {
                     const Array& l = square_matrix(d);
                     beside_stack(d, l, {l.shape.back(), d.size()});
                 },
                 XGRAD(xg::cholesky_solve(in[1], xg::tril(in[0]))),
                 both(regular_triangle(0.05, false), of_different())});
    t.push_back({"cholesky_solve of upper triangle",
                 [](Draw& d) {
                     const Array& u = square_matrix(d);
                     beside_stack(d, u, {u.shape.back(), d.size()});
                 },
                 XGRAD(xg::cholesky_solve(in[1], xg::triu(in[0]), true)),
                 both(regular_triangle(0.05, true), of_different())});
}

}  // namespace parity
