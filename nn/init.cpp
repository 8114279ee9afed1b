#include <xgrad/nn/init.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

namespace xg::nn {
namespace {

constexpr std::array<std::pair<Init, const char*>, 7> names{{{Init::glorot_uniform, "glorot_uniform"},
                                                             {Init::glorot_normal, "glorot_normal"},
                                                             {Init::he_uniform, "he_uniform"},
                                                             {Init::he_normal, "he_normal"},
                                                             {Init::lecun_uniform, "lecun_uniform"},
                                                             {Init::lecun_normal, "lecun_normal"},
                                                             {Init::pytorch, "pytorch"}}};

bool is_normal(Init init) {
    return init == Init::glorot_normal || init == Init::he_normal || init == Init::lecun_normal;
}

}  // namespace

double init_variance(Init init, std::int64_t n_in, std::int64_t n_out) {
    const auto in = static_cast<double>(std::max<std::int64_t>(n_in, 1)),
               out = static_cast<double>(std::max<std::int64_t>(n_out, 1));
    switch (init) {
        case Init::glorot_uniform:
        case Init::glorot_normal: return 2 / (in + out);
        case Init::he_uniform:
        case Init::he_normal: return 2 / in;
        case Init::lecun_uniform:
        case Init::lecun_normal: return 1 / in;
        case Init::pytorch: return 1 / (3 * in);
    }
    return 0;
}

void initialize(Tensor weights, Init init, std::int64_t n_in, std::int64_t n_out) {
    const NoGrad no_grad;
    const double deviation = std::sqrt(init_variance(init, n_in, n_out));
    const TensorOptions options{.dtype = weights.dtype()};
    // A uniform number in [-a, a) has the variance a² / 3.
    weights.set_data(is_normal(init) ? randn(weights.shape(), options) * deviation
                                     : (rand(weights.shape(), options) * 2 - 1) * (deviation * std::sqrt(3.0)));
}

const char* name(Init init) noexcept {
    for (const auto& [value, text] : names)
        if (value == init) return text;
    return "";
}

Init init_from_name(const std::string& wanted) {
    std::string known;
    for (const auto& [value, text] : names) {
        if (wanted == text || wanted + "_uniform" == text) return value;
        known += known.empty() ? text : std::string(", ") + text;
    }
    throw ValueError("unknown initialisation '" + wanted + "'; expected glorot, he, lecun, or one of " + known);
}

}  // namespace xg::nn
