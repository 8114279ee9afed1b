#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/indexing.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

// Elements picked by masks.

namespace xg {

using detail::body;
using detail::check_defined;
using detail::data_as;
using detail::make_tensor;

namespace {

constexpr std::int64_t kBlock = 32768;

/// The flat positions at which `mask`, contiguous and bool, holds.
Tensor positions(const Tensor& mask) {
    const bool* const m = data_as<bool>(mask);
    const std::int64_t n = body(mask).numel, blocks = (n + kBlock - 1) / kBlock;
    std::vector<std::int64_t> starts(static_cast<std::size_t>(blocks) + 1, 0);
    parallel_for(blocks, [&](std::int64_t b) {
        std::int64_t count = 0;
        for (std::int64_t i = b * kBlock; i < std::min(n, (b + 1) * kBlock); ++i) count += m[i] ? 1 : 0;
        starts[static_cast<std::size_t>(b) + 1] = count;
    });
    for (std::size_t b = 0; b + 1 < starts.size(); ++b) starts[b + 1] += starts[b];
    Tensor y = make_tensor({starts.back()}, int64);
    parallel_for(blocks, [&](std::int64_t b) {
        constexpr std::int64_t some = 512;
        std::int64_t found[some];  // written without branches: one that does not hold is overwritten by the next
        std::int64_t* to = data_as<std::int64_t>(y) + starts[static_cast<std::size_t>(b)];
        for (std::int64_t i = b * kBlock; i < std::min(n, (b + 1) * kBlock); i += some) {
            std::int64_t count = 0;
            for (std::int64_t k = i; k < std::min({n, i + some, (b + 1) * kBlock}); ++k) {
                found[count] = k;
                count += m[k] ? 1 : 0;
            }
            if (count > 0) std::memcpy(to, found, static_cast<std::size_t>(count) * sizeof(std::int64_t));
            to += count;
        }
    });
    return y;
}

void check_mask(const Tensor& mask, const char* operation) {
    check_defined(mask, operation);
    if (body(mask).dtype != boolean)
        throw DTypeError(std::string(operation) + ": expected a bool mask, got " + name(body(mask).dtype));
}

/// The shape that x and the mask broadcast to.
Shape masked_shape(const Tensor& x, const Tensor& mask, const char* operation) {
    Shape shape = detail::broadcast_shape(body(x).shape, body(mask).shape, operation);
    detail::checked_elements(shape, body(x).dtype, operation);
    return shape;
}

}  // namespace

Tensor nonzero(const Tensor& x) {
    check_defined(x, "nonzero");
    const Tensor flat = positions(detail::dense(detail::make_alias(x).to(boolean)));
    const Shape& shape = body(x).shape;
    const auto rank = static_cast<std::int64_t>(shape.rank());
    const std::int64_t n = body(flat).numel;
    if (rank == 1) return flat.reshape({n, 1});
    const Tensor y = make_tensor({n, rank}, int64);
    const std::int64_t* const from = data_as<std::int64_t>(flat);
    std::int64_t* const to = data_as<std::int64_t>(y);
    parallel_for((n + kBlock - 1) / kBlock, [&](std::int64_t b) {
        for (std::int64_t i = b * kBlock; i < std::min(n, (b + 1) * kBlock); ++i) {
            std::int64_t rest = from[i];
            for (std::int64_t k = rank; k-- > 0; rest /= shape[static_cast<std::size_t>(k)])
                to[i * rank + k] = rest % shape[static_cast<std::size_t>(k)];
        }
    });
    return y;
}

Tensor masked_select(const Tensor& x, const Tensor& mask) {
    check_defined(x, "masked_select");
    check_mask(mask, "masked_select");
    const Shape shape = masked_shape(x, mask, "masked_select");
    const Tensor taken = positions(detail::dense(broadcast_to(mask, shape)));
    return take(broadcast_to(x, shape).reshape({shape.elements()}), taken, 0);
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, Scalar value) {
    check_defined(x, "masked_fill");
    check_mask(mask, "masked_fill");
    if (value.promoted_with(body(x).dtype) != body(x).dtype)
        throw DTypeError(std::string("masked_fill: a number of kind ") + name(value.kind()) +
                         " does not fit into a tensor of " + name(body(x).dtype));
    masked_shape(x, mask, "masked_fill");
    return where(mask, value, x);
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, const Tensor& value) {
    check_defined(x, "masked_fill");
    check_defined(value, "masked_fill");
    check_mask(mask, "masked_fill");
    const DType to = body(x).dtype, from = body(value).dtype;
    if (!body(value).shape.empty())
        throw ShapeError("masked_fill: expected a value of rank 0, got the shape " + body(value).shape.str());
    if (promote(to, from) != to && !is_floating(to))
        throw DTypeError(std::string("masked_fill: a value of ") + name(from) + " does not fit into a tensor of " +
                         name(to));
    masked_shape(x, mask, "masked_fill");
    return where(mask, value.to(to), x);
}

}  // namespace xg
