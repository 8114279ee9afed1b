#include <xgrad/data/detail/rows.hpp>

#include <algorithm>
#include <bit>
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

template <int width, class T>
void copy_narrow_rows(const T* from, T* to, const std::int64_t* order, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) std::memcpy(to + i * width, from + order[i] * width, width * sizeof(T));
}

template <class T>
void copy_rows(const T* from, T* to, const std::int64_t* order, std::int64_t n, std::int64_t width) {
    // Labels and a few features: a call of memcpy for each row would take longer than the copy.
    switch (width) {
        case 1: return copy_narrow_rows<1>(from, to, order, n);
        case 2: return copy_narrow_rows<2>(from, to, order, n);
        case 3: return copy_narrow_rows<3>(from, to, order, n);
        case 4: return copy_narrow_rows<4>(from, to, order, n);
        default: break;
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
    gather_rows(tensor, order, n, result);
    return result;
}

void gather_rows(const Tensor& tensor, const std::int64_t* order, std::int64_t n, Tensor& result) {
    if (result.numel() == 0) return;
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
}

Philox pass_stream(const std::optional<std::uint64_t>& seed, std::uint64_t& epoch) {
    // The upper half of a seed's streams: what manual_seed hands out for the same seed counts from 0.
    constexpr std::uint64_t first_stream = std::uint64_t{1} << 63;
    return seed ? Philox(*seed, first_stream | epoch++) : next_stream();
}

Tensor shuffled_order(std::int64_t n, const Philox& stream) {
    Tensor result = empty({n}, {.dtype = int64});
    if (n == 0) return result;
    auto* order = result.mutable_data<std::int64_t>();
    for (std::int64_t i = 0; i < n; ++i) order[i] = i;

    std::array<std::uint32_t, 64> words{};
    std::uint64_t counter = 0;
    std::size_t used = words.size();
    const auto next = [&] {
        if (used == words.size()) {
            stream.sixteen_blocks(counter, words);
            counter += 16;
            used = 0;
        }
        return words[used++];
    };
    std::int64_t i = n - 1;
    // Places past 32 bits take two words each.
    for (constexpr std::int64_t last = 0xffffffff; i > last;) {
        const std::uint64_t low = next(), value = (low | static_cast<std::uint64_t>(next()) << 32) &
                                                  covering_mask(static_cast<std::uint64_t>(i));
        if (value > static_cast<std::uint64_t>(i)) continue;
        std::swap(order[i--], order[value]);
    }
    // As fisher_yates: from the last place to the first, each with one at random up to it, words masked until one fits.
    // But without a branch, which would be mispredicted at every third word: one that does not fit changes nothing.
    while (i > 0) {
        const std::uint32_t mask = ~std::uint32_t{0} >> std::countl_zero(static_cast<std::uint32_t>(i));
        const auto value = static_cast<std::int64_t>(next() & mask);
        const bool fits = value <= i;
        const std::int64_t j = fits ? value : i, there = order[j];
        order[j] = order[i];
        order[i] = there;
        i -= fits ? 1 : 0;
    }
    return result;
}

}  // namespace xg::data::detail
