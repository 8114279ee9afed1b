#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/core.h>

#include <xgrad/autograd/detail/elementwise.hpp>

// The form in which NumPy prints arrays: columns aligned, as many digits as are needed and at most eight, scientific
// notation where the sizes lie far apart, long arrays summarised.

namespace xg {
namespace {

constexpr std::int64_t kSummarize = 1000;  // more elements than these are not all shown,
constexpr std::int64_t kEdge = 3;          // but this many at each end of each axis
constexpr std::size_t kLineWidth = 75;     // characters
constexpr std::size_t kPrecision = 8;      // digits behind the point, at most

/// The digits of a finite number's magnitude: 0.d1 d2 d3… times 10^point.
struct Decimal {
    std::string digits;
    int point = 0;
    bool negative = false;
};

/// The fewest digits that read back as the same number of type T.
template <class T>
Decimal shortest(T v) {
    char text[64];
    const std::string s(text,
                        std::to_chars(text, text + sizeof text, v, std::chars_format::scientific).ptr);  // -d.ddde±dd
    const std::size_t start = s[0] == '-' ? 1 : 0, e = s.find('e');
    Decimal d{s.substr(start, 1), std::stoi(s.substr(e + 1)) + 1, start == 1};
    if (e > start + 2) d.digits += s.substr(start + 2, e - start - 2);
    if (v == 0) d.point = 1;
    return d;
}

/// As 123.45, with a point always and no zeros behind it but those that are digits.
std::string positional(const Decimal& d) {
    const auto n = static_cast<int>(d.digits.size());
    std::string s = d.negative ? "-" : "";
    if (d.point <= 0)
        return s + "0." + (d.digits == "0" ? "" : std::string(static_cast<std::size_t>(-d.point), '0') + d.digits);
    if (n <= d.point) return s + d.digits + std::string(static_cast<std::size_t>(d.point - n), '0') + ".";
    return s + d.digits.substr(0, static_cast<std::size_t>(d.point)) + "." +
           d.digits.substr(static_cast<std::size_t>(d.point));
}

std::size_t after_point(const std::string& s) { return s.size() - s.find('.') - 1; }

/// The mantissa and the exponent of v with `precision` digits behind the point; the exponent has its sign and two
/// digits or more.
std::pair<std::string, std::string> scientific(double v, std::size_t precision) {
    const std::string s = fmt::format("{:#.{}e}", v, precision);
    const std::size_t e = s.find('e');
    return {s.substr(0, e), s.substr(e + 1)};
}

void trim_zeros(std::string& s) { s.erase(s.find_last_not_of('0') + 1); }

/// Turns the numbers of an array into texts of one width.
template <class T>
class Format {
public:
    explicit Format(const std::vector<T>& shown) {
        double low = HUGE_VAL, high = 0;
        for (const T v : shown) {
            if (!std::isfinite(v) || v == 0) continue;
            low = std::min(low, std::abs(static_cast<double>(v)));
            high = std::max(high, std::abs(static_cast<double>(v)));
        }
        // Compared and divided in T, as NumPy does.
        constexpr double large = std::is_same_v<T, float> ? 1e6 : 1e8;
        scientific_ =
            high >= large ||
            (high > 0 && (static_cast<T>(low) < T(1e-4) || static_cast<T>(high) / static_cast<T>(low) > T(1000)));
        std::size_t before = 0;
        for (const T v : shown) {
            if (!std::isfinite(v)) continue;
            const std::string s = scientific_ ? mantissa(v) : number(v);
            before = std::max(before, s.find('.'));
            fraction_ = std::max(fraction_, after_point(s));
        }
        if (scientific_)
            for (const T v : shown)
                if (std::isfinite(v))
                    exponent_ = std::max(exponent_, scientific(static_cast<double>(v), fraction_).second.size() - 1);
        right_ = scientific_ ? fraction_ + exponent_ + 2 : fraction_;
        width_ = before + 1 + right_;
        for (const T v : shown)
            if (!std::isfinite(v)) width_ = std::max<std::size_t>(width_, std::isinf(v) && v < 0 ? 4 : 3);
    }

    std::string operator()(T v) const {
        std::string s;
        if (!std::isfinite(v)) {
            s = std::isnan(v) ? "nan" : v > 0 ? "inf" : "-inf";
        } else if (scientific_) {
            auto [m, e] = scientific(static_cast<double>(v), fraction_);
            s = m + "e" + e[0] + std::string(exponent_ - std::min(exponent_, e.size() - 1), '0') + e.substr(1);
        } else {
            s = number(v);
            s += std::string(fraction_ - after_point(s), ' ');
        }
        return s.size() < width_ ? std::string(width_ - s.size(), ' ') + s : s;
    }

private:
    static std::string number(T v) {
        std::string s = positional(shortest(v));
        if (after_point(s) > kPrecision) {
            s = fmt::format("{:.{}f}", static_cast<double>(v), kPrecision);
            trim_zeros(s);
        }
        return s;
    }

