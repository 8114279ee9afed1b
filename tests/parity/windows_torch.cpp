#include <cstddef>

#include "dense_torch.hpp"
#include "families_torch.hpp"

namespace parity {
namespace {

/// An option for each axis of the windows, of which there may be one.
Sizes each(const Options& o, const std::string& name) {
    if (const auto* one = std::get_if<std::int64_t>(&o.at(name))) return {*one};
    return o.list(name);
}

/// The steps of pooling's windows: 0 stands for the kernel's size.
Sizes steps(const Options& o) {
    Sizes result = each(o, "stride");
    const Sizes kernel = each(o, "kernel");
    for (std::size_t k = 0; k < result.size(); ++k)
        if (result[k] == 0) result[k] = kernel[k];
    return result;
}

using Bias = c10::optional<at::Tensor>;

at::Tensor convolution(const Tensors& in, const Bias& bias, const Options& o) {
    const Sizes stride = each(o, "stride"), padding = each(o, "padding"), dilation = each(o, "dilation");
    if (stride.size() == 1)
        return at::conv1d(dense(in[0]), dense(in[1]), bias, stride, padding, dilation, o.integer("groups"));
    return at::conv2d(dense(in[0]), dense(in[1]), bias, stride, padding, dilation, o.integer("groups"));
}

at::Tensor transposed(const Tensors& in, const Bias& bias, const Options& o) {
    const Sizes stride = each(o, "stride"), padding = each(o, "padding"), more = each(o, "output_padding"),
                dilation = each(o, "dilation");
    const std::int64_t groups = o.integer("groups");
    if (stride.size() == 1)
        return at::conv_transpose1d(dense(in[0]), dense(in[1]), bias, stride, padding, more, groups, dilation);
    return at::conv_transpose2d(dense(in[0]), dense(in[1]), bias, stride, padding, more, groups, dilation);
}

std::tuple<at::Tensor, at::Tensor> greatest(const at::Tensor& x, const Options& o) {
    const Sizes kernel = each(o, "kernel"), padding = each(o, "padding"), dilation = each(o, "dilation");
    if (kernel.size() == 1) return at::max_pool1d_with_indices(x, kernel, steps(o), padding, dilation, o.flag("ceil"));
    return at::max_pool2d_with_indices(x, kernel, steps(o), padding, dilation, o.flag("ceil"));
}

at::Tensor averages(const at::Tensor& x, const Options& o) {
    const Sizes kernel = each(o, "kernel"), padding = each(o, "padding");
    if (kernel.size() == 1) return at::avg_pool1d(x, kernel, steps(o), padding, o.flag("ceil"), o.flag("count_pad"));
    const std::int64_t divisor = o.integer("divisor");
    return at::avg_pool2d(x, kernel, steps(o), padding, o.flag("ceil"), o.flag("count_pad"),
                          divisor == 0 ? c10::nullopt : c10::make_optional(divisor));
}

}  // namespace

void add_windows(TorchTable& t) {
    t["conv1d"] = TORCH(convolution(in, in[2], o));
    t["conv1d without bias"] = TORCH(convolution(in, {}, o));
    t["conv2d"] = TORCH(convolution(in, in[2], o));
    t["conv2d without bias"] = TORCH(convolution(in, {}, o));
    t["conv_transpose1d"] = TORCH(transposed(in, in[2], o));
    t["conv_transpose1d without bias"] = TORCH(transposed(in, {}, o));
    t["conv_transpose2d"] = TORCH(transposed(in, in[2], o));
    t["conv_transpose2d without bias"] = TORCH(transposed(in, {}, o));

    t["max_pool1d"] = TORCH(at::max_pool1d(dense(in[0]), each(o, "kernel"), steps(o), each(o, "padding"),
                                           each(o, "dilation"), o.flag("ceil")));
    t["max_pool2d"] = TORCH(at::max_pool2d(dense(in[0]), each(o, "kernel"), steps(o), each(o, "padding"),
                                           each(o, "dilation"), o.flag("ceil")));
    t["max_pool1d_with_indices"] = TORCH(greatest(dense(in[0]), o));
    t["max_pool2d_with_indices"] = TORCH(greatest(dense(in[0]), o));
    t["avg_pool1d"] = TORCH(averages(dense(in[0]), o));
    t["avg_pool2d"] = TORCH(averages(dense(in[0]), o));
    t["adaptive_avg_pool1d"] = TORCH(at::adaptive_avg_pool1d(dense(in[0]), each(o, "size")));
    t["adaptive_avg_pool2d"] = TORCH(at::adaptive_avg_pool2d(dense(in[0]), each(o, "size")));
    t["adaptive_max_pool1d"] = TORCH(std::get<0>(at::adaptive_max_pool1d(dense(in[0]), each(o, "size"))));
    t["adaptive_max_pool1d_with_indices"] = TORCH(at::adaptive_max_pool1d(dense(in[0]), each(o, "size")));
    t["adaptive_max_pool2d"] = TORCH(std::get<0>(at::adaptive_max_pool2d(dense(in[0]), each(o, "size"))));
    t["adaptive_max_pool2d_with_indices"] = TORCH(at::adaptive_max_pool2d(dense(in[0]), each(o, "size")));
}

}  // namespace parity
