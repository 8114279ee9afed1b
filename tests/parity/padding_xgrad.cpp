#include <algorithm>
#include <string>

#include "families_xgrad.hpp"

// Arrays extended at their edges, and the windows that slide over them.

namespace parity {
namespace {

/// Widths for the last axes, as `mode` allows. As C++ they are an option of their own.
std::function<void(Draw&)> widths(xg::PadMode mode) {
    return [mode](Draw& d) {
        const Array& x = d.real();
        const auto rank = static_cast<std::int64_t>(x.shape.size());
        const auto padded = static_cast<std::size_t>(d.random.integer(0, rank));
        Sizes sizes;
        std::string text;
        for (std::size_t k = 0; k < padded; ++k) {
            const std::int64_t n = x.shape[x.shape.size() - padded + k];
            std::int64_t most = 3;
            if (mode == xg::PadMode::reflect) most = std::min<std::int64_t>(3, n - 1);
            if (mode == xg::PadMode::circular) most = std::min<std::int64_t>(3, n);
            if (mode == xg::PadMode::replicate && n == 0) most = 0;
            for (int side = 0; side < 2; ++side)
                sizes.push_back(most < 1 || d.random.coin(0.3) ? 0 : d.random.integer(1, most));
            text +=
                (k == 0 ? "{" : ", {") + std::to_string(sizes[2 * k]) + ", " + std::to_string(sizes[2 * k + 1]) + "}";
        }
        d.set("sizes", std::vector<double>(sizes.begin(), sizes.end()));
        d.set("widths", Choice{0, "std::vector<xg::PadWidth>{" + text + "}"});
    };
}

Call padded(xg::PadMode mode, const char* text) {
    return make_call(
        [mode](const Inputs& in, const Options& o) {
            const std::vector<double>& sizes = o.numbers("sizes");
            std::vector<xg::PadWidth> by;
            for (std::size_t k = 0; k < sizes.size(); k += 2)
                by.push_back({static_cast<std::int64_t>(sizes[k]), static_cast<std::int64_t>(sizes[k + 1])});
            xg::PadOptions options{.mode = mode};
            if (mode == xg::PadMode::constant) options.value = o.number("value");
            return xg::pad(in[0], by, options);
        },
        text);
}

/// A kernel and its steps; returns how many windows an axis of n has, or 0 for none.
struct Windows {
    std::int64_t kernel, dilation, padding, stride;
    std::int64_t over(std::int64_t n) const {
        const std::int64_t room = n + 2 * padding - dilation * (kernel - 1) - 1;
        return room < 0 ? 0 : room / stride + 1;
    }
};

Windows windows(Draw& d, const std::string& of) {
    Windows w{};
    w.kernel = d.integer("kernel_" + of, 1, 3);
    w.dilation = d.integer("dilation_" + of, 1, 2);
    w.padding = d.integer("padding_" + of, 0, 2);
    w.stride = d.integer("stride_" + of, 1, 3);
    return w;
}

/// Sizes of images, windows over both of their axes, and how many of these there are.
struct Images {
    std::int64_t n = 0, channels = 0, height = 0, width = 0, taps = 0, positions = 0;
};

Images images(Draw& d) {
    Images i{d.random.coin(0.05) ? 0 : d.random.integer(1, 2), d.random.integer(1, 2), d.random.integer(1, 5),
             d.random.integer(1, 5)};
    const Windows h = windows(d, "h"), w = windows(d, "w");
    i.taps = h.kernel * w.kernel;
    i.positions = h.over(i.height) * w.over(i.width);
    Draw::need(i.positions > 0);
    return i;
}

void to_unfold(Draw& d) {
    const Images i = images(d);
    d.real_of({i.n, i.channels, i.height, i.width});
}

void to_fold(Draw& d) {
    const Images i = images(d);
    d.set("height", i.height);
    d.set("width", i.width);
    d.real_of({i.n, i.channels * i.taps, i.positions});
}

}  // namespace

void add_padding(Table& t) {
    t.push_back({"pad",
                 [](Draw& d) {
                     widths(xg::PadMode::constant)(d);
                     d.number("value", -2, 2);
                 },
                 padded(xg::PadMode::constant, R"(xg::pad(in[0], o.as<W>("widths"), {.value = o.number("value")}))")});
    t.push_back({"pad by reflection", widths(xg::PadMode::reflect),
                 padded(xg::PadMode::reflect, R"(xg::pad(in[0], o.as<W>("widths"), {.mode = xg::PadMode::reflect}))")});
    t.push_back(
        {"pad by replication", widths(xg::PadMode::replicate),
         padded(xg::PadMode::replicate, R"(xg::pad(in[0], o.as<W>("widths"), {.mode = xg::PadMode::replicate}))")});
    t.push_back(
        {"pad around", widths(xg::PadMode::circular),
         padded(xg::PadMode::circular, R"(xg::pad(in[0], o.as<W>("widths"), {.mode = xg::PadMode::circular}))")});
    t.push_back({"unfold", to_unfold,
                 XGRAD(xg::unfold(in[0], {o.integer("kernel_h"), o.integer("kernel_w")},
                                  {.dilation = {o.integer("dilation_h"), o.integer("dilation_w")},
                                   .padding = {o.integer("padding_h"), o.integer("padding_w")},
                                   .stride = {o.integer("stride_h"), o.integer("stride_w")}}))});
    t.push_back({"fold", to_fold,
                 XGRAD(xg::fold(in[0], {o.integer("height"), o.integer("width")},
                                {o.integer("kernel_h"), o.integer("kernel_w")},
                                {.dilation = {o.integer("dilation_h"), o.integer("dilation_w")},
                                 .padding = {o.integer("padding_h"), o.integer("padding_w")},
                                 .stride = {o.integer("stride_h"), o.integer("stride_w")}}))});
}

}  // namespace parity
