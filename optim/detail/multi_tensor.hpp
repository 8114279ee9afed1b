#pragma once

#include <array>
#include <cstdint>
#include <vector>

// A whole optimizer step as one pass: all parameters, however many and however small, are one long range of numbers
// that is cut into blocks.

namespace xg::optim::detail {

/// The most arrays beside a parameter and its gradient, and the most numbers of a formula.
inline constexpr std::size_t kMaxSlots = 3, kMaxNumbers = 10;

struct Piece;
/// Updates elements [begin, end) of a piece.
using Kernel = void (*)(const Piece& piece, std::int64_t begin, std::int64_t end);

/// One array of a pass: a parameter with its gradient and what the optimizer keeps beside it, all contiguous and
/// equally long.
struct Piece {
    Kernel kernel = nullptr;
    void* parameter = nullptr;
    const void* gradient = nullptr;
    std::array<void*, kMaxSlots> slots{};
    std::int64_t numel = 0;
    std::int64_t first = 0;  ///< Where it begins in the range of all pieces; `lay_out` sets it.
    std::array<double, kMaxNumbers> numbers{};
};

/// Numbers a block holds: with three or four arrays it stays within a core's second cache.
inline constexpr std::int64_t kBlock = 16384;

/// Places the pieces one after another, each from a multiple of 64 on, so that a block's vectors are whole wherever it
/// begins. Returns how many blocks they make.
std::int64_t lay_out(std::vector<Piece>& pieces) noexcept;

/// Calls f(piece, begin, end) for the parts of pieces that lie in a block.
template <class F>
void for_block(const std::vector<Piece>& pieces, std::int64_t block, F&& f);

/// Runs each piece's kernel over all its elements, on all threads. Blocks are cut by size alone.
void run(std::vector<Piece>& pieces);

template <class F>
void for_block(const std::vector<Piece>& pieces, std::int64_t block, F&& f) {
    const std::int64_t begin = block * kBlock, end = begin + kBlock;
    // The last piece that begins at or before the block.
    std::size_t low = 0, high = pieces.size();
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        if (pieces[middle].first <= begin)
            low = middle;
        else
            high = middle;
    }
    for (; low < pieces.size() && pieces[low].first < end; ++low) {
        const Piece& piece = pieces[low];
        const std::int64_t from = begin > piece.first ? begin - piece.first : 0;
        const std::int64_t to = end - piece.first < piece.numel ? end - piece.first : piece.numel;
        if (from < to) f(piece, from, to);
    }
}

}  // namespace xg::optim::detail
