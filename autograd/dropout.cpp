#include <xgrad/autograd/dropout.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <xgrad/autograd/detail/dropout_mask.hpp>
#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg {

using detail::body;
using detail::data_as;
using detail::make_tensor;

namespace {

void check(const Tensor& x, double p, const char* op) {
    detail::check_defined(x, op);
    if (!is_floating(body(x).dtype))
        throw DTypeError(std::string(op) + ": expected a floating-point input, got " + name(body(x).dtype));
    if (!(p >= 0 && p <= 1))
        throw ValueError(std::string(op) + ": expected a probability from 0 to 1, got " + std::to_string(p));
}

/// Elements that one task draws: a whole number of words of bits.
constexpr std::int64_t kBlock = 8192, kBits = 64;

/// Elements along all axes but the first.
std::int64_t row_length(const Shape& shape) {
    return shape.empty() ? 1 : Shape(shape.data() + 1, shape.rank() - 1).elements();
}

/// Calls f(begin, end) for blocks of n elements, side by side.
template <class F>
void each_block(std::int64_t n, F&& f) {
    parallel_for(detail::blocks_of(n, kBlock),
                 [&](std::int64_t block) { f(block * kBlock, std::min(n, (block + 1) * kBlock)); });
}

/// The mask in bits, an int64 for 64 elements: what forward and backward share.
Tensor drawn_bits(const Shape& shape, double p) {
    const std::int64_t n = shape.elements();
    const Tensor bits = make_tensor({detail::blocks_of(n, kBits)}, int64);
    auto* const words = reinterpret_cast<std::uint64_t*>(data_as<std::int64_t>(bits));
    const detail::DropoutMask mask(next_stream(), p, row_length(shape));
    each_block(n, [&](std::int64_t begin, std::int64_t end) {
        std::uint8_t kept[kBlock];
        mask.draw(begin, end, kept);
        for (std::int64_t i = begin; i < end; i += kBits) {
            std::uint64_t word = 0;
            for (std::int64_t k = 0; k < std::min(kBits, end - i); ++k)
                word |= static_cast<std::uint64_t>(kept[i - begin + k]) << k;
            words[i / kBits] = word;
        }
    });
    return bits;
}

/// x · scale where its bit is set, x · 0 elsewhere: as in PyTorch, NaN and infinity stay visible.
Tensor masked(const char* op, const Tensor& x, const Tensor& bits, double scale) {
    const Tensor from = detail::make_alias(x).contiguous();
    Tensor y = make_tensor(body(x).shape, body(x).dtype);
    const auto* const words = reinterpret_cast<const std::uint64_t*>(data_as<std::int64_t>(bits));
    const auto run = [&]<class T>(T*) {
        const T *const v = data_as<T>(from), factors[2] = {T(0), static_cast<T>(scale)};
        T* const to = data_as<T>(y);
        each_block(body(x).numel, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; i += kBits) {
                const std::uint64_t word = words[i / kBits];
                for (std::int64_t k = 0; k < std::min(kBits, end - i); ++k)
                    to[i + k] = v[i + k] * factors[word >> k & 1];
            }
        });
    };
    if (body(x).dtype == float32)
        run(static_cast<float*>(nullptr));
    else
        run(static_cast<double*>(nullptr));
    return detail::record(detail::pointwise(op), std::move(y), detail::wrt(x, [bits, scale](const Tensor& g) {
                              return masked("dropout_backward", g, bits, scale);
                          }));
}

/// 1 / (1 - p); for p = 1, where nothing is kept, any number.
double scale_of(double p) { return p < 1 ? 1 / (1 - p) : 0; }

}  // namespace

Tensor dropout(const Tensor& x, double p, bool training) {
    check(x, p, "dropout");
    if (!training || p == 0) return x;
    return masked("dropout", x, drawn_bits(body(x).shape, p), scale_of(p));
}

Tensor feature_dropout(const Tensor& x, double p, bool training) {
    check(x, p, "feature_dropout");
    Shape shape = body(x).shape;
    if (shape.rank() < 2)
        throw ShapeError("feature_dropout: expected an input of shape (N, C, ...), got " + shape.str());
    if (!training || p == 0) return x;
    for (std::size_t i = 2; i < shape.rank(); ++i) shape[i] = 1;
    return x * masked("feature_dropout", ones(shape, {.dtype = body(x).dtype}), drawn_bits(shape, p), scale_of(p));
}

Tensor alpha_dropout(const Tensor& x, double p, bool training) {
    check(x, p, "alpha_dropout");
    if (!training || p == 0) return x;
    if (p == 1) return x * 0;
    constexpr double far_out = -1.7580993408473766;  // -scale · alpha of SELU
    const double a = 1 / std::sqrt((far_out * far_out * p + 1) * (1 - p));
    const Tensor kept =
        masked("alpha_dropout", ones(body(x).shape, {.dtype = body(x).dtype}), drawn_bits(body(x).shape, p), 1) > 0.5;
    return where(kept, x, far_out) * a - a * p * far_out;
}

}  // namespace xg
