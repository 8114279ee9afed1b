#include <xgrad/autograd/detail/loss_common.hpp>

#include <string>

#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/autograd/detail/loss_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {

LossPair::LossPair(const Tensor& p, const Tensor& t, const char* operation) {
    check_defined(p, operation);
    check_defined(t, operation);
    if (!(body(p).shape == body(t).shape))
        throw ShapeError(std::string(operation) + ": the prediction's shape " + body(p).shape.str() +
                         " and the target's " + body(t).shape.str() + " differ; expected equal shapes");
    const DType promoted = promote(body(p).dtype, body(t).dtype), dtype = is_floating(promoted) ? promoted : float32;
    prediction = p.to(dtype);
    target = t.to(dtype);
}

double loss_scale(LossReduction reduction, const Shape& shape) {
    switch (reduction) {
        case LossReduction::mean: return 1 / static_cast<double>(shape.elements());
        case LossReduction::batchmean: return shape.empty() ? 1 : 1 / static_cast<double>(shape[0]);
        default: return 1;
    }
}

Tensor reduced_loss(const Tensor& losses, LossReduction reduction) {
    switch (reduction) {
        case LossReduction::none: return losses;
        case LossReduction::mean: return mean(losses);
        case LossReduction::sum: return sum(losses);
        case LossReduction::batchmean: return sum(losses) / (losses.rank() == 0 ? 1 : losses.size(0));
    }
    __builtin_unreachable();
}

Tensor at_least(const Tensor& x, double least) { return where(x < least, least, x); }

namespace {

template <class F>
Tensor mapped(const Tensor& x, F&& f) {
    const Tensor from = make_alias(x).contiguous();
    Tensor y = make_tensor(body(x).shape, body(x).dtype);
    constexpr std::int64_t block = 16384;
    const std::int64_t n = body(x).numel;
    with_floating(x, [&]<class T>(T*) {
        parallel_for(blocks_of(n, block), [&](std::int64_t b) {
            f(data_as<T>(from) + b * block, data_as<T>(y) + b * block, std::min(block, n - b * block));
        });
    });
    return y;
}

}  // namespace

Tensor log_one_plus(const Tensor& x) {
    return record(pointwise("log1p"),
                  mapped(x, [](auto* from, auto* to, std::int64_t n) { log_one_plus(from, to, n); }),
                  wrt(x, [x = saved(x)](const Tensor& g) { return g / (x.get() + 1); }));
}

Tensor softplus(const Tensor& x) {
    return record(pointwise("softplus"), mapped(x, [](auto* from, auto* to, std::int64_t n) { softplus(from, to, n); }),
                  wrt(x, [x = saved(x)](const Tensor& g) { return g * sigmoid(x.get()); }));
}

}  // namespace xg::detail
