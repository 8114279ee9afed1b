#include <xgrad/train/search_space.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <xgrad/core/error.hpp>

namespace xg::train {

std::optional<double> SearchValue::number() const {
    if (const auto* i = get_if<std::int64_t>()) return static_cast<double>(*i);
    if (const auto* d = get_if<double>()) return *d;
    return {};
}

std::string SearchValue::str() const {
    if (const auto* i = get_if<std::int64_t>()) return std::to_string(*i);
    if (const auto* d = get_if<double>()) {
        const std::string text = fmt::format("{}", *d);
        // Not to be taken for a whole number.
        return text.find_first_of(".einf") == std::string::npos ? text + ".0" : text;
    }
    if (const auto* b = get_if<bool>()) return *b ? "true" : "false";
    return *get_if<std::string>();
}

SearchSpace::Parameter& SearchSpace::add(const std::string& name, Kind kind) {
    if (name.empty()) throw ValueError("SearchSpace: expected a name of a hyperparameter, got an empty one");
    for (const Parameter& p : parameters_)
        if (p.name == name) throw ValueError(fmt::format("SearchSpace: the name '{}' is taken", name));
    Parameter& p = parameters_.emplace_back();
    p.name = name;
    p.kind = kind;
    p.parent = std::exchange(next_parent_, {});
    p.parent_values = std::exchange(next_values_, {});
    return p;
}

SearchSpace& SearchSpace::choice(const std::string& name, std::initializer_list<SearchValue> values) {
    return choice(name, std::vector<SearchValue>(values));
}

SearchSpace& SearchSpace::choice(const std::string& name, std::vector<SearchValue> values) {
    if (values.empty()) throw ValueError(fmt::format("SearchSpace: '{}' has no value to choose", name));
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::find(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i), values[i]) !=
            values.begin() + static_cast<std::ptrdiff_t>(i))
            throw ValueError(fmt::format("SearchSpace: '{}' has the value {} twice", name, values[i].str()));
    add(name, Kind::choice).choices = std::move(values);
    return *this;
}

SearchSpace& SearchSpace::real(const std::string& name, double low, double high) {
    if (!(low < high) || !std::isfinite(low) || !std::isfinite(high - low))
        throw ValueError(fmt::format("SearchSpace: '{}' goes from {} to {}, expected finite ends, the lower first",
                                     name, low, high));
    Parameter& p = add(name, Kind::real);
    p.low = low;
    p.high = high;
    return *this;
}

SearchSpace& SearchSpace::log(const std::string& name, double low, double high) {
    if (!(low > 0))
        throw ValueError(
            fmt::format("SearchSpace: '{}' begins at {}, expected more than 0 for a logarithm", name, low));
    if (std::isfinite(high) && !std::isfinite(high / low))
        throw ValueError(fmt::format("SearchSpace: '{}' goes from {} to {}: the ends are too far apart for a logarithm",
                                     name, low, high));
    real(name, low, high);
    parameters_.back().kind = Kind::log;
    return *this;
}

SearchSpace& SearchSpace::integer(const std::string& name, std::int64_t low, std::int64_t high,
                                  const IntegerOptions& options) {
    constexpr std::int64_t largest = std::int64_t{1} << 52;
    if (low >= high || low < -largest || high > largest)
        throw ValueError(fmt::format("SearchSpace: '{}' goes from {} to {}, expected the lower end first, within 2^52",
                                     name, low, high));
    if (options.step < 1)
        throw ValueError(fmt::format("SearchSpace: '{}' has a step of {}, expected at least 1", name, options.step));
    if (options.log && (low < 1 || options.step != 1))
        throw ValueError(fmt::format(
            "SearchSpace: '{}' begins at {} with a step of {}, expected at least 1 and a step of 1 for a logarithm",
            name, low, options.step));
    Parameter& p = add(name, Kind::integer);
    p.low = static_cast<double>(low);
    p.high = static_cast<double>(high);
    p.step = options.step;
    p.log_integer = options.log;
    return *this;
}

SearchSpace& SearchSpace::boolean(const std::string& name) { return choice(name, {false, true}); }

SearchSpace& SearchSpace::when(const std::string& parent, std::initializer_list<SearchValue> values) {
    const auto known =
        std::find_if(parameters_.begin(), parameters_.end(), [&](const Parameter& p) { return p.name == parent; });
    if (known == parameters_.end())
        throw ValueError(fmt::format("SearchSpace: there is no '{}' declared before what depends on it", parent));
    if (values.size() == 0)
        throw ValueError(fmt::format("SearchSpace: expected values of '{}' to depend on, got none", parent));
    for (const SearchValue& v : values)
        if (known->kind == Kind::choice &&
            std::find(known->choices.begin(), known->choices.end(), v) == known->choices.end())
            throw ValueError(fmt::format(
                "SearchSpace: '{}' never has the value {}, expected some of its own to depend on", parent, v.str()));
    next_parent_ = parent;
    next_values_ = values;
    return *this;
}

