#include "families_xgrad.hpp"

namespace parity {
namespace {

/// A sequence, states and parameters of a layer of so many gates. Of great sums rounding decides what is left of a
/// saturated gate.
std::function<void(Draw&)> layer(std::int64_t gates, bool biases) {
    return [=](Draw& d) {
        const Want moderate{.low = -2, .high = 2, .finite = true};
        const bool batch_first = d.flag("batch_first");
        d.flag("reverse");
        const std::int64_t steps = d.random.integer(1, 4), samples = d.random.integer(1, 3),
                           features = d.random.integer(1, 3), units = d.random.integer(1, 3);
        d.real_of(batch_first ? Sizes{samples, steps, features} : Sizes{steps, samples, features}, moderate);
        for (std::int64_t i = 0; i < gates - 2; ++i) d.real_of({samples, units}, moderate);
        d.real_of({gates * units, features}, moderate);
        d.real_of({gates * units, units}, moderate);
        for (int i = 0; biases && i < 2; ++i) d.real_of({gates * units}, moderate);
    };
}

}  // namespace

void add_recurrent(Table& t) {
    t.push_back({"lstm", layer(4, true),
                 XGRAD(xg::lstm(in[0], in[1], in[2], in[3], in[4], in[5], in[6],
                                {.batch_first = o.flag("batch_first"), .reverse = o.flag("reverse")}))});
    t.push_back({"lstm without biases", layer(4, false),
                 XGRAD(xg::lstm(in[0], in[1], in[2], in[3], in[4], {}, {},
                                {.batch_first = o.flag("batch_first"), .reverse = o.flag("reverse")}))});
    t.push_back({"gru", layer(3, true),
                 XGRAD(xg::gru(in[0], in[1], in[2], in[3], in[4], in[5],
                               {.batch_first = o.flag("batch_first"), .reverse = o.flag("reverse")}))});
    t.push_back({"gru without biases", layer(3, false),
                 XGRAD(xg::gru(in[0], in[1], in[2], in[3], {}, {},
                               {.batch_first = o.flag("batch_first"), .reverse = o.flag("reverse")}))});
}

}  // namespace parity
