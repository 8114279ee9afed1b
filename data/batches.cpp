#include <xgrad/data/batches.hpp>

#include <algorithm>
#include <string>

#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/data/detail/rows.hpp>

namespace xg::data {

Batches::Batches(const Tensor& x, const Tensor& y, const BatchOptions& options)
    : options_(options), samples_(detail::check_rows("batches", x, y)), size_(0) {
    const std::int64_t batch_size = options.batch_size;
    if (batch_size < 1)
        throw ValueError("batches: batch_size is " + std::to_string(batch_size) + ", expected at least 1");
    size_ = samples_ / batch_size;
    if (!options.drop_last && samples_ % batch_size != 0) ++size_;
    x_ = x.detach();
    y_ = y.detach();
    if (options.shuffle) {  // here, so that what is strided is copied once and not for every batch
        x_ = x_.contiguous();
        y_ = y_.contiguous();
    }
}

Batches::Iterator Batches::begin() {
    if (!options_.shuffle) return {this, {}};
    const Philox stream = detail::pass_stream(options_.seed, options_.epoch);
    return {this, detail::shuffled_order(samples_, stream)};
}

Samples Batches::Iterator::operator*() const {
    const std::int64_t start = batch_ * range_->options_.batch_size;
    // Not min(start + batch_size, …): a batch size near the greatest integer must not overflow.
    const std::int64_t n = std::min(range_->options_.batch_size, range_->samples_ - start);
    if (!order_.defined()) return {range_->x_.slice(0, start, start + n), range_->y_.slice(0, start, start + n)};
    const std::int64_t* order = order_.data<std::int64_t>() + start;
    return {detail::gather_rows(range_->x_, order, n), detail::gather_rows(range_->y_, order, n)};
}

Batches batches(const Tensor& x, const Tensor& y, const BatchOptions& options) { return {x, y, options}; }

}  // namespace xg::data
