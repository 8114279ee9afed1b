#include "families_torch.hpp"

namespace parity {

void add_elementwise(TorchTable& t) {
    t["add"] = TORCH(in[0] + in[1]);
    t["add number"] = TORCH(in[0] + o.number("value"));
    t["sub"] = TORCH(in[0] - in[1]);
    t["sub from number"] = TORCH(o.number("value") - in[0]);
    t["mul"] = TORCH(in[0] * in[1]);
    t["mul number"] = TORCH(in[0] * o.number("value"));
    t["mul mask"] = TORCH(in[1] * in[0]);
    t["div"] = TORCH(in[0] / in[1]);
    t["div by number"] = TORCH(in[0] / o.number("value"));
    t["div number"] = TORCH(o.number("value") / in[0]);
    t["pow"] = TORCH(at::pow(in[0], in[1]));
    t["pow number"] = TORCH(at::pow(in[0], o.number("value")));
    t["pow whole number"] = TORCH(at::pow(in[0], o.integer("value")));
    t["pow of number"] = TORCH(at::pow(at::Scalar(o.number("value")), in[0]));
    t["minimum"] = TORCH(at::minimum(in[0], in[1]));
    t["maximum"] = TORCH(at::maximum(in[0], in[1]));
    t["minimum number"] = TORCH(at::minimum(in[0], at::full_like(in[0], o.number("value"))));
    t["maximum number"] = TORCH(at::maximum(in[0], at::full_like(in[0], o.number("value"))));
    t["where"] = TORCH(at::where(in[2], in[0], in[1]));
    t["where number"] = TORCH(at::where(in[1], in[0], at::scalar_tensor(o.number("value"), in[0].options())));
    t["where number first"] = TORCH(at::where(in[1], at::scalar_tensor(o.number("value"), in[0].options()), in[0]));

    t["neg"] = TORCH(at::neg(in[0]));
    t["exp"] = TORCH(at::exp(in[0]));
    t["log"] = TORCH(at::log(in[0]));
    t["sqrt"] = TORCH(at::sqrt(in[0]));
    t["square"] = TORCH(at::square(in[0]));
    t["abs"] = TORCH(at::abs(in[0]));
    t["sign"] = TORCH(at::sign(in[0]));
    t["tanh"] = TORCH(at::tanh(in[0]));
    t["sigmoid"] = TORCH(at::sigmoid(in[0]));
    t["relu"] = TORCH(at::relu(in[0]));

    t["equal"] = TORCH(in[0] == in[1]);
    t["not_equal"] = TORCH(in[0] != in[1]);
    t["less"] = TORCH(in[0] < in[1]);
    t["less_equal"] = TORCH(in[0] <= in[1]);
    t["greater"] = TORCH(in[0] > in[1]);
    t["greater_equal"] = TORCH(in[0] >= in[1]);
}

}  // namespace parity
