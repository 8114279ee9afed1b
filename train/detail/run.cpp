#include <xgrad/train/detail/run.hpp>

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include <xgrad/data/detail/rows.hpp>
#include <xgrad/optim/clipping.hpp>

namespace xg::train::detail {
namespace {

/// Rows that are evaluated at once: where the runner cuts them, and where it does not.
constexpr std::int64_t kRowsAtOnce = 65536;

}  // namespace

Logs TrainerBody::evaluate(const Tensor& x, const Tensor& y, const Tensor& weights, std::int64_t batch_size,
                           const char* before) {
    Meters meters(options.metrics, loss.sums());
    meters.reset();
    const std::int64_t n = x.size(0), rows = batch_size > 0        ? batch_size
                                             : model.is_row_wise() ? kRowsAtOnce
                                                                   : kWholeRows;
    for (std::int64_t from = 0; from < n; from += rows) {
        const std::int64_t to = std::min(n, from + rows);
        const auto part = [&](const Tensor& t) { return !t.defined() || to - from == n ? t : t.slice(0, from, to); };
        const Tensor part_y = part(y);
        meters.add(runner.evaluate(part(x), part_y, part(weights), meters.wants_predictions()), part_y);
    }
    Logs logs;
    meters.log(logs, before);
    return logs;
}

History Run::run() {
    const ModeScope mode(model_, true);
    const GradMode recording(true);
    const InterruptScope interrupt(body_.options.handle_interrupt);
    body_.runner.begin();
    if (!options_.resume.empty()) resume();
    body_.history = history_;
    try {
        for (const Callback& c : options_.callbacks) c.on_train_begin(*this);
        while (!stopped_ && epoch_ < epochs_) {
            // It may have come while the last epoch was validated and written.
            if (interrupt.interrupted())
                stop(fmt::format("interrupted after epoch {}", epoch_));
            else
                run_epoch(interrupt);
        }
        for (const Callback& c : options_.callbacks) c.on_train_end(*this);
    } catch (...) {
        // The gradients of a step that was not made.
        zero_grad();
        body_.history = history_;
        throw;
    }
    bar_.clear();
    if (stopped_) {
        history_.set_stop_reason(stop_reason_);
        bar_.say("stopped: " + stop_reason_);
    }
    body_.history = history_;
    return history_;
}

void Run::zero_grad() {
    optimizer_.zero_grad();
    // Those that are not the optimizer's would pile up.
    for (Tensor& p : others_) p.set_grad({});
}

template <class F>
void Run::each_batch(F&& go_on) {
    if (source_.loader != nullptr) {
        for (const auto& [x, y] : *source_.loader)
            if (!go_on(x, y, Tensor())) return;
        return;
    }
    Tensor order;
    if (source_.shuffle) {
        auto number = static_cast<std::uint64_t>(epoch_ - 1);
        order = data::detail::shuffled_order(source_.samples, data::detail::pass_stream(options_.seed, number));
    }
    for (std::int64_t b = 0; b < source_.batches; ++b) {
        const std::int64_t from = b * source_.batch_size, to = std::min(from + source_.batch_size, source_.samples);
        const auto part = [&](const Tensor& t) {
            if (!t.defined()) return Tensor();
            if (order.defined()) return data::detail::gather_rows(t, order.data<std::int64_t>() + from, to - from);
            return to - from == t.size(0) ? t : t.slice(0, from, to);
        };
        if (!go_on(part(source_.x), part(source_.y), part(source_.weights))) return;
    }
}

void Run::run_batch(const Tensor& x, const Tensor& y, const Tensor& weights) {
    ++batch_;
    for (const Callback& c : options_.callbacks) c.on_batch_begin(*this);
    zero_grad();
    const BatchResult result = body_.runner.train(x, y, weights, meters_.wants_predictions());
    batch_loss_ = result.loss;
    // Worth a word where parts would have been worth it.
    constexpr std::int64_t large = 256;
    if (batch_ == 1 && !said_plan_ && body_.options.micro_batches && body_.runner.rows() == 0 && x.size(0) >= large) {
        bar_.say("batches are run " + body_.runner.plan());
        said_plan_ = true;
    }
    if (body_.options.clip_norm > 0) optim::clip_grad_norm_(optimizer_.parameters(), body_.options.clip_norm);
    for (const Callback& c : options_.callbacks) c.after_backward(*this);
    optimizer_.step();
    ++steps_;
    meters_.add(result, y);
    history_.add_step(batch_loss_);
    if (!options_.callbacks.empty()) {
        logs_.clear();
        meters_.log(logs_, "", false);
        for (const Callback& c : options_.callbacks) c.on_batch_end(*this);
    }
    bar_.show(batch_, [&] {
        Logs so_far;
        meters_.log(so_far, "");
        return so_far;
    });
}

void Run::run_epoch(const InterruptScope& interrupt) {
    const auto began = std::chrono::steady_clock::now();
    ++epoch_;
    batch_ = 0;
    if (source_.loader != nullptr) pass_ = source_.loader->epoch();
    logs_.clear();
    meters_.reset();
    bar_.begin_epoch(epoch_, batches_, began);
    for (const Callback& c : options_.callbacks) c.on_epoch_begin(*this);
    bool broken_off = false;
    const auto go_on = [&](const Tensor& x, const Tensor& y, const Tensor& weights) {
        run_batch(x, y, weights);
        if (interrupt.interrupted()) stop(fmt::format("interrupted in epoch {} after batch {}", epoch_, batch_));
        broken_off = stopped_ && batch_ < batches_;
        return !broken_off && !stopped_;
    };
    each_batch(go_on);
    if (broken_off) {
        --epoch_;
        return;
    }
    logs_.clear();
    meters_.log(logs_, "");
    if (validation_.x.defined()) {
        const ModeScope mode(model_, false);
        for (auto& entry : body_.evaluate(validation_.x, validation_.y, {}, 0, "val_")) logs_.push_back(entry);
    }
    const bool stopped_before = stopped_;
    at_epoch_end_ = true;
    for (const Callback& c : options_.callbacks) c.on_epoch_end(*this);
    at_epoch_end_ = false;
    stopped_at_epoch_end_ = stopped_ && !stopped_before;
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - began).count();
    history_.add_epoch(logs_, seconds);
    if (source_.loader != nullptr) pass_ = source_.loader->epoch();
    for (const std::string& path : std::exchange(to_save_, {})) write(path);
    bar_.end_epoch(logs_, seconds, stopped_ || epoch_ == epochs_, now);
}

}  // namespace xg::train::detail
