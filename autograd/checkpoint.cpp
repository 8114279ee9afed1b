#include <xgrad/autograd/checkpoint.hpp>

#include <optional>
#include <string>
#include <utility>

#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/pass_end.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>

namespace xg {

using detail::body;
using detail::check_defined;

namespace {

/// Makes `transform` the one that saved values of this thread go through, until the end of the scope.
class TransformScope {
public:
    explicit TransformScope(std::shared_ptr<detail::SavedTransform> transform)
        : transform_(std::move(transform)), before_(std::exchange(detail::saved_transform, &transform_)) {}
    ~TransformScope() { detail::saved_transform = before_; }
    TransformScope(const TransformScope&) = delete;
    TransformScope& operator=(const TransformScope&) = delete;

private:
    std::shared_ptr<detail::SavedTransform> transform_;
    std::shared_ptr<detail::SavedTransform>* before_;
};

class RandomScope {
public:
    explicit RandomScope(const RandomState& state) : before_(random_state()) { set_random_state(state); }
    ~RandomScope() { set_random_state(before_); }
    RandomScope(const RandomScope&) = delete;
    RandomScope& operator=(const RandomScope&) = delete;

private:
    RandomState before_;
};

/// What a saved value looked like: the second call must save its like.
struct Likeness {
    Shape shape;
    DType dtype;
};

/// Keeps what the second call saves, in the order in which it does.
struct Collector final : detail::SavedTransform {
    std::vector<Likeness> likenesses;
    std::vector<std::optional<detail::Saved>> values;

    std::shared_ptr<void> pack(const Tensor& value) override {
        likenesses.push_back({body(value).shape, body(value).dtype});
        values.emplace_back(detail::kept(detail::make_alias(value)));
        return std::make_shared<detail::Saved>(*values.back());
    }
    Tensor unpack(const std::shared_ptr<void>& packed) override {
        return static_cast<const detail::Saved*>(packed.get())->get();
    }
};

/// Keeps what the first call saves until it is over, since f itself may differentiate; then only what it looked like.
class Recompute final : public detail::SavedTransform,
                        public detail::Recomputed,
                        public std::enable_shared_from_this<Recompute> {
public:
    Recompute(TensorFunction f, const std::vector<Tensor>& inputs)
        : f_(std::move(f)), random_(random_state()), path_(detail::context.path) {
        for (const Tensor& x : inputs) {
            inputs_.push_back(detail::kept(x));
            wanted_.push_back(detail::needs_grad(x));
        }
    }

    /// The first call is over.
    void close() noexcept {
        open_ = false;
        values_.clear();
    }

    std::shared_ptr<void> pack(const Tensor& value) override {
        likenesses_.push_back({body(value).shape, body(value).dtype});
        values_.emplace_back(detail::kept(detail::make_alias(value)));
        return std::make_shared<Place>(*this, likenesses_.size() - 1);
    }

    Tensor unpack(const std::shared_ptr<void>& packed) override {
        const std::size_t i = static_cast<const Place*>(packed.get())->index;
        if (i >= values_.size() || !values_[i]) recompute();
        if (open_) return values_[i]->get();
        // An operation runs once in a pass, but may read a value several times: what it read goes when another one
        // reads.
        if (detail::running_node != reader_) {
            for (const std::size_t k : read_) values_[k].reset();
            read_.clear();
            reader_ = detail::running_node;
        }
        read_.push_back(i);
        return values_[i]->get();
    }

    void forget() noexcept override {
        values_.clear();
        read_.clear();
        reader_ = nullptr;
    }

private:
    /// Which of the saved values one is. It goes when the operation that saved it is freed, and the value with it.
    struct Place {
        Place(Recompute& owner, std::size_t i) noexcept : of(owner), index(i) {}
        ~Place() {
            if (index < of.values_.size()) of.values_[index].reset();
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        Recompute& of;  // which its operation holds as well
        std::size_t index;
    };

    void recompute() {
        const auto collector = std::make_shared<Collector>();
        std::vector<Tensor> arguments;
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            arguments.push_back(inputs_[i].get().detach());
            if (wanted_[i]) arguments.back().requires_grad(true);
        }
        {
            const GradMode recording(true);
            const RandomScope random(random_);
            const TransformScope scope(collector);
            const PathScope path(path_);
            f_(arguments);
        }
        bool same = collector->likenesses.size() == likenesses_.size();
        for (std::size_t i = 0; same && i < likenesses_.size(); ++i)
            same = collector->likenesses[i].shape == likenesses_[i].shape &&
                   collector->likenesses[i].dtype == likenesses_[i].dtype;
        if (!same)
            throw GradError(
                "checkpoint: the function did not do the same when it was called again for backward: it saved " +
                std::to_string(collector->likenesses.size()) + " tensors, and " + std::to_string(likenesses_.size()) +
                " in the forward pass, or others; it must not depend on anything that changes in between");
        values_ = std::move(collector->values);
        detail::PassEnd::note(weak_from_this());
    }

    TensorFunction f_;
    std::vector<detail::Saved> inputs_;
    std::vector<bool> wanted_;
    RandomState random_;
    const ModulePath* path_;
    bool open_ = true;
    std::vector<Likeness> likenesses_;
    std::vector<std::optional<detail::Saved>> values_;
    const detail::Node* reader_ = nullptr;
    std::vector<std::size_t> read_;
};

}  // namespace

std::vector<Tensor> checkpoint(const TensorFunction& f, const std::vector<Tensor>& inputs) {
    for (const Tensor& x : inputs) check_defined(x, "checkpoint");
    if (!grad_enabled()) return f(inputs);
    std::vector<std::uint32_t> versions;
    for (const Tensor& x : inputs) versions.push_back(x.version());
    std::vector<Tensor> outputs;
    const auto recompute = std::make_shared<Recompute>(f, inputs);
    {
        const TransformScope scope(recompute);
        outputs = f(inputs);
    }
    recompute->close();
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (inputs[i].version() != versions[i])
            throw GradError("checkpoint: the function changed its input " + std::to_string(i) + ", of shape " +
                            inputs[i].shape().str() + ", and could not be called again for backward; change a clone()");
    return outputs;
}

Tensor checkpoint(const SingleTensorFunction& f, const std::vector<Tensor>& inputs) {
    return checkpoint(TensorFunction([f](const std::vector<Tensor>& in) { return std::vector<Tensor>{f(in)}; }),
                      inputs)[0];
}

Tensor checkpoint(const UnaryFunction& f, const Tensor& input) {
    return checkpoint(TensorFunction([f](const std::vector<Tensor>& in) { return std::vector<Tensor>{f(in[0])}; }),
                      {input})[0];
}

}  // namespace xg
