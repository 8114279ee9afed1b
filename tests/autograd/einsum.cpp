#include <xgrad/autograd/einsum.hpp>

#include <algorithm>
#include <cmath>
#include <map>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::Draw;
using xg::einsum;
using xg::Shape;
using xg::Tensor;

namespace {

using Values = std::vector<double>;

/// The sum over all positions of all letters, term by term.
Tensor naive(const std::vector<std::string>& inputs, const std::string& output, const std::vector<Tensor>& operands) {
    std::map<char, std::int64_t> sizes;
    for (std::size_t k = 0; k < inputs.size(); ++k)
        for (std::size_t i = 0; i < inputs[k].size(); ++i) {
            std::int64_t& size = sizes.emplace(inputs[k][i], 1).first->second;
            if (operands[k].shape()[i] != 1) size = operands[k].shape()[i];
        }
    std::string letters;
    Shape all, shape;
    for (const auto& [letter, size] : sizes) {
        letters += letter;
        all = all.inserted(all.rank(), size);
    }
    for (const char letter : output) shape = shape.inserted(shape.rank(), sizes[letter]);
    std::vector<double> sums(static_cast<std::size_t>(shape.elements()), 0);
    support::each_position(all, [&](const auto& at) {
        const auto of = [&](char letter) { return at[letters.find(letter)]; };
        double product = 1;
        for (std::size_t k = 0; k < inputs.size(); ++k) {
            std::vector<std::int64_t> index;
            for (const char letter : inputs[k]) index.push_back(of(letter));
            product *= support::at(operands[k], index);
        }
        std::int64_t place = 0;
        for (std::size_t i = 0; i < output.size(); ++i) place = place * shape[i] + of(output[i]);
        sums[static_cast<std::size_t>(place)] += product;
    });
    return xg::from_data(sums, shape, support::f64);
}

bool near(const Tensor& a, const Tensor& b) {
    if (!(a.shape() == b.shape())) return false;
    const Values p = a.to_vector(), q = b.to_vector();
    for (std::size_t i = 0; i < p.size(); ++i)
        if (!(std::abs(p[i] - q[i]) <= 1e-11 * (1 + std::abs(q[i])))) return false;
    return true;
}

std::string text_of(const std::string& spec, const std::vector<Tensor>& operands) {
    return support::message_of<xg::Error>([&] { static_cast<void>(einsum(spec, operands)); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(einsums)

BOOST_AUTO_TEST_CASE(random_specs) {
    Draw draw(91);
    for (int round = 0; round < 600; ++round) {
        const std::string alphabet = "abcdeX";
        std::map<char, std::int64_t> sizes;
        for (const char letter : alphabet) sizes[letter] = draw.integer(draw.integer(0, 15) == 0 ? 0 : 1, 4);
        std::vector<std::string> inputs;
        std::vector<Tensor> operands;
        std::string spec, used;
        for (std::int64_t k = draw.integer(1, round < 550 ? 4 : 7); k > 0; --k) {
            std::string letters;
            Shape shape;
            for (std::int64_t i = draw.integer(0, 3); i > 0; --i) {
                const char letter = alphabet[static_cast<std::size_t>(draw.integer(0, 5))];
                // Not a diagonal of sizes 1 and n.
                const bool twice = letters.find(letter) != std::string::npos;
                const std::int64_t size = twice                     ? shape[letters.find(letter)]
                                          : draw.integer(0, 7) == 0 ? 1
                                                                    : sizes[letter];
                letters += letter;
                shape = shape.inserted(shape.rank(), size);
                if (used.find(letter) == std::string::npos) used += letter;
            }
            spec += (inputs.empty() ? "" : ",") + letters;
            inputs.push_back(letters);
            operands.push_back(support::random_view(draw, shape));
        }
        std::string output;
        for (const char letter : used)
            if (draw.coin())
                output.insert(static_cast<std::size_t>(draw.integer(0, static_cast<std::int64_t>(output.size()))), 1,
                              letter);
        spec += (draw.coin() ? "->" : " -> ") + output;
        BOOST_TEST(near(einsum(spec, operands), naive(inputs, output, operands)),
                   spec << " of " << operands[0].shape());
    }
}

BOOST_AUTO_TEST_CASE(usual_ones) {
    Draw draw(92);
    const auto u = [&](const Shape& shape) { return support::uniform(draw, shape); };
    const Tensor a = u({3, 4}), b = u({4, 5}), v = u({4}), c = u({2, 3, 4}), d = u({2, 4, 5}), s = u({3, 3});
    BOOST_TEST(near(einsum("ij,jk->ik", {a, b}), xg::matmul(a, b)));
    BOOST_TEST(near(einsum("ij,jk", {a, b}), xg::matmul(a, b)));
    BOOST_TEST(near(einsum("ij,jk->ki", {a, b}), xg::matmul(a, b).transpose()));
    BOOST_TEST(near(einsum("bij,bjk->bik", {c, d}), xg::matmul(c, d)));
    BOOST_TEST(near(einsum("...ij,...jk->...ik", {c, b}), xg::matmul(c, b)));
    BOOST_TEST(near(einsum("...ij,...jk", {c, d}), xg::matmul(c, d)));
    BOOST_TEST(near(einsum("ij,j->i", {a, v}), xg::matmul(a, v)));
    BOOST_TEST(near(einsum("i,i", {v, v}), xg::sum(v * v)));
    BOOST_TEST(near(einsum("i,i->i", {v, v}), v * v));
    BOOST_TEST(near(einsum("i,j", {v, v}), v.reshape({4, 1}) * v));
    BOOST_TEST(near(einsum("ii", {s}), xg::sum(xg::diag(s))));
    BOOST_TEST(near(einsum("ii->i", {s}), xg::diag(s)));
    BOOST_TEST(near(einsum("ji", {a}), a.transpose()));
    BOOST_TEST(near(einsum("bA", {a}), a.transpose()));  // capitals first
    BOOST_TEST(near(einsum("ij->", {a}), xg::sum(a)));
    BOOST_TEST(near(einsum("...j->...", {c}), xg::sum(c, -1)));
    BOOST_TEST(near(einsum("i...->...", {c}), xg::sum(c, 0)));
    BOOST_TEST(near(einsum("...->", {c}), xg::sum(c)));
    BOOST_TEST(near(einsum("...,...", {c, a}), c * a));
    BOOST_TEST(near(einsum("...i,i...->i...", {c, u({4, 1, 1}) * 0 + 2}), xg::moveaxis(c, -1, 0) * 2));
    BOOST_TEST(near(einsum(",ij", {Tensor(2.5), a}), a * 2.5));
    BOOST_TEST(einsum("", {Tensor(3.0)}).item() == 3);
    const Tensor last = u({5, 2});
    BOOST_TEST(near(einsum(" ij, jk , kl ->il", {a, b, last}), xg::matmul(xg::matmul(a, b), last)));
    // A size of 1 is broadcast, as in PyTorch.
    BOOST_TEST(near(einsum("ij,jk->ik", {xg::ones({2, 1}, support::f64), b}), xg::broadcast_to(xg::sum(b, 0), {2, 5})));
    // Integers, and mixed dtypes.
    const Tensor whole = xg::tensor({{1, 2}, {3, 4}});
    BOOST_TEST(einsum("ij,jk", {whole, whole}).dtype() == xg::int64);
    BOOST_TEST(einsum("ij,jk", {whole, whole}).to_vector() == (Values{7, 10, 15, 22}));
    BOOST_TEST(einsum("ij,j", {whole, xg::tensor({0.5, 1.0})}).dtype() == xg::float32);
    // More operands than letters between them, in an order that keeps the parts small: (n, 1) vectors first.
    const Tensor wide = u({300, 2});
    BOOST_TEST(near(einsum("ai,bi,ci,di,ei->abcde", {wide.slice(0, 0, 3), wide.slice(0, 0, 2), wide.slice(0, 1, 3),
                                                     wide.slice(0, 2, 4), wide.slice(0, 3, 4)}),
                    naive({"ai", "bi", "ci", "di", "ei"}, "abcde",
                          {wide.slice(0, 0, 3), wide.slice(0, 0, 2), wide.slice(0, 1, 3), wide.slice(0, 2, 4),
                           wide.slice(0, 3, 4)})));
    // A chain that takes 10^12 multiplications in the order of writing.
    const Tensor column = xg::ones({1'000'000, 1}, support::f64), row = column.reshape({1, 1'000'000});
    BOOST_TEST(einsum("ij,jk,kl->il", {column, row, column})[7].item() == 1e6);
}

BOOST_AUTO_TEST_CASE(wrong_specs) {
    const Tensor a = xg::zeros({2, 3}), b = xg::zeros({4, 5});
    BOOST_TEST(text_of("ij,jk", {a, b}) ==
               "einsum: \"ij,jk\": 'j' has size 3 before and 4 in operand 1 of shape (4, 5)");
    BOOST_TEST(text_of("ijk", {a}) == "einsum: \"ijk\": operand 0 has 3 letters, but the shape (2, 3)");
    BOOST_TEST(text_of("i", {a}) == "einsum: \"i\": operand 0 has 1 letters, but the shape (2, 3)");
    BOOST_TEST(text_of("ijk...", {a}) ==
               "einsum: \"ijk...\": operand 0 has 3 letters beside \"...\", but the shape (2, 3)");
    BOOST_TEST(text_of("ii", {a}) ==
               "einsum: \"ii\": 'i' is there twice in operand 0, whose axes have different sizes: (2, 3)");
    BOOST_TEST(text_of("ij->ik", {a}) == "einsum: 'k' is in no operand at position 5 of \"ij->ik\"");
    BOOST_TEST(text_of("ij->ii", {a}) == "einsum: 'i' comes twice in the output at position 5 of \"ij->ii\"");
    BOOST_TEST(text_of("i1", {a}) == "einsum: unexpected '1' at position 1 of \"i1\"");
    BOOST_TEST(text_of("i.j", {a}) == "einsum: expected \"...\" at position 1 of \"i.j\"");
    BOOST_TEST(text_of("...i...", {a}) == "einsum: a second \"...\" at position 4 of \"...i...\"");
    BOOST_TEST(text_of("ij-i", {a}) == "einsum: expected \"->\" at position 2 of \"ij-i\"");
    BOOST_TEST(text_of("ij->i->j", {a}) == "einsum: a second \"->\" at position 5 of \"ij->i->j\"");
    BOOST_TEST(text_of("ij->i,j", {a}) == "einsum: a comma behind \"->\" at position 5 of \"ij->i,j\"");
    BOOST_TEST(text_of("ij", {a, b}) == "einsum: \"ij\" is for 1 operands, got 2");
    BOOST_CHECK_THROW(einsum("", {}), xg::ValueError);
    BOOST_CHECK_THROW(einsum("i", {Tensor()}), xg::ValueError);
    BOOST_CHECK_THROW(einsum("ij,jk", {a, b}), xg::ShapeError);
    BOOST_CHECK_THROW(einsum("ij->k", {a}), xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
