#include <xgrad/train/detail/batch_runner.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include <fmt/core.h>

#include <xgrad/autograd/detail/dropout_mask.hpp>
#include <xgrad/autograd/graph.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/detail/task_context.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/nn/detail/state.hpp>

namespace xg::train::detail {
namespace {

/// As many threads as this can share a batch.
constexpr std::int64_t kLanes = xg::detail::kMostLanes;
/// What the lanes' gradients may take together.
constexpr std::int64_t kMostGradientBytes = std::int64_t{256} << 20;
/// What a part's activations may take together, and its rows: those of one layer then stay in a core's second level of
/// cache, and there are enough of them for each operation to be worth its call. Measured: a stack of 100 layers of 64 is a
/// tenth slower with 128 rows, and no faster with 640.
constexpr std::int64_t kPartBytes = std::int64_t{8} << 20;
constexpr std::int64_t kFewestRows = 16, kMostRows = 480;
/// Rows of each of the two parts that are compared with the whole.
constexpr std::int64_t kCheckedRows = 32;
/// At how many places of a batch such rows are looked for.
constexpr std::int64_t kPlaces = 8;
/// Rows of a prediction that are made once more without the others.
constexpr std::int64_t kPredictedAgain = 8;

Tensor rows_of(const Tensor& t, std::int64_t from, std::int64_t to) {
    if (!t.defined() || (from == 0 && to == t.size(0))) return t;
    return t.slice(0, from, to);
}

/// Draws on this thread start from `state` until the end of the scope.
class RandomScope {
public:
    explicit RandomScope(const RandomState& state) : before_(random_state()) { set_random_state(state); }
    ~RandomScope() { set_random_state(before_); }
    RandomScope(const RandomScope&) = delete;
    RandomScope& operator=(const RandomScope&) = delete;

private:
    RandomState before_;
};

/// The predictions of a whole batch, into which parts are copied by any thread.
class Gathered {
public:
    void make_room(const Tensor& part, std::int64_t rows) {
        std::vector<std::int64_t> sizes(part.shape().begin(), part.shape().end());
        first_ = part.shape();
        row_bytes_ = item_size(part.dtype());
        for (std::size_t i = 1; i < sizes.size(); ++i) row_bytes_ *= sizes[i];
        sizes[0] = rows;
        whole_ = empty(Shape(sizes), {.dtype = part.dtype()});
        switch (part.dtype()) {
            case DType::float32: bytes_ = reinterpret_cast<std::byte*>(whole_.mutable_data<float>()); break;
            case DType::float64: bytes_ = reinterpret_cast<std::byte*>(whole_.mutable_data<double>()); break;
            case DType::int64: bytes_ = reinterpret_cast<std::byte*>(whole_.mutable_data<std::int64_t>()); break;
            case DType::boolean: bytes_ = reinterpret_cast<std::byte*>(whole_.mutable_data<bool>()); break;
        }
    }
    void put(const Tensor& part, std::int64_t first_row) {
        if (part.dtype() != whole_.dtype() || part.shape().rank() != first_.rank() ||
            !std::equal(part.shape().begin() + 1, part.shape().end(), first_.begin() + 1))
            throw ShapeError(
                fmt::format("Trainer: expected the model to return rows of one shape and dtype for all parts of a "
                            "batch, got {} {} and {} {}",
                            name(whole_.dtype()), first_.str(), name(part.dtype()), part.shape().str()));
        const Tensor from = part.contiguous();
        const std::byte* source = nullptr;
        switch (from.dtype()) {
            case DType::float32: source = reinterpret_cast<const std::byte*>(from.data<float>()); break;
            case DType::float64: source = reinterpret_cast<const std::byte*>(from.data<double>()); break;
            case DType::int64: source = reinterpret_cast<const std::byte*>(from.data<std::int64_t>()); break;
            case DType::boolean: source = reinterpret_cast<const std::byte*>(from.data<bool>()); break;
        }
        std::copy_n(source, from.size(0) * row_bytes_, bytes_ + first_row * row_bytes_);
    }
    const Tensor& whole() const noexcept { return whole_; }

private:
    Tensor whole_;
    Shape first_;  // of the part that there was room made for
    std::byte* bytes_ = nullptr;
    std::int64_t row_bytes_ = 0;
};

double largest(const Tensor& t) { return t.numel() == 0 ? 0 : max(abs(t)).item(); }

}  // namespace

BatchRunner::BatchRunner(const nn::Module& model, const Loss& loss, bool may_cut)
    : model_(model), loss_(loss), may_cut_(may_cut) {
    begin();
}

void BatchRunner::begin() {
    modules_.clear();
    why_whole_.clear();
    rows_ = 0;
    by_row_ = true;
    for (const auto& [name, module] : model_.named_modules()) modules_.push_back(module);
    parameters_ = model_.parameters();
    if (!may_cut_) {
        why_whole_ = "micro_batches is off";
    } else if (!model_.is_row_wise()) {
        // The innermost module is the one to blame.
        for (const auto& [name, module] : model_.named_modules())
            if (!module.state().row_wise)
                why_whole_ = fmt::format("{} ({}) is not known to work row by row", name.empty() ? "the model" : name,
                                         module.type());
    } else if (!loss_.is_row_wise()) {
        why_whole_ = fmt::format("the loss ({}) is not known to work row by row", loss_.name());
    }
    decided_ = !why_whole_.empty();
}

std::string BatchRunner::plan() const {
    if (!decided_ && hooked()) return "whole: hooks see whole batches";
    if (!decided_) return "not decided before the first batch";
    if (rows_ > 0) return fmt::format("in parts of {} rows", rows_);
    return "whole: " + why_whole_;
}

Tensor BatchRunner::call(const Tensor& x) const {
    Tensor prediction = model_(x);
    if (prediction.rank() == 0 || prediction.size(0) != x.size(0))
        throw ShapeError(
            fmt::format("Trainer: expected the model to return a row for each of {} samples, got the shape {}",
                        x.size(0), prediction.shape().str()));
    return prediction;
}

Tensor BatchRunner::loss_of(const Tensor& prediction, const Tensor& y, const Tensor& weights, double total) const {
    Tensor loss;
    if (!weights.defined()) {
        loss = loss_(prediction, y);
    } else {
        const Tensor each = loss_.each(prediction, y);
        std::vector<std::int64_t> sizes(static_cast<std::size_t>(std::max<std::int64_t>(each.rank(), 1)), 1);
        sizes[0] = weights.numel();
        loss = sum(each * weights.to(each.dtype()).reshape(Shape(sizes)));
        if (!loss_.sums()) loss = loss / total;
    }
    if (loss.numel() != 1)
        throw ShapeError(fmt::format("Trainer: expected a loss of one number for a batch, {} gave the shape {}",
                                     loss_.name(), loss.shape().str()));
    return loss;
}

bool BatchRunner::hooked() const {
    return std::any_of(modules_.begin(), modules_.end(), [](const nn::Module& m) {
        return !m.state().forward_hooks.empty() || m.state().output_hooks.size() > m.state().hooks_for_parts;
    });
}

std::optional<bool> BatchRunner::agrees(const Tensor& x, const Tensor& y, const Tensor& weights, std::int64_t n) {
    const RandomState state = random_state();
    const double total = loss_.weight(rows_of(y, 0, 2 * n));
    std::vector<GradientStore> stores(3);
    const auto run = [&](GradientStore& store, std::int64_t from, std::int64_t to) {
        const RandomScope random(state);
        const xg::detail::FirstRow first(from);
        const GradientStore::Scope scope(store);
        const Tensor part_y = rows_of(y, from, to), part_weights = rows_of(weights, from, to);
        const double weight = loss_.weight(part_y);
        const Tensor loss = loss_of(call(rows_of(x, from, to)), part_y, part_weights, total);
        if (!loss.requires_grad() || (weight == 0 && !loss_.sums())) return;
        const double share = loss_.sums() || weights.defined() ? 1 : weight / total;
        loss.backward({.gradient = full(loss.shape(), share, {.dtype = loss.dtype()})});
    };
    run(stores[0], 0, 2 * n);
    run(stores[1], 0, n);
    run(stores[2], n, 2 * n);
    const NoGrad no_grad;
    bool any = false;
    for (const Tensor& p : parameters_) {
        const Tensor whole = stores[0].of(p), a = stores[1].of(p), b = stores[2].of(p);
        if (!whole.defined() && !a.defined() && !b.defined()) continue;
        const Tensor none = zeros_like(p);
        const Tensor& first = a.defined() ? a : none;
        const Tensor& second = b.defined() ? b : none;
        // Against what the parts are large: where they cancel, no more digits of the sum are right.
        const double scale = largest(first) + largest(second);
        any = any || scale != 0;
        const double tolerance = (p.dtype() == float64 ? 1e-8 : 1e-3) * scale;
        const double difference = largest((whole.defined() ? whole : none) - (first + second));
        if (!(difference <= tolerance) && std::isfinite(scale)) return false;
    }
    return any ? std::optional(true) : std::nullopt;
}

void BatchRunner::decide(const Tensor& x, const Tensor& y, const Tensor& weights) {
    const std::int64_t n = std::min(kCheckedRows, x.size(0) / 2);
    const xg::detail::LaneScope rehearsal(-1);
    if (n < 1) return;  // too small to be cut; perhaps the next is not
    decided_ = true;
    const auto whole = [&](std::string why) { why_whole_ = std::move(why); };

    std::int64_t gradient_bytes = 0;
    for (const Tensor& p : parameters_) gradient_bytes += p.numel() * item_size(p.dtype());
    lanes_ = std::clamp<std::int64_t>(kMostGradientBytes / std::max<std::int64_t>(gradient_bytes, 1), 1, kLanes);
    if (lanes_ < 2)
        return whole(fmt::format("the gradients take {} MB, too much to have one for each part", gradient_bytes >> 20));
    // Where the rows that are tried cannot be run, the whole batch may; if not, it tells why.
    by_row_ = false;
    try {
        // Rows that do not count show nothing: then some further on.
        std::optional<bool> same;
        const std::int64_t step = std::max(2 * n, x.size(0) / kPlaces);
        for (std::int64_t from = 0; !same && from + 2 * n <= x.size(0); from += step)
            same = agrees(rows_of(x, from, from + 2 * n), rows_of(y, from, from + 2 * n),
                          rows_of(weights, from, from + 2 * n), n);
        by_row_ = same.value_or(true);
    } catch (const Error& error) {
        return whole(fmt::format("its first rows cannot be run without the others: {}", error.what()));
    }
    if (!by_row_)
        return whole(
            "its first rows have other gradients in two parts than in one, though all modules say that they "
            "work row by row");
    const RandomScope random(random_state());
    const Tensor some_y = rows_of(y, 0, n);
    const Tensor loss = loss_of(call(rows_of(x, 0, n)), some_y, rows_of(weights, 0, n), loss_.weight(some_y));
    if (!loss.requires_grad()) return whole("the loss depends on no parameter");
    const std::int64_t bytes = std::max<std::int64_t>(1, graph(loss).output_bytes() / n);
    rows_ = std::clamp(kPartBytes / bytes / 16 * 16, kFewestRows, kMostRows);
}

BatchResult BatchRunner::train(const Tensor& x, const Tensor& y, const Tensor& weights, bool with_prediction) {
    const bool whole = hooked();  // not even the rows that are tried are for hooks to see
    if (!decided_ && !whole) decide(x, y, weights);
    if (rows_ == 0 || x.size(0) < 2 * rows_ || whole) return train_whole(x, y, weights, with_prediction);
    return train_parts(x, y, weights, with_prediction);
}

BatchResult BatchRunner::train_whole(const Tensor& x, const Tensor& y, const Tensor& weights, bool with_prediction) {
    BatchResult result;
    result.weight = loss_.weight(y);
    const Tensor prediction = call(x), loss = loss_of(prediction, y, weights, result.weight);
    result.loss = loss.item();
    if (with_prediction) result.prediction = prediction.detach();
    loss.backward();
    return result;
}

/// How rows are dealt out.
struct BatchRunner::Parts {
    std::int64_t total, rows, parts, lanes;

