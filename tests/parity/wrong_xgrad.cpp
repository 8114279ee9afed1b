#include "families_xgrad.hpp"

// What careless formulas look like: most have the right values, and detach() hides parts of them from the gradient.
// Those that cannot take an infinity stay out of wild programs, where they would be found too easily.

namespace parity {

void add_wrong(Table& t) {
    const auto pair = [](Draw& d) { d.real_beside(d.real().shape); };
    t.push_back({"wrong tanh: 1e-6 too steep", unary({.low = -8, .high = 8}),
                 XGRAD(xg::tanh(in[0]) + 1e-6 * (xg::tanh(in[0]) - xg::tanh(in[0].detach()))), nullptr, false});
    t.push_back({"wrong sub: a sign", pair, XGRAD(in[0] + in[1] - 2 * in[1].detach()), nullptr, false});
    t.push_back({"wrong add: the broadcast is not summed",
                 [](Draw& d) {
                     const Array& a = d.real({.min_rank = 1, .min_size = 1});
                     d.real_of(Sizes(a.shape.begin() + 1, a.shape.end()));
                 },
                 XGRAD(in[0] + xg::concat({in[1].reshape(in[1].shape().inserted(0, 1)),
                                           xg::broadcast_to(in[1].detach(), in[0].shape()).slice(0, 1, 1 << 20)}))});
    t.push_back({"wrong square: no second derivative", unary({.low = -100, .high = 100}),
                 XGRAD(in[0] * in[0].detach() * 2 - xg::square(in[0].detach())), nullptr, false});
    t.push_back({"wrong exp: 1e-8 too large", unary({.high = 5}), XGRAD(xg::exp(in[0]) * (1 + 1e-8))});
    t.push_back({"wrong relu: a slope of -1e-3 below 0", unary(), XGRAD(xg::maximum(in[0], -1e-3 * in[0])), off({0})});
    t.push_back(
        {"wrong sum: throws for no elements", unary(), XGRAD(in[0].numel() == 0 ? xg::max(in[0]) : xg::sum(in[0]))});
}

}  // namespace parity
