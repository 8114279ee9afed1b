#pragma once

// The families of operations, one operation at a time: a program reads a case a line, times it with the library L, and
// answers with a line of JSON. The cases are the driver's; here is what they are made of, the same numbers and the same
// protocol in all programs.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "measure.hpp"

namespace bench {

/// Operations by the names that the cases give them, over the tensors of a library.
template <class Tensor>
using Operations = std::map<std::string, std::function<Tensor(const std::vector<Tensor>&)>>;

/// 32 bits that look random, of an element's number and its array's.
inline std::uint32_t bits_of(std::uint32_t element, std::uint32_t array) {
    std::uint32_t x = element + array * 0x9e3779b9U;
    x = (x ^ (x >> 16)) * 0x7feb352dU;
    x = (x ^ (x >> 15)) * 0x846ca68bU;
    return x ^ (x >> 16);
}

/// An array of a case, such as `n:100x64`: what its elements are, and its sizes.
///
/// `n` are numbers in [-1, 1), `p` in [0.5, 1.5), in capitals where no gradient is asked for; `b` are bools, and `i7`
/// whole numbers in [0, 7).
struct Argument {
    char kind = 'n';
    std::int64_t below = 0;
    std::vector<std::int64_t> shape;

    explicit Argument(const std::string& text) {
        std::istringstream in(text);
        in >> kind;
        if (kind == 'i') in >> below;
        if (std::string("nNpPbi").find(kind) == std::string::npos || in.get() != ':')
            throw std::invalid_argument("no argument of a case: " + text);
        for (std::int64_t size = 0; in >> size;) {
            shape.push_back(size);
            if (in.get() != 'x') break;
        }
    }

    bool differentiable() const { return kind == 'n' || kind == 'p'; }

    std::uint32_t elements() const {
        std::uint32_t n = 1;
        for (const std::int64_t size : shape) n *= static_cast<std::uint32_t>(size);
        return n;
    }

    /// `value` of every element's bits.
    template <class T, class F>
    std::vector<T> filled(std::uint32_t array, F&& value) const {
        std::vector<T> values(elements());
        for (std::uint32_t i = 0; i < values.size(); ++i) values[i] = value(bits_of(i, array));
        return values;
    }

    template <class L>
    typename L::Tensor make(std::uint32_t array) const {
        if (kind == 'i')
            return L::make(filled<std::int64_t>(array,
                                                [this](std::uint64_t bits) {
                                                    return static_cast<std::int64_t>(
                                                        bits * static_cast<std::uint64_t>(below) >> 32);
                                                }),
                           shape);
        if (kind == 'b')
            return L::make_mask(filled<char>(array, [](std::uint32_t bits) { return static_cast<char>(bits >> 31); }),
                                shape);
        const float low = kind == 'n' || kind == 'N' ? -1.F : 0.5F, width = low < 0 ? 2.F : 1.F;
        return L::make(
            filled<float>(array,
                          [=](std::uint32_t bits) { return low + width * static_cast<float>(bits >> 8) * 0x1p-24F; }),
            shape, differentiable());
    }
};

/// The sum of numbers and of their absolute values: by these the driver sees whether all programs compute the same.
template <class L>
std::string sums(const typename L::Tensor& t) {
    double sum = 0, magnitude = 0;
    for (const float v : L::values(t)) {
        sum += static_cast<double>(v);
        magnitude += std::abs(static_cast<double>(v));
    }
    std::ostringstream text;
    text.precision(9);
    text << '[' << sum << ", " << magnitude << ']';
    return text.str();
}

/// One operation on given inputs, forward and backward.
template <class L>
class Case {
public:
    using Tensor = typename L::Tensor;

    /// `line` is the operation's name and its arguments.
    Case(const std::string& line, const Operations<Tensor>& operations) {
        std::istringstream words(line);
        std::string operation;
        words >> operation;
        const auto found = operations.find(operation);
        if (found == operations.end()) throw std::invalid_argument("has no operation " + operation);
        operation_ = found->second;
        std::uint32_t array = 1;
        for (std::string word; words >> word; ++array) {
            const Argument argument(word);
            inputs_.push_back(argument.make<L>(array));
            if (argument.differentiable()) leaves_.push_back(inputs_.back());
        }
        output_ = operation_(inputs_);
        std::string all = sums<L>(output_);
        if (!leaves_.empty()) {
            gradient_ = L::random_like(
                output_, [](std::uint32_t i) { return static_cast<float>(bits_of(i, 0) >> 8) * 0x1p-23F - 1.F; });
            for (const Tensor& g : L::gradients(output_, leaves_, gradient_)) all += ", " + sums<L>(g);
        }
        check_ = "[" + all + "]";
    }

    /// The answer: seconds a call by number of threads, for both directions.
    std::string measure(const std::vector<int>& threads) const {
        std::string forward, backward;
        for (const int n : threads) {
            L::set_threads(n);
            {
                const typename L::NoGrad no_grad;
                forward += figure(forward, n, [this] { operation_(inputs_); });
            }
            if (!leaves_.empty())
                backward += figure(backward, n, [this] { L::gradients(output_, leaves_, gradient_); });
        }
        return "{\"forward\": {" + forward + "}, \"backward\": {" + backward + "}, \"check\": " + check_ + "}";
    }

private:
    /// The median of some blocks of at least 2 ms each. A call that takes long is not repeated often.
    template <class Step>
    static std::string figure(const std::string& before, int threads, Step&& step) {
        double estimate = time_of(step);  // wakes threads, faults pages
        if (estimate < 0.005) estimate = warm_up(step, 0.002);
        const auto block = static_cast<std::size_t>(std::max(1.0, 0.002 / estimate));
        std::vector<double> samples;
        for (double spent = 0; samples.empty() || (samples.size() < 5 && spent < 0.04);) {
            const double time = time_of(step, block);
            spent += time;
            samples.push_back(time / static_cast<double>(block));
        }
        std::ostringstream text;
        text << (before.empty() ? "\"" : ", \"") << threads << "\": " << median(samples);
        return text.str();
    }

    std::function<Tensor(const std::vector<Tensor>&)> operation_;
    std::vector<Tensor> inputs_, leaves_;
    Tensor output_, gradient_;
    std::string check_;
};

/// Answers one line for each that it reads, to the end: the numbers of threads to time a case with, as in `1,2`, and
/// the case. One that comes again is kept.
template <class L>
void serve(const Operations<typename L::Tensor>& operations) {
    std::unique_ptr<Case<L>> current;
    for (std::string numbers, line, last; std::cin >> numbers && std::getline(std::cin, line);) {
        std::string answer;
        try {
            std::vector<int> threads;
            std::istringstream each(numbers);
            for (std::string n; std::getline(each, n, ',');) threads.push_back(std::stoi(n));
            if (!current || line != last) {
                current.reset();
                current = std::make_unique<Case<L>>(line, operations);
                last = line;
            }
            answer = current->measure(threads);
        } catch (const std::exception& error) {
            std::string text = error.what();
            text = text.substr(0, text.find('\n'));
            std::replace_if(
                text.begin(), text.end(), [](char c) { return c == '"' || c == '\\'; }, ' ');
            answer = "{\"error\": \"" + text + "\"}";
        }
        std::cout << answer << std::endl;  // the driver waits for it
    }
}

}  // namespace bench
