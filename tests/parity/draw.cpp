#include "draw.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "operation.hpp"

namespace parity {
namespace {

/// Numbers that wild programs are made of.
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSpecial[] = {
    0, -0.0, kInfinity, -kInfinity, std::numeric_limits<double>::quiet_NaN(), 1, -1, 0.5, 2, -3, 40, -40, 800, -800};

bool inside(const Array& array, const Want& want) {
    return std::all_of(array.values.begin(), array.values.end(),
                       [&](double v) { return v > want.low && v < want.high; });
}

bool finite(const Array& array) {
    return std::all_of(array.values.begin(), array.values.end(), [](double v) { return std::isfinite(v); });
}

bool fits(const Array& array, const Want& want) {
    if (array.kind != Kind::real) return false;
    const auto rank = static_cast<std::int64_t>(array.shape.size());
    if (rank < want.min_rank || rank > want.max_rank) return false;
    return std::all_of(array.shape.begin(), array.shape.end(), [&](std::int64_t n) { return n >= want.min_size; });
}

/// Where new numbers lie: at most 4 wide, inside of what is wanted.
std::pair<double, double> interval(const Want& want) {
    if (std::isinf(want.low) && std::isinf(want.high)) return {-2, 2};
    if (std::isinf(want.high)) return {std::max(want.low, -2.0), std::max(want.low, -2.0) + (want.low >= 0 ? 2 : 4)};
    if (std::isinf(want.low)) return {std::min(want.high, 2.0) - (want.high <= 0 ? 2 : 4), std::min(want.high, 2.0)};
    return {want.low, want.high};
}

const Operation& named(const std::string& name) {
    const auto found = std::find_if(table().begin(), table().end(), [&](const Operation& o) { return o.name == name; });
    if (found == table().end()) throw std::logic_error("there is no operation \"" + name + "\"");
    return *found;
}

}  // namespace

const Array& Draw::take(const Ref& ref) {
    step.inputs.push_back(ref);
    return maker_.value(ref);
}

const Array& Draw::leaf(Array array) { return take(maker_.add_leaf(std::move(array))); }

const Array& Draw::fresh(const Sizes& shape, const Want& want) {
    Array array{Kind::real, shape, std::vector<double>(static_cast<std::size_t>(elements(shape)))};
    need(array.values.size() <= Maker::kMaxElements);
    const auto [low, high] = interval(want);
    const auto n = static_cast<double>(array.values.size());
    for (std::size_t i = 0; i < array.values.size(); ++i) {
        double& v = array.values[i];
        if (want.distinct) {
            // Slots of a grid in random order, so that they are apart.
            v = low + (high - low) * (static_cast<double>(i) + random.number(0.1, 0.9)) / n;
            std::swap(v, array.values[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(i)))]);
        } else {
            v = random.number(low, high);
        }
    }
    if (maker_.program().wild)
        for (double& v : array.values)
            if (random.coin(0.4)) {
                const double special = kSpecial[random.integer(0, std::size(kSpecial) - 1)];
                if (!want.finite || std::isfinite(special)) v = special;
            }
    return leaf(std::move(array));
}

/// The value at `ref`, or one made of it by other operations that lies where it is wanted.
const Array& Draw::fitted(const Ref& ref, const Want& want) {
    if (want.finite && !finite(maker_.value(ref))) return fresh(maker_.value(ref).shape, want);
    if (maker_.program().wild || inside(maker_.value(ref), want)) return take(ref);
    const auto [low, high] = interval(want);
    const auto unary = [&](const char* operation, const Ref& input, std::optional<double> number) {
        Step helper;
        helper.operation = &named(operation);
        helper.inputs = {input};
        if (number) helper.options.all["value"] = *number;
        maker_.add(std::move(helper));
        return Ref{static_cast<int>(maker_.program().steps.size()) - 1, 0};
    };
    const Array& x = maker_.value(ref);
    const bool small = std::all_of(x.values.begin(), x.values.end(), [](double v) { return std::abs(v) < 4; });
    if (std::isinf(want.high) && small && random.coin())
        return take(unary("add number", unary("square", ref, {}), std::max(low, -1.0) + random.number(0.05, 0.5)));
    // Not up to the bounds: the sigmoid comes near 0 and 1.
    const double margin = 0.02 * (high - low);
    const Ref scaled = unary("mul number", unary("sigmoid", ref, {}), (high - low) - 2 * margin);
    return take(unary("add number", scaled, low + margin));
}

