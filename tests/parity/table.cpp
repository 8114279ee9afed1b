#include "families_xgrad.hpp"

namespace parity {

const Table& table() {
    static const Table all = [] {
        Table t;
        for (auto* add : {add_elementwise, add_reductions, add_shaping, add_products, add_losses}) add(t);
        for (auto* add : {add_functions, add_activations, add_logic, add_in_place}) add(t);
        for (auto* add : {add_order, add_joining, add_padding, add_matrices, add_indexing, add_brackets, add_einsum})
            add(t);
        for (auto* add : {add_linalg, add_decompositions, add_windows, add_normalizations, add_layers, add_class_losses,
                          add_recurrent})
            add(t);
        return t;
    }();
    return all;
}

const Table& wrong_table() {
    static const Table all = [] {
        Table t;
        add_wrong(t);
        return t;
    }();
    return all;
}

// torch_side.cpp, which knows nothing of xgrad, asks for it.
const std::string& name_of(const Operation& operation);
const std::string& name_of(const Operation& operation) { return operation.name; }

}  // namespace parity
