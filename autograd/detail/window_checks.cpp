#include <xgrad/autograd/detail/window_checks.hpp>

#include <string>

#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg::detail {
namespace {

/// Products of two sizes and options below this do not overflow.
constexpr std::int64_t kLimit = std::int64_t{1} << 30;

std::string sizes(const Pair& p, bool flat) { return (flat ? Shape{p.width} : Shape{p.height, p.width}).str(); }

}  // namespace

bool check_images(const Tensor& x, std::size_t spatial, const char* operation) {
    check_defined(x, operation);
    const Shape& shape = body(x).shape;
    if (shape.rank() != spatial + 1 && shape.rank() != spatial + 2)
        throw ShapeError(std::string(operation) + ": expected an input of shape " +
                         (spatial == 1 ? "(N, C, L) or (C, L)" : "(N, C, H, W) or (C, H, W)") + ", got " + shape.str());
    for (const std::int64_t size : shape)
        if (size >= kLimit)
            throw ShapeError(std::string(operation) + ": expected sizes below 2^30, got " + shape.str());
    return shape.rank() == spatial + 2;
}

void check_floating(const Tensor& x, const char* operation) {
    if (!is_floating(body(x).dtype))
        throw DTypeError(std::string(operation) + ": expected a floating-point input, got " + name(body(x).dtype));
}

Tensor batch_of_one(const Tensor& x) { return reshape(x, body(x).shape.inserted(0, 1)); }
Tensor only_image(const Tensor& y) { return reshape(y, body(y).shape.erased(0)); }

void check_option(std::int64_t value, std::int64_t least, const char* option, const char* operation) {
    if (value < least || value >= kLimit)
        throw ValueError(std::string(operation) + ": expected " + option + " >= " + std::to_string(least) +
                         (value < least ? "" : " and below 2^30") + ", got " + std::to_string(value));
}

void check_option(const Pair& value, std::int64_t least, const char* option, const char* operation) {
    check_option(value.height, least, option, operation);
    check_option(value.width, least, option, operation);
}

Pair window_counts(const Pair& size, const Pair& kernel, const Pair& stride, const Pair& padding, const Pair& dilation,
                   bool ceil_mode, bool flat, const char* operation) {
    const auto count = [&](std::int64_t n, std::int64_t k, std::int64_t step, std::int64_t pad, std::int64_t apart) {
        const std::int64_t room = n + 2 * pad - apart * (k - 1) - 1;
        std::int64_t windows = room < 0 ? 0 : room / step + 1;
        if (ceil_mode && room > -step) {
            windows = (room + step - 1) / step + 1;
            if ((windows - 1) * step >= n + pad) --windows;
        }
        if (n < 1 || windows < 1)
            throw ShapeError(std::string(operation) + ": a kernel of size " + sizes(kernel, flat) + " with dilation " +
                             sizes(dilation, flat) + " is larger than the input of size " + sizes(size, flat) +
                             " with padding " + sizes(padding, flat));
        return windows;
    };
    return {count(size.height, kernel.height, stride.height, padding.height, dilation.height),
            count(size.width, kernel.width, stride.width, padding.width, dilation.width)};
}

}  // namespace xg::detail
