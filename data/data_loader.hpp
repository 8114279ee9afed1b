#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/dataset.hpp>
#include <xgrad/data/samples.hpp>

namespace xg::data {

namespace detail {
class KeptBatches;
}

/// Draws samples at random by their weights, for classes of different sizes: PyTorch's `WeightedRandomSampler`.
struct WeightedRandomSampler {
    std::vector<double> weights = {};              ///< One a sample, in any scale; at least 0, finite, not all 0.
    std::optional<std::int64_t> num_samples = {};  ///< Draws a pass; as many as there are samples, if it is not given.
    bool replacement = true;  ///< A sample may be drawn again. Else there must be as many weights above 0 as draws.
};

/// Options of DataLoader.
struct LoaderOptions {
    std::int64_t batch_size = 32;                       ///< Samples a batch; at least 1.
    bool shuffle = false;                               ///< Deals the samples out in a new random order on every pass.
    bool drop_last = false;                             ///< Leaves out a last batch that is smaller than the others.
    std::optional<WeightedRandomSampler> sampler = {};  ///< Draws the samples of a pass, in place of `shuffle`.
    int workers = 0;            ///< Threads that make batches ahead, from 0 to 256; 0: they are made when asked for.
    std::int64_t prefetch = 2;  ///< Batches that each worker is ahead of the loop at most; at least 1.
    /// The order then depends on this seed and the epoch alone; without it on `xg::manual_seed`.
    std::optional<std::uint64_t> seed = {};
    std::uint64_t epoch = 0;  ///< The number of the first pass, for training that goes on; of use with a seed.
};

/// The samples of a data set, a batch at a time: `for (auto [x, y] : loader)`. A C++20 input range of Samples.
///
/// Each `begin()` starts a pass of its own, in an order of its own where that is random: pass number p is epoch
/// `options.epoch` + p. The same seed gives the same order, whatever the workers, and the one that `batches` gives. A
/// batch is stacked along a new first axis: x is (n, …), y (n, …). Batches are cut off from any graph; those of a
/// tensor that is not shuffled are views.
///
/// What a data set's `get` draws by xgrad's generator (`xg::rand`, …) depends on the seed, the epoch and the sample's
/// place in the pass, not on the workers. What it throws reaches the loop at the batch's turn: an exception of xgrad's
/// or a plain one of the standard library's with the sample's number before its message, any other as it is. So does a
/// ShapeError or DTypeError for a sample whose shape or dtype is not that of the batch's first one, which names it.
///
/// A loader and its iterators belong to one thread at a time. An iterator must not outlive the loader; one that ends in
/// the middle of a pass waits for the samples that its workers are making, and no longer.
class XG_EXPORT DataLoader {
    struct State;
    class Pass;

public:
    /// Where a pass stands.
    class XG_EXPORT Iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = Samples;
        using difference_type = std::ptrdiff_t;

        Iterator(Iterator&&) noexcept;
        Iterator& operator=(Iterator&&) noexcept;
        ~Iterator();

        /// The batch; the reference is good until the next one is asked for.
        const Samples& operator*() const noexcept { return cut_ != nullptr ? *cut_ : made_; }
        /// On to the next batch. Throws what making it threw; the pass is then over.
        Iterator& operator++() {
            ++batch_;
            load();
            return *this;
        }
        void operator++(int) { ++*this; }
        /// Whether the pass is over.
        friend bool operator==(const Iterator& at, std::default_sentinel_t) noexcept {
            return at.batch_ >= at.batches_;
        }

    private:
        friend class DataLoader;
        Iterator(State* state, std::int64_t batches) noexcept;
        void load();

        State* state_;
        detail::KeptBatches* kept_ = nullptr;
        std::int64_t batch_ = 0, batches_;
        const Samples* cut_ = nullptr;  // one that the loader keeps
        Samples made_;
        Tensor order_;                // undefined for that of the samples
        Tensor buffer_;               // where the loader's kept batches lie, in use while this lives
        std::unique_ptr<Pass> pass_;  // the workers
    };

    /// Of any class that is a Dataset, which the loader keeps. Throws ValueError for options out of range.
    template <Dataset D>
    explicit DataLoader(D dataset, const LoaderOptions& options = {})
        : DataLoader(dataset.size(), getter(std::move(dataset)), options) {}
    explicit DataLoader(const TensorDataset& dataset, const LoaderOptions& options = {});
    /// Of the samples of two tensors, as TensorDataset. Throws ShapeError too.
    DataLoader(const Tensor& x, const Tensor& y, const LoaderOptions& options = {});
    DataLoader(DataLoader&&) noexcept;
    DataLoader& operator=(DataLoader&&) noexcept;
    ~DataLoader();

    /// Starts the next pass.
    Iterator begin();
    /// Where every pass ends.
    std::default_sentinel_t end() const noexcept { return {}; }
    /// The number of batches in a pass.
    std::int64_t size() const noexcept;
    /// The number of samples in the data set.
    std::int64_t samples() const noexcept;
    /// The number of the next pass: see LoaderOptions::epoch.
    std::uint64_t epoch() const noexcept;
    /// Sets it, for training that goes on.
    void set_epoch(std::uint64_t epoch) noexcept;

private:
    using Get = std::function<Samples(std::int64_t i)>;

    DataLoader(std::int64_t size, Get get, const LoaderOptions& options);

    template <class D>
    static Get getter(D dataset) {
        return
            [held = std::make_shared<const D>(std::move(dataset))](std::int64_t i) -> Samples { return held->get(i); };
    }

    std::unique_ptr<State> state_;
};

}  // namespace xg::data
