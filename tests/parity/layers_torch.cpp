#include <cmath>
#include <limits>

#include "families_torch.hpp"

namespace parity {
namespace {

/// `size` or `factors`, one for each of x's last axes.
at::Tensor resampled(const at::Tensor& x, const Options& o, at::OptionalIntArrayRef size,
                     c10::optional<at::ArrayRef<double>> factors) {
    const std::string& mode = o.choice("mode");
    const bool aligned = o.flag("align_corners"), flat = x.dim() == 3;
    if (mode == "xg::Interpolation::nearest")
        return flat ? at::upsample_nearest1d(x, size, factors) : at::upsample_nearest2d(x, size, factors);
    if (mode == "xg::Interpolation::nearest_exact")
        return flat ? at::_upsample_nearest_exact1d(x, size, factors) : at::_upsample_nearest_exact2d(x, size, factors);
    if (mode != "xg::Interpolation::area")
        return flat ? at::upsample_linear1d(x, size, aligned, factors)
                    : at::upsample_bilinear2d(x, size, aligned, factors);
    Sizes cells;
    for (std::size_t k = 0; k < static_cast<std::size_t>(x.dim() - 2); ++k)
        cells.push_back(size.has_value()
                            ? (*size)[k]
                            : static_cast<std::int64_t>(std::floor(
                                  static_cast<double>(x.size(static_cast<std::int64_t>(k) + 2)) * (*factors)[k])));
    return flat ? at::adaptive_avg_pool1d(x, cells) : at::adaptive_avg_pool2d(x, cells);
}

/// The width alone, where there is no height.
template <class T>
std::vector<T> of_axes(const std::vector<T>& pair, const at::Tensor& x) {
    return x.dim() == 3 ? std::vector<T>{pair.at(1)} : pair;
}

at::Tensor to_size(const at::Tensor& x, const Options& o) {
    return resampled(x, o, at::OptionalIntArrayRef(of_axes(o.list("size"), x)), {});
}

at::Tensor by_factor(const at::Tensor& x, const Options& o) {
    const std::vector<double> factors = of_axes(o.numbers("factor"), x);
    if (!o.flag("recompute")) return resampled(x, o, {}, at::ArrayRef<double>(factors));
    Sizes size;
    for (std::size_t k = 0; k < factors.size(); ++k)
        size.push_back(static_cast<std::int64_t>(
            std::floor(static_cast<double>(x.size(static_cast<std::int64_t>(k) + 2)) * factors[k])));
    return resampled(x, o, at::OptionalIntArrayRef(size), {});
}

/// As libtorch 2 has it, whose queries that attend to nothing, or to what counts -inf, get weights of 0.
at::Tensor attention(const Tensors& in, const at::Tensor& scores, const at::Tensor& seen) {
    at::Tensor hidden = scores == -std::numeric_limits<double>::infinity();
    if (seen.defined()) hidden = at::logical_or(hidden, at::logical_not(seen));
    const at::Tensor weights = at::softmax(scores.masked_fill(hidden, -1e300), -1).masked_fill(hidden, 0);
    return at::matmul(weights, in[2]);
}

at::Tensor scores(const Tensors& in, double scale) { return at::matmul(in[0], in[1].transpose(-1, -2)) * scale; }

double usual_scale(const Tensors& in) { return 1 / std::sqrt(static_cast<double>(in[0].size(-1))); }

at::Tensor triangle(const Tensors& in) {
    return at::tril(at::ones({in[0].size(-2), in[1].size(-2)}, at::TensorOptions(at::kBool)));
}

}  // namespace

void add_layers(TorchTable& t) {
    t["embedding"] = TORCH(at::embedding(in[0], in[1]));
    t["embedding with padding"] = TORCH(at::embedding(
        in[0], in[1], o.integer("padding") < 0 ? o.integer("padding") + in[0].size(0) : o.integer("padding")));
    t["interpolate to size"] = TORCH(to_size(in[0], o));
    t["interpolate linearly to size"] = TORCH(to_size(in[0], o));
    t["interpolate by factor"] = TORCH(by_factor(in[0], o));
    t["interpolate linearly by factor"] = TORCH(by_factor(in[0], o));

    t["scaled_dot_product_attention"] =
        TORCH(attention(in, scores(in, usual_scale(in)), o.flag("causal") ? triangle(in) : at::Tensor()));
    t["scaled_dot_product_attention with mask"] = TORCH(attention(in, scores(in, usual_scale(in)), in[3]));
    t["scaled_dot_product_attention with added mask"] = TORCH(attention(in, scores(in, o.number("scale")) + in[3], {}));
    t["dropout"] = TORCH(at::dropout(in[0], o.number("p"), o.flag("training")));
    t["alpha_dropout"] = TORCH(at::alpha_dropout(in[0], o.number("p"), o.flag("training")));
    t["feature_dropout"] = TORCH(at::feature_dropout(in[0], o.number("p"), o.flag("training")));
}

}  // namespace parity
