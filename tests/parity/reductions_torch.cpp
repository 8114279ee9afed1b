#include <algorithm>
#include <limits>

#include "families_torch.hpp"

namespace parity {
namespace {

/// The axes `axes` as one, the last; for functions that take one axis.
at::Tensor joined(const at::Tensor& x, const Sizes& axes) {
    const std::int64_t rank = x.dim(), n = static_cast<std::int64_t>(axes.size());
    Sizes wrapped;
    for (const std::int64_t axis : axes) wrapped.push_back(axis < 0 ? axis + rank : axis);
    // In x's order, which positions count by.
    std::sort(wrapped.begin(), wrapped.end());
    Sizes last;
    for (std::int64_t k = 0; k < n; ++k) last.push_back(rank - n + k);
    const at::Tensor moved = at::movedim(x, wrapped, last);
    return n == 0 ? moved.unsqueeze(-1) : moved.flatten(rank - n, -1);
}

/// y with the axes `axes`, which are reduced, of size 1 again, where they are to be kept.
at::Tensor kept(at::Tensor y, const Sizes& axes, std::int64_t rank, bool keepdims) {
    if (!keepdims) return y;
    Sizes wrapped;
    for (const std::int64_t axis : axes) wrapped.push_back(axis < 0 ? axis + rank : axis);
    std::sort(wrapped.begin(), wrapped.end());
    for (const std::int64_t axis : wrapped) y = y.unsqueeze(axis);
    return y;
}

template <class F>
TorchCall over_one(F f) {
    return [f](const Tensors& in, const Options& o) {
        const Sizes& axes = o.list("axes");
        return pack(kept(f(joined(in[0], axes)), axes, in[0].dim(), o.flag("keepdims")));
    };
}

at::Tensor holes(const Tensors& in) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    return at::where(in[1], in[0], at::scalar_tensor(nan, in[0].options()));
}

at::Tensor zeros_where_not(const Tensors& in) {
    return at::where(in[1], in[0], at::scalar_tensor(0.0, in[0].options()));
}

/// As the type that tells at::var's overloads apart.
c10::optional<std::int64_t> correction(const Options& o) { return static_cast<std::int64_t>(o.number("correction")); }

/// The variance by its definition, for corrections that are no integers.
at::Tensor variance(const at::Tensor& x, const Sizes& axes, double correction, bool keepdims) {
    std::int64_t n = 1;
    for (const std::int64_t axis : axes) n *= x.size(axis);
    const at::Tensor squares = at::square(x - at::mean(x, axes, true));
    return at::sum(squares, axes, keepdims) / std::max(0.0, static_cast<double>(n) - correction);
}

}  // namespace

void add_reductions(TorchTable& t) {
    t["sum"] = TORCH(at::sum(in[0], o.list("axes"), o.flag("keepdims")));
    t["sum of all"] = TORCH(at::sum(in[0]));
    t["sum of mask"] = TORCH(at::sum(in[0], o.list("axes"), o.flag("keepdims")));
    t["mean"] = TORCH(at::mean(in[0], o.list("axes"), o.flag("keepdims")));
    t["mean of all"] = TORCH(at::mean(in[0]));
    t["max"] = TORCH(at::amax(in[0], o.list("axes"), o.flag("keepdims")));
    t["max of all"] = TORCH(at::max(in[0]));
    t["min"] = TORCH(at::amin(in[0], o.list("axes"), o.flag("keepdims")));
    t["min of all"] = TORCH(at::min(in[0]));

    t["nansum"] = TORCH(at::nansum(in[0], o.list("axes"), o.flag("keepdims")));
    t["nansum with holes"] = TORCH(at::nansum(holes(in), o.list("axes"), o.flag("keepdims")));
    t["nansum of all"] = TORCH(at::nansum(in[0]));
    t["nanmean"] = TORCH(at::nanmean(in[0], o.list("axes"), o.flag("keepdims")));
    t["nanmean with holes"] = TORCH(at::nanmean(holes(in), o.list("axes"), o.flag("keepdims")));
    t["nanmean of all"] = TORCH(at::nanmean(in[0]));
    t["prod"] = over_one([](const at::Tensor& x) { return at::prod(x, -1); });
    t["prod with zeros"] = [](const Tensors& in, const Options& o) {
        const Sizes& axes = o.list("axes");
        return pack(kept(at::prod(joined(zeros_where_not(in), axes), -1), axes, in[0].dim(), o.flag("keepdims")));
    };
    t["prod of all"] = TORCH(at::prod(in[0]));
    t["prod of integers"] = over_one([](const at::Tensor& x) { return at::prod(x, -1); });
    t["var"] = TORCH(at::var(in[0], o.list("axes"), correction(o), o.flag("keepdims")));
    t["var with any correction"] = TORCH(variance(in[0], o.list("axes"), o.number("correction"), o.flag("keepdims")));
    t["var of all"] = TORCH(at::var(in[0]));
    t["std"] = TORCH(at::std(in[0], o.list("axes"), correction(o), o.flag("keepdims")));
    t["std of all"] = TORCH(at::std(in[0]));
    t["norm"] = t["norm with an extreme power"] =
        TORCH(at::linalg_vector_norm(in[0], o.number("p"), o.list("axes"), o.flag("keepdims")));
    t["norm of all"] = TORCH(at::linalg_vector_norm(in[0], o.number("p")));

    const TorchCall any = over_one([](const at::Tensor& x) { return at::any(x, -1); });
    const TorchCall all = over_one([](const at::Tensor& x) { return at::all(x, -1); });
    const TorchCall count = over_one([](const at::Tensor& x) { return at::count_nonzero(x, at::IntArrayRef(-1)); });
    for (const char* of : {"", " of mask", " of integers"}) {
        t[std::string("any") + of] = any;
        t[std::string("all") + of] = all;
        t[std::string("count_nonzero") + of] = count;
    }
    for (const char* of : {"", " of integers"}) {
        t[std::string("argmax") + of] = over_one([](const at::Tensor& x) { return at::argmax(x, -1); });
        t[std::string("argmin") + of] = over_one([](const at::Tensor& x) { return at::argmin(x, -1); });
    }
    t["argmax of all"] = TORCH(at::argmax(in[0]));
    t["argmin of all"] = TORCH(at::argmin(in[0]));
}

}  // namespace parity