    Parts(std::int64_t n, std::int64_t part_rows, std::int64_t most_lanes)
        : total(n), rows(part_rows), parts((n + part_rows - 1) / part_rows), lanes(std::min(most_lanes, parts)) {}
    /// The first part of a lane.
    std::int64_t first_of(std::int64_t lane) const { return parts * lane / lanes; }
    std::int64_t from(std::int64_t part) const { return part * rows; }
    std::int64_t to(std::int64_t part) const { return std::min(total, (part + 1) * rows); }
};

BatchResult BatchRunner::train_parts(const Tensor& x, const Tensor& y, const Tensor& weights, bool with_prediction) {
    const Parts parts(x.size(0), rows_, lanes_);
    BatchResult result;
    result.weight = loss_.weight(y);
    if (result.weight == 0 && !loss_.sums())
        return train_whole(x, y, weights, with_prediction);  // NaN, as the loss has it
    const RandomState before = random_state();
    RandomState after = before;
    stores_.clear();
    stores_.resize(static_cast<std::size_t>(parts.lanes));
    losses_.assign(static_cast<std::size_t>(parts.parts), 0);
    Gathered gathered;

    const xg::detail::Undivided undivided;
    const auto run = [&](std::int64_t part) {
        // Each part draws as the whole batch does: the same streams, and rows by their place in the batch.
        const RandomScope random(before);
        const std::int64_t from = parts.from(part), to = parts.to(part);
        const xg::detail::FirstRow first(from);
        const Tensor part_y = rows_of(y, from, to);
        const double weight = loss_.weight(part_y);
        const Tensor prediction = call(rows_of(x, from, to));
        if (with_prediction) {
            if (part == 0) gathered.make_room(prediction, parts.total);
            gathered.put(prediction.detach(), from);
        }
        const Tensor loss = loss_of(prediction, part_y, rows_of(weights, from, to), result.weight);
        const bool plain = loss_.sums() || weights.defined();
        if (plain || weight != 0) {
            const double share = plain ? 1 : weight / result.weight;
            losses_[static_cast<std::size_t>(part)] = loss.item() * share;
            loss.backward({.gradient = full(loss.shape(), share, {.dtype = loss.dtype()})});
        }
        if (part == 0) after = random_state();
    };
    {
        // The first part alone: it shows how large a prediction is.
        const GradientStore::Scope scope(stores_[0]);
        run(0);
    }
    parallel_for(parts.lanes, [&](std::int64_t lane) {
        const xg::detail::LaneScope range(static_cast<std::int32_t>(lane));
        const GradientStore::Scope scope(stores_[static_cast<std::size_t>(lane)]);
        for (std::int64_t part = std::max<std::int64_t>(1, parts.first_of(lane)); part < parts.first_of(lane + 1);
             ++part)
            run(part);
    });
    set_random_state(after);
    result.prediction = gathered.whole();
    for (const double loss : losses_) result.loss += loss;
    GradientStore::merge(stores_);
    stores_.front().commit();
    return result;
}

bool BatchRunner::predicts_by_row(const Tensor& x, const Tensor& prediction) const {
    Tensor again;
    try {
        again = call(rows_of(x, 0, kPredictedAgain));
    } catch (const Error&) {
        return false;
    }
    const Tensor first = rows_of(prediction, 0, kPredictedAgain).to(float64);
    if (!(again.shape() == first.shape())) return false;
    const double scale = largest(first);
    return largest(first - again.to(float64)) <= 1e-3 * scale || !std::isfinite(scale);
}

BatchResult BatchRunner::evaluate(const Tensor& x, const Tensor& y, const Tensor& weights, bool with_prediction) {
    const NoGrad no_grad;
    BatchResult result;
    if (y.defined()) result.weight = loss_.weight(y);
    const std::int64_t n = x.size(0);
    const bool cut = by_row_ && model_.is_row_wise() && (!y.defined() || loss_.is_row_wise()) && !hooked() &&
                     (!y.defined() || result.weight != 0 || loss_.sums());
    // Half as many as in training would do for the cache; the same keep the number of shapes down.
    const std::int64_t rows = rows_ > 0 ? rows_ : 512;
    const auto whole = [&] {
        const Tensor prediction = call(x);
        if (y.defined()) result.loss = loss_of(prediction, y, weights, result.weight).item();
        if (with_prediction) result.prediction = prediction;
        return result;
    };
    if (!cut || n < 2 * rows) return whole();
    const Parts parts(n, rows, kLanes);
    losses_.assign(static_cast<std::size_t>(parts.parts), 0);
    Gathered gathered;
    const auto predict = [&](std::int64_t part) { return call(rows_of(x, parts.from(part), parts.to(part))); };
    const auto take = [&](std::int64_t part, const Tensor& prediction) {
        const std::int64_t from = parts.from(part), to = parts.to(part);
        if (with_prediction) {
            if (part == 0) gathered.make_room(prediction, n);
            gathered.put(prediction, from);
        }
        if (!y.defined()) return;
        const Tensor part_y = rows_of(y, from, to);
        const double weight = loss_.weight(part_y);
        const bool plain = loss_.sums() || weights.defined();
        if (!plain && weight == 0) return;
        const Tensor loss = loss_of(prediction, part_y, rows_of(weights, from, to), result.weight);
        losses_[static_cast<std::size_t>(part)] = loss.item() * (plain ? 1 : weight / result.weight);
    };
    {
        Tensor first;
        {
            const xg::detail::Undivided undivided;
            try {
                first = predict(0);
            } catch (const Error&) {
                // If it is not for the want of the other rows, the whole says so.
            }
            if (first.defined() && predicts_by_row(x, first))
                take(0, first);
            else
                first = {};
        }
        if (!first.defined()) return whole();
    }
    const xg::detail::Undivided undivided;
    parallel_for(parts.lanes, [&](std::int64_t lane) {
        const xg::detail::LaneScope range(static_cast<std::int32_t>(lane));
        for (std::int64_t part = std::max<std::int64_t>(1, parts.first_of(lane)); part < parts.first_of(lane + 1);
             ++part)
            take(part, predict(part));
    });
    result.prediction = gathered.whole();
    for (const double loss : losses_) result.loss += loss;
    return result;
}

}  // namespace xg::train::detail
