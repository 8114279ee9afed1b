#include <ATen/TensorIndexing.h>

#include "families_torch.hpp"

namespace parity {
namespace {

using at::indexing::TensorIndex;

/// The entries in the options: see brackets_xgrad.cpp. libtorch takes numbers for entries of axes that are gone even
/// beside tensors, where NumPy takes them for tensors: tensors of one element mean the same to both.
std::vector<TensorIndex> entries_of(const Tensors& in, const Options& o) {
    const std::vector<double>& numbers = o.numbers("numbers");
    const auto at = [&](std::size_t k, std::size_t i) { return static_cast<std::int64_t>(numbers[k + i]); };
    const auto named = [&](std::size_t k) { return in[static_cast<std::size_t>(at(k, 1))]; };
    bool any = false;
    for (std::size_t k = 0; k < numbers.size(); k += 5) any = any || (at(k, 0) == 4 && named(k).dim() > 0);
    std::vector<TensorIndex> entries;
    for (std::size_t k = 0; k < numbers.size(); k += 5) {
        switch (at(k, 0)) {
            case 0:
                if (any)
                    entries.emplace_back(at::full({1}, at(k, 1), at::TensorOptions(at::kLong)));
                else
                    entries.emplace_back(at(k, 1));
                break;
            case 1: {
                c10::optional<std::int64_t> start = at(k, 1), stop = at(k, 2);
                if ((at(k, 4) & 1) != 0) start.reset();
                if ((at(k, 4) & 2) != 0) stop.reset();
                entries.emplace_back(at::indexing::Slice(start, stop, at(k, 3)));
                break;
            }
            case 2: entries.emplace_back(at::indexing::Ellipsis); break;
            case 3: entries.emplace_back(at::indexing::None); break;
            default:
                // libtorch counts one axis for a mask, of however many it is.
                if (named(k).scalar_type() == at::kBool)
                    for (const at::Tensor& positions : at::unbind(at::nonzero(named(k)), 1))
                        entries.emplace_back(positions);
                else
                    entries.emplace_back(any && named(k).dim() == 0 ? named(k).reshape({1}) : named(k));
        }
    }
    return entries;
}

at::Tensor indexed(const at::Tensor& x, const std::vector<TensorIndex>& entries) {
    return entries.empty() ? x : x.index(entries);
}

/// With the places' numbers in the flat x.
at::Tensor with_values(const Tensors& in, const Options& o, bool accumulate) {
    const at::Tensor &x = in[0], &values = in.back();
    const at::Tensor numbers =
        indexed(at::arange(x.numel(), at::TensorOptions(at::kLong)).reshape(x.sizes()), entries_of(in, o));
    const at::Tensor at = numbers.reshape({-1}), by = values.expand(numbers.sizes()).reshape({-1}),
                     flat = x.reshape({-1});
    return (accumulate ? flat.index_add(0, at, by) : flat.index_copy(0, at, by)).reshape(x.sizes());
}

}  // namespace

void add_brackets(TorchTable& t) {
    t["index"] = TORCH(indexed(in[0], entries_of(in, o)));
    t["index_put"] = TORCH(with_values(in, o, false));
    t["index_put that adds"] = TORCH(with_values(in, o, true));
}

}  // namespace parity
