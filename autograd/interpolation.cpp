#include <xgrad/autograd/interpolation.hpp>

#include <cmath>
#include <string>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/resample_operation.hpp>
#include <xgrad/autograd/detail/window_checks.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::AxisRule;
using detail::body;

namespace {

AxisRule::Kind kind_of(Interpolation mode) {
    switch (mode) {
        case Interpolation::nearest: return AxisRule::Kind::nearest;
        case Interpolation::nearest_exact: return AxisRule::Kind::nearest_exact;
        case Interpolation::area: return AxisRule::Kind::cover;
        default: return AxisRule::Kind::linear;
    }
}

AxisRule rule(std::int64_t size, std::int64_t wanted, double factor, const InterpolateOptions& o) {
    AxisRule r{.kind = kind_of(o.mode), .size = size, .count = wanted};
    r.align_corners = o.align_corners;
    if (factor != 0) {
        if (!(factor > 0 && std::isfinite(factor)))
            throw ValueError("interpolate: expected a positive scale_factor, got " + std::to_string(factor));
        const double exact = static_cast<double>(size) * factor;
        if (exact >= 0x1p30)
            throw ValueError("interpolate: a scale_factor of " + std::to_string(factor) + " is too large");
        r.count = static_cast<std::int64_t>(exact);
        if (!o.recompute_scale_factor) r.scale = 1 / factor;
    }
    return r;
}

}  // namespace

Tensor interpolate(const Tensor& x, const InterpolateOptions& o) {
    detail::check_defined(x, "interpolate");
    const Shape& shape = body(x).shape;
    const std::size_t rank = shape.rank();
    if (rank != 3 && rank != 4)
        throw ShapeError("interpolate: expected an input of shape (N, C, L) or (N, C, H, W), got " + shape.str());
    detail::check_images(x, rank - 2, "interpolate");
    detail::check_floating(x, "interpolate");
    const Pair size = o.size;
    const Factors factor = o.scale_factor;
    const bool to_size = size.width != 0 || size.height != 0;
    if (to_size == (factor.width != 0 || factor.height != 0))
        throw ValueError("interpolate: expected either a size or a scale_factor");
    if ((o.mode == Interpolation::linear && rank != 3) || (o.mode == Interpolation::bilinear && rank != 4))
        throw ValueError(std::string("interpolate: the mode ") +
                         (rank == 3 ? "bilinear is for images" : "linear is for sequences") +
                         ", got an input of shape " + shape.str());
    if (o.align_corners && o.mode != Interpolation::linear && o.mode != Interpolation::bilinear)
        throw ValueError("interpolate: align_corners is for the modes linear and bilinear");
    if (to_size) detail::check_option(rank == 3 ? Pair(size.width) : size, 1, "size", "interpolate");
    const AxisRule rows = rank == 4 ? rule(shape[2], size.height, factor.height, o) : AxisRule{},
                   columns = rule(shape.back(), size.width, factor.width, o);
    if (rows.size < 1 || columns.size < 1 || rows.count < 1 || columns.count < 1)
        throw ShapeError("interpolate: an input of shape " + shape.str() + " cannot be resampled to the size " +
                         (rank == 4 ? Shape{rows.count, columns.count} : Shape{columns.count}).str());
    return detail::resampled("interpolate", x, rows, columns);
}

}  // namespace xg
