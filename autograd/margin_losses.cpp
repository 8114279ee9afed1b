#include <algorithm>
#include <string>

#include <xgrad/autograd/detail/axes.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/loss_common.hpp>
#include <xgrad/autograd/detail/operands.hpp>
#include <xgrad/autograd/losses.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::at_least;
using detail::body;
using detail::floating;
using detail::Operands;
using detail::reduced_loss;

namespace {

/// The length of vectors along an axis, which stays, and where it is less than `least` that. Of the zero vector the
/// derivative is 0.
Tensor length(const Tensor& x, std::int64_t axis, double least) { return at_least(norm(x, 2, axis, true), least); }

}  // namespace

Tensor cosine_similarity(const Tensor& a, const Tensor& b, std::int64_t axis, double eps) {
    constexpr const char* op = "cosine_similarity";
    const auto [p, q] = Operands(a, b, op);
    const Tensor x = floating(p, op), y = floating(q, op);
    const Shape shape = detail::broadcast_shape(body(x).shape, body(y).shape, op);
    detail::checked_elements(shape, body(x).dtype, op);
    const auto at = static_cast<std::int64_t>(detail::checked_axis(axis, shape, op));
    const Tensor v = broadcast_to(x, shape), w = broadcast_to(y, shape);
    return sum(v / length(v, at, eps) * (w / length(w, at, eps)), at);
}

Tensor cosine_embedding_loss(const Tensor& a, const Tensor& b, const Tensor& target, const MarginOptions& options) {
    constexpr const char* op = "cosine_embedding_loss";
    const auto [p, q] = Operands(a, b, op);
    detail::check_defined(target, op);
    const Tensor x = floating(p, op), y = floating(q, op);
    const Shape& shape = body(x).shape;
    const bool single = shape.rank() == 1;
    if (!(shape == body(y).shape) || shape.empty() || shape.rank() > 2 ||
        !(body(target).shape == (single ? Shape() : Shape{shape[0]})))
        throw ShapeError(std::string(op) +
                         ": expected inputs of one shape (N, D) or (D,) and targets (N,) or (), got " + shape.str() +
                         ", " + body(y).shape.str() + " and " + body(target).shape.str());
    // PyTorch's, which differs from cosine_similarity in where it is kept from dividing by 0.
    constexpr double eps = 1e-12;
    const Tensor cosine = sum(x * y, -1) / sqrt((sum(square(x), -1) + eps) * (sum(square(y), -1) + eps));
    const Tensor t = target.detach(),
                 losses = where(equal(t, 1), 1 - cosine, where(equal(t, -1), at_least(cosine - options.margin, 0), 0));
    return reduced_loss(losses, options.reduction);
}

Tensor margin_ranking_loss(const Tensor& a, const Tensor& b, const Tensor& target, const MarginOptions& options) {
    constexpr const char* op = "margin_ranking_loss";
    const auto [x, y] = detail::LossPair(a, b, op);
    const auto [difference, t] = detail::LossPair(x - y, target, op);
    return reduced_loss(at_least(options.margin - t * difference, 0), options.reduction);
}

Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                           const TripletMarginOptions& options) {
    constexpr const char* op = "triplet_margin_loss";
    const auto [a, p] = detail::LossPair(anchor, positive, op);
    const auto [b, n] = detail::LossPair(anchor, negative, op);
    if (body(a).shape.empty()) throw ShapeError("triplet_margin_loss: expected vectors along the last axis, got ()");
    const auto distance = [&](const Tensor& from, const Tensor& to) {
        const Tensor d = length(from - to + options.eps, -1, 0);
        return d.reshape(Shape(body(d).shape.data(), body(d).shape.rank() - 1));
    };
    return reduced_loss(at_least(options.margin + distance(a, p) - distance(b, n), 0), options.reduction);
}

}  // namespace xg
