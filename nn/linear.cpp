#include <xgrad/nn/linear.hpp>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {

Linear::Linear(std::int64_t in, std::int64_t out, const LinearOptions& options) {
    if (in < 1 || out < 1)
        throw ValueError("Linear: expected at least 1 input and output, got " + std::to_string(in) + " and " +
                         std::to_string(out));
    weight_ = add_parameter("weight", empty({out, in}, {.dtype = options.dtype}));
    initialize(weight_, options.init, in, out);
    if (!options.bias) return;
    bias_ = add_parameter("bias", zeros({out}, {.dtype = options.dtype}));
    if (options.init == Init::pytorch) initialize(bias_, options.init, in, out);
}

}  // namespace xg::nn
