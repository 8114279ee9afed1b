#include <xgrad/autograd/detail/attention_kernels.hpp>

#include <algorithm>
#include <limits>

#include <xgrad/autograd/detail/gemm.hpp>
#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/autograd/detail/row_softmax.hpp>
#include <xgrad/autograd/detail/scratch.hpp>
#include <xgrad/core/threads.hpp>

// A block of queries goes through scores, softmax and the product with the values while it is in the cache, so that the
// scores of all queries never lie in memory together. The backward makes the weights of a block again, from the scores
// and two numbers a query (Dao et al., FlashAttention, 2022; here with all keys at once).

namespace xg::detail {
namespace {

/// Weights of less than exp(-kFloor) of the row's greatest are 0, so that masked ones cost no more than others.
template <class T>
constexpr T kFloor = sizeof(T) == 4 ? T(87) : T(708);
template <class T>
constexpr T kLeast = sizeof(T) == 4 ? T(1.7e-38) : T(3.4e-308);  // a little above exp(-kFloor)

std::int64_t block_queries(const AttentionShape& s) {
    const std::int64_t fit = std::clamp<std::int64_t>(32768 / std::max<std::int64_t>(s.keys, 1), 16, 128);
    return std::min(fit, std::max<std::int64_t>(s.queries, 1));
}

/// Some 20 microseconds of work.
constexpr std::int64_t kParallelWork = 1 << 19;
/// Tasks that a backward is cut into where there are fewer batches.
constexpr std::int64_t kPieces = 8;

/// Queries [begin, end) of one batch, and the keys that they can attend to.
struct Block {
    std::int64_t batch, begin, end, keys;
    Block(const AttentionShape& s, std::int64_t b, std::int64_t first, std::int64_t last)
        : batch(b), begin(first), end(last), keys(s.causal ? std::min(s.keys, last) : s.keys) {}
    std::int64_t size() const { return end - begin; }
};

/// The masked scores of a block, (size, keys).
template <class T>
void scores(const AttentionShape& s, const Block& b, const T* q, const T* k, const AttentionMask<T>& mask, T* to) {
    constexpr T minus_infinity = -std::numeric_limits<T>::infinity();
    gemm(b.size(), b.keys, s.width, {q + (b.batch * s.queries + b.begin) * s.width, s.width, false},
         {k + b.batch * s.keys * s.width, s.width, true}, T(0), to, b.keys);
    const T scale = static_cast<T>(s.scale);
    for (std::int64_t i = b.begin; i < b.end; ++i, to += b.keys) {
        const std::int64_t at = mask.offsets != nullptr ? mask.offsets[b.batch] + i * mask.query_step : 0;
        if (mask.attends != nullptr) {
            for (std::int64_t j = 0; j < b.keys; ++j)
                to[j] = mask.attends[at + j * mask.key_step] ? to[j] * scale : minus_infinity;
        } else if (mask.added != nullptr) {
            for (std::int64_t j = 0; j < b.keys; ++j) to[j] = to[j] * scale + mask.added[at + j * mask.key_step];
        } else {
            for (std::int64_t j = 0; j < b.keys; ++j) to[j] *= scale;
        }
        if (s.causal) std::fill(to + std::min(b.keys, i + 1), to + b.keys, minus_infinity);
    }
}

/// to[j] = exp(to[j] - shift) of n numbers; 0 far below.
template <class T>
void exponentials(T* to, T shift, std::int64_t n) {
    for (std::int64_t j = 0; j < n; ++j) {
        const T d = to[j] - shift;
        to[j] = d < -kFloor<T> ? -kFloor<T> : d;
    }
    apply(Fn::exp, to, to, n);
    for (std::int64_t j = 0; j < n; ++j) to[j] = to[j] <= kLeast<T> ? T(0) : to[j];
}

/// Multiplies the weights of a block, or their gradients, with what dropout makes of them.
template <class T>
void drop(const AttentionShape& s, const Block& b, const AttentionDropout& dropout, std::uint8_t* kept, T* weights) {
    const T factors[2] = {T(0), static_cast<T>(dropout.scale)};
    for (std::int64_t i = b.begin; i < b.end; ++i, weights += b.keys) {
        const std::int64_t first = (b.batch * s.queries + i) * s.keys;
        dropout.mask->draw(first, first + b.keys, kept);
        for (std::int64_t j = 0; j < b.keys; ++j) weights[j] *= factors[kept[j]];
    }
}

}  // namespace

template <class T>
void attention_forward(const AttentionShape& s, const T* q, const T* k, const T* v, const AttentionMask<T>& mask,
                       const AttentionDropout& dropout, T* y, T* peaks) {
    const std::int64_t size = block_queries(s), blocks = blocks_of(s.queries, size), all = s.batches * blocks,
                       work = std::min(size, s.queries) * std::max<std::int64_t>(s.keys, 1) * (s.width + s.out + 16),
                       per_task = std::max<std::int64_t>(1, kParallelWork / std::max<std::int64_t>(work, 1));
    parallel_for(blocks_of(all, per_task), [&](std::int64_t task) {
        const Scratch<T> weights(size * s.keys);
        const Scratch<std::uint8_t> kept(dropout.mask != nullptr ? s.keys : 0);
        for (std::int64_t i = task * per_task; i < std::min(all, (task + 1) * per_task); ++i) {
            const std::int64_t begin = i % blocks * size;
            const Block b(s, i / blocks, begin, std::min(s.queries, begin + size));
            T* const p = weights.data();
            scores(s, b, q, k, mask, p);
            for (std::int64_t r = 0; r < b.size(); ++r) {
                T *const row = p + r * b.keys, *const peak = peaks + 2 * (b.batch * s.queries + b.begin + r);
                const T top = b.keys > 0 ? lane_max(row, b.keys) : -std::numeric_limits<T>::infinity();
                if (top == -std::numeric_limits<T>::infinity()) {
                    std::fill_n(row, b.keys, T(0));
                    peak[0] = std::numeric_limits<T>::infinity();
                    peak[1] = 0;
                    continue;
                }
                exponentials(row, top, b.keys);
                peak[0] = top;
                peak[1] = static_cast<T>(1 / lane_sum<T>(b.keys, [row](std::int64_t j) { return row[j]; }));
                for (std::int64_t j = 0; j < b.keys; ++j) row[j] *= peak[1];
            }
            if (dropout.mask != nullptr) drop(s, b, dropout, kept.data(), p);
            gemm(b.size(), s.out, b.keys, {p, b.keys, false}, {v + b.batch * s.keys * s.out, s.out, false}, T(0),
                 y + (b.batch * s.queries + b.begin) * s.out, s.out);
        }
    });
}

namespace {

/// The gradients from one block; those of keys and values, of the block's batch, are added.
template <class T>
struct BlockBackward {
    const AttentionShape& s;
    const T *g, *q, *k, *v;
    const AttentionMask<T>& mask;
    const AttentionDropout& dropout;
    const T* peaks;
    T *dq, *dk, *dv, *dm;

