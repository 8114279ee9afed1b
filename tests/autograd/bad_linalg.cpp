// Linear systems, determinants and decompositions, given what they cannot take.

#include "bad_operation.hpp"

using bad_rows::dtype_error;
using bad_rows::kLeast;
using bad_rows::of;
using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using bad_rows::wide;
using xg::Tensor;

namespace {

const std::string kSquare = "square matrices of shape (..., n, n)", kAny = "matrices of shape (..., m, n)";

Tensor matrix(double a, double b, double c, double d) { return xg::tensor({{a, b}, {c, d}}, support::f64); }

/// What is said to what is no matrix, or no square one.
void matrices(const Operation& op, bool square, const bad_rows::Unary& f) {
    op.refuses_undefined(f);
    op.refuses_shapes(f, {{}, {3}}, kAny);
    op.refuses_dtypes(f, {2, 2}, {xg::int64, xg::boolean});
    if (square)
        op.refuses_shapes(f, {{2, 3}, {3, 2}, {1, 0}, {2, 2, 3}}, kSquare);
    else
        op.refuses(shape_error, "more rows than LAPACK counts",
                   [f] {
                       return f(wide({std::int64_t{1} << 31, 1}));
                   },
                   {"2^31", "(2147483648, 1)"});
}

/// A matrix of a batch that is singular, or else is not to be had; `what` is said of it.
void refuses_one(const Operation& op, const std::string& about, const bad_rows::Unary& f, const Tensor& bad,
                 const std::string& what) {
    op.refuses(value_error, about, [=] { return f(bad); }, {"the matrix ", what});
    op.refuses(value_error, about + " in a batch",
               [=] {
                   return f(xg::unsqueeze(xg::stack({xg::eye(2, support::f64), bad}), 0));
               },
               {"matrix (0, 1) of the batch", what});
}

/// What is given a NaN, an infinity, or either in one place of four.
void refuses_what_is_not_finite(const Operation& op, const bad_rows::Unary& f, bool lower) {
    for (const double bad : {kNan, kInf, -kInf}) {
        refuses_one(op, std::to_string(bad), f, matrix(1, 0, bad, 1), "NaN or infinite");
        refuses_one(op, std::to_string(bad) + " on the diagonal", f, matrix(bad, 0, 0, 1), "NaN or infinite");
        if (!lower) refuses_one(op, std::to_string(bad) + " above", f, matrix(1, bad, 0, 1), "NaN or infinite");
    }
}

/// Right-hand sides that do not fit a (..., 2, 2).
void sides(const Operation& op, const std::function<Tensor(const Tensor& a, const Tensor& b)>& f, bool vectors) {
    const Tensor a = xg::eye(2), batch = xg::broadcast_to(a, {4, 2, 2});
    op.refuses_undefined([=](const Tensor& b) { return f(a, b); }, "right-hand side");
    op.refuses_shapes([=](const Tensor& b) { return f(a, b); }, {{}, {3, 2}, {3, 1}, {4, 3, 2}}, "expected");
    op.refuses_shapes([=](const Tensor& b) { return f(batch, b); }, {{}, {3, 2}, {4, 3, 1}}, "expected");
    if (vectors)
        op.refuses_shapes([=](const Tensor& b) { return f(a, b); }, {{1}, {3}, {0}}, "(..., 2, r) or (..., 2)");
    op.refuses(shape_error, "batches that do not broadcast",
               [=] {
                   return f(batch, xg::ones({3, 2, 2}));
               },
               {"(4,)", "(3,)", "broadcast"});
    op.refuses(shape_error, "more right-hand sides than LAPACK counts",
               [=] {
                   return f(xg::ones({1, 1}), wide({1, std::int64_t{1} << 31}));
               },
               {"2^31", "(1, 2147483648)"});
}

void inverses(BadInputs& rows) {
    const Operation inv(rows, "inv"), power(rows, "matrix_power"), det(rows, "det"), slogdet(rows, "slogdet");
    const auto minus_two = [](const Tensor& a) { return xg::matrix_power(a, -2); };
    const auto sign = [](const Tensor& a) { return xg::slogdet(a).sign; };
    const auto log = [](const Tensor& a) { return xg::slogdet(a).logabsdet; };
    matrices(inv, true, xg::inv);
    matrices(power, true, minus_two);
    matrices(power, true, [](const Tensor& a) { return xg::matrix_power(a, 0); });
    matrices(det, true, xg::det);
    matrices(slogdet, true, sign);
    const Tensor singular = matrix(1, 2, 2, 4), none = matrix(0, 0, 0, 0);
    for (const auto& [op, f] :
         {std::pair(&inv, bad_rows::Unary(xg::inv)), std::pair(&power, bad_rows::Unary(minus_two))}) {
        refuses_one(*op, "a singular matrix", f, singular, "is singular: pivot 2 of 2 is 0");
        refuses_one(*op, "a matrix of zeros", f, none, "is singular: pivot 1 of 2 is 0");
        op->gives("no matrices", [f = f] { return f(xg::ones({0, 2, 2})); }, {0, 2, 2}, {});
        op->gives("matrices of no elements", [f = f] { return f(xg::ones({3, 0, 0})); }, {3, 0, 0}, {});
        op->gives("infinity", [f = f] { return f(matrix(kInf, 0, 0, 1)); }, {2, 2}, {0, 0, 0, 1});
    }
    det.gives("singular matrices", [=] { return xg::det(xg::stack({singular, none})); }, {2}, {0, 0});
    slogdet.gives("the sign of singular matrices", [=] { return sign(xg::stack({singular, none})); }, {2}, {0, 0});
    slogdet.gives("the logarithm of singular matrices",
                  [=] {
                      return log(xg::stack({singular, none}));
                  },
                  {2}, {-kInf, -kInf});
    det.gives("a matrix of no elements", [] { return xg::det(xg::ones({2, 0, 0})); }, {2}, {1, 1});
    slogdet.gives("a matrix of no elements", [=] { return sign(xg::ones({0, 0})) + log(xg::ones({0, 0})); }, {}, {1});
    det.gives("no matrices", [] { return xg::det(xg::ones({0, 2, 2})); }, {0}, {});
    slogdet.gives("no matrices", [=] { return log(xg::ones({0, 2, 2})); }, {0}, {});
    det.gives("more than float32 holds", [] { return xg::det(xg::eye(2) * 1e30); }, {}, {kInf});
    slogdet.gives("the logarithm of what float64 does not hold", [=] { return log(xg::eye(2, support::f64) * 1e300); },
                  {}, {600 * 2.302585092994046});
    power.gives("NaN to the power of 0", [] { return xg::matrix_power(matrix(kNan, 1, 1, kInf), 0); }, {2, 2},
                {1, 0, 0, 1});
    power.gives("the least power", [] { return xg::matrix_power(matrix(-1, 0, 0, 1), kLeast); }, {2, 2}, {1, 0, 0, 1});
    // Wherever a NaN stands, all of the result is NaN, as in NumPy and PyTorch; a regular matrix beside it in the batch
    // has its own.
    for (const Tensor& bad : {matrix(kNan, 0, 0, 1), matrix(1, kNan, 0, 1), matrix(1, 0, kNan, 1),
                              matrix(1, 0, 0, kNan), matrix(0, kNan, 0, 1), matrix(0, 0, 0, kNan)}) {
        const std::string about = "NaN in " + bad.str();
        const Tensor both = xg::stack({bad, matrix(2, 0, 0, 4)});
        inv.gives(about, [=] { return xg::inv(both); }, {2, 2, 2}, {kNan, kNan, kNan, kNan, 0.5, 0, 0, 0.25});
        power.gives(about, [=] { return minus_two(both); }, {2, 2, 2}, {kNan, kNan, kNan, kNan, 0.25, 0, 0, 0.0625});
        det.gives(about, [=] { return xg::det(both); }, {2}, {kNan, 8});
        slogdet.gives(about, [=] { return sign(both); }, {2}, {kNan, 1});
        slogdet.gives(about, [=] { return xg::exp(log(both)); }, {2}, {kNan, 8});
    }
}

void systems(BadInputs& rows) {
    const Operation solve(rows, "solve"), triangular(rows, "solve_triangular"), of_cholesky(rows, "cholesky_solve");
    const Tensor a = xg::eye(2), b = xg::ones({2, 1});
    const auto lower = [](const Tensor& p, const Tensor& q) { return xg::solve_triangular(p, q); };
    const auto factored = [](const Tensor& p, const Tensor& q) { return xg::cholesky_solve(q, p); };
    matrices(solve, true, [=](const Tensor& t) { return xg::solve(t, b); });
    matrices(triangular, true, [=](const Tensor& t) { return lower(t, b); });
    matrices(of_cholesky, true, [=](const Tensor& t) { return factored(t, b); });
    sides(solve, xg::solve, true);
    sides(triangular, lower, false);
    sides(of_cholesky, factored, false);
    triangular.refuses(shape_error, "a right-hand side that fits on the other side alone",
                       [=] { return xg::solve_triangular(a, b, {.left = false}); },
                       {"(..., r, 2)", "(2, 2)", "(2, 1)"});
    const auto solved = [](const Tensor& t) { return xg::solve(t, of({1, 1})); };
    refuses_one(solve, "a singular matrix", solved, matrix(1, 2, 2, 4), "is singular: pivot 2 of 2 is 0");
    refuses_one(solve, "a matrix of zeros", solved, matrix(0, 0, 0, 0), "is singular: pivot 1 of 2 is 0");
    for (const Tensor& bad : {matrix(kNan, 0, 0, 1), matrix(1, kNan, 0, 1), matrix(1, 0, kNan, 1),
                              matrix(1, 0, 0, kNan), matrix(0, kNan, 0, 1)})
        solve.gives("NaN in " + bad.str(),
                    [=] {
                        return xg::solve(xg::stack({bad, matrix(2, 0, 0, 4)}), of({1, 1}));
                    },
                    {2, 2}, {kNan, kNan, 0.5, 0.25});
    solve.gives("NaN in one of two right-hand sides",
                [=] {
                    return xg::solve(a, xg::tensor({{kNan, 1.0}, {kNan, 2.0}}));
                },
                {2, 2}, {kNan, 1, kNan, 2});
    for (const auto& [op, f] :
         {std::pair(&solve, std::function<Tensor(const Tensor&, const Tensor&)>(xg::solve)),
          std::pair(&triangular, std::function<Tensor(const Tensor&, const Tensor&)>(lower)),
          std::pair(&of_cholesky, std::function<Tensor(const Tensor&, const Tensor&)>(factored))}) {
        op->gives("no systems", [=, f = f] { return f(xg::ones({0, 2, 2}), b); }, {0, 2, 1}, {});
        op->gives("no right-hand sides", [=, f = f] { return f(a, xg::ones({2, 0})); }, {2, 0}, {});
        op->gives("matrices of no elements", [f = f] { return f(xg::ones({0, 0}), xg::ones({0, 3})); }, {0, 3}, {});
    }
    // PyTorch's.
    triangular.gives("0 on the diagonal",
                     [] {
                         return xg::solve_triangular(matrix(0, 5, 1, 2), xg::tensor({{1.0}, {2.0}}));
                     },
                     {2, 1}, {kInf, -kInf});
    triangular.gives("NaN on the other side of the diagonal",
                     [] {
                         return xg::solve_triangular(matrix(2, kNan, 0, 4), xg::tensor({{1.0}, {2.0}}));
                     },
                     {2, 1}, {0.5, 0.5});
    triangular.gives("NaN times 0",
                     [] {
                         return xg::solve_triangular(matrix(1, 0, kNan, 1), xg::tensor({{0.0}, {1.0}}));
                     },
                     {2, 1}, {0, kNan});
    triangular.gives(
        "NaN on a diagonal that is taken for 1",
        [] {
            return xg::solve_triangular(matrix(kNan, 0, 0, kNan), xg::tensor({{1.0}, {2.0}}), {.unitriangular = true});
        },
        {2, 1}, {1, 2});
    of_cholesky.gives("0 on the diagonal",
                      [=] {
                          return factored(xg::zeros({1, 1}), xg::ones({1, 1}));
                      },
                      {1, 1}, {kInf});
    of_cholesky.gives("NaN on the other side of the diagonal",
                      [=] {
                          return factored(matrix(2, kNan, 0, 4), xg::tensor({{4.0}, {16.0}}));
                      },
                      {2, 1}, {1, 1});
}

void decompositions(BadInputs& rows) {
    const Operation cholesky(rows, "cholesky"), qr(rows, "qr"), eigh(rows, "eigh"), svd(rows, "svd");
    const auto q = [](const Tensor& a) { return xg::qr(a).q; };
    const auto r = [](const Tensor& a) { return xg::qr(a).r; };
    const auto w = [](const Tensor& a) { return xg::eigh(a).eigenvalues; };
    const auto v = [](const Tensor& a) { return xg::eigh(a).eigenvectors; };
    const auto u = [](const Tensor& a) { return xg::svd(a).u; };
    const auto s = [](const Tensor& a) { return xg::svd(a).s; };
    const auto vh = [](const Tensor& a) { return xg::svd(a).vh; };
    matrices(cholesky, true, xg::cholesky);
    matrices(qr, false, q);
    matrices(eigh, true, w);
    matrices(svd, false, s);
    refuses_one(cholesky, "a negative matrix", xg::cholesky, matrix(-1, 0, 0, 1), "order 1");
    refuses_one(cholesky, "an indefinite matrix", xg::cholesky, matrix(1, 2, 2, 1), "not positive definite");
    refuses_one(cholesky, "a semidefinite matrix", xg::cholesky, matrix(1, 1, 1, 1), "order 2");
    refuses_one(cholesky, "a matrix of zeros", xg::cholesky, matrix(0, 0, 0, 0), "order 1");
    refuses_one(cholesky, "NaN", xg::cholesky, matrix(1, 0, kNan, 1), "order 2");
    refuses_one(cholesky, "NaN on the diagonal", xg::cholesky, matrix(kNan, 0, 0, 1), "order 1");
    cholesky.gives("NaN above the diagonal, which is not read", [] { return xg::cholesky(matrix(4, kNan, 2, 2)); },
                   {2, 2}, {2, 0, 1, 1});
    cholesky.gives("no matrices", [] { return xg::cholesky(xg::ones({0, 2, 2})); }, {0, 2, 2}, {});
    cholesky.gives("a matrix of no elements", [] { return xg::cholesky(xg::ones({0, 0})); }, {0, 0}, {});
    refuses_what_is_not_finite(eigh, w, true);
    eigh.gives("NaN above the diagonal, which is not read", [=] { return w(matrix(2, kNan, 1, 2)); }, {2}, {1, 3});
    eigh.gives("no matrices", [=] { return w(xg::ones({0, 2, 2})); }, {0, 2}, {});
    eigh.gives("a matrix of no elements", [=] { return v(xg::ones({0, 0})); }, {0, 0}, {});
    refuses_what_is_not_finite(svd, s, false);
    svd.gives("a matrix of zeros", [=] { return s(matrix(0, 0, 0, 0)); }, {2}, {0, 0});
    svd.gives("no matrices", [=] { return s(xg::ones({0, 3, 2})); }, {0, 2}, {});
    svd.gives("U of no rows", [=] { return u(xg::ones({0, 3})); }, {0, 0}, {});
    svd.gives("Vh of no rows", [=] { return vh(xg::ones({0, 3})); }, {0, 3}, {});
    for (const Tensor& bad : {matrix(kNan, 1, 1, 1), matrix(1, kNan, 0, 1), matrix(1, 0, 0, kNan)}) {
        qr.gives("Q of NaN in " + bad.str(),
                 [=] {
                     return q(xg::stack({bad, matrix(0, 0, 0, 0)})).slice(0, 0, 1);
                 },
                 {1, 2, 2}, {kNan, kNan, kNan, kNan});
        qr.gives("R of NaN in " + bad.str(),
                 [=] {
                     return r(xg::stack({bad, matrix(0, 0, 0, 0)}));
                 },
                 {2, 2, 2}, {kNan, kNan, 0, kNan, 0, 0, 0, 0});
    }
    qr.gives("R of NaN in a wide matrix",
             [=] {
                 return r(xg::tensor({{kNan, 1.0, 2.0}}));
             },
             {1, 3}, {kNan, kNan, kNan});
    qr.gives("Q of NaN in a tall matrix", [=] { return q(xg::tensor({{kNan}, {1.0}})); }, {2, 1}, {kNan, kNan});
    qr.gives("Q of no columns", [=] { return q(xg::ones({3, 0})); }, {3, 0}, {});
    qr.gives("R of no rows", [=] { return r(xg::ones({0, 3})); }, {0, 3}, {});
    qr.gives("no matrices", [=] { return r(xg::ones({0, 3, 2})); }, {0, 2, 2}, {});
}

void least_squares(BadInputs& rows) {
    const Operation pinv(rows, "pinv"), lstsq(rows, "lstsq");
    const auto plain = [](const Tensor& a) { return xg::pinv(a); };
    const auto solved = [](const Tensor& a, const Tensor& b) { return xg::lstsq(a, b).solution; };
    const auto ones = [](const Tensor& a) { return xg::lstsq(a, xg::ones({2}, support::f64)).solution; };
    matrices(pinv, false, plain);
    matrices(lstsq, false, [](const Tensor& a) { return xg::lstsq(a, xg::ones({2, 1})).solution; });
    sides(lstsq, solved, true);
    refuses_what_is_not_finite(pinv, plain, false);
    refuses_what_is_not_finite(lstsq, ones, false);
    for (const double bad : {-1.0, kNan})
        pinv.refuses(value_error, "an absolute " + std::to_string(bad),
                     [bad] { return xg::pinv(xg::eye(2), {.absolute = bad}); },
                     {"absolute of at least 0", std::to_string(bad)});
    pinv.refuses(value_error, "a relative NaN", [] { return xg::pinv(xg::eye(2), {.relative = kNan}); },
                 {"relative", "nan"});
    lstsq.refuses(value_error, "a cutoff of NaN",
                  [] {
                      return xg::lstsq(xg::eye(2), of({1, 1}), kNan).solution;
                  },
                  {"cutoff", "nan"});
    pinv.gives("a matrix of zeros", [=] { return plain(matrix(0, 0, 0, 0)); }, {2, 2}, {0, 0, 0, 0});
    pinv.gives("no rows", [=] { return plain(xg::ones({0, 3})); }, {3, 0}, {});
    pinv.gives("no matrices", [=] { return plain(xg::ones({0, 2, 3})); }, {0, 3, 2}, {});
    // The shortest of all solutions.
    lstsq.gives("a singular matrix", [=] { return ones(matrix(1, 1, 1, 1)); }, {2}, {0.5, 0.5});
    lstsq.gives("a matrix of zeros", [=] { return ones(matrix(0, 0, 0, 0)); }, {2}, {0, 0});
    lstsq.gives("NaN in one of two right-hand sides",
                [=] {
                    return solved(xg::eye(2), xg::tensor({{kNan, 1.0}, {kNan, 2.0}}));
                },
                {2, 2}, {kNan, 1, kNan, 2});
    lstsq.gives("no equations", [=] { return solved(xg::ones({0, 2}), xg::ones({0, 1})); }, {2, 1}, {0, 0});
    lstsq.gives("no unknowns", [=] { return solved(xg::ones({3, 0}), xg::ones({3})); }, {0}, {});
    lstsq.gives("no systems", [=] { return solved(xg::ones({0, 3, 2}), xg::ones({3, 1})); }, {0, 2, 1}, {});
}

}  // namespace

void bad_linalg(BadInputs& rows) {
    inverses(rows);
    systems(rows);
    decompositions(rows);
    least_squares(rows);
}