bool SearchSpace::counts(const Parameter& p, const SearchPoint& point) {
    if (p.parent.empty()) return true;
    for (const auto& [name, value] : point)
        if (name == p.parent)
            return std::find(p.parent_values.begin(), p.parent_values.end(), value) != p.parent_values.end();
    return false;  // its parent does not count either
}

SearchPoint SearchSpace::draw(const Philox& stream) const {
    SearchPoint point;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        const Parameter& p = parameters_[i];
        if (!counts(p, point)) continue;
        const auto words = stream.block(i);
        const double u = uniform_double(words[0], words[1]);
        switch (p.kind) {
            case Kind::choice:
                point.emplace_back(p.name,
                                   p.choices[static_cast<std::size_t>(u * static_cast<double>(p.choices.size()))]);
                break;
            case Kind::real: point.emplace_back(p.name, p.low + u * (p.high - p.low)); break;
            case Kind::log:
                point.emplace_back(p.name, std::clamp(p.low * std::pow(p.high / p.low, u), p.low, p.high));
                break;
            case Kind::integer: {
                const double steps = std::floor((p.high - p.low) / static_cast<double>(p.step)) + 1;
                const double v = p.log_integer ? std::floor(p.low * std::pow((p.high + 1) / p.low, u))
                                               : p.low + std::floor(u * steps) * static_cast<double>(p.step);
                point.emplace_back(p.name, static_cast<std::int64_t>(std::min(v, p.high)));
            }
        }
    }
    return point;
}

std::vector<SearchValue> SearchSpace::Parameter::values(std::int64_t levels, std::int64_t most) const {
    if (kind == Kind::choice) return choices;
    std::vector<SearchValue> all;
    if (kind == Kind::integer) {
        if ((high - low) / static_cast<double>(step) >= static_cast<double>(most)) return {};
        // Counted, as the step may be larger than what can be added.
        const auto first = static_cast<std::int64_t>(low), steps = (static_cast<std::int64_t>(high) - first) / step;
        for (std::int64_t i = 0; i <= steps; ++i) all.emplace_back(first + i * step);
        return all;
    }
    for (std::int64_t i = 0; i < levels; ++i) {
        const double u = levels == 1 ? 0 : static_cast<double>(i) / static_cast<double>(levels - 1);
        // The last is the end itself, whatever is rounded.
        all.emplace_back(u == 1               ? high
                         : kind == Kind::real ? low + u * (high - low)
                                              : std::clamp(low * std::pow(high / low, u), low, high));
    }
    return all;
}

std::optional<std::vector<SearchPoint>> SearchSpace::all(std::int64_t levels, std::int64_t most) const {
    std::vector<SearchPoint> points{SearchPoint{}};
    for (const Parameter& p : parameters_) {
        const std::vector<SearchValue> values = p.values(levels, most);
        std::vector<SearchPoint> next;
        for (const SearchPoint& point : points) {
            if (!counts(p, point)) {
                next.push_back(point);
                continue;
            }
            if (values.empty()) return {};
            for (const SearchValue& value : values) {
                next.push_back(point);
                next.back().emplace_back(p.name, value);
            }
            if (static_cast<std::int64_t>(next.size()) > most) return {};
        }
        points = std::move(next);
    }
    return points;
}

std::string SearchSpace::str() const {
    std::string text;
    const auto list = [](const std::vector<SearchValue>& values) {
        std::string all;
        for (const SearchValue& v : values) all += (all.empty() ? "" : " ") + v.str();
        return all;
    };
    for (const Parameter& p : parameters_) {
        if (!text.empty()) text += "; ";
        if (!p.parent.empty()) text += fmt::format("when {} in {{{}}}: ", p.parent, list(p.parent_values));
        if (p.kind == Kind::choice)
            text += fmt::format("{} in {{{}}}", p.name, list(p.choices));
        else
            text += fmt::format("{} from {} to {}{}", p.name, p.low, p.high,
                                p.kind == Kind::log || p.log_integer ? " log"
                                : p.kind == Kind::integer            ? fmt::format(" by {}", p.step)
                                                                     : "");
        if (p.log_integer) text += " whole";
    }
    return text;
}

}  // namespace xg::train