    void run(const Block& b, T* p, T* d, std::uint8_t* kept) const {
        const std::int64_t row = b.batch * s.queries + b.begin, key = b.batch * s.keys;
        scores(s, b, q, k, mask, p);
        for (std::int64_t r = 0; r < b.size(); ++r) {
            T* const weights = p + r * b.keys;
            exponentials(weights, peaks[2 * (row + r)], b.keys);
            for (std::int64_t j = 0; j < b.keys; ++j) weights[j] *= peaks[2 * (row + r) + 1];
        }
        const T* const from = g + row * s.out;
        if (dv != nullptr) {
            const T* weights = p;
            if (dropout.mask != nullptr) {
                std::copy_n(p, b.size() * b.keys, d);
                drop(s, b, dropout, kept, d);
                weights = d;
            }
            gemm(b.keys, s.out, b.size(), {weights, b.keys, true}, {from, s.out, false}, T(1), dv, s.out);
        }
        if (dq == nullptr && dk == nullptr && dm == nullptr) return;
        gemm(b.size(), b.keys, s.out, {from, s.out, false}, {v + key * s.out, s.out, true}, T(0), d, b.keys);
        if (dropout.mask != nullptr) drop(s, b, dropout, kept, d);
        for (std::int64_t r = 0; r < b.size(); ++r) softmax_backward(b, r, p + r * b.keys, d + r * b.keys);
        if (dq != nullptr)
            gemm(b.size(), s.width, b.keys, {d, b.keys, false}, {k + key * s.width, s.width, false}, T(0),
                 dq + row * s.width, s.width);
        if (dk != nullptr)
            gemm(b.keys, s.width, b.size(), {d, b.keys, true}, {q + row * s.width, s.width, false}, T(1), dk, s.width);
    }

