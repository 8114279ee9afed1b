#include <xgrad/autograd/detail/special.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace xg::detail {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Bernoulli's numbers B2, B4, …, B30.
constexpr std::array<double, 15> kBernoulli = {1.0 / 6,
                                               -1.0 / 30,
                                               1.0 / 42,
                                               -1.0 / 30,
                                               5.0 / 66,
                                               -691.0 / 2730,
                                               7.0 / 6,
                                               -3617.0 / 510,
                                               43867.0 / 798,
                                               -174611.0 / 330,
                                               854513.0 / 138,
                                               -236364091.0 / 2730,
                                               8553103.0 / 6,
                                               -23749461029.0 / 870,
                                               8615841276005.0 / 14322};

/// ζ(s, x) = Σ (x + k)^-s, for whole s >= 2 and x > 0: some terms, then the formula of Euler and Maclaurin for the rest
/// (NIST's Digital Library of Mathematical Functions, 25.11.43). Times unit^s, which may keep it within the range of
/// numbers.
double hurwitz_zeta(int s, double x, double unit = 1) {
    const double power = -s;
    // The series for the rest loses nothing once its argument is well above s.
    const double start = 12 + 0.5 * s;
    double sum = 0, from = x;
    for (; from < start; from += 1) {
        const double term = std::pow(from / unit, power);
        sum += term;
        if (term <= sum * 1e-19) return sum;
    }
    const double term = std::pow(from / unit, power);
    double rest = from * term / (s - 1) + term / 2, factor = s * term / from / 2;
    for (std::size_t k = 0; k < kBernoulli.size(); ++k) {
        const double change = kBernoulli[k] * factor;
        rest += change;
        if (std::abs(change) <= 1e-17 * std::abs(rest)) break;
        const double n = 2 * static_cast<double>(k) + 2;  // factor: s (s + 1) … (s + n - 2) / n! / from^(s + n - 1)
        factor *= (s + n - 1) / (n + 1) * ((s + n) / (n + 2)) / (from * from);
    }
    return sum + rest;
}

/// n! ζ(n + 1, x), by logarithms where one of the two leaves the range of numbers, but their product may not.
double factorial_times_zeta(int n, double x) {
    const double factorial = std::tgamma(n + 1.0), zeta = hurwitz_zeta(n + 1, x);
    if (std::isfinite(factorial) && zeta > 1e-290) return factorial * zeta;
    return std::exp(lgamma(n + 1.0) - (n + 1) * std::log(x)) * hurwitz_zeta(n + 1, x, x);
}

/// polygamma of a negative x between poles, by its series (5.15.1): the terms beyond 0 and those before, which are of
/// the other sign where the order is even. For orders so high that the cotangent's polynomial would leave the range of
/// numbers.
double polygamma_by_series(int order, double x) {
    const double beyond = x - std::floor(x), before = std::ceil(x) - x;
    const double first = factorial_times_zeta(order, beyond), second = factorial_times_zeta(order, before),
                 rest = factorial_times_zeta(order, 1 - x);  // of the terms before -1, which x does not have
    if (order % 2 == 1) return std::isinf(second) ? second : first + (second - rest);
    if (beyond == before) return -rest;
    if (std::isinf(first) && std::isinf(second)) return beyond < before ? -kInfinity : kInfinity;
    return second - first - rest;
}

/// cot(π x), exact in the argument.
double cot_pi(double x) {
    const double r = x - std::nearbyint(x);  // exact, in [-1/2, 1/2]
    if (std::abs(r) <= 0.25) return 1 / std::tan(kPi * r);
    return std::copysign(std::tan(kPi * (0.5 - std::abs(r))), r);
}

/// The derivative of π cot(π x) of this order. It is π^(order + 1) times a polynomial in the cotangent c, as (d/dx) c =
/// -π (1 + c c), whose coefficients are all of one sign, so that nothing cancels.
double cotangent_derivative(int order, double x) {
    const auto n = static_cast<std::size_t>(order);
    std::vector<double> p(n + 2, 0.0), next(n + 2);
    p[1] = 1;
    for (std::size_t step = 0; step < n; ++step) {
        std::fill(next.begin(), next.end(), 0.0);
        for (std::size_t k = 1; k <= step + 1; ++k) {
            const double c = static_cast<double>(k) * p[k];
            next[k - 1] -= c;
            next[k + 1] -= c;
        }
        p.swap(next);
    }
    const double c = cot_pi(x);
    double sum = 0;
    for (std::size_t k = p.size(); k-- > 0;) sum = sum * c + p[k];
    return sum * std::pow(kPi, order + 1);
}

/// ψ near its root: Taylor's series there, so that the relative error stays small. ψ's derivative of order n is
/// (-1)^(n+1) n! ζ(n+1).
double digamma_near_root(double x) {
    constexpr double root = 1.4616321449683622, rest = 9.549995429965697e-17;
    static const std::array<double, 30> coefficients = [] {
        std::array<double, 30> c{};
        for (int n = 1; n <= 30; ++n)
            c[static_cast<std::size_t>(n - 1)] = (n % 2 == 1 ? 1 : -1) * hurwitz_zeta(n + 1, root);
        return c;
    }();
    const double d = (x - root) - rest;
    double sum = 0;
    for (std::size_t k = coefficients.size(); k-- > 0;) sum = sum * d + coefficients[k];
    return sum * d;
}

}  // namespace

double lgamma(double x) {
#if defined(__GLIBC__) || defined(__APPLE__) || defined(__FreeBSD__)
    int sign = 0;
    return ::lgamma_r(x, &sign);
#else
    return std::lgamma(x);
#endif
}

// By the recurrence up to 10, and from there by the asymptotic series (NIST's Digital Library of Mathematical
// Functions, 5.5.2, 5.5.4 and 5.11.2).
double digamma(double x) {
    if (x == 0) return std::copysign(kInfinity, -x);
    if (x < 0) {
        if (x == std::floor(x)) return kNaN;
        return digamma(1 - x) - kPi * cot_pi(x);
    }
    if (x > 1.2 && x < 1.75) return digamma_near_root(x);
    double before = 0;
    for (; x < 10; x += 1) before += 1 / x;
    if (!(x < kInfinity)) return x;
    double sum = 0, power = 1;
    const double step = 1 / (x * x);
    for (std::size_t k = 0; k < 8; ++k) {
        power *= step;
        sum += kBernoulli[k] / (2 * static_cast<double>(k) + 2) * power;
    }
    return (std::log(x) - 0.5 / x - sum) - before;
}

double polygamma(int order, double x) {
    if (order == 0) return digamma(x);
    const double sign = order % 2 == 1 ? 1 : -1;
    if (std::isnan(x)) return x;
    if (x <= 0 && x == std::floor(x)) return std::isinf(x) ? kNaN : sign * kInfinity;
    if (x == kInfinity) return sign * 0.0;
    if (x < 0 && order > 100) return polygamma_by_series(order, x);
    // The reflection formula, 5.15.6.
    if (x < 0) return -sign * polygamma(order, 1 - x) - cotangent_derivative(order, x);
    return sign * factorial_times_zeta(order, x);
}

}  // namespace xg::detail
