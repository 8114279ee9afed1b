#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <xgrad/autograd/detail/node.hpp>

namespace xg::detail {

/// A leaf that the pass under way has met.
struct LeafSlot {
    Tensor leaf;
    Tensor gradient;
    std::uint32_t pending = 0;
};

/// The memory of one pass, kept from pass to pass so that a warm step allocates nothing.
struct Workspace {
    std::vector<Node*> visited, stack, heap;
    std::vector<LeafSlot> leaves;
    std::vector<std::uint32_t> table;  // open addressing: 1 + index into leaves; 0 is free
    std::vector<Tensor> results;

    std::uint32_t& find(const void* body) {
        if (2 * (leaves.size() + 1) > table.size()) rehash();
        return probe(body);
    }

    std::uint32_t& probe(const void* body) {
        const std::size_t mask = table.size() - 1;
        std::size_t i = (reinterpret_cast<std::uintptr_t>(body) >> 6) * 0x9E3779B97F4A7C15u >> 20 & mask;
        while (table[i] != 0 && leaves[table[i] - 1].leaf.unsafe_body() != body) i = (i + 1) & mask;
        return table[i];
    }

    void rehash() {
        table.assign(std::max<std::size_t>(64, 4 * (leaves.size() + 1)), 0);
        std::size_t power = 64;
        while (power < table.size()) power *= 2;
        table.assign(power, 0);
        for (std::size_t i = 0; i < leaves.size(); ++i)
            probe(leaves[i].leaf.unsafe_body()) = static_cast<std::uint32_t>(i + 1);
    }

    std::uint32_t slot_of(const Tensor& leaf) {
        std::uint32_t& entry = find(leaf.unsafe_body());
        if (entry == 0) {
            leaves.push_back({leaf, {}, 0});
            entry = static_cast<std::uint32_t>(leaves.size());
        }
        return entry - 1;
    }

    void clear() {
        visited.clear();
        stack.clear();
        heap.clear();
        const std::size_t used = leaves.size();
        leaves.clear();
        results.clear();
        if (table.size() > 4096 && table.size() > 16 * used)
            table = {};  // left from a pass with many more leaves: clearing it each time would cost
        else
            std::fill(table.begin(), table.end(), 0u);
    }
};

/// Passes nest where a hook or formula differentiates; each depth has a workspace of its own.
class WorkspaceLease {
public:
    WorkspaceLease() {
        Pool& p = pool();
        if (p.depth == p.spaces.size()) p.spaces.push_back(std::make_unique<Workspace>());
        space_ = p.spaces[p.depth++].get();
    }
    ~WorkspaceLease() {
        space_->clear();
        --pool().depth;
    }
    WorkspaceLease(const WorkspaceLease&) = delete;
    WorkspaceLease& operator=(const WorkspaceLease&) = delete;
    Workspace& operator*() const { return *space_; }

private:
    struct Pool {
        std::vector<std::unique_ptr<Workspace>> spaces;
        std::size_t depth = 0;
    };
    static Pool& pool() {
        thread_local Pool p;
        return p;
    }
    Workspace* space_;
};

}  // namespace xg::detail