const Array& Draw::real(const Want& want) {
    std::vector<Ref> found;
    if (!random.coin(0.2))
        for (const Ref& ref : maker_.refs())
            if (fits(maker_.value(ref), want)) found.push_back(ref);
    if (found.empty() || (want.distinct && random.coin()))
        return fresh(shape(want.min_rank, want.max_rank, want.min_size), want);
    // Rather a late one, so that programs grow deep.
    const auto last = static_cast<std::int64_t>(found.size()) - 1;
    return fitted(found[static_cast<std::size_t>(std::max(random.integer(0, last), random.integer(0, last)))], want);
}

const Array& Draw::real_of(const Sizes& shape, const Want& want) {
    std::vector<Ref> found;
    if (!random.coin(0.2))
        for (const Ref& ref : maker_.refs())
            if (maker_.value(ref).kind == Kind::real && maker_.value(ref).shape == shape) found.push_back(ref);
    if (found.empty() || (want.distinct && random.coin())) return fresh(shape, want);
    return fitted(found[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(found.size()) - 1))],
                  want);
}

const Array& Draw::real_beside(const Sizes& shape, const Want& want) {
    Sizes whole;
    std::vector<Ref> found;
    if (!random.coin(0.25))
        for (const Ref& ref : maker_.refs()) {
            const Array& x = maker_.value(ref);
            if (x.kind == Kind::real && broadcast(x.shape, shape, whole) && elements(whole) <= Maker::kMaxElements)
                found.push_back(ref);
        }
    if (!found.empty())
        return fitted(found[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(found.size()) - 1))],
                      want);
    // The shape itself, or with axes of size 1, or fewer in front, or one of size 1 made larger.
    Sizes other = shape;
    if (random.coin(0.3) && !other.empty())
        other.erase(other.begin(), other.begin() + random.integer(0, static_cast<std::int64_t>(other.size())));
    for (std::int64_t& n : other) {
        if (n == 1 && random.coin(0.3))
            n = size();
        else if (random.coin(0.2))
            n = 1;
    }
    need(broadcast(other, shape, whole) && elements(whole) <= Maker::kMaxElements);
    return fresh(other, want);
}

const Array& Draw::number_beside(const Sizes& shape, const Want& want) {
    if (random.coin(0.93)) return real_beside(shape, want);
    Sizes other = shape;
    for (std::int64_t& n : other)
        if (random.coin(0.3)) n = 1;
    return integers(other, std::isinf(want.low) ? -3 : static_cast<std::int64_t>(std::floor(want.low)) + 1,
                    std::isinf(want.high) ? 4 : static_cast<std::int64_t>(std::ceil(want.high)) - 1);
}

const Array& Draw::matrix(std::int64_t n, std::int64_t m, const Want& want) {
    std::vector<Ref> found;
    if (!random.coin(0.25))
        for (const Ref& ref : maker_.refs()) {
            const Array& x = maker_.value(ref);
            const std::size_t rank = x.shape.size();
            if (rank >= 2 && fits(x, want) && (n == 0 || x.shape[rank - 2] == n) && (m == 0 || x.shape[rank - 1] == m))
                found.push_back(ref);
        }
    if (!found.empty())
        return fitted(found[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(found.size()) - 1))],
                      want);
    Sizes fresh_shape = shape(std::max<std::int64_t>(want.min_rank, 2), want.max_rank, want.min_size);
    if (n != 0) fresh_shape[fresh_shape.size() - 2] = n;
    if (m != 0) fresh_shape.back() = m;
    return fresh(fresh_shape, want);
}

const Array& Draw::integers(const Sizes& shape, std::int64_t low, std::int64_t high) {
    need(low <= high && elements(shape) <= Maker::kMaxElements);
    Array array{Kind::integer, shape, std::vector<double>(static_cast<std::size_t>(elements(shape)))};
    for (double& v : array.values) v = static_cast<double>(random.integer(low, high));
    return leaf(std::move(array));
}

