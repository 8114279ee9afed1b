#include "gradient_table.hpp"

#include "support.hpp"

using Inputs = std::vector<xg::Tensor>;

namespace {

xg::Tensor values(std::uint32_t seed, const xg::Shape& shape) {
    support::Draw draw(seed);
    return support::uniform(draw, shape, -1.5, 1.5);
}

/// Well-conditioned: each row's diagonal outweighs it, at a different size in each.
xg::Tensor regular(std::uint32_t seed, const xg::Shape& shape) {
    const std::int64_t n = shape.back();
    const xg::Tensor diagonal = xg::eye(shape[shape.rank() - 2], n, support::f64) *
                                xg::linspace(2, 2 + 1.5 * static_cast<double>(n), n, support::f64);
    return values(seed, shape) * 0.5 + diagonal;
}

xg::Tensor symmetric(const xg::Tensor& x) { return (x + xg::transpose(x)) * 0.5; }
xg::Tensor row(const xg::Tensor& v) { return v.reshape(v.shape().inserted(v.shape().rank() - 1, 1)); }

const std::vector<xg::Shape> kSquare = {{3, 3}, {2, 2, 2}, {2, 1, 3, 3}, {1, 1}, {0, 0}, {0, 2, 2}, {2, 0, 0}};
const std::vector<xg::Shape> kAny = {{3, 3}, {4, 2}, {2, 4}, {2, 3, 2}, {2, 2, 3}, {1, 1},
                                     {3, 1}, {1, 3}, {3, 0}, {0, 2},    {0, 3, 2}};

void systems(std::vector<Row>& rows) {
    const std::vector<std::pair<xg::Shape, xg::Shape>> shapes = {
        {{3, 3}, {3, 2}},          {{3, 3}, {3}},       {{2, 2, 2}, {2, 2, 1}}, {{2, 2, 2}, {2, 2}},
        {{3, 1, 2, 2}, {2, 2, 3}}, {{2, 2}, {3, 2, 2}}, {{2, 3, 3}, {3}},       {{1, 1}, {1, 1}},
        {{0, 0}, {0, 2}},          {{2, 2}, {2, 0}},    {{0, 2, 2}, {0, 2, 1}}, {{2, 2}, {0, 2, 1}}};
    for (const auto& [p, q] : shapes)
        rows.push_back({"solve",
                        p.str() + " and " + q.str(),
                        [](const Inputs& in) { return xg::solve(in[0], in[1]); },
                        {regular(51, p), values(52, q)}});
    rows.push_back({"solve",
                    "transposed",
                    [](const Inputs& in) { return xg::solve(in[0].transpose(), in[1].transpose()); },
                    {regular(51, {3, 3}), values(52, {2, 3})}});
    rows.push_back({"solve",
                    "with itself on the right",
                    [](const Inputs& in) { return xg::solve(in[0], in[0] * in[0]); },
                    {regular(51, {2, 2})}});
    rows.push_back(
        {"solve",
         "pivots in disorder",
         [](const Inputs& in) { return xg::solve(in[0], in[1]); },
         {xg::tensor({{0.0, 2.0, 0.5}, {3.0, 0.1, 0.2}, {0.3, 0.4, 2.5}}, support::f64), values(52, {3, 2})}});
    for (const xg::Shape& shape : kSquare) {
        rows.push_back({"inv", shape.str(), [](const Inputs& in) { return xg::inv(in[0]); }, {regular(53, shape)}});
        for (const std::int64_t n : {0, 1, 2, 5, -1, -2})
            rows.push_back({"matrix_power",
                            shape.str() + " to the " + std::to_string(n),
                            [n](const Inputs& in) { return xg::matrix_power(in[0], n); },
                            {regular(53, shape) * 0.4}});
    }
    for (const bool upper : {false, true}) {
        for (const bool left : {false, true}) {
            for (const bool unit : {false, true}) {
                const xg::TriangularOptions options{.upper = upper, .left = left, .unitriangular = unit};
                const std::string about =
                    std::string(upper ? "upper" : "lower") + (left ? " left" : " right") + (unit ? " unit" : "");
                const std::vector<std::pair<xg::Shape, xg::Shape>> pairs = {{{3, 3}, {3, 2}},    {{2, 2, 2}, {2, 3}},
                                                                            {{2, 2}, {3, 2, 1}}, {{1, 1}, {1, 2}},
                                                                            {{2, 2}, {2, 0}},    {{0, 0}, {0, 2}}};
                for (auto [p, q] : pairs) {
                    if (!left) std::swap(q[q.rank() - 1], q[q.rank() - 2]);
                    rows.push_back({"solve_triangular",
                                    about + ", " + p.str() + " and " + q.str(),
                                    [=](const Inputs& in) { return xg::solve_triangular(in[0], in[1], options); },
                                    {regular(54, p), values(55, q)}});
                }
                rows.push_back(
                    {"solve_triangular",
                     about + ", transposed",
                     [=](const Inputs& in) { return xg::solve_triangular(in[0].transpose(), in[1], options); },
                     {regular(54, {3, 3}), values(55, left ? xg::Shape{3, 2} : xg::Shape{2, 3})}});
            }
        }
        rows.push_back({"cholesky_solve",
                        upper ? "upper" : "lower",
                        [=](const Inputs& in) { return xg::cholesky_solve(in[0], in[1], upper); },
                        {values(55, {3, 2}), regular(54, {2, 3, 3})}});
    }
}

void determinants(std::vector<Row>& rows) {
    for (const xg::Shape& shape : kSquare) {
        rows.push_back({"det", shape.str(), [](const Inputs& in) { return xg::det(in[0]); }, {regular(56, shape)}});
        rows.push_back({"slogdet",
                        shape.str(),
                        [](const Inputs& in) { return xg::slogdet(in[0]).logabsdet; },
                        {regular(56, shape)}});
    }
    rows.push_back({"det", "odd rows", [](const Inputs& in) { return xg::det(in[0]); }, {values(57, {4, 4})}});
    rows.push_back({"det",
                    "rank n - 1",
                    [](const Inputs& in) { return xg::det(in[0]); },
                    {xg::tensor({{1.0, 2.0, 0.5}, {2.0, 4.0, 1.0}, {0.3, -0.4, 2.5}}, support::f64)}});
    rows.push_back({"det",
                    "singular and regular",
                    [](const Inputs& in) { return xg::det(in[0]); },
                    {xg::tensor({{{1.0, 2.0}, {3.0, 6.0}}, {{1.5, 0.2}, {0.1, 0.7}}}, support::f64)}});
    rows.push_back({"det",
                    "a column of 0",
                    [](const Inputs& in) { return xg::det(in[0].transpose()); },
                    {xg::tensor({{1.0, 2.0}, {0.0, 0.0}}, support::f64)}});
    rows.push_back(
        {"slogdet", "odd rows", [](const Inputs& in) { return xg::slogdet(in[0]).logabsdet; }, {values(57, {4, 4})}});
}

void decompositions(std::vector<Row>& rows) {
    for (const xg::Shape& shape : kSquare) {
        rows.push_back({"cholesky",
                        shape.str(),
                        [](const Inputs& in) { return xg::cholesky(xg::matmul(in[0], xg::transpose(in[0]))); },
                        {regular(61, shape)}});
        rows.push_back({"cholesky",
                        shape.str() + ", symmetrised",
                        [](const Inputs& in) { return xg::cholesky(symmetric(in[0])); },
                        {regular(61, shape)}});
        rows.push_back({"eigh",
                        shape.str() + ", values",
                        [](const Inputs& in) { return xg::eigh(symmetric(in[0])).eigenvalues; },
                        {regular(62, shape)}});
        rows.push_back({"eigh",
                        shape.str() + ", vectors up to sign",
                        [](const Inputs& in) { return xg::square(xg::eigh(symmetric(in[0])).eigenvectors); },
                        {regular(62, shape)}});
        rows.push_back({"eigh",
                        shape.str() + ", both",
                        [](const Inputs& in) {
                            const auto [w, v] = xg::eigh(symmetric(in[0]));
                            return xg::matmul(v * row(xg::exp(w * 0.3)), xg::transpose(v));
                        },
                        {regular(62, shape)}});
    }
    for (const xg::Shape& shape : kAny) {
        rows.push_back(
            {"qr", shape.str() + ", q", [](const Inputs& in) { return xg::qr(in[0]).q; }, {regular(63, shape)}});
        rows.push_back(
            {"qr", shape.str() + ", r", [](const Inputs& in) { return xg::qr(in[0]).r; }, {regular(63, shape)}});
        rows.push_back({"qr",
                        shape.str() + ", both",
                        [](const Inputs& in) {
                            const auto [q, r] = xg::qr(in[0]);
                            return xg::matmul(q, xg::tanh(r));
                        },
                        {regular(63, shape)}});
        rows.push_back(
            {"svd", shape.str() + ", s", [](const Inputs& in) { return xg::svd(in[0]).s; }, {regular(64, shape)}});
        rows.push_back({"svd",
                        shape.str() + ", u",
                        [](const Inputs& in) { return xg::square(xg::svd(in[0]).u); },
                        {regular(64, shape)}});
        rows.push_back({"svd",
                        shape.str() + ", vh",
                        [](const Inputs& in) { return xg::square(xg::svd(in[0]).vh); },
                        {regular(64, shape)}});
        rows.push_back({"svd",
                        shape.str() + ", all",
                        [](const Inputs& in) {
                            const auto [u, s, vh] = xg::svd(in[0]);
                            return xg::matmul(u * row(xg::tanh(s)), vh);
                        },
                        {regular(64, shape)}});
        rows.push_back({"pinv", shape.str(), [](const Inputs& in) { return xg::pinv(in[0]); }, {regular(65, shape)}});
    }
    // Along matrices of rank 2.
    rows.push_back({"pinv",
                    "of lower rank",
                    [](const Inputs& in) { return xg::pinv(xg::matmul(in[0], in[1])); },
                    {regular(65, {4, 2}), regular(66, {2, 3})}});
}

void least_squares(std::vector<Row>& rows) {
    const std::vector<std::pair<xg::Shape, xg::Shape>> shapes = {
        {{4, 2}, {4, 2}},    {{4, 2}, {4}},       {{2, 4}, {2, 2}},      {{3, 3}, {3, 1}}, {{2, 3, 2}, {3, 1}},
        {{3, 2}, {2, 3, 1}}, {{2, 3, 2}, {2, 3}}, {{2, 3}, {2}},         {{1, 1}, {1, 1}}, {{3, 0}, {3, 2}},
        {{0, 2}, {0, 2}},    {{3, 2}, {3, 0}},    {{0, 3, 2}, {0, 3, 1}}};
    for (const auto& [p, q] : shapes)
        rows.push_back({"lstsq",
                        p.str() + " and " + q.str(),
                        [](const Inputs& in) { return xg::lstsq(in[0], in[1]).solution; },
                        {regular(67, p), values(68, q)}});
    rows.push_back({"lstsq",
                    "residuals",
                    [](const Inputs& in) { return xg::lstsq(in[0], in[1]).residuals; },
                    {regular(67, {4, 2}), values(68, {4, 2})}});
    rows.push_back({"lstsq",
                    "residuals of vectors",
                    [](const Inputs& in) { return xg::lstsq(in[0], in[1]).residuals; },
                    {regular(67, {2, 4, 2}), values(68, {2, 4})}});
}

}  // namespace

std::vector<Row> decomposition_rows() {
    std::vector<Row> rows;
    systems(rows);
    determinants(rows);
    decompositions(rows);
    least_squares(rows);
    return rows;
}
