#include <xgrad/data/detail/rows.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/data/detail/numpy_random.hpp>

namespace xg::data::detail {

namespace {

template <class T>
void copy_rows(const T* from, T* to, const std::int64_t* order, std::int64_t n, std::int64_t width) {
    if (width == 1) {  // labels: a call of memcpy for each would take longer than the copy
        for (std::int64_t i = 0; i < n; ++i) to[i] = from[order[i]];
        return;
    }
    const std::size_t bytes = static_cast<std::size_t>(width) * sizeof(T);
    for (std::int64_t i = 0; i < n; ++i) std::memcpy(to + i * width, from + order[i] * width, bytes);
}

}  // namespace

std::int64_t check_rows(const char* operation, const Tensor& x, const Tensor& y) {
    const std::string start = std::string(operation) + ": ";
    if (!x.defined() || !y.defined())
        throw ValueError(start + (x.defined() ? "y" : "x") + " is undefined, expected a tensor");
    const std::string shapes = "x has shape " + x.shape().str() + " and y " + y.shape().str();
    if (x.rank() == 0 || y.rank() == 0) throw ShapeError(start + shapes + ", expected a first axis of samples in both");
    if (x.size(0) != y.size(0))
        throw ShapeError(start + shapes + ", expected as many entries along the first axis of both");
    return x.size(0);
}

Tensor gather_rows(const Tensor& tensor, const std::int64_t* order, std::int64_t n) {
    Shape shape = tensor.shape();
    shape[0] = n;
    Tensor result = empty(shape, {.dtype = tensor.dtype()});
    if (result.numel() == 0) return result;
    const std::int64_t width = result.numel() / n;
    xg::detail::dispatch(tensor.dtype(), [&]<class T>(T*) {
        const T* from = tensor.data<T>();
        T* to = result.mutable_data<T>();
        // Blocks of about 1 MB: enough work to be worth handing to another thread.
        const std::int64_t rows =
            std::max<std::int64_t>(1, (std::int64_t{1} << 20) / (width * static_cast<std::int64_t>(sizeof(T))));
        parallel_for((n + rows - 1) / rows, [&](std::int64_t block) {
            const std::int64_t first = block * rows;
            copy_rows(from, to + first * width, order + first, std::min(rows, n - first), width);
        });
    });
    return result;
}

Tensor shuffled_order(std::int64_t n, const Philox& stream) {
    Tensor result = empty({n}, {.dtype = int64});
    if (n == 0) return result;
    auto* order = result.mutable_data<std::int64_t>();
    for (std::int64_t i = 0; i < n; ++i) order[i] = i;

    std::array<std::uint32_t, 4> words{};
    std::uint64_t counter = 0;
    std::size_t used = words.size();
    const auto next = [&] {
        if (used == words.size()) {
            words = stream.block(counter++);
            used = 0;
        }
        return words[used++];
    };
    fisher_yates(order, n, [&](std::uint64_t max) {
        const std::uint64_t mask = covering_mask(max);
        std::uint64_t value;
        do {
            value = next();
            if (mask > 0xffffffffU) value |= static_cast<std::uint64_t>(next()) << 32;
            value &= mask;
        } while (value > max);
        return value;
    });
    return result;
}

}  // namespace xg::data::detail
