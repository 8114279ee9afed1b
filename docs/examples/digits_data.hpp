#pragma once

#include <cmath>

#include <xgrad/xgrad.hpp>

namespace examples {

/// Images (1797, 1, 8, 8) with values from 0 to 16, and their classes, (1797), from 0 to 9.
struct Digits {
    xg::Tensor images, classes;
};

/// Images of the shape and range of scikit-learn's digits: of each class a pattern of its own, moved about by up to a pixel, dimmed, and with noise
/// added.
inline Digits load_digits() {
    constexpr std::int64_t n = 1797;
    xg::manual_seed(7);
    const xg::Tensor patterns = xg::interpolate(
        xg::rand({10, 1, 4, 4}), {.size = 10, .mode = xg::Interpolation::bilinear, .align_corners = true});
    const xg::Tensor classes = (xg::rand({n}) * 10).to(xg::int64), moves = (xg::rand({n, 2}) * 3).to(xg::int64),
                     light = xg::rand({n, 1, 1, 1}) * 0.5 + 0.5;
    std::vector<xg::Tensor> images;
    for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t row = moves[i][0].item_int(), column = moves[i][1].item_int();
        images.push_back(patterns[classes[i].item_int()].slice(1, row, row + 8).slice(2, column, column + 8));
    }
    const xg::Tensor noisy = xg::stack(images) * light + xg::randn({n, 1, 8, 8}) * 0.1;
    return {xg::minimum(xg::maximum(noisy, 0), 1) * 16, classes};
}

}  // namespace examples
