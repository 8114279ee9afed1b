#pragma once

#include <string>
#include <vector>

#include <xgrad/plot/detail/model.hpp>
#include <xgrad/plot/detail/scale.hpp>

namespace xg::plot::detail {

/// The data file: blocks that gnuplot calls by number (`index`), with gaps where values can't be shown.
class Blocks {
public:
    /// Adds what of `series` can be shown. The numbers of its blocks: a band has one for each unbroken piece, since
    /// gnuplot would fill across a gap; the others have one, or none if nothing can be shown.
    std::vector<int> add(const Series& series, const Scale& x, const Scale& y);

    /// Adds the points of a line that have no neighbour, which a line would not show. -1 if there are none.
    int add_lonely(const Series& series, const Scale& x, const Scale& y);

    /// Adds the cells of a matrix that are finite, with their places between the ends of the colours, 0 to 1. -1 if
    /// there are none.
    int add(const Matrix& matrix, const Scale& colors);

    const std::string& text() const noexcept { return text_; }

private:
    int begin(const char* columns, const std::string& label);
    int count_ = 0;
    std::string text_;
};

}  // namespace xg::plot::detail