    static std::string mantissa(T v) {
        const std::size_t digits = std::min(shortest(v).digits.size() - 1, kPrecision);
        std::string s = scientific(static_cast<double>(v), digits).first;
        trim_zeros(s);
        return s;
    }

    bool scientific_ = false;
    std::size_t fraction_ = 0, exponent_ = 0, right_ = 0, width_ = 0;
};

template <>
class Format<std::int64_t> {
public:
    explicit Format(const std::vector<std::int64_t>& shown) {
        for (const std::int64_t v : shown) width_ = std::max(width_, std::to_string(v).size());
    }
    std::string operator()(std::int64_t v) const { return fmt::format("{:>{}}", v, width_); }

private:
    std::size_t width_ = 0;
};

template <>
class Format<bool> {
public:
    explicit Format(const std::vector<bool>&) {}
    std::string operator()(bool v) const { return v ? " True" : "False"; }
};

/// A single number, with all its digits.
template <class T>
std::string scalar(T v) {
    if constexpr (std::is_same_v<T, bool>) {
        return v ? "True" : "False";
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        return std::to_string(v);
    } else {
        if (!std::isfinite(v)) return std::isnan(v) ? "nan" : v > 0 ? "inf" : "-inf";
        const Decimal d = shortest(v);
        const double size = std::abs(static_cast<double>(v));
        if (size == 0 || (size >= 1e-4 && size < (std::is_same_v<T, float> ? 1e6 : 1e16))) {
            const std::string s = positional(d);
            return s.back() == '.' ? s + "0" : s;
        }
        const std::string rest = d.digits.substr(1);
        return fmt::format("{}{}{}{}e{:+03d}", d.negative ? "-" : "", d.digits[0], rest.empty() ? "" : ".", rest,
                           d.point - 1);
    }
}

template <class T>
class Printer {
public:
    explicit Printer(const Tensor& t)
        : shape_(t.shape()),
          strides_(t.strides()),
          data_(t.data<T>()),
          summarize_(t.numel() > kSummarize),
          shown_(collect()),
          format_(shown_) {}

    std::string text() { return write(0, 0); }

private:
    /// Calls f with the positions along `axis` that are shown, and -1 for those that are left out.
    template <class F>
    void positions(std::size_t axis, F&& f) const {
        const std::int64_t n = shape_[axis];
        const bool cut = summarize_ && n > 2 * kEdge;
        for (std::int64_t i = 0; i < n; ++i) {
            if (cut && i == kEdge) {
                f(-1);
                i = n - kEdge;
            }
            f(i);
        }
    }

    std::vector<T> collect() const {
        std::vector<T> shown;
        collect(0, 0, shown);
        return shown;
    }

    void collect(std::size_t axis, std::int64_t offset, std::vector<T>& shown) const {
        if (axis == shape_.rank()) return shown.push_back(data_[offset]);
        positions(axis, [&](std::int64_t i) {
            if (i >= 0) collect(axis + 1, offset + i * strides_[axis], shown);
        });
    }

    std::string write(std::size_t axis, std::int64_t offset) const {
        if (axis == shape_.rank()) return format_(data_[offset]);
        const bool last = axis + 1 == shape_.rank();
        const std::string indent(axis + 1, ' ');
        std::string done, line = "[";
        if (!last) {
            positions(axis, [&](std::int64_t i) {
                // Rows of deeper arrays stand apart by empty lines.
                if (line.size() > 1) line += std::string(shape_.rank() - axis - 1, '\n') + indent;
                line += i < 0 ? "..." : write(axis + 1, offset + i * strides_[axis]);
            });
            return line + "]";
        }
        // Room is kept for the brackets that close.
        const std::size_t room = kLineWidth - std::min(kLineWidth, axis + 1);
        line = std::string(axis, ' ') + "[";
        const std::size_t margin = line.size();
        bool first = true;
        positions(axis, [&](std::int64_t i) {
            const std::string word = i < 0 ? "..." : format_(data_[offset + i * strides_[axis]]);
            if (!first) line += ' ';
            if (line.size() + word.size() > room && line.size() > margin) {
                line.erase(line.find_last_not_of(' ') + 1);
                done += line + "\n";
                line = indent;
            }
            line += word;
            first = false;
        });
        return (done + line + "]").substr(axis);
    }

    Shape shape_, strides_;
    const T* data_;
    bool summarize_;
    std::vector<T> shown_;
    Format<T> format_;
};

}  // namespace

std::string Tensor::str() const {
    if (!defined()) return "undefined";
    return detail::dispatch(dtype(), [&]<class T>(T*) -> std::string {
        if (rank() == 0) return scalar(*data<T>());
        if (numel() == 0) return "[]";
        return Printer<T>(*this).text();
    });
}

}  // namespace xg
