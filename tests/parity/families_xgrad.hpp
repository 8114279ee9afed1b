#pragma once

#include "distances.hpp"
#include "operation.hpp"

namespace parity {

// A family each, beside <family>_torch.cpp.
void add_elementwise(Table& t);
void add_reductions(Table& t);
void add_shaping(Table& t);
void add_products(Table& t);
void add_losses(Table& t);

/// Operations with an error each, for the self-test.
void add_wrong(Table& t);

/// Draws one real input.
inline std::function<void(Draw&)> unary(const Want& want = {}) {
    return [want](Draw& d) { d.real(want); };
}

}  // namespace parity
