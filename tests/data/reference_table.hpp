#pragma once

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/data/one_or_each.hpp>

// Reads the tables of reference/generators.hpp, whose script says what stands in them.

namespace reference {

/// One line of a table, read word by word.
class Line {
public:
    explicit Line(const std::string& text) : text_(text), words_(text) {}
    const std::string& text() const { return text_; }
    std::string word() {
        std::string word;
        BOOST_TEST_REQUIRE(static_cast<bool>(words_ >> word));
        return word;
    }
    std::int64_t integer() { return std::stoll(word()); }
    std::uint32_t seed() { return static_cast<std::uint32_t>(integer()); }
    bool flag() { return integer() != 0; }
    double number() { return std::stod(word()); }
    std::vector<double> numbers() {
        std::vector<double> result(static_cast<std::size_t>(integer()));
        for (double& value : result) value = number();
        return result;
    }
    template <class T>
    xg::data::OneOrEach<T> one_or_each() {
        const std::int64_t n = integer();
        if (n < 0) return static_cast<T>(number());
        std::vector<T> each;
        for (std::int64_t i = 0; i < n; ++i) each.push_back(static_cast<T>(number()));
        return each;
    }
    void bar() { BOOST_TEST_REQUIRE(word() == "|"); }

private:
    std::string text_;
    std::istringstream words_;
};

/// Calls `check(line)` for each line, and says which line a failure was in.
template <class Check>
void each_line(const char* table, std::size_t least, Check&& check) {
    std::istringstream lines(table);
    std::size_t n = 0;
    for (std::string text; std::getline(lines, text);) {
        if (text.empty()) continue;
        ++n;
        Line line(text);
        BOOST_TEST_CONTEXT(text) { check(line); }
    }
    BOOST_TEST(n >= least);
}

/// A hash of the integers of one or more tensors, one after another.
class Digest {
public:
    Digest& add(const xg::Tensor& integers) {
        const xg::Tensor whole = integers.contiguous();
        const auto* values = whole.data<std::int64_t>();
        for (std::int64_t i = 0; i < whole.numel(); ++i)
            state_ = (state_ ^ static_cast<std::uint64_t>(values[i])) * 0x100000001b3U;
        return *this;
    }
    std::string str() const { return std::to_string(state_); }

private:
    std::uint64_t state_ = 0xcbf29ce484222325U;
};

/// Compares a matrix with the checksums that stand next in the line, to 1e-12 relative. Sums whose terms cancel are as
/// exact as the largest terms are: `floor` is what may remain of them in an element.
inline void check_matrix(const xg::Tensor& matrix, Line& line, double floor) {
    const std::vector<double> x = matrix.to_vector();
    double weighted = 0.0, absolute = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const auto word = static_cast<std::uint32_t>(i * 2654435761U);
        weighted += x[i] * (static_cast<double>(word) / 4294967296.0 - 0.5);
        absolute += std::abs(x[i]);
    }
    const auto near = [](double value, double expected, double error) {
        BOOST_TEST(std::abs(value - expected) <= error, value << " is not " << expected);
    };
    const double expected_weighted = line.number(), expected_absolute = line.number();
    near(absolute, expected_absolute, 1e-12 * expected_absolute);
    near(weighted, expected_weighted, 1e-12 * expected_absolute);
    for (std::size_t k = 0; k < 5; ++k) {
        const double expected = line.number();
        near(x[k * (x.size() - 1) / 4], expected, 1e-12 * std::abs(expected) + floor);
    }
}

/// Whether the message of an error holds `part`.
inline auto says(const std::string& part) {
    return [part](const xg::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(part) != std::string::npos;
    };
}

}  // namespace reference
