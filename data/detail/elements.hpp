#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <xgrad/autograd/tensor.hpp>

namespace xg::data::detail {

/// How a file writes an element.
struct ElementType {
    char kind = 'f';       ///< As NumPy names it: b(ool), i(nteger), u(nsigned) or f(loat).
    int size = 4;          ///< Bytes: 1 for b; 1, 2, 4, 8 for i and u; 2, 4, 8 for f.
    bool swapped = false;  ///< Whether its bytes lie in the order of other machines than this one.
};

/// What a file says that it holds. `where` begins the messages: `read_npy: 'x.npy'`.
struct ArrayHeader {
    ElementType type;
    Shape shape;
    bool fortran = false;  ///< The first axis runs fastest.
};

/// The number of bytes of the elements. Throws FileError for more than can be addressed, as elements of any dtype of
/// xgrad's.
std::uint64_t checked_bytes(const ArrayHeader& header, const std::string& where);

/// Throws FileError unless `bytes`, what follows the header, are just those of the elements.
void check_size(const ArrayHeader& header, std::uint64_t bytes, const std::string& where);

/// The elements that begin at `offset` of `content`, which must be all that follows. Takes over the memory where no
/// element changes.
Tensor take_elements(std::string&& content, std::size_t offset, const ArrayHeader& header, std::optional<DType> dtype,
                     const std::string& where);

}  // namespace xg::data::detail
