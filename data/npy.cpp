#include <xgrad/data/npy.hpp>

#include <array>
#include <utility>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/file.hpp>
#include <xgrad/data/detail/npy_format.hpp>

namespace xg::data {

Tensor read_npy(const std::string& path, const ArrayFileOptions& options) {
    return detail::parse_npy(read_file(path), options.dtype, "read_npy: '" + path + "'");
}

void write_npy(const std::string& path, const Tensor& tensor) {
    if (!tensor.defined()) throw ValueError("write_npy: the tensor for '" + path + "' is undefined");
    const Tensor rows = tensor.contiguous();
    const std::string header = detail::npy_header(rows.shape(), rows.dtype());
    const std::array<std::string_view, 2> pieces = {
        header, {xg::detail::data_as<char>(rows), static_cast<std::size_t>(rows.numel() * item_size(rows.dtype()))}};
    std::size_t i = 0;
    write_file(path, [&] { return i < pieces.size() ? pieces[i++] : std::string_view(); });
}

}  // namespace xg::data
