#include <xgrad/optim/detail/multi_tensor.hpp>

#include <xgrad/core/threads.hpp>

namespace xg::optim::detail {

std::int64_t lay_out(std::vector<Piece>& pieces) noexcept {
    std::int64_t next = 0;
    for (Piece& piece : pieces) {
        piece.first = next;
        next += (piece.numel + 63) / 64 * 64;
    }
    return (next + kBlock - 1) / kBlock;
}

void run(std::vector<Piece>& pieces) {
    const std::int64_t blocks = lay_out(pieces);
    parallel_for(blocks, [&pieces](std::int64_t block) {
        for_block(pieces, block,
                  [](const Piece& piece, std::int64_t begin, std::int64_t end) { piece.kernel(piece, begin, end); });
    });
}

}  // namespace xg::optim::detail
