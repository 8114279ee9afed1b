#include "spectra.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace parity {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

/// The lesser; NaN if either is.
double lesser(double a, double b) { return std::isnan(a) || a < b ? a : b; }

/// A square matrix in row-major order.
struct Square {
    std::size_t n;
    std::vector<double> a;
    double& operator()(std::size_t i, std::size_t j) { return a[i * n + j]; }
};

/// The eigenvalues of a symmetric matrix, ascending: each rotation makes one of the elements beside the diagonal 0
/// (Jacobi, 1846).
std::vector<double> eigenvalues(Square m) {
    for (int sweep = 0; sweep < 30; ++sweep)
        for (std::size_t p = 0; p < m.n; ++p)
            for (std::size_t q = p + 1; q < m.n; ++q) {
                if (!(std::abs(m(p, q)) > 0)) continue;
                const double angle = 0.5 * std::atan2(2 * m(p, q), m(q, q) - m(p, p)), c = std::cos(angle),
                             s = std::sin(angle);
                for (std::size_t k = 0; k < m.n; ++k) {
                    const double x = m(k, p), y = m(k, q);
                    m(k, p) = c * x - s * y;
                    m(k, q) = s * x + c * y;
                }
                for (std::size_t k = 0; k < m.n; ++k) {
                    const double x = m(p, k), y = m(q, k);
                    m(p, k) = c * x - s * y;
                    m(q, k) = s * x + c * y;
                }
            }
    std::vector<double> values;
    for (std::size_t i = 0; i < m.n; ++i) values.push_back(m(i, i));
    std::sort(values.begin(), values.end());
    return values;
}

/// The singular values of the first `columns` columns of a matrix, ascending.
std::vector<double> singular_values(const double* a, std::size_t rows, std::size_t columns, std::size_t width) {
    // Of the smaller one of A · Aᵀ and Aᵀ · A.
    const bool wide = columns > rows;
    Square product{std::min(rows, columns), {}};
    product.a.resize(product.n * product.n);
    const auto at = [&](std::size_t i, std::size_t k) { return wide ? a[i * width + k] : a[k * width + i]; };
    for (std::size_t i = 0; i < product.n; ++i)
        for (std::size_t j = 0; j < product.n; ++j)
            for (std::size_t k = 0; k < std::max(rows, columns); ++k) product(i, j) += at(i, k) * at(j, k);
    std::vector<double> values = eigenvalues(std::move(product));
    for (double& v : values) v = std::sqrt(std::max(v, 0.0));
    return values;
}

/// The least of what `of_one` says of each matrix (rows, columns) of a stack.
double over_stack(const Array& x, const std::function<double(const double*, std::size_t, std::size_t)>& of_one) {
    const auto rows = static_cast<std::size_t>(x.shape[x.shape.size() - 2]),
               columns = static_cast<std::size_t>(x.shape.back());
    double least = kFar;
    if (rows == 0 || columns == 0) return least;
    for (std::size_t begin = 0; begin < x.values.size(); begin += rows * columns)
        least = lesser(least, of_one(x.values.data() + begin, rows, columns));
    return least;
}

/// The least difference of neighbours, in parts of the greatest absolute value.
double least_gap(const std::vector<double>& values) {
    double least = kFar;
    const double greatest = std::max(std::abs(values.front()), std::abs(values.back()));
    for (std::size_t i = 1; i < values.size(); ++i) least = lesser(least, (values[i] - values[i - 1]) / greatest);
    return least;
}

}  // namespace

Distance regular(std::size_t input, double least, bool leading) {
    return [=](const Values& in, const Options&) {
        return over_stack(*in[input], [&](const double* a, std::size_t rows, std::size_t columns) {
            const auto s = singular_values(a, rows, leading ? std::min(rows, columns) : columns, columns);
            return lesser(s.front() / s.back(), s.back()) - least;
        });
    };
}

Distance regular_triangle(double least, std::optional<bool> upper) {
    return [=](const Values& in, const Options& o) {
        const bool above = upper ? *upper : o.flag("upper"), unit = !upper && o.flag("unitriangular");
        return over_stack(*in[0], [&](const double* a, std::size_t n, std::size_t) {
            std::vector<double> triangle(a, a + n * n);
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    if (i == j && unit)
                        triangle[i * n + j] = 1;
                    else if (above ? i > j : i < j)
                        triangle[i * n + j] = 0;
            const auto s = singular_values(triangle.data(), n, n, n);
            return lesser(s.front() / s.back(), s.back()) - least;
        });
    };
}

Distance of_different() {
    return [](const Values& in, const Options&) {
        if (in[0]->shape != in[1]->shape || in[0]->values.empty()) return kFar;
        double most = 0;
        for (std::size_t i = 0; i < in[0]->values.size(); ++i)
            most = std::max(most, std::abs(in[0]->values[i] - in[1]->values[i]));
        return most - 1e-3;
    };
}

Distance distinct_singular_values(std::size_t input, double least) {
    return [=](const Values& in, const Options&) {
        return over_stack(*in[input], [&](const double* a, std::size_t rows, std::size_t columns) {
            const auto s = singular_values(a, rows, columns, columns);
            return lesser(lesser(s.front() / s.back(), s.back()), least_gap(s)) - least;
        });
    };
}

Distance distinct_eigenvalues(std::size_t input, double least) {
    return [=](const Values& in, const Options&) {
        return over_stack(*in[input], [&](const double* a, std::size_t n, std::size_t) {
            Square m{n, std::vector<double>(a, a + n * n)};
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = i + 1; j < n; ++j) m(i, j) = m(j, i);
            const auto values = eigenvalues(std::move(m));
            const double greatest = std::max(std::abs(values.front()), std::abs(values.back()));
            return lesser(greatest, least_gap(values)) - least;
        });
    };
}

}  // namespace parity
