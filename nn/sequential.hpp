#pragma once

#include <xgrad/nn/module.hpp>

namespace xg::nn {

/// Modules one after another, named 0, 1, 2, …
class XG_EXPORT Sequential final : public Layer<Sequential> {
public:
    static constexpr bool row_wise = true;  ///< See Layer.
    Sequential() = default;
    /// The same as `add` of these modules. (One Sequential alone is copied instead, as any handle.)
    template <class... M>
        requires(sizeof...(M) > 1 || (sizeof...(M) == 1 && !(std::is_same_v<M, Sequential> || ...)))
    explicit Sequential(const M&... modules) { add(modules...); }
    /// Appends modules that take one tensor and return one; any number of them.
    template <class... M>
    Sequential& add(const M&... modules) {
        (append(Module(modules)), ...);
        return *this;
    }
    std::int64_t size() const;
    /// The i-th module; negative ones count from the end. Throws IndexError.
    Module operator[](std::int64_t i) const;

    Tensor forward(const Tensor& x) const;

private:
    void append(const Module& module);
};

}  // namespace xg::nn
