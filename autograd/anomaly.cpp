#include <xgrad/autograd/anomaly.hpp>

#include <cmath>
#include <string>
#include <utility>

#include <xgrad/autograd/detail/anomaly.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

DetectAnomaly::DetectAnomaly(bool enabled) noexcept : before_(std::exchange(detail::context.detect_anomaly, enabled)) {}
DetectAnomaly::~DetectAnomaly() { detail::context.detect_anomaly = before_; }

SourcePlace::SourcePlace(std::source_location place) noexcept : before_(std::exchange(detail::context.place, place)) {}
SourcePlace::~SourcePlace() { detail::context.place = before_; }

namespace detail {
namespace {

/// The position of the first element for which `is_bad`, counted in row-major order; -1 if there is none.
template <class Bad>
std::int64_t first_bad(const Tensor& t, Bad&& is_bad) {
    if (!t.defined() || !is_floating(body(t).dtype)) return -1;
    const Tensor flat = body(t).contiguous ? t : make_alias(t).contiguous();
    const auto search = [&]<class T>(T*) {
        const T* const x = data_as<T>(flat);
        for (std::int64_t i = 0; i < body(flat).numel; ++i)
            if (is_bad(x[i])) return i;
        return std::int64_t{-1};
    };
    return body(t).dtype == float32 ? search(static_cast<float*>(nullptr)) : search(static_cast<double*>(nullptr));
}

std::int64_t first_not_finite(const Tensor& t) {
    return first_bad(t, [](auto x) { return !std::isfinite(x); });
}
std::int64_t first_nan(const Tensor& t) {
    return first_bad(t, [](auto x) { return std::isnan(x); });
}
std::int64_t first_infinity(const Tensor& t) {
    return first_bad(t, [](auto x) { return std::isinf(x); });
}

std::string kind_at(const Tensor& t, std::int64_t i) {
    const Tensor flat = make_alias(t).contiguous();
    const double x = body(t).dtype == float32 ? static_cast<double>(data_as<float>(flat)[i]) : data_as<double>(flat)[i];
    return std::isnan(x) ? "NaN" : x > 0 ? "inf" : "-inf";
}

std::string index_of(const Shape& shape, std::int64_t i) {
    Shape index = shape;
    for (std::size_t axis = shape.rank(); axis-- > 0; i /= shape[axis]) index[axis] = i % shape[axis];
    return index.str();
}

std::string place_of(const std::source_location& place) {
    if (place.line() == 0) return "";
    return std::string(", at ") + place.file_name() + ":" + std::to_string(place.line());
}

}  // namespace

void check_result(const char* op, const Tensor& result, std::span<const Tensor* const> inputs) {
    // Within a backward formula only what comes out of it counts: a value in a branch that is not taken may be
    // anything.
    if (running_node != nullptr) return;
    const DetectAnomaly off(false);  // in the copies that the search makes
    std::int64_t at = first_not_finite(result);
    if (at < 0) return;
    // Infinities that come in on purpose, as in masks, go on as such; a NaN is never meant.
    for (const Tensor* t : inputs)
        if (first_infinity(*t) >= 0) at = first_nan(result);
    if (at < 0) return;
    std::string shapes, held;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i]->defined()) continue;
        shapes += (shapes.empty() ? "" : ", ") + body(*inputs[i]).shape.str();
        if (held.empty() && first_not_finite(*inputs[i]) >= 0)
            held =
                "; input " + std::to_string(i) + " already held " + kind_at(*inputs[i], first_not_finite(*inputs[i]));
    }
    throw NonFiniteError(std::string(op) + ": made " + kind_at(result, at) + " at " + index_of(body(result).shape, at) +
                         " of its result of shape " + body(result).shape.str() +
                         (shapes.empty() ? "" : ", from " + shapes) +
                         (held.empty() ? "; its inputs were finite" : held) + place_of(context.place));
}

void check_gradient(const Node& node, std::uint32_t input, const Tensor& gradient) {
    const DetectAnomaly off(false);
    std::int64_t at = first_not_finite(gradient);
    if (at < 0) return;
    bool finite = true;
    for (std::uint32_t k = 0; k < node.n_outputs; ++k) {
        const Tensor& incoming = node.outputs[k].gradient;
        finite = finite && first_not_finite(incoming) < 0;
        if (first_infinity(incoming) >= 0) at = first_nan(gradient);
    }
    if (at < 0) return;
    throw NonFiniteError(std::string("backward of ") + node.op + ": made " + kind_at(gradient, at) + " at " +
                         index_of(body(gradient).shape, at) + " of the gradient of its input " + std::to_string(input) +
                         ", of shape " + body(gradient).shape.str() + "; the gradient that came in " +
                         (finite ? "was finite" : "was not finite already") + place_of(node.place));
}

}  // namespace detail
}  // namespace xg
