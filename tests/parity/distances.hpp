#pragma once

#include <functional>
#include <vector>

#include "operation.hpp"

// How far inputs are from where an operation has no derivative, for the operations' entries.

namespace parity {

using Distance = std::function<double(const Values&, const Options&)>;

/// The least |x - p| over the points p and the elements x of an input.
Distance off(std::vector<double> points, std::size_t input = 0);
/// The least x - low.
Distance above(double low, std::size_t input = 0);
/// How deep inside (low, high) all elements are.
Distance within(double low, double high, std::size_t input = 0);
/// The least |a - b| over the elements of the first two inputs, broadcast.
Distance apart();
/// The least difference of two elements of a group that a reduction over `axes` takes together; all axes for none. With
/// `best` +1 or -1 only of the greatest or least from the next one.
double gap(const Array& x, const Sizes& axes, bool all_axes, int best = 0);
/// gap() of the first input over the axes in the option "axes", "axis", or all.
Distance gaps(int best = 0);
/// gaps() in the order that sorting knows: NaN behind all numbers. Elements that are equal and not finite are a tie -
/// but none where `known`, for operations that say which of several they take.
Distance order_gaps(bool known, int best = 0);
/// The least of greatest minus least over the groups of two elements or more of gaps(): how far all are from being
/// equal.
Distance spread();
/// The least over the groups of gaps() of their greatest |x|: how far all are from being 0.
Distance magnitude();
/// The lesser of two.
Distance both(Distance a, Distance b);

}  // namespace parity