    /// From the gradient of row r's weights to that of its scores before they were scaled.
    void softmax_backward(const Block& b, std::int64_t r, const T* p, T* d) const {
        const T along = static_cast<T>(lane_sum<T>(b.keys, [p, d](std::int64_t j) { return p[j] * d[j]; })),
                scale = static_cast<T>(s.scale);
        T* const of_mask = dm != nullptr ? dm + (b.batch * s.queries + b.begin + r) * s.keys : nullptr;
        if (of_mask != nullptr) {
            for (std::int64_t j = 0; j < b.keys; ++j) of_mask[j] = p[j] * (d[j] - along);
            std::fill(of_mask + b.keys, of_mask + s.keys, T(0));
        }
        for (std::int64_t j = 0; j < b.keys; ++j) d[j] = p[j] * (d[j] - along) * scale;
    }
};

}  // namespace

template <class T>
void attention_backward(const AttentionShape& s, const T* g, const T* q, const T* k, const T* v,
                        const AttentionMask<T>& mask, const AttentionDropout& dropout, const T* peaks, T* dq, T* dk,
                        T* dv, T* dm) {
    const std::int64_t size = block_queries(s), blocks = blocks_of(s.queries, size),
                       work = s.queries * std::max<std::int64_t>(s.keys, 1) * (s.width + s.out + 16),
                       per_task = std::max<std::int64_t>(1, kParallelWork / std::max<std::int64_t>(work, 1));
    // Keys and values collect from all queries: a task does whole batches, or, of a few large ones, a part of the
    // queries of one, with sums of its own.
    const std::int64_t pieces = per_task > 1 || s.batches == 0
                                    ? 1
                                    : std::clamp<std::int64_t>((kPieces + s.batches - 1) / s.batches, 1,
                                                               std::max<std::int64_t>(blocks, 1)),
                       blocks_each = blocks_of(blocks, pieces);
    const std::int64_t of_keys = dk != nullptr ? s.keys * s.width : 0, of_values = dv != nullptr ? s.keys * s.out : 0;
    const Scratch<T> partial(s.batches * (pieces - 1) * (of_keys + of_values));
    const auto sums_of = [&](std::int64_t batch, std::int64_t piece) {
        return partial.data() + (batch * (pieces - 1) + piece - 1) * (of_keys + of_values);
    };
    parallel_for(blocks_of(s.batches * pieces, per_task), [&](std::int64_t task) {
        const Scratch<T> p(size * s.keys), d(size * s.keys);
        const Scratch<std::uint8_t> kept(dropout.mask != nullptr ? s.keys : 0);
        for (std::int64_t i = task * per_task; i < std::min(s.batches * pieces, (task + 1) * per_task); ++i) {
            const std::int64_t batch = i / pieces, piece = i % pieces,
                               last = std::min(s.queries, (piece + 1) * blocks_each * size);
            T* const keys = dk == nullptr ? nullptr : piece == 0 ? dk + batch * of_keys : sums_of(batch, piece);
            T* const values = dv == nullptr ? nullptr
                              : piece == 0  ? dv + batch * of_values
                                            : sums_of(batch, piece) + of_keys;
            std::fill_n(keys, of_keys, T(0));
            std::fill_n(values, of_values, T(0));
            const BlockBackward<T> backward{s, g, q, k, v, mask, dropout, peaks, dq, keys, values, dm};
            for (std::int64_t begin = piece * blocks_each * size; begin < last; begin += size)
                backward.run(Block(s, batch, begin, std::min(last, begin + size)), p.data(), d.data(), kept.data());
        }
    });
    for (std::int64_t batch = 0; batch < s.batches; ++batch) {
        for (std::int64_t piece = 1; piece < pieces; ++piece) {
            const T* const sums = sums_of(batch, piece);
            for (std::int64_t j = 0; j < of_keys; ++j) dk[batch * of_keys + j] += sums[j];
            for (std::int64_t j = 0; j < of_values; ++j) dv[batch * of_values + j] += sums[of_keys + j];
        }
    }
}

template void attention_forward(const AttentionShape&, const float*, const float*, const float*,
                                const AttentionMask<float>&, const AttentionDropout&, float*, float*);
template void attention_forward(const AttentionShape&, const double*, const double*, const double*,
                                const AttentionMask<double>&, const AttentionDropout&, double*, double*);
template void attention_backward(const AttentionShape&, const float*, const float*, const float*, const float*,
                                 const AttentionMask<float>&, const AttentionDropout&, const float*, float*, float*,
                                 float*, float*);
template void attention_backward(const AttentionShape&, const double*, const double*, const double*, const double*,
                                 const AttentionMask<double>&, const AttentionDropout&, const double*, double*, double*,
                                 double*, double*);

}  // namespace xg::detail
