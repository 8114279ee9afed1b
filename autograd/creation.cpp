#include <xgrad/autograd/creation.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/core/threads.hpp>

namespace xg {

using detail::body;
using detail::data_as;
using detail::dispatch;
using detail::make_tensor;

namespace {

Tensor finish(Tensor t, const TensorOptions& options) {
    if (options.requires_grad) t.requires_grad(true);
    return t;
}

template <class T>
Tensor copied(const T* values, const Shape& shape, const TensorOptions& options) {
    Tensor t = make_tensor(shape, detail::dtype_of<T>::value, "from_data");
    std::copy_n(values, t.numel(), data_as<T>(t));
    return finish(t.to(options.dtype), options);
}

/// Fills `t`, a floating-point tensor, with draws of one stream: block i of four words gives elements [i * per_block,
/// …).
template <class F>
void fill_random(const Tensor& t, std::int64_t per_block, F&& draw) {
    const Philox stream = next_stream();
    const std::int64_t n = t.numel(), blocks = (n + per_block - 1) / per_block, per_task = 4096;
    dispatch(t.dtype(), [&]<class T>(T*) {
        T* const to = data_as<T>(t);
        parallel_for((blocks + per_task - 1) / per_task, [&](std::int64_t task) {
            for (std::int64_t b = task * per_task; b < std::min(blocks, (task + 1) * per_task); ++b) {
                std::array<double, 4> values{};
                draw(stream.block(static_cast<std::uint64_t>(b)), values);
                for (std::int64_t k = 0; k < std::min(per_block, n - b * per_block); ++k)
                    to[b * per_block + k] = static_cast<T>(values[static_cast<std::size_t>(k)]);
            }
        });
    });
}

void check_random(const char* operation, const TensorOptions& options) {
    if (!is_floating(options.dtype))
        throw DTypeError(std::string(operation) + ": expected a floating-point dtype, got " + name(options.dtype));
}

}  // namespace

Tensor empty(const Shape& shape, const TensorOptions& options) {
    return finish(make_tensor(shape, options.dtype, "empty"), options);
}

namespace {

/// A number that int64 holds, without its fraction.
std::int64_t whole(const char* operation, Scalar value) {
    if (value.kind() == float64 && !(std::abs(value.to_double()) < 9223372036854775808.0))
        throw ValueError(std::string(operation) + ": int64 does not hold " + std::to_string(value.to_double()));
    return value.to_int64();
}

Tensor filled(const char* operation, const Shape& shape, Scalar value, const TensorOptions& options) {
    Tensor t = make_tensor(shape, options.dtype, operation);
    dispatch(options.dtype, [&]<class T>(T*) {
        T filler;
        if constexpr (std::is_same_v<T, bool>)
            filler = value.to_double() != 0;
        else if constexpr (std::is_same_v<T, std::int64_t>)
            filler = whole(operation, value);
        else
            filler = static_cast<T>(value.to_double());
        std::fill_n(data_as<T>(t), t.numel(), filler);
    });
    return finish(t, options);
}

Tensor filled_like(const char* operation, const Tensor& t, Scalar value) {
    detail::check_defined(t, operation);
    return filled(operation, body(t).shape, value, {.dtype = body(t).dtype});
}

}  // namespace

Tensor full(const Shape& shape, Scalar value, const TensorOptions& options) {
    return filled("full", shape, value, options);
}
Tensor zeros(const Shape& shape, const TensorOptions& options) { return filled("zeros", shape, 0, options); }
Tensor ones(const Shape& shape, const TensorOptions& options) { return filled("ones", shape, 1, options); }
Tensor full_like(const Tensor& t, Scalar value) { return filled_like("full_like", t, value); }
Tensor zeros_like(const Tensor& t) { return filled_like("zeros_like", t, 0); }
Tensor ones_like(const Tensor& t) { return filled_like("ones_like", t, 1); }

Tensor arange(Scalar stop) { return arange(0, stop, 1); }

Tensor arange(Scalar start, Scalar stop, Scalar step) {
    const bool integers = start.kind() != float64 && stop.kind() != float64 && step.kind() != float64;
    return arange(start, stop, step, {.dtype = integers ? int64 : float32});
}

Tensor arange(Scalar start, Scalar stop, Scalar step, const TensorOptions& options) {
    const double first = start.to_double(), by = step.to_double(), span = (stop.to_double() - first) / by;
    if (by == 0 || !std::isfinite(span)) throw ValueError("arange: expected finite bounds and a step other than 0");
    if (span >= 0x1p62) throw ShapeError("arange: more elements than can be addressed");
    const bool exact = start.kind() != float64 && step.kind() != float64 && options.dtype == int64;
    std::int64_t count = static_cast<std::int64_t>(std::ceil(std::max(span, 0.0)));
    if (exact && stop.kind() != float64) {
        // Doubles would miscount beyond 2^53. Unsigned: the bounds may lie further apart than int64 reaches.
        const auto from = static_cast<std::uint64_t>(start.to_int64()),
                   to = static_cast<std::uint64_t>(stop.to_int64());
        const auto each = static_cast<std::uint64_t>(step.to_int64());
        const bool up = step.to_int64() > 0;
        if (up ? start.to_int64() < stop.to_int64() : start.to_int64() > stop.to_int64())
            count = static_cast<std::int64_t>(((up ? to - from : from - to) - 1) / (up ? each : 0 - each)) + 1;
        else
            count = 0;
    }
    const Tensor t = make_tensor({std::max<std::int64_t>(0, count)}, options.dtype, "arange");
    dispatch(options.dtype, [&]<class T>(T*) {
        for (std::int64_t i = 0; i < t.numel(); ++i) {
            if (exact)
                data_as<T>(t)[i] = static_cast<T>(static_cast<std::int64_t>(
                    static_cast<std::uint64_t>(start.to_int64()) +
                    static_cast<std::uint64_t>(i) * static_cast<std::uint64_t>(step.to_int64())));
            else
                data_as<T>(t)[i] = static_cast<T>(first + static_cast<double>(i) * by);
        }
    });
    return finish(t, options);
}

Tensor linspace(double start, double stop, std::int64_t n, const TensorOptions& options) {
    if (n < 0) throw ValueError("linspace: expected a count of at least 0, got " + std::to_string(n));
    const Tensor t = make_tensor({n}, options.dtype, "linspace");
    const double by = n > 1 ? (stop - start) / static_cast<double>(n - 1) : 0;
    dispatch(options.dtype, [&]<class T>(T*) {
        for (std::int64_t i = 0; i < n; ++i)
            data_as<T>(t)[i] = static_cast<T>(i == n - 1 && n > 1 ? stop : start + static_cast<double>(i) * by);
    });
    return finish(t, options);
}

Tensor eye(std::int64_t n, const TensorOptions& options) { return eye(n, n, options); }

Tensor eye(std::int64_t n, std::int64_t m, const TensorOptions& options) {
    const Tensor t = filled("eye", {n, m}, 0, {.dtype = options.dtype});
    dispatch(options.dtype, [&]<class T>(T*) {
        for (std::int64_t i = 0; i < std::min(n, m); ++i) data_as<T>(t)[i * m + i] = T(1);
    });
    return finish(t, options);
}

Tensor rand(const Shape& shape, const TensorOptions& options) {
    check_random("rand", options);
    Tensor t = make_tensor(shape, options.dtype, "rand");
    if (options.dtype == float32) {
        // 24 bits, so that rounding never gives 1.
        fill_random(t, 4, [](const auto& words, auto& values) {
            for (std::size_t k = 0; k < 4; ++k) values[k] = (words[k] >> 8) * 0x1p-24;
        });
    } else {
        fill_random(t, 2, [](const auto& words, auto& values) {
            values[0] = uniform_double(words[0], words[1]);
            values[1] = uniform_double(words[2], words[3]);
        });
    }
    return finish(t, options);
}

Tensor randn(const Shape& shape, const TensorOptions& options) {
    check_random("randn", options);
    Tensor t = make_tensor(shape, options.dtype, "randn");
    // Box and Muller, A note on the generation of random normal deviates, 1958; 1 - u is never 0.
    fill_random(t, 2, [](const auto& words, auto& values) {
        const double radius = std::sqrt(-2 * std::log(1 - uniform_double(words[0], words[1])));
        const double angle = 2 * std::numbers::pi * uniform_double(words[2], words[3]);
        values[0] = radius * std::cos(angle);
        values[1] = radius * std::sin(angle);
    });
    return finish(t, options);
}

namespace {

void measure(const NestedValues& v, Shape& shape, std::size_t depth, DType& kind) {
    if (v.is_leaf()) {
        if (depth != shape.size()) throw ShapeError("tensor: the nested braces are not of one depth");
        kind = promote(kind, v.leaf().kind() == float64 ? float32 : v.leaf().kind());
        return;
    }
    const auto n = static_cast<std::int64_t>(v.children().size());
    if (depth == shape.size())
        shape = shape.inserted(depth, n);
    else if (shape[depth] != n)
        throw ShapeError("tensor: the nested braces are ragged: " + std::to_string(n) + " entries beside " +
                         std::to_string(shape[depth]));
    // The first path down sets the depth; all others must follow it.
    for (std::size_t i = 0; i < v.children().size(); ++i) {
        if (i > 0 && v.children()[i].is_leaf() != v.children()[0].is_leaf())
            throw ShapeError("tensor: the nested braces are not of one depth");
        measure(v.children()[i], shape, depth + 1, kind);
    }
}

template <class T>
T* write_leaves(const NestedValues& v, T* to) {
    if (v.is_leaf()) {
        if constexpr (std::is_floating_point_v<T>)
            *to = static_cast<T>(v.leaf().to_double());
        else if constexpr (std::is_same_v<T, bool>)
            *to = v.leaf().to_double() != 0;
        else
            *to = static_cast<T>(v.leaf().to_int64());
        return to + 1;
    }
    for (const NestedValues& child : v.children()) to = write_leaves(child, to);
    return to;
}

Tensor from_nested(const NestedValues& values, const DType* dtype) {
    Shape shape;
    DType kind = boolean;
    measure(values, shape, 0, kind);
    if (shape.elements() == 0) kind = float32;
    Tensor t = make_tensor(shape, dtype == nullptr ? kind : *dtype);
    dispatch(t.dtype(), [&]<class T>(T*) { write_leaves(values, data_as<T>(t)); });
    return t;
}

}  // namespace

Tensor tensor(const NestedValues& values) { return from_nested(values, nullptr); }
Tensor tensor(const NestedValues& values, const TensorOptions& options) {
    return finish(from_nested(values, &options.dtype), options);
}

Tensor from_data(const float* values, const Shape& shape, const TensorOptions& options) {
    return copied(values, shape, options);
}
Tensor from_data(const double* values, const Shape& shape, const TensorOptions& options) {
    return copied(values, shape, options);
}
Tensor from_data(const std::int64_t* values, const Shape& shape, const TensorOptions& options) {
    return copied(values, shape, options);
}
Tensor from_data(const bool* values, const Shape& shape, const TensorOptions& options) {
    return copied(values, shape, options);
}

namespace detail {

void check_count(std::size_t given, const Shape& shape) {
    const std::int64_t elements = checked_elements(shape, DType::float64, "from_data");
    if (static_cast<std::int64_t>(given) != elements)
        throw ShapeError("from_data: the shape " + shape.str() + " has " + std::to_string(elements) +
                         " elements, got " + std::to_string(given));
}

}  // namespace detail

Tensor adopt(void* data, const Shape& shape, DType dtype, std::function<void()> release) {
    const std::int64_t numel = detail::checked_elements(shape, dtype, "adopt");
    auto* storage = new detail::Storage;
    auto owner = detail::Ref<detail::Storage>::adopt(storage);
    storage->release = new std::function<void()>(std::move(release));
    storage->data = static_cast<char*>(data);
    storage->bytes = static_cast<std::size_t>(numel * item_size(dtype));
    auto* b = new detail::Body;
    b->dtype = dtype;
    b->data = storage->data;
    b->numel = numel;
    b->storage = std::move(owner);
    b->shape = shape;
    b->strides = detail::contiguous_strides(shape);
    return Tensor::unsafe_adopt(b);
}

}  // namespace xg
