#include <xgrad/train/trainer.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/data/detail/rows.hpp>
#include <xgrad/train/detail/run.hpp>

namespace xg::train {
namespace {

/// Throws unless there are samples, as many of both.
std::int64_t checked_samples(const char* who, const Tensor& x, const Tensor& y) {
    const std::int64_t n = data::detail::check_rows(who, x, y);
    if (n == 0)
        throw ValueError(fmt::format("{}: expected at least one sample, got the shape {}", who, x.shape().str()));
    return n;
}

void check_options(const FitOptions& options) {
    const auto refuse = [](const std::string& what) { throw ValueError("Trainer::fit: " + what); };
    if (options.epochs < 0) refuse(fmt::format("epochs is {}, expected at least 0", options.epochs));
    if (options.batch_size < 1) refuse(fmt::format("batch_size is {}, expected at least 1", options.batch_size));
    if (!(options.validation_split >= 0 && options.validation_split < 1))
        refuse(fmt::format("validation_split is {}, expected at least 0 and below 1", options.validation_split));
    if (options.verbose < 0 || options.verbose > 2)
        refuse(fmt::format("verbose is {}, expected 0, 1 or 2", options.verbose));
    if (options.validation.x.defined() != options.validation.y.defined())
        refuse("validation has only one of x and y, expected both");
    if (options.validation.x.defined() && options.validation_split > 0)
        refuse("validation and validation_split are both given, expected one of them");
    if (options.validation.x.defined())
        checked_samples("Trainer::fit: validation", options.validation.x, options.validation.y);
}

}  // namespace

Trainer::Trainer(const nn::Module& model, Loss loss, optim::Optimizer& optimizer, TrainerOptions options) {
    std::set<std::string> names{"loss"};
    for (const Metric& m : options.metrics) {
        const std::string name = m.name();
        if (name.empty() || name.starts_with("val_") || name.find_first_of("\r\n") != std::string::npos)
            throw ValueError(fmt::format(
                "Trainer: a metric is called '{}', expected a name of one line without val_ before it, which "
                "stands for the validation",
                name));
        if (!names.insert(m.name()).second)
            throw ValueError(
                fmt::format("Trainer: there are two metrics '{}' (or one beside the loss), expected names that "
                            "differ; metrics have an option for theirs",
                            m.name()));
    }
    if (!(options.clip_norm >= 0))
        throw ValueError(fmt::format("Trainer: clip_norm is {}, expected at least 0", options.clip_norm));
    if (loss.gives_elements())
        throw ValueError(
            fmt::format("Trainer: the loss {} gives a number for each element, expected its mean or sum", loss.name()));
    const std::vector<Tensor> parameters = model.parameters();
    const auto of_model = [&](const Tensor& p) {
        return std::any_of(parameters.begin(), parameters.end(),
                           [&](const Tensor& q) { return q.unsafe_body() == p.unsafe_body(); });
    };
    if (!std::any_of(optimizer.parameters().begin(), optimizer.parameters().end(), of_model))
        throw ValueError(
            "Trainer: the optimizer has none of the model's parameters, expected some: make it with "
            "model.parameters()");
    body_ = std::make_unique<detail::TrainerBody>(model, std::move(loss), optimizer, std::move(options));
}

Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;
Trainer::~Trainer() = default;

History Trainer::fit(const Tensor& given_x, const Tensor& given_y, const FitOptions& options) {
    check_options(options);
    const std::int64_t n = checked_samples("Trainer::fit", given_x, given_y);
    const Tensor x = given_x.detach().contiguous(), y = given_y.detach().contiguous();
    Tensor weights = detail::checked_weights(options.sample_weight, n);
    if (!options.class_weight.empty()) {
        const NoGrad no_grad;
        const Tensor of_classes = detail::weights_of_classes(y, options.class_weight);
        weights = weights.defined() ? (weights * of_classes).contiguous() : of_classes;
    }
    data::Samples validation = options.validation;
    std::int64_t kept = n;
    if (options.validation_split > 0) {
        kept = static_cast<std::int64_t>(static_cast<double>(n) * (1 - options.validation_split));
        if (kept < 1 || kept >= n)
            throw ValueError(
                fmt::format("Trainer::fit: a validation_split of {} leaves {} of {} samples to train and {} to "
                            "validate, expected at least one of each",
                            options.validation_split, kept, n, n - kept));
        validation = {x.slice(0, kept, n), y.slice(0, kept, n)};
    }
    const auto first = [&](const Tensor& t) {
        return !t.defined() || kept == n ? t : t.slice(0, 0, kept).contiguous();
    };
    const std::int64_t batch_size = std::min(options.batch_size, kept);
    detail::Source source{.x = first(x),
                          .y = first(y),
                          .weights = first(weights),
                          .loader = nullptr,
                          .samples = kept,
                          .batch_size = batch_size,
                          .batches = (kept - 1) / batch_size + 1,
                          .shuffle = options.shuffle && batch_size < kept};
    return detail::Run(*body_, std::move(source), std::move(validation), options).run();
}

History Trainer::fit(data::DataLoader& loader, const FitOptions& options) {
    check_options(options);
    const auto refuse = [](const char* what) {
        throw ValueError(fmt::format("Trainer::fit: {} needs samples as tensors, not a DataLoader", what));
    };
    if (options.validation_split > 0) refuse("validation_split");
    if (options.sample_weight.defined()) refuse("sample_weight");
    if (!options.class_weight.empty()) refuse("class_weight");
    if (loader.size() == 0) throw ValueError("Trainer::fit: the DataLoader has no batch, expected at least one");
    detail::Source source;
    source.loader = &loader;
    source.samples = loader.samples();
    source.batches = loader.size();
    return detail::Run(*body_, std::move(source), options.validation, options).run();
}

Logs Trainer::evaluate(const Tensor& x, const Tensor& y, const EvaluateOptions& options) {
    const std::int64_t n = checked_samples("Trainer::evaluate", x, y);
    if (options.batch_size < 0)
        throw ValueError(fmt::format("Trainer::evaluate: batch_size is {}, expected at least 0", options.batch_size));
    const detail::ModeScope mode(body_->model, false);
    return body_->evaluate(x.detach(), y.detach(), detail::checked_weights(options.sample_weight, n),
                           options.batch_size, "");
}

Tensor Trainer::predict(const Tensor& x, const EvaluateOptions& options) {
    if (!x.defined() || x.rank() == 0)
        throw ShapeError("Trainer::predict: expected samples along the first axis, got " +
                         (x.defined() ? "the shape " + x.shape().str() : std::string("an undefined tensor")));
    if (options.batch_size < 0)
        throw ValueError(fmt::format("Trainer::predict: batch_size is {}, expected at least 0", options.batch_size));
    const detail::ModeScope mode(body_->model, false);
    const std::int64_t n = x.size(0), rows = options.batch_size > 0       ? options.batch_size
                                             : body_->model.is_row_wise() ? n
                                                                          : detail::kWholeRows;
    std::vector<Tensor> parts;
    for (std::int64_t from = 0; from < n || parts.empty(); from += std::max<std::int64_t>(rows, 1)) {
        const std::int64_t to = std::min(n, from + rows);
        parts.push_back(
            body_->runner.evaluate(to - from == n ? x.detach() : x.detach().slice(0, from, to), {}, {}, true)
                .prediction);
    }
    const NoGrad no_grad;
    return parts.size() == 1 ? parts.front() : concat(parts, 0);
}

const History& Trainer::history() const noexcept { return body_->history; }
std::string Trainer::plan() const { return body_->runner.plan(); }

}  // namespace xg::train
