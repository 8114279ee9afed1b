#pragma once

#include "distances.hpp"
#include "operation.hpp"

namespace parity {

// A family each, beside <family>_torch.cpp.
void add_elementwise(Table& t);
void add_reductions(Table& t);
void add_shaping(Table& t);
void add_products(Table& t);
void add_linalg(Table& t);
void add_decompositions(Table& t);
void add_windows(Table& t);
void add_normalizations(Table& t);
void add_layers(Table& t);
void add_losses(Table& t);
void add_functions(Table& t);
void add_activations(Table& t);
void add_logic(Table& t);
void add_in_place(Table& t);
void add_order(Table& t);
void add_joining(Table& t);
void add_padding(Table& t);
void add_matrices(Table& t);
void add_indexing(Table& t);
void add_brackets(Table& t);
void add_einsum(Table& t);
void add_class_losses(Table& t);
void add_recurrent(Table& t);

/// Operations with an error each, for the self-test.
void add_wrong(Table& t);

/// Draws one real input.
inline std::function<void(Draw&)> unary(const Want& want = {}) {
    return [want](Draw& d) { d.real(want); };
}
/// The same, from one of several ranges.
inline std::function<void(Draw&)> unary_in(std::vector<Want> ranges) {
    return [ranges = std::move(ranges)](Draw& d) {
        d.real(ranges[static_cast<std::size_t>(d.random.integer(0, static_cast<std::int64_t>(ranges.size()) - 1))]);
    };
}
/// Draws two inputs that broadcast, now and then one of integers.
inline void pair(Draw& d) {
    const Array& a = d.real();
    d.number_beside(a.shape);
    if (d.random.coin(0.3)) std::swap(d.step.inputs[0], d.step.inputs[1]);
}

}  // namespace parity
