#include <xgrad/data/data_loader.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/core.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/data/detail/batch_queue.hpp>
#include <xgrad/data/detail/collate.hpp>
#include <xgrad/data/detail/kept_batches.hpp>
#include <xgrad/data/detail/rows.hpp>
#include <xgrad/data/detail/sampling.hpp>

namespace xg::data {

namespace {

/// So many batches are kept at most, and so many bytes are put in order at once.
constexpr std::int64_t most_kept = 4096, most_bytes = std::int64_t{1} << 20;

std::int64_t bytes(const Tensor& t) { return t.numel() * item_size(t.dtype()); }

}  // namespace

TensorDataset::TensorDataset(const Tensor& x, const Tensor& y) : size_(detail::check_rows("TensorDataset", x, y)) {
    x_ = x.detach();
    y_ = y.detach();
}

Samples TensorDataset::get(std::int64_t i) const {
    if (i < 0 || i >= size_)
        throw IndexError(fmt::format("TensorDataset: index {} is out of range, expected 0 to {}", i, size_ - 1));
    return {x_[i], y_[i]};
}

struct DataLoader::State {
    LoaderOptions options;
    detail::GetSample get;  // empty for tensors
    Tensor x, y;
    std::int64_t samples = 0, draws = 0, batches = 0;
    std::optional<detail::KeptBatches> kept;

    State(std::int64_t size, const LoaderOptions& given) : options(given), samples(size), draws(size) {
        const auto refuse = [](const std::string& what) { throw ValueError("DataLoader: " + what); };
        if (samples < 0) refuse(fmt::format("the data set has {} samples, expected at least 0", samples));
        const std::int64_t batch_size = options.batch_size;
        if (batch_size < 1) refuse(fmt::format("batch_size is {}, expected at least 1", batch_size));
        if (options.workers < 0 || options.workers > 256)
            refuse(fmt::format("workers is {}, expected 0 to 256", options.workers));
        if (options.prefetch < 1 || options.prefetch > 1'000'000)
            refuse(fmt::format("prefetch is {}, expected 1 to 1000000", options.prefetch));
        if (options.sampler) {
            if (options.shuffle) refuse("shuffle and a sampler are both given, expected one of them");
            draws = detail::check_sampler(*options.sampler, samples);
        }
        batches = draws / batch_size;
        if (!options.drop_last && draws % batch_size != 0) ++batches;
    }

