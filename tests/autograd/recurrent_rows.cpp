#include "row_makers.hpp"

using namespace rows;

namespace {

/// x, the states, and the parameters: of the sizes of a layer with so many gates.
std::vector<xg::Tensor> inputs(const xg::Shape& x, std::int64_t batch, std::int64_t units, std::int64_t gates,
                               bool biases) {
    std::vector<xg::Tensor> all{values(70, x), values(71, {batch, units})};
    if (gates == 4) all.push_back(values(72, {batch, units}));
    all.push_back(values(73, {gates * units, x[2]}));
    all.push_back(values(74, {gates * units, units}));
    for (std::uint32_t seed = 75; biases && seed < 77; ++seed) all.push_back(values(seed, {gates * units}));
    return all;
}

xg::Tensor one_of(const Inputs& in, std::size_t i) { return i < in.size() ? in[i] : xg::Tensor(); }

/// All results at once: what a part of the graph adds to another shows in the sum.
xg::Tensor lstm(const Inputs& in, const xg::RecurrentOptions& options) {
    const auto [y, h, c] = xg::lstm(in[0], in[1], in[2], in[3], in[4], one_of(in, 5), one_of(in, 6), options);
    return xg::sum(y * y) + xg::concat({h, c * h});
}

xg::Tensor gru(const Inputs& in, const xg::RecurrentOptions& options) {
    const auto [y, h] = xg::gru(in[0], in[1], in[2], in[3], one_of(in, 4), one_of(in, 5), options);
    return xg::sum(y * y) + h;
}

}  // namespace

std::vector<Row> recurrent_rows() {
    std::vector<Row> rows;
    for (const bool batch_first : {false, true})
        for (const bool reverse : {false, true}) {
            const xg::RecurrentOptions options{.batch_first = batch_first, .reverse = reverse};
            const std::string about =
                std::string(batch_first ? "batch first" : "time first") + (reverse ? ", in reverse" : "");
            const xg::Shape shape = batch_first ? xg::Shape{2, 3, 2} : xg::Shape{3, 2, 2};
            rows.push_back({"lstm", about, [options](const Inputs& in) { return lstm(in, options); },
                            inputs(shape, 2, 2, 4, true)});
            rows.push_back(
                {"gru", about, [options](const Inputs& in) { return gru(in, options); }, inputs(shape, 2, 2, 3, true)});
        }
    rows.push_back({"lstm", "one step without biases", [](const Inputs& in) { return lstm(in, {}); },
                    inputs({1, 3, 1}, 3, 1, 4, false)});
    rows.push_back({"gru", "one step without biases", [](const Inputs& in) { return gru(in, {}); },
                    inputs({1, 3, 1}, 3, 1, 3, false)});
    rows.push_back({"lstm", "the output alone, transposed",
                    [](const Inputs& in) { return xg::lstm(in[0].transpose(0, 1), in[1], in[2], in[3], in[4]).output; },
                    inputs({2, 3, 2}, 2, 1, 4, false)});
    rows.push_back({"lstm", "the last cell alone",
                    [](const Inputs& in) { return xg::lstm(in[0], in[1], in[2], in[3], in[4]).cell; },
                    inputs({2, 3, 2}, 3, 1, 4, false)});
    rows.push_back({"gru", "the output alone",
                    [](const Inputs& in) { return xg::gru(in[0], in[1], in[2], in[3]).output; },
                    inputs({2, 3, 2}, 3, 1, 3, false)});
    rows.push_back(
        {"lstm", "no samples", [](const Inputs& in) { return lstm(in, {}); }, inputs({2, 0, 2}, 0, 1, 4, true)});
    rows.push_back(
        {"gru", "no samples", [](const Inputs& in) { return gru(in, {}); }, inputs({2, 0, 2}, 0, 1, 3, true)});
    rows.push_back(
        {"lstm", "no features", [](const Inputs& in) { return lstm(in, {}); }, inputs({2, 1, 0}, 1, 1, 4, true)});
    return rows;
}
