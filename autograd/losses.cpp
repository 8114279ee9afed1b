#include <xgrad/autograd/losses.hpp>

#include <string>

#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/reduce.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

Tensor mse_loss(const Tensor& prediction, const Tensor& target) {
    detail::check_defined(prediction, "mse_loss");
    detail::check_defined(target, "mse_loss");
    if (!(prediction.shape() == target.shape()))
        throw ShapeError("mse_loss: the prediction's shape " + prediction.shape().str() + " and the target's " + target.shape().str() +
                         " differ; expected equal shapes");
    return mean(square(prediction - target));
}

}  // namespace xg
