#pragma once

// Special functions of one double. Only for the kernel files.

namespace xg::detail {

/// The logarithm of |Γ(x)|, without the sign that std::lgamma leaves in a variable of the whole process.
double lgamma(double x);

/// ψ(x) = Γ'(x) / Γ(x). -inf at 0, inf at -0, NaN at negative integers.
double digamma(double x);

/// The derivative of ψ of this order, from 0: ψ itself. inf, of the sign that it has on the right of it, at 0 and
/// negative integers.
double polygamma(int order, double x);

}  // namespace xg::detail
