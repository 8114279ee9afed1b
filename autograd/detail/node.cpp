#include <xgrad/autograd/detail/node.hpp>

#include <algorithm>
#include <string>

#include <xgrad/autograd/detail/pass_end.hpp>
#include <xgrad/core/error.hpp>

namespace xg::detail {

constinit thread_local Node* running_node = nullptr;
constinit thread_local std::shared_ptr<SavedTransform>* saved_transform = nullptr;

namespace {

[[gnu::tls_model("initial-exec")]] constinit thread_local std::uint64_t newest_number = 0;

// What is to be destroyed on this thread. Destroying a node drops others, which are queued instead of recursed into: a
// chain of any length is freed on a stack of any size.
[[gnu::tls_model("initial-exec")]] constinit thread_local Node* doomed = nullptr;
[[gnu::tls_model("initial-exec")]] constinit thread_local bool destroying = false;

[[gnu::tls_model("initial-exec")]] constinit thread_local PassEnd* innermost_pass = nullptr;

}  // namespace

void destroy(Node* node) noexcept {
    node->next = doomed;
    doomed = node;
    if (destroying) return;
    destroying = true;
    while (doomed != nullptr) {
        Node* const last = doomed;
        doomed = last->next;
        delete last;
    }
    destroying = false;
}

PassEnd::PassEnd() noexcept : outer_(std::exchange(innermost_pass, this)) {}
PassEnd::~PassEnd() {
    innermost_pass = outer_;
    for (const std::weak_ptr<Recomputed>& values : values_)
        if (const std::shared_ptr<Recomputed> held = values.lock()) held->forget();
}
void PassEnd::note(std::weak_ptr<Recomputed> values) {
    if (innermost_pass != nullptr) innermost_pass->values_.push_back(std::move(values));
}

void Edge::connect(const Tensor& input) {
    const Body& b = body(input);
    if (b.node) {
        node = b.node;
        output = b.output;
    } else if (b.requires_grad) {
        leaf = input;
    }
    dtype = b.dtype;
    shape = b.shape;  // of a constant too, for those who count what an operation does
}

void register_node(Node& node, const Op& op) {
    std::uint64_t number = newest_number;
    for (std::uint32_t i = 0; i < node.n_inputs; ++i)
        if (node.edges[i].node) number = std::max(number, node.edges[i].node->number);
    newest_number = node.number = number + 1;
    node.op = op.name;
    node.forward = op.forward;
    node.mixes_samples = op.mixes_samples;
    node.path = context.path;
    node.place = context.place;
}

void Saved::pack() {
    // Outside of the graph's bookkeeping: what the transform computes is not part of the model.
    const std::shared_ptr<SavedTransform> transform = *saved_transform;
    std::shared_ptr<SavedTransform>* const outer = std::exchange(saved_transform, nullptr);
    packed_ = std::make_shared<Packed>();
    packed_->transform = transform;
    packed_->content = transform->pack(value_);
    packed_->node = body(value_).node;
    packed_->output = body(value_).output;
    if (!packed_->node && body(value_).requires_grad) packed_->leaf = value_;
    saved_transform = outer;
    value_ = Tensor();
}

Tensor Saved::unpack() const {
    Tensor value = packed_->transform->unpack(packed_->content);
    if (!recording()) return value;
    if (packed_->leaf.defined()) return packed_->leaf;
    if (packed_->node) {
        value = make_alias(value);
        body(value).node = packed_->node;
        body(value).output = packed_->output;
    }
    return value;
}

void Saved::fail() const {
    const std::string op = running_node != nullptr ? running_node->op : "an operation";
    throw GradError("backward of " + op + ": a tensor of shape " + body(value_).shape.str() +
                    " that it saved was changed in place since (version " + std::to_string(version_) +
                    " was saved, now it is " + std::to_string(body(value_).storage->version) +
                    "); change it after backward, or change a clone()");
}

Tensor SavedOutput::get() const {
    Tensor y = alias_.get();
    if (!recording()) return y;
    Tensor in_graph = make_alias(y);
    body(in_graph).node = Ref<Node>::share(running_node);
    body(in_graph).output = index_;
    return in_graph;
}

}  // namespace xg::detail
