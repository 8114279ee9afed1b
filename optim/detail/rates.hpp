#pragma once

#include <vector>

#include <xgrad/optim/optimizer.hpp>

namespace xg::optim::detail {

/// The learning rate of each group.
inline std::vector<double> rates_of(const Optimizer& optimizer) {
    std::vector<double> rates;
    for (std::size_t i = 0; i < optimizer.groups(); ++i) rates.push_back(optimizer.lr(i));
    return rates;
}

}  // namespace xg::optim::detail
