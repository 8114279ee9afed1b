#include <xgrad/autograd/detail/resample_operation.hpp>

#include <utility>

#include <xgrad/autograd/detail/node.hpp>

namespace xg::detail {
namespace {

/// The map of the rules, or its transpose: either's gradient is the other.
Tensor map_planes(const char* operation, const Tensor& given, const AxisRule& rows, const AxisRule& columns,
                  bool transposed) {
    Shape shape = body(given).shape;
    const std::size_t rank = shape.rank();
    const std::int64_t planes = shape[0] * shape[1];
    if (rank == 4) shape[2] = transposed ? rows.size : rows.count;
    shape[rank - 1] = transposed ? columns.size : columns.count;
    Tensor y = make_tensor(shape, body(given).dtype, operation);
    const Tensor x = make_alias(given).contiguous();
    const auto run = [&]<class T>(T*) {
        const AxisMap<T> down(rows, transposed), across(columns, transposed);
        resample(planes, down, across, data_as<T>(x), data_as<T>(y));
    };
    if (body(x).dtype == float32)
        run(static_cast<float*>(nullptr));
    else
        run(static_cast<double*>(nullptr));
    return record(operation, std::move(y), wrt(given, [=](const Tensor& g) {
                      return map_planes(transposed ? "resample" : "resample_backward", g, rows, columns, !transposed);
                  }));
}

}  // namespace

Tensor resampled(const char* operation, const Tensor& x, const AxisRule& rows, const AxisRule& columns) {
    return map_planes(operation, x, rows, columns, false);
}

}  // namespace xg::detail
