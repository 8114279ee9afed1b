#pragma once

#include <string_view>
#include <vector>

#include <xgrad/autograd/tensor.hpp>

// Parts of matrices and matrices made of vectors: diagonals, triangles, one-hot rows, grids. Diagonal 0 is the main
// one; those with positive numbers lie above it, those with negative ones below.

namespace xg {

/// The diagonal of a matrix, or the square matrix with a vector of n on its diagonal and zeros elsewhere, (n +
/// |offset|, n + |offset|). Throws ShapeError for other ranks.
XG_EXPORT Tensor diag(const Tensor& x, std::int64_t offset = 0);
/// The diagonals of the matrices that two axes of x make: a view without those axes, with the diagonal's elements along
/// a new last one. Throws ShapeError.
XG_EXPORT Tensor diagonal(const Tensor& x, std::int64_t offset = 0, std::int64_t axis1 = 0, std::int64_t axis2 = 1);
/// Matrices with the last axis of x on their diagonals, in the last two axes of the result, and zeros elsewhere. Throws
/// ShapeError for rank 0.
XG_EXPORT Tensor diag_embed(const Tensor& x, std::int64_t offset = 0);
/// The matrices in the last two axes with zeros above the diagonal. Throws ShapeError for a rank below 2.
XG_EXPORT Tensor tril(const Tensor& x, std::int64_t offset = 0);
/// The same with zeros below the diagonal.
XG_EXPORT Tensor triu(const Tensor& x, std::int64_t offset = 0);
/// Rows of zeros with a one where each of the int64 `indices` says: `indices.shape() + (num_classes,)`, of `dtype`.
/// With -1 there are as many classes as the greatest index asks for. Throws DTypeError; IndexError for indices that are
/// negative or too large; ValueError for a number of classes that is less than 1, or that no index tells.
XG_EXPORT Tensor one_hot(const Tensor& indices, std::int64_t num_classes = -1, DType dtype = int64);
/// Vectors as coordinates of a grid: result k has entry i of vector k along axis k, in the shape of all their sizes.
/// With `indexing` "xy" the first two axes change places, as NumPy's. Views. Throws ShapeError for ranks above 1,
/// ValueError for another indexing.
XG_EXPORT std::vector<Tensor> meshgrid(const std::vector<Tensor>& vectors, std::string_view indexing = "ij");

}  // namespace xg
