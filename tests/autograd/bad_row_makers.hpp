#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <xgrad/core/error.hpp>

#include "bad_input.hpp"

// Rows that many operations have alike.

namespace bad {

using Unary = xg::Tensor (*)(const xg::Tensor&);
using Binary = xg::Tensor (*)(const xg::Tensor&, const xg::Tensor&);
using AlongAxis = xg::Tensor (*)(const xg::Tensor&, std::int64_t axis);
using Reduction = xg::Tensor (*)(const xg::Tensor&, const xg::Axes&, bool keepdims);

/// A vector.
xg::Tensor of(const std::vector<double>& values, xg::DType dtype = xg::float32);
/// bools whose bytes can be addressed, but not eight times as many: a view of one element.
xg::Tensor too_wide(const xg::Shape& shape = {std::int64_t{1} << 62});

/// An undefined tensor, and none of elements.
void undefined_and_empty(BadInputs& rows, const std::string& name, Unary f);
/// These, and NaN, which stays.
void unary(BadInputs& rows, const std::string& name, Unary f);
/// The operation at -inf, inf, -1 and 0 in both floating-point types, and at the last two in int64.
void at_ends(BadInputs& rows, const std::string& name, Unary f, const std::vector<double>& expected);
void refuses_bool(BadInputs& rows, const std::string& name, Unary f);
/// A function that gives floating-point numbers for all dtypes: all of the above but the last.
void function(BadInputs& rows, const std::string& name, Unary f, const std::vector<double>& expected);

/// Shapes that do not broadcast, or to more elements than can be addressed.
void mismatched(BadInputs& rows, const std::string& name, Binary f);
/// These, and no elements.
void broadcasting(BadInputs& rows, const std::string& name, Binary f);
/// These, and undefined tensors.
void binary(BadInputs& rows, const std::string& name, Binary f);
/// These, and the operation of (NaN, 1), (1, NaN), (inf, inf), (inf, -inf) and (-1, 0).
void arithmetic(BadInputs& rows, const std::string& name, Binary f, const std::vector<double>& expected);
/// Bools that do not fit into memory as the numbers that they become beside a number.
void refuses_wide(BadInputs& rows, const std::string& name, Binary f);
void refuses_bools(BadInputs& rows, const std::string& name, Binary f);

/// Axes that are out of range, or given twice, and shapes without elements to be reduced.
void axes(BadInputs& rows, const std::string& name, Reduction f);
/// These, and NaN in one of two rows, which makes the row's result NaN, and 1, inf and -inf together.
void reduction(BadInputs& rows, const std::string& name, Reduction f, double at_infinities);

/// An undefined tensor, and axes out of range, of an operation that works along one and to which rank 0 is one element.
void one_axis(BadInputs& rows, const std::string& name, AlongAxis f);
/// These, and shapes without elements, where the result has the shape of what is given; and bools, where it has no
/// bools or positions besides.
void along_axis(BadInputs& rows, const std::string& name, AlongAxis f);

}  // namespace bad
