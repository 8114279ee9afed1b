#include <xgrad/autograd/losses.hpp>

#include <algorithm>
#include <string>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::body;
using detail::data_as;
using detail::make_tensor;

namespace {

/// The sum of (p - t)², in double precision and in an order that depends on n alone.
template <class T>
double squared_error(const T* p, const T* t, std::int64_t n) {
    constexpr std::int64_t lanes = 16;
    double lane[lanes] = {}, total = 0;
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        for (std::int64_t k = 0; k < lanes; ++k) {
            const double d = static_cast<double>(p[i + k]) - static_cast<double>(t[i + k]);
            lane[k] += d * d;
        }
    }
    for (; i < n; ++i) {
        const double d = static_cast<double>(p[i]) - static_cast<double>(t[i]);
        total += d * d;
    }
    for (const double v : lane) total += v;
    return total;
}

/// g · 2/n · (p - t), not recorded.
Tensor scaled_difference(const Tensor& g, const Tensor& p, const Tensor& t) {
    Tensor d = make_tensor(body(p).shape, body(p).dtype);
    const std::int64_t n = body(p).numel;
    const auto run = [&]<class T>(T*) {
        const T scale = static_cast<T>(2 * static_cast<double>(*data_as<T>(g)) / static_cast<double>(n));
        const T *const a = data_as<T>(p), *const b = data_as<T>(t);
        T* const to = data_as<T>(d);
        for (std::int64_t i = 0; i < n; ++i) to[i] = scale * (a[i] - b[i]);
    };
    if (body(p).dtype == float32)
        run(static_cast<float*>(nullptr));
    else
        run(static_cast<double*>(nullptr));
    return d;
}

/// The gradient with respect to a, where b is the other of prediction and target.
Tensor mse_backward(const Tensor& g, const Tensor& a, const Tensor& b) {
    if (!detail::recording()) return scaled_difference(g, a.contiguous(), b.contiguous());
    return g * (a - b) * (2.0 / static_cast<double>(body(a).numel));
}

}  // namespace

Tensor mse_loss(const Tensor& prediction, const Tensor& target) {
    detail::check_defined(prediction, "mse_loss");
    detail::check_defined(target, "mse_loss");
    if (!(body(prediction).shape == body(target).shape))
        throw ShapeError("mse_loss: the prediction's shape " + prediction.shape().str() + " and the target's " +
                         target.shape().str() + " differ; expected equal shapes");
    const DType promoted = promote(body(prediction).dtype, body(target).dtype);
    const DType dtype = is_floating(promoted) ? promoted : float32;
    const Tensor p = prediction.to(dtype), t = target.to(dtype);
    const Tensor a = detail::make_alias(p).contiguous(), b = detail::make_alias(t).contiguous();
    Tensor loss = make_tensor({}, dtype);
    const auto n = static_cast<double>(body(a).numel);
    if (dtype == float32)
        *data_as<float>(loss) =
            static_cast<float>(squared_error(data_as<float>(a), data_as<float>(b), body(a).numel) / n);
    else
        *data_as<double>(loss) = squared_error(data_as<double>(a), data_as<double>(b), body(a).numel) / n;
    return detail::record("mse_loss", std::move(loss),
                          detail::wrt(p, [p = detail::saved(p), t = detail::saved(t)](
                                             const Tensor& g) { return mse_backward(g, p.get(), t.get()); }),
                          detail::wrt(t, [p = detail::saved(p), t = detail::saved(t)](const Tensor& g) {
                              return mse_backward(g, t.get(), p.get());
                          }));
}

}  // namespace xg
