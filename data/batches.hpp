#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/samples.hpp>

namespace xg::data {

/// Options of `batches`.
struct BatchOptions {
    std::int64_t batch_size = 32;  ///< Samples a batch; at least 1.
    bool shuffle = false;          ///< Deals the samples out in a new random order on every pass.
    bool drop_last = false;        ///< Leaves out a last batch that is smaller than the others.
    /// The order then depends on this seed and the epoch alone; without it on `xg::manual_seed`.
    std::optional<std::uint64_t> seed = {};
    std::uint64_t epoch = 0;  ///< The number of the first pass, for training that goes on; of use with a seed.
};

/// The samples of a data set, a batch at a time; what `batches` makes. A C++20 input range of Samples.
///
/// Each `begin()` starts a pass of its own over all samples. Copies share the samples.
class XG_EXPORT Batches {
public:
    /// Where a pass stands. Must not outlive the range, nor be used after the range was moved.
    class XG_EXPORT Iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = Samples;
        using difference_type = std::ptrdiff_t;

        /// The batch: views of the samples, or, when shuffled, copies of the chosen ones, made at each call.
        Samples operator*() const;
        /// On to the next batch.
        Iterator& operator++() noexcept {
            ++batch_;
            return *this;
        }
        void operator++(int) noexcept { ++batch_; }
        /// Whether the pass is over.
        friend bool operator==(const Iterator& at, std::default_sentinel_t) noexcept {
            return at.batch_ >= at.range_->size();
        }

    private:
        friend class Batches;
        Iterator(const Batches* range, Tensor order) noexcept : range_(range), order_(std::move(order)) {}

        const Batches* range_;
        Tensor order_;  // of this pass; undefined when not shuffled
        std::int64_t batch_ = 0;
    };

    /// See `batches`.
    Batches(const Tensor& x, const Tensor& y, const BatchOptions& options);

    /// Starts the next pass. When shuffled, it has an order of its own.
    Iterator begin();
    /// Where every pass ends.
    std::default_sentinel_t end() const noexcept { return {}; }
    /// The number of batches in a pass.
    std::int64_t size() const noexcept { return size_; }
    /// The number of samples in the data set, those that drop_last leaves out included.
    std::int64_t samples() const noexcept { return samples_; }

private:
    Tensor x_, y_;
    BatchOptions options_;
    std::int64_t samples_, size_;
};

/// The samples of (x, y) in batches: `for (auto [xb, yb] : batches(x, y, {.batch_size = 256}))`.
///
/// x and y are of any dtype and of rank 1 or more, and have as many entries along their first axis, which is what is
/// cut. The last batch is smaller when batch_size does not divide their number; no samples give no batch. Batches are
/// cut off from any graph.
///
/// Without `shuffle`, batches are views in the order of the samples: nothing is copied. With it, each pass has a new
/// order, whether the same range is passed over again or a new one is made for each epoch. `xg::manual_seed` makes
/// that reproducible; so does a `seed` of its own, whose order depends on the seed and the epoch alone: pass number p
/// over the range is epoch `options.epoch` + p.
///
/// Throws ShapeError when x and y do not fit each other, and ValueError for a batch_size below 1.
XG_EXPORT Batches batches(const Tensor& x, const Tensor& y, const BatchOptions& options = {});

}  // namespace xg::data