    bool in_order() const noexcept { return !options.shuffle && !options.sampler; }
    std::int64_t size_of(std::int64_t batch) const noexcept {
        return std::min(options.batch_size, draws - batch * options.batch_size);
    }
    /// What is drawn for a new pass.
    struct Draws {
        Tensor order;            // undefined for that of the samples
        std::uint64_t seed = 0;  // of what `get` draws
    };
    Draws next_draws() {
        if (in_order() && !get) return {};
        const Philox stream = detail::pass_stream(options.seed, options.epoch);
        const std::array<std::uint32_t, 4> words = stream.block(std::uint64_t{1} << 63);  // far from those of the order
        const std::uint64_t seed = static_cast<std::uint64_t>(words[0]) << 32 | words[1];
        if (in_order()) return {{}, seed};
        if (options.sampler) return {detail::weighted_order(*options.sampler, draws, stream), seed};
        return {detail::shuffled_order(samples, stream), seed};
    }
    Samples make(std::int64_t batch, const std::int64_t* order, std::uint64_t seed) const {
        const std::int64_t start = batch * options.batch_size, n = size_of(batch);
        if (order != nullptr) order += start;
        if (get) return detail::collate(get, order, start, n, start, seed);
        if (order != nullptr) return {detail::gather_rows(x, order, n), detail::gather_rows(y, order, n)};
        return {x.slice(0, start, start + n), y.slice(0, start, start + n)};
    }
};

/// What only a pass over a user's data set, or one with workers, has.
class DataLoader::Pass {
public:
    Pass(const State& state, Tensor order, std::uint64_t seed) : order_(std::move(order)) {
        const std::int64_t* numbers = order_.defined() ? order_.data<std::int64_t>() : nullptr;
        auto make = [&state, numbers, seed](std::int64_t batch) { return state.make(batch, numbers, seed); };
        if (state.options.workers == 0) {
            make_ = std::move(make);
        } else {
            queue_.emplace(state.batches, state.options.workers, state.options.workers * state.options.prefetch,
                           std::move(make));
        }
    }
    Samples take(std::int64_t batch) { return queue_ ? queue_->take() : make_(batch); }

private:
    Tensor order_;
    detail::BatchQueue::Make make_;
    std::optional<detail::BatchQueue> queue_;  // last: its threads read the rest
};

DataLoader::Iterator::Iterator(State* state, std::int64_t batches) noexcept : state_(state), batches_(batches) {}
DataLoader::Iterator::Iterator(Iterator&&) noexcept = default;
DataLoader::Iterator& DataLoader::Iterator::operator=(Iterator&&) noexcept = default;
DataLoader::Iterator::~Iterator() = default;

void DataLoader::Iterator::load() {
    if (batch_ < batches_ && kept_ != nullptr) [[likely]] {
        cut_ = &kept_->get(batch_);
        return;
    }
    cut_ = nullptr;
    made_ = {};  // its memory is of use for the next one
    if (batch_ >= batches_) {
        buffer_ = {};
        pass_.reset();
        return;
    }
    try {
        made_ = pass_ ? pass_->take(batch_)
                      : state_->make(batch_, order_.defined() ? order_.data<std::int64_t>() : nullptr, 0);
    } catch (...) {
        batch_ = batches_;
        pass_.reset();
        throw;
    }
}

DataLoader::DataLoader(std::int64_t size, Get get, const LoaderOptions& options)
    : state_(std::make_unique<State>(size, options)) {
    state_->get = std::move(get);
}

DataLoader::DataLoader(const TensorDataset& dataset, const LoaderOptions& options)
    : state_(std::make_unique<State>(dataset.size(), options)) {
    State& state = *state_;
    state.x = dataset.x();
    state.y = dataset.y();
    if (!state.in_order()) {  // here, so that what is strided is copied once and not for every batch
        state.x = state.x.contiguous();
        state.y = state.y.contiguous();
    }
    if (options.workers != 0 || state.batches > most_kept) return;
    if (state.in_order()) state.kept.emplace(state.x, state.y, options.batch_size, state.batches);
}

DataLoader::DataLoader(const Tensor& x, const Tensor& y, const LoaderOptions& options)
    : DataLoader(TensorDataset(x, y), options) {}
DataLoader::DataLoader(DataLoader&&) noexcept = default;
DataLoader& DataLoader::operator=(DataLoader&&) noexcept = default;
DataLoader::~DataLoader() = default;

DataLoader::Iterator DataLoader::begin() {
    State& state = *state_;
    Iterator at(&state, state.batches);
    if (state.get || state.options.workers != 0) {
        State::Draws draws = state.next_draws();
        at.pass_ = std::make_unique<Pass>(state, std::move(draws.order), draws.seed);
    } else if (!state.in_order()) {
        const Tensor order = state.next_draws().order;
        // Few samples: all at once into memory of the loader's own, unless a batch of it is in use.
        const bool few =
            state.options.shuffle && state.batches <= most_kept && bytes(state.x) + bytes(state.y) <= most_bytes;
        if (few && (!state.kept || (!state.kept->held() && !state.kept->idle())))
            state.kept.emplace(xg::empty(state.x.shape(), {.dtype = state.x.dtype()}),
                               xg::empty(state.y.shape(), {.dtype = state.y.dtype()}), state.options.batch_size,
                               state.batches);
        if (few && state.kept->idle()) {
            const auto* numbers = order.data<std::int64_t>();
            detail::gather_rows(state.x, numbers, state.samples, state.kept->x());
            detail::gather_rows(state.y, numbers, state.samples, state.kept->y());
            at.buffer_ = state.kept->x();
            at.kept_ = &*state.kept;
        } else {
            at.order_ = order;
        }
    }
    if (state.in_order() && state.kept) at.kept_ = &*state.kept;
    at.load();
    return at;
}

std::int64_t DataLoader::size() const noexcept { return state_->batches; }
std::int64_t DataLoader::samples() const noexcept { return state_->samples; }
std::uint64_t DataLoader::epoch() const noexcept { return state_->options.epoch; }
void DataLoader::set_epoch(std::uint64_t epoch) noexcept { state_->options.epoch = epoch; }

}  // namespace xg::data
