// Parts of matrices and products, given what they cannot take.

#include "bad_operation.hpp"

using bad_rows::dtype_error;
using bad_rows::kLeast;
using bad_rows::kMost;
using bad_rows::of;
using bad_rows::Operation;
using bad_rows::shape_error;
using bad_rows::value_error;
using bad_rows::wide;
using xg::Tensor;

namespace {

void diagonals(BadInputs& rows) {
    const Operation diag(rows, "diag"), diagonal(rows, "diagonal"), embed(rows, "diag_embed");
    const Tensor x = xg::ones({2, 3}), v = xg::ones({2});
    diag.refuses_undefined([](const Tensor& t) { return xg::diag(t); });
    diag.refuses_shapes([](const Tensor& t) { return xg::diag(t); }, {{}, {1, 2, 3}}, "a vector or a matrix");
    for (const std::int64_t far : {std::int64_t{3}, std::int64_t{-2}, kHuge, -kHuge, kLeast, kMost}) {
        diag.gives("diagonal " + std::to_string(far) + " of a matrix", [=] { return xg::diag(x, far); }, {0}, {});
        diagonal.gives("diagonal " + std::to_string(far), [=] { return xg::diagonal(x, far); }, {0}, {});
    }
    for (const std::int64_t far : {kHuge, -kHuge, kLeast, kMost}) {
        const std::string text = "diagonal " + std::to_string(far);
        const bool counted = far == kHuge || far == -kHuge;
        const std::string first = counted ? "(1099511627778, 1099511627778)" : text, second = counted ? first : "(2,)";
        diag.refuses(shape_error, "a vector on " + text, [=] { return xg::diag(v, far); }, {first, second});
        embed.refuses(shape_error, text, [=] { return xg::diag_embed(v, far); }, {first, second});
    }
    diag.gives("no elements", [] { return xg::diag(xg::ones({0}), 1); }, {1, 1}, {0});
    diag.gives("NaN on and off the diagonal",
               [] {
                   return xg::diag(xg::tensor({{1.0, kNan}, {kNan, kInf}}));
               },
               {2}, {1, kInf});

    diagonal.refuses_undefined([](const Tensor& t) { return xg::diagonal(t); });
    diagonal.refuses_axes([](const Tensor& t, std::int64_t axis) { return xg::diagonal(t, 0, axis, 0); });
    diagonal.refuses(shape_error, "the second axis too far", [=] { return xg::diagonal(x, 0, 0, 2); },
                     {"axis 2", "(2, 3)"});
    diagonal.refuses(shape_error, "one axis twice", [=] { return xg::diagonal(x, 0, 1, -1); },
                     {"different axes", "1 and -1", "(2, 3)"});
    diagonal.gives("no elements", [] { return xg::diagonal(xg::ones({4, 0, 2}), 0, 1, 2); }, {4, 0}, {});

    embed.refuses_undefined([](const Tensor& t) { return xg::diag_embed(t); });
    embed.refuses_shapes([](const Tensor& t) { return xg::diag_embed(t); }, {{}}, "rank of at least 1");
    embed.gives("no vectors", [] { return xg::diag_embed(xg::ones({0, 2})); }, {0, 2, 2}, {});
    embed.gives("vectors of no elements", [] { return xg::diag_embed(xg::ones({1, 0}), -1); }, {1, 1, 1}, {0});
    embed.gives("NaN", [] { return xg::diag_embed(of({kNan, 1})); }, {2, 2}, {kNan, 0, 0, 1});
}

void triangles(BadInputs& rows) {
    const Tensor bad = xg::tensor({{1.0, kNan}, {kInf, 2.0}});
    using Triangle = Tensor (*)(const Tensor&, std::int64_t);
    for (const bool lower : {true, false}) {
        const Operation op(rows, lower ? "tril" : "triu");
        const Triangle f = lower ? Triangle(xg::tril) : Triangle(xg::triu);
        op.refuses_undefined([f](const Tensor& t) { return f(t, 0); });
        op.refuses_shapes([f](const Tensor& t) { return f(t, 0); }, {{}, {3}}, "a matrix");
        op.gives("no rows", [f] { return f(xg::ones({2, 0, 3}), 0); }, {2, 0, 3}, {});
        op.gives("no columns", [f] { return f(xg::ones({3, 0}), 1); }, {3, 0}, {});
        op.gives(
            "NaN and infinity on one side", [=] { return f(bad, 0); }, {2, 2},
            lower ? std::vector<double>{1, 0, kInf, 2} : std::vector<double>{1, kNan, 0, 2});
        for (const std::int64_t far : {kLeast, -kHuge, kHuge, kMost})
            op.gives(
                "diagonal " + std::to_string(far),
                [=] {
                    return f(xg::ones({1, 2}), far);
                },
                {1, 2}, std::vector<double>(2, lower == (far > 0) ? 1 : 0));
    }
    const Operation trace(rows, "trace");
    trace.refuses_undefined([](const Tensor& t) { return xg::trace(t); });
    trace.refuses_shapes([](const Tensor& t) { return xg::trace(t); }, {{}, {3}}, "(..., m, n)");
    trace.gives("no rows", [] { return xg::trace(xg::ones({0, 2})); }, {}, {0});
    trace.gives("no matrices", [] { return xg::trace(xg::ones({0, 2, 2})); }, {0}, {});
    trace.gives("NaN off the diagonal", [=] { return xg::trace(bad); }, {}, {3});
    trace.gives("infinities of both signs",
                [] {
                    return xg::trace(xg::tensor({{kInf, 0.0}, {0.0, -kInf}}));
                },
                {}, {kNan});
}

using Product = std::function<Tensor(const Tensor&, const Tensor&)>;

void undefined(const Operation& op, const Product& f, const Tensor& x) {
    op.refuses_undefined([=](const Tensor& t) { return f(t, x); }, "tensor first");
    op.refuses_undefined([=](const Tensor& t) { return f(x, t); }, "tensor last");
}

void of_vectors(BadInputs& rows) {
    const Operation dot(rows, "dot"), outer(rows, "outer"), kron(rows, "kron");
    const Tensor v = xg::ones({2});
    for (const auto& [op, f] : {std::pair(&dot, Product(xg::dot)), std::pair(&outer, Product(xg::outer))}) {
        undefined(*op, f, v);
        op->refuses_shapes([=, f = f](const Tensor& t) { return f(t, v); }, {{}, {1, 2}, {2, 2}}, "vectors");
        op->refuses_shapes([=, f = f](const Tensor& t) { return f(v, t); }, {{}, {2, 1}}, "vectors");
    }
    for (const std::int64_t n : {0, 1, 3})
        dot.refuses(shape_error, std::to_string(n) + " elements beside 2", [=] { return xg::dot(v, xg::ones({n})); },
                    {"one size", "(2,)", xg::Shape{n}.str()});
    dot.gives("no elements", [] { return xg::dot(of({}), of({})); }, {}, {0});
    dot.gives("0 times infinity", [] { return xg::dot(of({0, 1}), of({kInf, 1})); }, {}, {kNan});
    outer.refuses(shape_error, "a result that overflows", [] { return xg::outer(wide({kHuge}), wide({kHuge})); },
                  {"(1099511627776, 1099511627776)"});
    outer.gives("no rows", [=] { return xg::outer(of({}), v); }, {0, 2}, {});
    outer.gives("no columns", [=] { return xg::outer(v, of({})); }, {2, 0}, {});
    outer.gives("0 times infinity, and NaN",
                [] {
                    return xg::outer(of({kInf, 0}), of({0, kNan}));
                },
                {2, 2}, {kNan, kNan, 0, kNan});

    undefined(kron, xg::kron, v);
    kron.refuses(shape_error, "an axis that overflows", [] { return xg::kron(wide({kHuge}), wide({kHuge})); },
                 {"(1099511627776,)", "too many elements"});
    kron.refuses(shape_error, "a result that overflows",
                 [] {
                     return xg::kron(wide({kHuge, 1}), wide({1, kHuge}));
                 },
                 {"(1099511627776, 1099511627776)"});
    kron.gives("no elements", [] { return xg::kron(xg::ones({2, 0}), xg::ones({3})); }, {2, 0}, {});
    kron.gives("rank 0", [] { return xg::kron(xg::full({}, kNan), xg::full({}, 2)); }, {}, {kNan});
    kron.gives("0 times infinity", [] { return xg::kron(of({0, 1}), of({kInf, 1})); }, {4}, {kNan, 0, kInf, 1});
}

void along_an_axis(BadInputs& rows) {
    const Operation vecdot(rows, "vecdot"), cross(rows, "cross");
    const Product vecdots = [](const Tensor& a, const Tensor& b) { return xg::vecdot(a, b); };
    const Product crosses = [](const Tensor& a, const Tensor& b) { return xg::cross(a, b); };
    for (const auto& [op, f] : {std::pair(&vecdot, vecdots), std::pair(&cross, crosses)}) {
        undefined(*op, f, xg::ones({3}));
        op->refuses(shape_error, "shapes that do not broadcast",
                    [f = f] {
                        return f(xg::ones({2, 3}), xg::ones({4, 3}));
                    },
                    {"(2, 3)", "(4, 3)", "broadcast"});
        op->refuses(shape_error, "shapes that overflow",
                    [f = f] {
                        return f(wide({kHuge, 1, 3}), wide({kHuge, 3}));
                    },
                    {"(1099511627776, 1099511627776, 3)"});
        op->gives(
            "no vectors",
            [f = f] {
                return xg::sum(f(xg::ones({0, 3}), xg::ones({3})), -1);
            },
            op == &vecdot ? xg::Shape{} : xg::Shape{0}, std::vector<double>(op == &vecdot ? 1 : 0, 0));
    }
    vecdot.refuses_axes([](const Tensor& t, std::int64_t axis) { return xg::vecdot(t, xg::ones({}), axis); });
    cross.refuses_axes([](const Tensor& t, std::int64_t axis) { return xg::cross(t, xg::ones({}), axis); });
    for (const xg::Shape& bad : {xg::Shape{2}, xg::Shape{4}, xg::Shape{0}, xg::Shape{3, 2}})
        cross.refuses(shape_error, "the shape " + bad.str(), [=] { return xg::cross(xg::ones(bad), xg::ones(bad)); },
                      {"3 elements", "axis -1", bad.str()});
    // There is no difference of bool, in NumPy neither.
    cross.refuses_dtypes([](const Tensor& t) { return xg::cross(t, t); }, {3}, {xg::boolean});
    cross.gives("infinity", [] { return xg::cross(of({kInf, 1, 0}), of({1, 1, 1})); }, {3}, {1, -kInf, kInf});
    vecdot.gives("vectors of no elements", [] { return xg::vecdot(xg::ones({2, 0}), xg::ones({0})); }, {2}, {0, 0});
    vecdot.gives("0 times infinity, and NaN elsewhere",
                 [] {
                     return xg::vecdot(xg::tensor({{0.0, kInf}, {1.0, 2.0}}), xg::tensor({{1.0, 0.0}, {kNan, 2.0}}), 0);
                 },
                 {2}, {kNan, kNan});
}

void einsum(BadInputs& rows) {
    const Operation op(rows, "einsum");
    const Tensor x = xg::ones({2, 3}), y = xg::ones({3, 4}), v = xg::ones({3});
    const auto refuses = [&]<class E>(E* kind, const std::string& about, const std::string& spec,
                                      const std::vector<Tensor>& operands, const std::string& part) {
        op.refuses(kind, about + " \"" + spec + '"', [=] { return xg::einsum(spec, operands); },
                   {part, spec.empty() ? part : '"' + spec + '"'});
    };
    refuses(value_error, "no operands", "", {}, "at least one operand");
    op.refuses_undefined([=](const Tensor& t) { return xg::einsum("ij,jk", {x, t}); });
    refuses(value_error, "fewer operands than terms", "ij,jk->ik", {x}, "for 2 operands, got 1");
    refuses(value_error, "more operands than terms", "ij->ij", {x, y}, "for 1 operands, got 2");
    refuses(value_error, "an operand without a term", "ij,", {x, y, v}, "for 2 operands, got 3");
    refuses(value_error, "a letter of the output alone", "ij->ik", {x}, "'k' is in no operand");
    refuses(value_error, "a letter twice in the output", "ij->iji", {x}, "'i' comes twice in the output");
    refuses(value_error, "a second arrow", "ij->i->j", {x}, "second \"->\"");
    refuses(value_error, "half an arrow", "ij-i", {x}, "expected \"->\"");
    refuses(value_error, "half an arrow at the end", "ij-", {x}, "expected \"->\"");
    refuses(value_error, "the arrow's tip", "ij>i", {x}, "unexpected '>'");
    refuses(value_error, "a comma in the output", "ij,jk->i,k", {x, y}, "comma behind \"->\"");
    for (const char* spec : {".ij", "..ij", "i.j", "ij.", "ij..", "ij->.", "ij->i..", "....ij", "i. ..j"})
        refuses(value_error, "stray dots", spec, {x}, "expected \"...\"");
    refuses(value_error, "dots twice", "...i...", {x}, "second \"...\"");
    refuses(value_error, "dots twice in the output", "...i->...i...", {x}, "second \"...\"");
    for (const char* spec : {"i1", "i_j", "i*j", "ij\n", "i\tj", "[ij]", "i;j"})
        refuses(value_error, "what is no letter", spec, {x}, "unexpected");
    refuses(value_error, "letters of another alphabet", "\xC3\xA9j", {x}, "unexpected");
    refuses(shape_error, "fewer letters than axes", "i", {x}, "1 letters, but the shape (2, 3)");
    refuses(shape_error, "more letters than axes", "ijk", {x}, "3 letters, but the shape (2, 3)");
    refuses(shape_error, "more letters than axes beside dots", "...ijk", {x}, "3 letters beside \"...\"");
    refuses(shape_error, "letters for rank 0", "i->i", {xg::ones({})}, "1 letters, but the shape ()");
    refuses(shape_error, "no letters for two axes", "->", {x}, "0 letters, but the shape (2, 3)");
    refuses(shape_error, "sizes that differ", "ij,ij", {x, y}, "'i' has size 2 before and 3 in operand 1");
    refuses(shape_error, "sizes that differ from none", "i,i", {v, of({})}, "'i' has size 3 before and 0");
    refuses(shape_error, "a diagonal of two sizes", "ii", {x}, "'i' is there twice in operand 0");
    refuses(shape_error, "a diagonal of two sizes, one of them 1", "ii", {xg::ones({1, 3})}, "(1, 3)");
    refuses(shape_error, "dots that do not broadcast", "...,...", {x, y}, "\"...\" has size 2 before and 3");
    op.refuses(shape_error, "more axes than are taken",
               [] { return xg::einsum("...", {xg::ones(xg::Shape::filled(65, 1))}); }, {"more than 64"});
    op.refuses(shape_error, "a result that overflows",
               [] {
                   return xg::einsum("i,j->ij", {wide({kHuge}), wide({kHuge})});
               },
               {"(1099511627776, 1099511627776)"});
    op.refuses(shape_error, "a matrix product that overflows",
               [] {
                   return xg::einsum("ik,kj->ij", {wide({kHuge, 2}), wide({2, kHuge})});
               },
               {"(1099511627776, 1099511627776)"});
    op.gives("blanks and no letters", [] { return xg::einsum("  ", {xg::full({}, kNan)}); }, {}, {kNan});
    op.gives("dots in the output alone", [=] { return xg::einsum("i->...i", {v}); }, {3}, {1, 1, 1});
    // PyTorch's: what the output leaves out is summed. NumPy refuses it.
    op.gives("dots that the output leaves out", [=] { return xg::einsum("...i->i", {x}); }, {3}, {2, 2, 2});
    op.gives("nothing to sum",
             [] {
                 return xg::einsum("ij,jk", {xg::ones({2, 0}), xg::ones({0, 3})});
             },
             {2, 3}, {0, 0, 0, 0, 0, 0});
    op.gives("no elements", [] { return xg::einsum("ij,jk", {xg::ones({0, 2}), xg::ones({2, 3})}); }, {0, 3}, {});
    op.gives("0 times infinity, and NaN",
             [] {
                 return xg::einsum("i,i->i", {of({0, 1}), of({kInf, kNan})});
             },
             {2}, {kNan, kNan});
}

}  // namespace

void bad_matrices(BadInputs& rows) {
    diagonals(rows);
    triangles(rows);
    of_vectors(rows);
    along_an_axis(rows);
    einsum(rows);
}
