#include <xgrad/autograd/detail/dropout_mask.hpp>

#include <algorithm>

namespace xg::detail {

namespace {

[[gnu::tls_model("initial-exec")]] constinit thread_local std::int64_t current_first_row = 0;

}  // namespace

std::int64_t first_row() noexcept { return current_first_row; }

FirstRow::FirstRow(std::int64_t row) noexcept : before_(current_first_row) { current_first_row = row; }
FirstRow::~FirstRow() { current_first_row = before_; }

void DropoutMask::draw(std::int64_t begin, std::int64_t end, std::uint8_t* kept) const {
    const std::int64_t blocks = (row_ + 3) / 4;  // of four words, for a row
    while (begin < end) {
        const std::int64_t row = begin / row_, in_row = begin % row_, stop = std::min(row_, in_row + end - begin);
        const auto first = static_cast<std::uint64_t>((first_row_ + row) * blocks);
        for (std::int64_t j = in_row; j < stop;) {
            const auto words = stream_.block(first + static_cast<std::uint64_t>(j / 4));
            for (auto k = static_cast<std::size_t>(j % 4); k < 4 && j < stop; ++k, ++j)
                *kept++ = words[k] >= least_ ? 1 : 0;
        }
        begin += stop - in_row;
    }
}

}  // namespace xg::detail
