#pragma once

#include <cmath>
#include <cstdint>

#include <xgrad/core/random.hpp>

namespace xg::detail {

/// The first row of the batch that this thread works on, where a batch is cut: dropout draws by a row's place in the whole batch.
extern constinit thread_local std::int64_t first_row [[gnu::tls_model("initial-exec")]];

/// Says for a scope that the tensors' first rows are row `row` of the batch.
class FirstRow {
public:
    explicit FirstRow(std::int64_t row) noexcept : before_(first_row) { first_row = row; }
    ~FirstRow() { first_row = before_; }
    FirstRow(const FirstRow&) = delete;
    FirstRow& operator=(const FirstRow&) = delete;

private:
    std::int64_t before_;
};

/// Which elements of an array dropout keeps. Element j of row r draws word j of the numbers that belong to row r of the batch, so that cutting
/// a batch into parts changes nothing.
class DropoutMask {
public:
    /// `row` elements lie behind one another along the first axis; each is dropped with probability p.
    DropoutMask(const Philox& stream, double p, std::int64_t row)
        : stream_(stream), row_(row), first_row_(first_row), least_(static_cast<std::uint64_t>(std::ldexp(p, 32))) {}
    /// For elements [begin, end) of the array: 1 where kept, else 0.
    void draw(std::int64_t begin, std::int64_t end, std::uint8_t* kept) const;

private:
    Philox stream_;
    std::int64_t row_, first_row_;
    std::uint64_t least_;  ///< Words below it drop their element.
};

}  // namespace xg::detail
