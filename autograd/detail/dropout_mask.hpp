#pragma once

#include <cmath>
#include <cstdint>

#include <xgrad/core/export.hpp>
#include <xgrad/core/random.hpp>

namespace xg::detail {

/// The row of the whole batch that is row 0 of what this thread works on, where a batch is cut: dropout draws by a
/// row's place in the batch.
XG_EXPORT std::int64_t first_row() noexcept;

/// Sets it for a scope. Parts of a batch that take equally many streams of a generator, seeded alike, then draw as the
/// batch would as a whole.
class XG_EXPORT FirstRow {
public:
    explicit FirstRow(std::int64_t row) noexcept;
    ~FirstRow();
    FirstRow(const FirstRow&) = delete;
    FirstRow& operator=(const FirstRow&) = delete;

private:
    std::int64_t before_;
};

/// Which elements of an array dropout keeps. Element j of row r draws word j of the numbers that belong to row r of the
/// batch, so that cutting a batch into parts changes nothing.
class DropoutMask {
public:
    /// `row` elements lie behind one another along the first axis; each is dropped with probability p.
    DropoutMask(const Philox& stream, double p, std::int64_t row)
        : stream_(stream), row_(row), first_row_(first_row()), least_(static_cast<std::uint64_t>(std::ldexp(p, 32))) {}
    /// For elements [begin, end) of the array: 1 where kept, else 0.
    void draw(std::int64_t begin, std::int64_t end, std::uint8_t* kept) const;

private:
    Philox stream_;
    std::int64_t row_, first_row_;
    std::uint64_t least_;  ///< Words below it drop their element.
};

}  // namespace xg::detail
