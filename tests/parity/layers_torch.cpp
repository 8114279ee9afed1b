#include <cmath>
#include <limits>

#include "families_torch.hpp"

namespace parity {
namespace {

using Factors = c10::optional<at::ArrayRef<double>>;

/// The elements of `mode` nearest. libtorch's derivatives, and its results in some layouts, take a factor near 1 or 2
/// for 1 or 2, and round places to float32, which other results do not: of its own only places are taken, in a layout
/// that is none of those.
at::Tensor nearest(const at::Tensor& x, bool exact, at::OptionalIntArrayRef size, Factors factors) {
    Sizes plane = {1, 1}, shape = {x.size(0), x.size(1)};
    plane.insert(plane.end(), x.sizes().begin() + 2, x.sizes().end());
    const std::int64_t n = elements(plane);
    const at::Tensor ramp = at::arange(n, at::TensorOptions(at::kDouble)).reshape(plane),
                     twice = at::cat({ramp, ramp}, 1);
    const bool flat = x.dim() == 3;
    at::Tensor places;
    if (exact)
        places = flat ? at::_upsample_nearest_exact1d(twice, size, factors)
                      : at::_upsample_nearest_exact2d(twice, size, factors);
    else
        places = flat ? at::upsample_nearest1d(twice, size, factors) : at::upsample_nearest2d(twice, size, factors);
    shape.insert(shape.end(), places.sizes().begin() + 2, places.sizes().end());
    const at::Tensor line = x.reshape({x.size(0), x.size(1), n});
    return at::index_select(line, 2, places[0][0].flatten().to(at::kLong)).reshape(shape);
}

/// `size` or `factors`, one for each of x's last axes.
at::Tensor resampled(const at::Tensor& x, const Options& o, at::OptionalIntArrayRef size, Factors factors) {
    const std::string& mode = o.choice("mode");
    const bool aligned = o.flag("align_corners"), flat = x.dim() == 3;
    if (mode == "xg::Interpolation::nearest") return nearest(x, false, size, factors);
    if (mode == "xg::Interpolation::nearest_exact") return nearest(x, true, size, factors);
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
