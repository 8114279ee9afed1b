#include <xgrad/train/loss.hpp>

#include <xgrad/core/error.hpp>

namespace xg::train {

void Loss::gives_no_elements(const std::string& name) {
    throw ValueError("the loss " + name +
                     " gives one number for a batch, expected one for each element, so that samples can be weighted: "
                     "add a member `Tensor each(prediction, target) const`, as the losses of nn have it");
}

}  // namespace xg::train
