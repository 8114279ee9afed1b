#include <cmath>

#include "families_xgrad.hpp"
#include "spectra.hpp"

// Vectors of decompositions are defined up to their sign: what is compared does not depend on it.

namespace parity {
namespace {

void any_matrix(Draw& d) { d.matrix(0, 0); }

/// One whose product with its transpose is not much larger than 1: what is added to that must not be lost.
const Array& moderate_matrix(Draw& d) { return d.matrix(0, 0, {.low = -4, .high = 4}); }

void square_matrix(Draw& d) {
    const std::int64_t n = d.size();
    d.matrix(n, n);
}

/// Two factors of a matrix of low rank.
void factors(Draw& d) {
    const std::int64_t rank = d.random.integer(1, 2);
    const Array& a = d.matrix(0, rank);
    Sizes shape = a.shape;
    shape[shape.size() - 2] = rank;
    shape.back() = d.size();
    d.real_of(shape);
    if (d.random.coin()) {
        d.set("absolute", 1e-9);
        d.set("relative", -1.0);
    } else {
        d.set("absolute", 0.0);
        d.set("relative", 1e-9);
    }
}

void least_squares(Draw& d) {
    const Array& a = d.matrix(0, 0, {.min_size = 1});
    const std::int64_t rows = a.shape[a.shape.size() - 2];
    if (a.shape.size() == 2 && d.random.coin(0.2)) {
        d.real_of({rows});
    } else if (d.random.coin(0.2)) {
        d.real_of(Sizes(a.shape.begin(), a.shape.end() - 1));
    } else {
        Sizes shape(a.shape.begin(), a.shape.end() - 2);
        for (std::int64_t& n : shape)
            if (d.random.coin(0.2)) n = 1;
        shape.insert(shape.end(), {rows, d.size()});
        d.real_of(shape);
    }
}

}  // namespace

void add_decompositions(Table& t) {
    // All refuse NaN and infinity, and so have no wild programs.
    t.push_back(
        {"cholesky", [](Draw& d) { moderate_matrix(d); },
         XGRAD(xg::cholesky(xg::matmul(in[0], in[0].transpose()) + xg::eye(in[0].size(-2), {.dtype = xg::float64}))),
         nullptr, false});
    // Above the diagonal there may be anything.
    t.push_back({"cholesky of lower triangle",
                 [](Draw& d) {
                     const Array& x = moderate_matrix(d);
                     Sizes shape = x.shape;
                     shape.back() = shape[shape.size() - 2];
                     d.real_of(shape);
                 },
                 XGRAD(xg::cholesky(xg::matmul(in[0], in[0].transpose()) +
                                    xg::eye(in[0].size(-2), {.dtype = xg::float64}) + xg::triu(in[1], 1))),
                 nullptr, false});
    t.push_back({"eigh", square_matrix, XGRAD([&] {
                     const auto [values, vectors] = xg::eigh(in[0]);
                     const xg::Tensor scaled = vectors * xg::unsqueeze(xg::tanh(values), -2);
                     return std::vector{values, xg::square(vectors), xg::matmul(scaled, vectors.transpose())};
                 }()),
                 distinct_eigenvalues(), false});
    t.push_back({"qr", any_matrix, XGRAD([&] {
                     const auto [q, r] = xg::qr(in[0]);
                     const xg::Tensor signs = xg::sign(xg::diagonal(r, 0, -2, -1));
                     return std::vector{q * xg::unsqueeze(signs, -2), r * xg::unsqueeze(signs, -1)};
                 }()),
                 regular(0, 0.01, true), false});
    t.push_back({"svd", any_matrix, XGRAD([&] {
                     const auto [u, s, vh] = xg::svd(in[0]);
                     return std::vector{xg::square(u), s, xg::square(vh), xg::matmul(u, vh)};
                 }()),
                 distinct_singular_values(), false});
    t.push_back({"pinv", any_matrix, XGRAD(xg::pinv(in[0])), regular(), false});
    t.push_back({"pinv of low rank", factors,
                 XGRAD(xg::pinv(xg::matmul(in[0], in[1]),
                                {.absolute = o.number("absolute"), .relative = o.number("relative")})),
                 both(regular(0, 0.1), regular(1, 0.1)), false});
    t.push_back({"lstsq", least_squares, XGRAD([&] {
                     const auto [solution, residuals, rank, singular] = xg::lstsq(in[0], in[1]);
                     return std::vector{solution, residuals, rank, singular};
                 }()),
                 both(regular(), of_different()), false});
}

}  // namespace parity
