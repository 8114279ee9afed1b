#pragma once

#include <functional>
#include <string>
#include <vector>

#include "modules.hpp"
#include "random.hpp"

namespace modules {

/// How the cases of a layer are drawn.
struct Maker {
    std::string layer;
    std::function<void(Case&, parity::Random&)> draw;
};

/// All layers and losses.
const std::vector<Maker>& makers();

}  // namespace modules
