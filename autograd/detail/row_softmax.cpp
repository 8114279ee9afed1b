#include <xgrad/autograd/detail/row_softmax.hpp>

#include <cmath>
#include <limits>

#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/threads.hpp>

namespace xg::detail {
namespace {

/// Calls f(row of x, row of the result, length) for each row.
template <class F>
Tensor each_row(const Tensor& x, F&& f) {
    const Tensor from = make_alias(x).contiguous();
    Tensor y = make_tensor(body(x).shape, body(x).dtype);
    if (body(x).numel == 0) return y;
    const std::int64_t n = body(x).shape.back(), rows = body(x).numel / n, per_block = rows_per_block(n);
    const auto run = [&]<class T>(T*) {
        parallel_for(blocks_of(rows, per_block), [&](std::int64_t block) {
            for (std::int64_t r = block * per_block; r < std::min(rows, (block + 1) * per_block); ++r)
                f(data_as<T>(from) + r * n, data_as<T>(y) + r * n, n);
        });
    };
    if (body(x).dtype == float32)
        run(static_cast<float*>(nullptr));
    else
        run(static_cast<double*>(nullptr));
    return y;
}

}  // namespace

Tensor row_softmax(const Tensor& x) {
    Tensor y = each_row(x, []<class T>(const T* from, T* to, std::int64_t n) {
        const T top = lane_max(from, n);
        if (top == -std::numeric_limits<T>::infinity()) {
            std::fill_n(to, n, T(0));
            return;
        }
        for (std::int64_t i = 0; i < n; ++i) to[i] = from[i] - top;
        apply(Fn::exp, to, to, n);
        const auto scale = static_cast<T>(1 / lane_sum<T>(n, [to](std::int64_t i) { return to[i]; }));
        for (std::int64_t i = 0; i < n; ++i) to[i] *= scale;
    });
    return record("row_softmax", std::move(y), wrt(x, [](const Tensor& g, const Tensor& p) {
                      const Tensor along = g * p;
                      return along - p * sum(along, -1, true);
                  }));
}

Tensor row_log_softmax(const Tensor& x) {
    Tensor y = each_row(x, []<class T>(const T* from, T* to, std::int64_t n) {
        const T top = lane_max(from, n);
        for (std::int64_t i = 0; i < n; ++i) to[i] = from[i] - top;
        apply(Fn::exp, to, to, n);
        const auto all = static_cast<T>(std::log(lane_sum<T>(n, [to](std::int64_t i) { return to[i]; })));
        for (std::int64_t i = 0; i < n; ++i) to[i] = from[i] - top - all;
    });
    return record("row_log_softmax", std::move(y),
                  wrt(x, [](const Tensor& g, const Tensor& l) { return g - exp(l) * sum(g, -1, true); }));
}

}  // namespace xg::detail
