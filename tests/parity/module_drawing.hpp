#pragma once

#include <string>
#include <utility>
#include <vector>

#include "module_cases.hpp"

namespace modules {

using parity::Kind;
using parity::Random;
using parity::Sizes;

/// Draws the options and inputs of a case.
class Drawing {
public:
    Drawing(Case& c, Random& r) : c_(c), random(r) {}

    std::int64_t integer(const char* name, std::int64_t low, std::int64_t high) {
        const std::int64_t v = random.integer(low, high);
        c_.options.all[name] = v;
        return v;
    }
    Sizes pair(const char* name, std::int64_t low, std::int64_t high) {
        const Sizes v{random.integer(low, high), random.integer(low, high)};
        c_.options.all[name] = v;
        return v;
    }
    bool flag(const char* name) {
        const bool v = random.coin();
        c_.options.all[name] = v;
        return v;
    }
    double number(const char* name, double low, double high) {
        const double v = random.number(low, high);
        c_.options.all[name] = v;
        return v;
    }
    std::string word(const char* name, const std::vector<std::string>& words) {
        const std::string v =
            words[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(words.size()) - 1))];
        c_.options.all[name] = v;
        return v;
    }
    void set(const char* name, parity::Option v) { c_.options.all[name] = std::move(v); }

    Array& real(const Sizes& shape, double low = -2, double high = 2) {
        Array a{Kind::real, shape, {}};
        for (std::int64_t i = 0; i < parity::elements(shape); ++i) a.values.push_back(random.number(low, high));
        c_.inputs.push_back(std::move(a));
        return c_.inputs.back();
    }
    Array& integers(const Sizes& shape, std::int64_t low, std::int64_t high, Kind kind = Kind::integer) {
        Array a{kind, shape, {}};
        for (std::int64_t i = 0; i < parity::elements(shape); ++i)
            a.values.push_back(static_cast<double>(random.integer(low, high)));
        c_.inputs.push_back(std::move(a));
        return c_.inputs.back();
    }
    std::int64_t size(std::int64_t low = 1, std::int64_t high = 4) { return random.integer(low, high); }
    void evaluate() { c_.training = random.coin(); }

    Case& c_;
    Random& random;
};

}  // namespace modules
