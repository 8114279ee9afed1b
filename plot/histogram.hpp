#pragma once

#include <vector>

#include <xgrad/core/export.hpp>
#include <xgrad/plot/figure.hpp>

namespace xg::plot {

/// How values are put into bins.
struct BinOptions {
    int bins = 0;          ///< How many, 1 to 10 000; 0: as numpy's "auto", the narrower of Sturges' and Freedman's.
    Limits range = {};     ///< Values outside are left out; an end that is NaN is that of the values.
    bool density = false;  ///< Heights whose area is 1, instead of counts.
};

/// A histogram's numbers: `heights[i]` belongs to the values from `edges[i]` up to `edges[i + 1]`, the last bin with
/// its upper edge.
struct Bins {
    std::vector<double> edges = {};
    std::vector<double> heights = {};
};

/// Equal bins, as numpy.histogram makes them: the same number, edges and counts. Where "auto" asks for more than
/// 10 000 bins, for values of which one lies far from all others, it makes 10 000. No values at all: as if the range
/// were 0 to 1; in a density every height is then NaN, as in numpy.
///
/// Throws ValueError for values that are not finite, limits that are out of order or infinite, and a number of bins
/// out of range.
XG_EXPORT Bins bin_values(const std::vector<double>& values, const BinOptions& options = {});

}  // namespace xg::plot
