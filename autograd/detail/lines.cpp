#include <xgrad/autograd/detail/lines.hpp>

namespace xg::detail {

Lines lines_along(const Tensor& x, std::size_t axis) {
    Lines lines{body(x).contiguous ? x : make_alias(x).contiguous()};
    const Shape& shape = body(x).shape;
    if (shape.empty()) return lines;
    for (std::size_t i = 0; i < shape.rank(); ++i)
        (i < axis ? lines.outer : i > axis ? lines.inner : lines.size) *= shape[i];
    return lines;
}

Lines lines_over(const Tensor& x, const Shape& reduced) {
    const Body& b = body(x);
    const std::size_t rank = b.shape.rank();
    // Where the marked axes lie side by side in a row-major array nothing is to be moved.
    std::size_t runs = 0;
    bool inside = false;
    for (std::size_t i = 0; i < rank; ++i) {
        if (b.shape[i] == 1) continue;
        if (reduced[i] != 0 && !inside) ++runs;
        inside = reduced[i] != 0;
    }
    Lines lines;
    if (b.contiguous && runs <= 1) {
        lines.x = x;
        bool behind = false;
        for (std::size_t i = 0; i < rank; ++i) {
            if (reduced[i] != 0)
                lines.size *= b.shape[i];
            else
                (behind ? lines.inner : lines.outer) *= b.shape[i];
            behind = behind || (reduced[i] != 0 && b.shape[i] != 1);
        }
        return lines;
    }
    Shape shape = Shape::filled(rank, 0), strides = shape;
    std::size_t n = 0;
    for (const std::int64_t mark : {0, 1}) {
        for (std::size_t i = 0; i < rank; ++i) {
            if ((reduced[i] != 0 ? 1 : 0) != mark) continue;
            shape[n] = b.shape[i];
            strides[n++] = b.strides[i];
            (mark == 0 ? lines.outer : lines.size) *= b.shape[i];
        }
    }
    lines.x = make_view(x, std::move(shape), std::move(strides), 0).contiguous();
    return lines;
}

}  // namespace xg::detail
