#include <xgrad/autograd/padding.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include <xgrad/autograd/anomaly.hpp>
#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/parts.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg {

using detail::body;
using detail::data_as;
using detail::make_tensor;
using detail::record;
using detail::wrt;

namespace {

/// The sizes before and after; and for each axis how much comes before.
struct Frame {
    Shape from, to, before;
    PadMode mode;
};

/// The position whose element stands at position i of the extended axis.
std::int64_t source(std::int64_t i, std::int64_t before, std::int64_t n, PadMode mode) {
    const std::int64_t at = i - before;
    switch (mode) {
        case PadMode::reflect: return at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at;
        case PadMode::replicate: return std::clamp<std::int64_t>(at, 0, n - 1);
        default: return at < 0 ? at + n : at >= n ? at - n : at;
    }
}

/// The part of the extended array that is the array itself.
detail::Part inside(const Frame& f) {
    detail::Part part(f.to);
    part.start = f.before;
    part.count = f.from;
    return part;
}

/// Calls f(row of the extended array, row of the array that its middle shows) for the rows along the last axis, in
/// parallel by entries of the axes before the first that is extended, so that no row of the array is met by two tasks.
template <class F>
void each_row(const Frame& f, F&& visit) {
    const std::size_t outer = f.to.rank() - 1;
    std::size_t apart = 0;
    while (apart < outer && f.from[apart] == f.to[apart]) ++apart;
    const std::int64_t planes = Shape(f.to.data(), apart).elements();
    const Shape rows(f.to.data() + apart, outer - apart);
    const std::int64_t n = rows.elements(), source_rows = Shape(f.from.data() + apart, outer - apart).elements();
    const std::int64_t per_task = std::max<std::int64_t>(1, 32768 / std::max<std::int64_t>(1, n * f.to.back()));
    parallel_for((planes + per_task - 1) / per_task, [&](std::int64_t task) {
        for (std::int64_t p = task * per_task; p < std::min(planes, (task + 1) * per_task); ++p) {
            for (std::int64_t r = 0; r < n; ++r) {
                std::int64_t rest = r, at = 0, step = 1;
                for (std::size_t k = outer; k-- > apart; rest /= f.to[k], step *= f.from[k])
                    at += source(rest % f.to[k], f.before[k], f.from[k], f.mode) * step;
                visit(p * n + r, p * source_rows + at);
            }
        }
    });
}

template <class T>
void extend(const Frame& f, const T* x, T* y) {
    const std::int64_t n = f.from.back(), wide = f.to.back(), before = f.before.back();
    each_row(f, [&](std::int64_t to, std::int64_t from) {
        T* const row = y + to * wide;
        const T* const given = x + from * n;
        for (std::int64_t i = 0; i < before; ++i) row[i] = given[source(i, before, n, f.mode)];
        std::memcpy(row + before, given, static_cast<std::size_t>(n) * sizeof(T));
        for (std::int64_t i = before + n; i < wide; ++i) row[i] = given[source(i, before, n, f.mode)];
    });
}

/// Adds the elements of y to those of x that they are copies of.
template <class T>
void fold(const Frame& f, const T* y, T* x) {
    const std::int64_t n = f.from.back(), wide = f.to.back(), before = f.before.back();
    each_row(f, [&](std::int64_t from, std::int64_t to) {
        const T* const row = y + from * wide;
        T* const sums = x + to * n;
        for (std::int64_t i = 0; i < n; ++i) sums[i] += row[before + i];
        for (std::int64_t i = 0; i < before; ++i) sums[source(i, before, n, f.mode)] += row[i];
        for (std::int64_t i = before + n; i < wide; ++i) sums[source(i, before, n, f.mode)] += row[i];
    });
}

Tensor folded(const Tensor& g, const Frame& f);

Tensor extended(const Tensor& x, const Frame& f) {
    Tensor y = make_tensor(f.to, body(x).dtype);
    if (body(y).numel > 0) {
        const Tensor from = detail::dense(x);
        detail::dispatch(body(x).dtype, [&]<class T>(T*) { extend(f, data_as<T>(from), data_as<T>(y)); });
    }
    return record("pad", std::move(y), wrt(x, [f](const Tensor& g) { return folded(g, f); }));
}

/// The gradient of `extended`.
Tensor folded(const Tensor& g, const Frame& f) {
    Tensor y = zeros(f.from, {.dtype = body(g).dtype});
    if (body(g).numel > 0) {
        const Tensor from = detail::dense(g);
        if (body(g).dtype == float32)
            fold(f, data_as<float>(from), data_as<float>(y));
        else
            fold(f, data_as<double>(from), data_as<double>(y));
    }
    return record("pad_backward", std::move(y), wrt(g, [f](const Tensor& gg) { return extended(gg, f); }));
}

Tensor framed(const Tensor& x, const Frame& f, Scalar value) {
    Tensor y = full(f.to, value, {.dtype = body(x).dtype});
    const detail::Part part = inside(f);
    const Shape strides = body(y).strides;
    detail::copy_strided(f.from, body(y).dtype, body(y).data + part.offset(strides) * item_size(body(y).dtype), strides,
                         body(x).data, body(x).strides);
    // Infinities that are asked for are no anomaly.
    const DetectAnomaly detect(detail::context.detect_anomaly && std::isfinite(value.to_double()));
    return record("pad", std::move(y),
                  wrt(x, [part](const Tensor& g) { return detail::take_part("take_part", g, part); }));
}

void check_widths(const Frame& f, const std::vector<PadWidth>& widths) {
    static constexpr const char* kNeed[] = {"", "widths below the size", "a size of at least 1",
                                            "widths of at most the size"};
    for (std::size_t k = 0; k < widths.size(); ++k) {
        const std::size_t axis = f.from.rank() - widths.size() + k;
        const auto [before, after] = widths[k];
        const std::int64_t n = f.from[axis], most = std::max(before, after);
        if (before == 0 && after == 0) continue;
        const bool fits = f.mode == PadMode::constant || (f.mode == PadMode::reflect && most < n) ||
                          (f.mode == PadMode::replicate && n > 0) || (f.mode == PadMode::circular && most <= n);
        if (!fits)
            throw ShapeError("pad: this mode needs " + std::string(kNeed[static_cast<std::size_t>(f.mode)]) +
                             ", got {" + std::to_string(before) + ", " + std::to_string(after) + "} for axis " +
                             std::to_string(axis) + " of the shape " + f.from.str());
    }
}

}  // namespace

