#pragma once

#include <cstdint>
#include <utility>
#include <variant>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/export.hpp>
#include <xgrad/data/one_or_each.hpp>
#include <xgrad/data/samples.hpp>

namespace xg::data {

/// Options of `make_blobs`, with scikit-learn's names and defaults.
struct BlobsOptions {
    /// Samples in all, dealt out evenly, at least 1; or a list with those of each centre, at least 0 each.
    OneOrEach<std::int64_t> n_samples = 100;
    std::int64_t n_features = 2;  ///< Columns of x, at least 1; of no use where the centres are given.
    /// The number of centres to draw, at least 1; or the centres, (n_centers, n_features), of any dtype and finite.
    /// Where nothing is said, as many as n_samples lists, else 3.
    std::variant<std::monostate, std::int64_t, Tensor> centers = {};
    OneOrEach<double> cluster_std = 1.0;                 ///< Of all clusters, or of each; at least 0, finite.
    std::pair<double, double> center_box = {-10., 10.};  ///< Bounds of the centres that are drawn; the lower first.
    bool shuffle = true;                                 ///< Shuffles the samples; else they lie cluster by cluster.
    /// The seed. Unlike scikit-learn's default, this one gives the same numbers every time.
    std::uint32_t random_state = 0;
    DType dtype = float32;  ///< Of x and the centres: float32 or float64.
};

/// Normal clusters and their centres.
struct Blobs {
    Tensor x;        ///< Inputs, (n, n_features).
    Tensor y;        ///< The cluster of each, int64 of (n,).
    Tensor centers;  ///< (n_centers, n_features).
};

/// Round normal clusters, with the numbers of scikit-learn's `make_blobs` for the same `random_state`.
///
/// x is (n, n_features), y, the number of the cluster, int64 of (n,). Numbers are drawn in float64, and x is cast at
/// the end. Throws ValueError for options out of range or that do not fit each other, naming them, ShapeError for
/// centres that are no matrix, and DTypeError for a dtype that is not a floating-point type.
XG_EXPORT Samples make_blobs(const BlobsOptions& options = {});

/// The same clusters with their centres: `auto [x, y, centers] = …`, scikit-learn's `return_centers=True`.
XG_EXPORT Blobs make_blobs_with_centers(const BlobsOptions& options = {});

}  // namespace xg::data
