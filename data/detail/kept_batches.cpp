#include <xgrad/data/detail/kept_batches.hpp>

#include <algorithm>
#include <utility>

#include <xgrad/autograd/detail/body.hpp>

namespace xg::data::detail {

namespace {

bool sole_handle(const Tensor& t) noexcept { return t.unsafe_body()->refs.load(std::memory_order_acquire) == 1; }

/// Whether a view is as it was cut, with its elements at `data`, and nobody else's.
bool pristine(const Tensor& view, const char* data) noexcept {
    const auto& b = xg::detail::body(view);
    return sole_handle(view) && b.data == data && !b.requires_grad && b.leaf == nullptr && !b.node;
}

/// Whether nobody but this handle and `views` views that we know see its elements.
bool ours(const Tensor& tensor, std::uint32_t views) noexcept {
    return sole_handle(tensor) && xg::detail::body(tensor).storage->refs.load(std::memory_order_acquire) == 1 + views;
}

}  // namespace

KeptBatches::KeptBatches(Tensor x, Tensor y, std::int64_t batch_size, std::int64_t batches)
    : x_(std::move(x)), y_(std::move(y)), batch_size_(batch_size), batches_(static_cast<std::size_t>(batches)) {}

const Samples& KeptBatches::get(std::int64_t i) {
    const Kept& kept = batches_[static_cast<std::size_t>(i)];
    if (kept.x != nullptr && pristine(kept.batch.x, kept.x) && pristine(kept.batch.y, kept.y)) [[likely]]
        return kept.batch;
    return cut(i);
}

const Samples& KeptBatches::cut(std::int64_t i) {
    Kept& kept = batches_[static_cast<std::size_t>(i)];
    if (!kept.batch.x.defined()) ++cut_;
    const std::int64_t start = i * batch_size_, stop = start + std::min(batch_size_, x_.size(0) - start);
    kept.batch = {x_.slice(0, start, stop), y_.slice(0, start, stop)};
    kept.x = xg::detail::data_as<char>(kept.batch.x);
    kept.y = xg::detail::data_as<char>(kept.batch.y);
    return kept.batch;
}

bool KeptBatches::held() const noexcept { return !sole_handle(x_); }

bool KeptBatches::idle() const noexcept {
    // A view of a batch shares the storage, not the batch; so both are counted.
    for (const Kept& kept : batches_)
        if (kept.batch.x.defined() && !(pristine(kept.batch.x, kept.x) && pristine(kept.batch.y, kept.y))) return false;
    return ours(x_, cut_) && ours(y_, cut_);
}

}  // namespace xg::data::detail
