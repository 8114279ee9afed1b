#include <xgrad/train/detail/source.hpp>

#include <cmath>

#include <fmt/format.h>
#include <zlib.h>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg::train::detail {
namespace {

std::uint32_t checksum(std::uint32_t before, const Tensor& t) {
    if (!t.defined()) return before;
    const Tensor all = t.contiguous();
    const auto add = [&](const auto* data) {
        return static_cast<std::uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(data),
                                                  static_cast<z_size_t>(all.numel() * item_size(all.dtype()))));
    };
    switch (all.dtype()) {
        case DType::float32: return add(all.data<float>());
        case DType::float64: return add(all.data<double>());
        case DType::int64: return add(all.data<std::int64_t>());
        case DType::boolean: return add(all.data<bool>());
    }
    return before;
}

}  // namespace

std::string Source::fingerprint() const {
    if (loader != nullptr) return fmt::format("{} samples of a DataLoader", samples);
    return fmt::format("x {} {}, y {} {}, checksum {:08x}", name(x.dtype()), x.shape().str(), name(y.dtype()),
                       y.shape().str(), checksum(checksum(checksum(0, x), y), weights));
}

Tensor weights_of_classes(const Tensor& y, const std::map<std::int64_t, double>& class_weight) {
    for (const auto& [c, w] : class_weight)
        if (!(w >= 0) || !std::isfinite(w))
            throw ValueError(fmt::format("Trainer: the weight of class {} is {}, expected at least 0", c, w));
    Tensor classes = y;
    if (y.rank() == 2 && y.size(1) > 1)
        classes = argmax(y, 1);  // one-hot
    else if (y.rank() > 2 || (y.rank() == 2 && y.size(1) != 1))
        throw ShapeError(
            fmt::format("Trainer: class_weight needs targets of shape (n), (n, 1) or one-hot (n, classes), "
                        "got {}",
                        y.shape().str()));
    const std::vector<double> of = classes.to_vector();
    for (const double c : of)
        if (!(std::abs(c) < 9e15) || c != std::floor(c))
            throw ValueError(fmt::format("Trainer: class_weight needs classes as targets, got the target {:g}", c));
    Tensor weights = ones({y.size(0)});
    float* const w = weights.mutable_data<float>();
    for (std::size_t i = 0; i < of.size(); ++i)
        if (const auto at = class_weight.find(std::llround(of[i])); at != class_weight.end())
            w[i] = static_cast<float>(at->second);
    return weights;
}

Tensor checked_weights(const Tensor& weights, std::int64_t samples) {
    if (!weights.defined()) return {};
    if (weights.rank() != 1 || weights.size(0) != samples)
        throw ShapeError(
            fmt::format("Trainer: expected sample_weight of shape ({},), got {}", samples, weights.shape().str()));
    const NoGrad no_grad;
    const Tensor all = weights.to(float64);
    if (all.numel() > 0 && !(min(all).item() >= 0 && std::isfinite(max(all).item())))
        throw ValueError(
            "Trainer: expected finite weights of samples of at least 0, got a negative one, NaN or infinity");
    return weights.detach().contiguous();
}

}  // namespace xg::train::detail
