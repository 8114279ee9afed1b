#include <algorithm>
#include <cmath>

#include "families_xgrad.hpp"

namespace parity {
namespace {

/// All of matmul's cases: vectors on either side, and stacks that broadcast.
void factors(Draw& d) {
    const Array& a = d.real({.min_rank = 1});
    const std::int64_t k = a.shape.back();
    if (d.random.coin(0.2)) {
        d.real_of({k});
    } else {
        Sizes shape(a.shape.begin(), a.shape.size() > 2 ? a.shape.end() - 2 : a.shape.begin());
        for (std::int64_t& n : shape)
            if (d.random.coin(0.3)) n = 1;
        if (!shape.empty() && d.random.coin(0.3)) shape.erase(shape.begin());
        shape.push_back(k);
        shape.push_back(d.size());
        d.real_of(shape);
    }
}

void layer(Draw& d, bool bias) {
    const Array& x = d.real({.min_rank = 1});
    const std::int64_t out = d.size();
    d.real_of({out, x.shape.back()});
    if (bias) d.real_of({out});
}

}  // namespace

void add_products(Table& t) {
    t.push_back({"matmul", factors, XGRAD(xg::matmul(in[0], in[1]))});
    t.push_back({"linear", [](Draw& d) { layer(d, true); }, XGRAD(xg::linear(in[0], in[1], in[2]))});
    t.push_back({"linear without bias", [](Draw& d) { layer(d, false); }, XGRAD(xg::linear(in[0], in[1]))});
    // Where the sum is 0 the derivative jumps, which only the sum tells.
    t.push_back({"linear and relu", [](Draw& d) { layer(d, true); },
                 XGRAD(xg::linear(in[0], in[1], in[2], xg::Activation::relu)),
                 [](const Values& in, const Options&) {
                     double least = 1;
                     const std::size_t k = static_cast<std::size_t>(in[1]->shape[1]), m = in[2]->values.size();
                     for (std::size_t row = 0; k != 0 && row < in[0]->values.size() / k; ++row)
                         for (std::size_t j = 0; j < m; ++j) {
                             double sum = in[2]->values[j];
                             for (std::size_t i = 0; i < k; ++i)
                                 sum += in[0]->values[row * k + i] * in[1]->values[j * k + i];
                             least = std::min(least, std::abs(sum));
                         }
                     for (std::size_t j = 0; k == 0 && j < m; ++j) least = std::min(least, std::abs(in[2]->values[j]));
                     return least;
                 }});
}

}  // namespace parity
