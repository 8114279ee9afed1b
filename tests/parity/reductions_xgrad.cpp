#include "families_xgrad.hpp"

namespace parity {
namespace {

/// What is reduced over some axes; at least one element along each where there must be something to reduce.
std::function<void(Draw&)> over_axes(std::int64_t min_size) {
    return [min_size](Draw& d) {
        const Array& x = d.real({.min_rank = 1, .min_size = min_size});
        d.axes("axes", x.shape.size());
        d.flag("keepdims");
    };
}

}  // namespace

void add_reductions(Table& t) {
    t.push_back({"sum", over_axes(0), XGRAD(xg::sum(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"sum of all", unary(), XGRAD(xg::sum(in[0]))});
    t.push_back({"sum of mask",
                 [](Draw& d) {
                     const Array& m = d.mask_beside(d.shape(1, 3));
                     d.axes("axes", m.shape.size());
                     d.flag("keepdims");
                 },
                 XGRAD(xg::sum(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"mean", over_axes(1), XGRAD(xg::mean(in[0], o.list("axes"), o.flag("keepdims")))});
    t.push_back({"mean of all", unary({.min_size = 1}), XGRAD(xg::mean(in[0]))});
    t.push_back({"max", over_axes(1), XGRAD(xg::max(in[0], o.list("axes"), o.flag("keepdims"))), gaps(1)});
    t.push_back({"max of all", unary({.min_size = 1}), XGRAD(xg::max(in[0])), gaps(1)});
    t.push_back({"min", over_axes(1), XGRAD(xg::min(in[0], o.list("axes"), o.flag("keepdims"))), gaps(-1)});
    t.push_back({"min of all", unary({.min_size = 1}), XGRAD(xg::min(in[0])), gaps(-1)});
}

}  // namespace parity