Tensor pad(const Tensor& x, const std::vector<PadWidth>& widths, const PadOptions& options) {
    detail::check_defined(x, "pad");
    const Shape& shape = body(x).shape;
    if (widths.size() > shape.rank())
        throw ShapeError("pad: " + std::to_string(widths.size()) + " widths are too many for the shape " + shape.str());
    Frame f{shape, shape, Shape::filled(shape.rank(), 0), options.mode};
    for (std::size_t k = 0; k < widths.size(); ++k) {
        const std::size_t axis = shape.rank() - widths.size() + k;
        const auto [before, after] = widths[k];
        if (before < 0 || after < 0)
            throw ValueError("pad: expected widths of at least 0, got {" + std::to_string(before) + ", " +
                             std::to_string(after) + "} for axis " + std::to_string(axis) + " of the shape " +
                             shape.str() + "; slice() cuts off");
        f.before[axis] = before;
        if (__builtin_add_overflow(f.to[axis], before, &f.to[axis]) ||
            __builtin_add_overflow(f.to[axis], after, &f.to[axis]))
            throw ShapeError("pad: the widths for axis " + std::to_string(axis) + " of the shape " + shape.str() +
                             " are too large");
    }
    check_widths(f, widths);
    detail::checked_elements(f.to, body(x).dtype, "pad");
    // Without axes there are no rows either.
    if (options.mode == PadMode::constant || shape.empty()) return framed(x, f, options.value);
    return extended(x, f);
}

}  // namespace xg
