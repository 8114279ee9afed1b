#pragma once

#include "torch_table.hpp"

namespace parity {

// A family each, beside <family>_xgrad.cpp.
void add_elementwise(TorchTable& t);
void add_reductions(TorchTable& t);
void add_shaping(TorchTable& t);
void add_products(TorchTable& t);
void add_losses(TorchTable& t);
void add_wrong(TorchTable& t);

inline void add_torch_families(TorchTable& t) {
    add_elementwise(t);
    add_reductions(t);
    add_shaping(t);
    add_products(t);
    add_losses(t);
    add_wrong(t);
}

}  // namespace parity
