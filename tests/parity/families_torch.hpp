#pragma once

#include "torch_table.hpp"

namespace parity {

// A family each, beside <family>_xgrad.cpp.
void add_elementwise(TorchTable& t);
void add_reductions(TorchTable& t);
void add_shaping(TorchTable& t);
void add_products(TorchTable& t);
void add_linalg(TorchTable& t);
void add_decompositions(TorchTable& t);
void add_windows(TorchTable& t);
void add_normalizations(TorchTable& t);
void add_layers(TorchTable& t);
void add_losses(TorchTable& t);
void add_functions(TorchTable& t);
void add_activations(TorchTable& t);
void add_logic(TorchTable& t);
void add_in_place(TorchTable& t);
void add_order(TorchTable& t);
void add_joining(TorchTable& t);
void add_padding(TorchTable& t);
void add_matrices(TorchTable& t);
void add_indexing(TorchTable& t);
void add_brackets(TorchTable& t);
void add_einsum(TorchTable& t);
void add_class_losses(TorchTable& t);
void add_recurrent(TorchTable& t);
void add_wrong(TorchTable& t);

inline void add_torch_families(TorchTable& t) {
    add_elementwise(t);
    add_reductions(t);
    add_shaping(t);
    add_products(t);
    add_linalg(t);
    add_decompositions(t);
    add_windows(t);
    add_normalizations(t);
    add_layers(t);
    add_losses(t);
    add_functions(t);
    add_activations(t);
    add_logic(t);
    add_in_place(t);
    add_order(t);
    add_joining(t);
    add_padding(t);
    add_matrices(t);
    add_indexing(t);
    add_brackets(t);
    add_einsum(t);
    add_class_losses(t);
    add_recurrent(t);
    add_wrong(t);
}

}  // namespace parity