const Array& Draw::different_integers(const Sizes& shape, std::size_t axis, std::int64_t n) {
    need(shape[axis] <= n && elements(shape) <= Maker::kMaxElements);
    Array array{Kind::integer, shape, std::vector<double>(static_cast<std::size_t>(elements(shape)))};
    const std::int64_t size = shape[axis],
                       inner = elements({shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end()});
    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < elements(shape); ++i) {
        if (i / inner % size != 0) continue;
        std::iota(order.begin(), order.end(), 0);
        for (std::int64_t k = 0; k < size; ++k) {
            std::swap(order[static_cast<std::size_t>(k)], order[static_cast<std::size_t>(random.integer(k, n - 1))]);
            const std::int64_t at = order[static_cast<std::size_t>(k)];
            array.values[static_cast<std::size_t>(i + k * inner)] = static_cast<double>(random.coin(0.3) ? at - n : at);
        }
    }
    return leaf(std::move(array));
}

const Array& Draw::mask_of(const Sizes& shape) {
    Array array{Kind::boolean, shape, std::vector<double>(static_cast<std::size_t>(elements(shape)))};
    for (double& v : array.values) v = random.coin() ? 1 : 0;
    return leaf(std::move(array));
}

const Array& Draw::mask_beside(const Sizes& shape) {
    Sizes whole;
    std::vector<Ref> found;
    for (const Ref& ref : maker_.refs())
        if (const Array& x = maker_.value(ref);
            x.kind == Kind::boolean && broadcast(x.shape, shape, whole) && elements(whole) <= Maker::kMaxElements)
            found.push_back(ref);
    if (!found.empty() && random.coin(0.7))
        return take(found[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(found.size()) - 1))]);
    Sizes other = shape;
    for (std::int64_t& n : other)
        if (random.coin(0.2)) n = 1;
    return mask_of(other);
}

bool Draw::flag(const std::string& name) {
    const bool value = random.coin();
    set(name, value);
    return value;
}

std::int64_t Draw::integer(const std::string& name, std::int64_t low, std::int64_t high) {
    need(low <= high);
    const std::int64_t value = random.integer(low, high);
    set(name, value);
    return value;
}

double Draw::number(const std::string& name, double low, double high) {
    // Few digits, so that they are easy to read; exact in both programs anyway.
    const double value = low + (high - low) * static_cast<double>(random.integer(0, 64)) / 64;
    set(name, value);
    return value;
}

double Draw::number_of(const std::string& name, const std::vector<double>& numbers) {
    const double value =
        numbers[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(numbers.size()) - 1))];
    set(name, value);
    return value;
}

const std::string& Draw::word(const std::string& name, const std::vector<std::string>& words) {
    set(name, words[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(words.size()) - 1))]);
    return std::get<std::string>(step.options.all.at(name));
}

void Draw::choice(const std::string& name, const std::vector<Choice>& choices) {
    set(name, choices[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(choices.size()) - 1))]);
}

std::size_t Draw::axis(const std::string& name, std::size_t rank) {
    const auto n = static_cast<std::int64_t>(rank);
    need(n > 0);
    const std::int64_t written = integer(name, -n, n - 1);
    return static_cast<std::size_t>(written < 0 ? written + n : written);
}

Sizes Draw::axes(const std::string& name, std::size_t rank, std::size_t at_least) {
    Sizes all, chosen;
    for (std::size_t i = 0; i < rank; ++i) all.push_back(static_cast<std::int64_t>(i));
    const auto n = static_cast<std::int64_t>(rank);
    need(rank >= at_least);
    for (std::int64_t left = random.integer(static_cast<std::int64_t>(at_least), n); left > 0; --left) {
        const auto pick = all.begin() + random.integer(0, static_cast<std::int64_t>(all.size()) - 1);
        chosen.push_back(random.coin(0.3) ? *pick - n : *pick);
        all.erase(pick);
    }
    set(name, chosen);
    return chosen;
}

std::int64_t Draw::size() {
    const auto& sizes = maker_.sizes();
    return sizes[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(sizes.size()) - 1))];
}

Sizes Draw::shape(std::int64_t min_rank, std::int64_t max_rank, std::int64_t min_size) {
    // The greatest ranks are seldom: their arrays are large.
    const std::int64_t rank = std::max(min_rank, std::min(max_rank, random.integer(0, random.coin(0.3) ? 4 : 3)));
    Sizes shape(static_cast<std::size_t>(rank));
    for (std::int64_t& n : shape) {
        n = size();
        if (random.coin(0.15)) n = 1;
        if (random.coin(0.015)) n = 0;
        n = std::max(n, min_size);
    }
    return shape;
}

}  // namespace parity
