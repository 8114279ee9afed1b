#include <xgrad/autograd/embedding.hpp>

#include <algorithm>
#include <cstring>
#include <string>

#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/sample_rules.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>

namespace xg {

using detail::blocks_of;
using detail::body;
using detail::data_as;
using detail::make_tensor;
using detail::record;
using detail::saved;
using detail::Scratch;
using detail::wrt;

namespace {

Tensor scatter_rows(const Tensor& g, const Tensor& indices, std::int64_t rows, std::int64_t skip);

struct TableFormula {
    detail::Saved indices;
    const detail::Storage* source;  // of the indices as they were given; only compared
    std::int64_t rows, padding;

    Tensor operator()(const Tensor& g) const { return scatter_rows(g, indices.get(), rows, padding); }
    bool reads(const detail::Storage* storage) const noexcept { return storage == source; }

    /// g without the rows of the padding.
    Tensor counted(const Tensor& g, const Tensor& index) const {
        return padding < 0 ? g : where(unsqueeze(index == padding, -1), 0, g);
    }
    /// A table a sample, all below one another.
    Tensor per_sample(const Tensor& g) const {
        const Tensor index = indices.get();
        if (body(index).shape.empty()) return {};
        const std::int64_t n = body(index).shape[0];
        Shape column = Shape::filled(body(index).shape.rank(), 1);
        column[0] = n;
        const Tensor moved = (index + (arange(0, n) * rows).reshape(column)).contiguous();
        return scatter_rows(counted(g, index), moved, n * rows, -1).reshape({n, rows, body(g).shape.back()});
    }
    /// Rows of g add up where their indices are equal.
    Tensor per_sample_norms(const Tensor& g) const {
        const Tensor index = indices.get();
        if (body(index).shape.empty() || body(index).numel == 0) return {};
        const std::int64_t n = body(index).shape[0], tokens = body(index).numel / n;
        const Tensor v = counted(g, index).reshape({n, tokens, body(g).shape.back()}),
                     flat = index.reshape({n, tokens});
        if (tokens == 1) return norm(v, 2, {1, 2});
        return detail::norms_of_sums(v, unsqueeze(flat, 2) == unsqueeze(flat, 1));
    }
};

/// The rows of `table` that `indices` name; zeros for index `skip`. `source_of_indices` is what the user gave for them.
Tensor gather_rows(const char* op, const Tensor& table, const Tensor& indices, std::int64_t padding, bool skip,
                   const detail::Storage* source_of_indices = nullptr) {
    const std::int64_t n = body(indices).numel, rows = body(table).shape[0], width = body(table).shape[1],
                       bytes = width * item_size(body(table).dtype);
    const std::int64_t* const index = data_as<std::int64_t>(indices);
    Tensor y = make_tensor(body(indices).shape.inserted(body(indices).shape.rank(), width), body(table).dtype, op);
    const Tensor from = detail::make_alias(table).contiguous();
    const char* const source = body(from).data;
    char* const to = body(y).data;
    const std::int64_t per_block = detail::rows_per_block(width);
    if (bytes > 0) {
        parallel_for(blocks_of(n, per_block), [&](std::int64_t block) {
            for (std::int64_t i = block * per_block; i < std::min(n, (block + 1) * per_block); ++i) {
                if (skip && index[i] == padding)
                    std::memset(to + i * bytes, 0, static_cast<std::size_t>(bytes));
                else
                    std::memcpy(to + i * bytes, source + index[i] * bytes, static_cast<std::size_t>(bytes));
            }
        });
    }
    return record(op, std::move(y), wrt(table, TableFormula{saved(indices), source_of_indices, rows, padding}));
}

/// Each of the indices' places, grouped by row of the table and in order: row r's are order[first[r]] to order[first[r
/// + 1] - 1].
void group(const std::int64_t* index, std::int64_t n, std::int64_t rows, std::int64_t* first, std::int64_t* order) {
    std::fill_n(first, rows + 1, std::int64_t{0});
    for (std::int64_t i = 0; i < n; ++i) ++first[index[i] + 1];
    for (std::int64_t r = 0; r < rows; ++r) first[r + 1] += first[r];
    for (std::int64_t i = 0; i < n; ++i) order[first[index[i]]++] = i;
    // Each first has become the next row's.
    std::copy_backward(first, first + rows, first + rows + 1);
    first[0] = 0;
}

/// The sum of `count` rows of g, which are named by `order`: a few dozen in T, of these sums in double precision.
template <class T>
void sum_rows(const T* g, const std::int64_t* order, std::int64_t count, std::int64_t width, T* to) {
    constexpr std::int64_t few = 64;
    const auto add = [&](std::int64_t begin, std::int64_t end) {
        std::fill_n(to, width, T(0));
        for (std::int64_t i = begin; i < end; ++i)
            for (std::int64_t j = 0; j < width; ++j) to[j] += g[order[i] * width + j];
    };
    if (count <= few) return add(0, count);
    const Scratch<double> total(width);
    std::fill_n(total.data(), width, 0.0);
    for (std::int64_t begin = 0; begin < count; begin += few) {
        add(begin, std::min(count, begin + few));
        for (std::int64_t j = 0; j < width; ++j) total[j] += static_cast<double>(to[j]);
    }
    for (std::int64_t j = 0; j < width; ++j) to[j] = static_cast<T>(total[j]);
}

/// A table of `rows` rows, each the sum of those rows of g whose index is its own; zeros for row `padding`.
Tensor scatter_rows(const Tensor& g, const Tensor& indices, std::int64_t rows, std::int64_t padding) {
    const Tensor from = detail::make_alias(g).contiguous();
    const std::int64_t n = body(indices).numel, width = body(g).shape.back();
    Tensor table = make_tensor({rows, width}, body(g).dtype);
    const Scratch<std::int64_t> first(rows + 1), order(n);
    group(data_as<std::int64_t>(indices), n, rows, first.data(), order.data());
    const auto run = [&]<class T>(T*) {
        const T* const source = data_as<T>(from);
        T* const to = data_as<T>(table);
        const std::int64_t per_block = detail::rows_per_block(width);
        parallel_for(blocks_of(rows, per_block), [&](std::int64_t block) {
            for (std::int64_t r = block * per_block; r < std::min(rows, (block + 1) * per_block); ++r)
                sum_rows(source, order.data() + first[r], r == padding ? 0 : first[r + 1] - first[r], width,
                         to + r * width);
        });
    };
    if (body(g).dtype == float32)
        run(static_cast<float*>(nullptr));
    else
        run(static_cast<double*>(nullptr));
    return record("embedding_backward", std::move(table), wrt(g, [indices = saved(indices), padding](const Tensor& gg) {
                      return gather_rows("embedding", gg, indices.get(), padding, true);
                  }));
}

}  // namespace

Tensor embedding(const Tensor& indices, const Tensor& weight, const EmbeddingOptions& options) {
    detail::check_defined(indices, "embedding");
    detail::check_defined(weight, "embedding");
    if (body(indices).dtype != int64)
        throw DTypeError(std::string("embedding: expected int64 indices, got ") + name(body(indices).dtype));
    const Shape& shape = body(weight).shape;
    if (shape.rank() != 2) throw ShapeError("embedding: expected weights of shape (V, D), got " + shape.str());
    // No row: -1.
    std::int64_t padding = -1;
    if (options.padding_idx) {
        padding = *options.padding_idx < 0 ? *options.padding_idx + shape[0] : *options.padding_idx;
        if (padding < 0 || padding >= shape[0])
            throw ValueError("embedding: padding_idx " + std::to_string(*options.padding_idx) +
                             " is no row of weights of shape " + shape.str());
    }
    const Tensor places = indices.contiguous();
    const std::int64_t* const index = data_as<std::int64_t>(places);
    for (std::int64_t i = 0; i < body(places).numel; ++i)
        if (index[i] < 0 || index[i] >= shape[0])
            throw IndexError("embedding: index " + std::to_string(index[i]) + " is out of range for the " +
                             std::to_string(shape[0]) + " rows of weights of shape " + shape.str());
    return gather_rows("embedding", weight, places, padding, false, body(indices).storage.get());
}

}  // namespace xg
