#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/nn/activations.hpp>
#include <xgrad/nn/linear.hpp>
#include <xgrad/nn/sequential.hpp>

namespace xg {
inline std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.str(); }
inline std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name(dtype); }
}  // namespace xg

namespace support {

using xg::Tensor;

/// h + fc2(relu(fc1(h))), from two layers that are members.
class Block : public xg::nn::Layer<Block> {
    xg::nn::Linear fc1_ = add_module("fc1", xg::nn::Linear(4, 4));
    xg::nn::Linear fc2_ = add_module("fc2", xg::nn::Linear(4, 4));

public:
    Tensor forward(const Tensor& x) const { return x + fc2_(xg::relu(fc1_(x))); }
    const xg::nn::Linear& fc1() const { return fc1_; }
    const xg::nn::Linear& fc2() const { return fc2_; }
};

/// A parameter, a buffer of each kind and a child of its own.
class Scaled : public xg::nn::Layer<Scaled> {
    xg::nn::Parameter gain_ = add_parameter("gain", xg::full({4}, 2.0));
    xg::nn::Parameter mean_ = add_buffer("mean", xg::zeros({4}));
    xg::nn::Parameter count_ = add_buffer("count", xg::zeros({}, {.dtype = xg::int64}));
    Block block_ = add_module("block", Block());

public:
    Tensor forward(const Tensor& x) const { return gain_ * block_(x - mean_); }
    const Tensor& gain() const { return gain_; }
    const Tensor& mean() const { return mean_; }
    const Tensor& count() const { return count_; }
    const Block& block() const { return block_; }
};

/// What an exception says; empty if it is of type E and has `part` in it.
template <class E, class F>
std::string refuses(F&& f, const std::string& part) {
    try {
        f();
    } catch (const E& e) {
        const std::string message = e.what();
        return message.find(part) != std::string::npos ? "" : "it said: " + message;
    } catch (const std::exception& e) {
        return std::string("another exception: ") + e.what();
    }
    return "nothing was thrown";
}

/// The message of the Error that f throws.
template <class F>
std::string message_of(F&& f) {
    try {
        f();
    } catch (const xg::Error& e) {
        return e.what();
    }
    return "nothing was thrown";
}

inline std::vector<std::string> names(const std::vector<xg::nn::NamedTensor>& tensors) {
    std::vector<std::string> out;
    for (const auto& t : tensors) out.push_back(t.name);
    return out;
}

/// Some numbers between -1 and 1.
inline Tensor numbers(const xg::Shape& shape, double phase = 0, xg::DType dtype = xg::float32) {
    std::vector<double> values(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double v = 0.618033988749895 * static_cast<double>(i + 1) + phase;
        values[i] = 2 * (v - static_cast<double>(static_cast<long>(v))) - 1;
    }
    return xg::from_data(values, shape, {.dtype = dtype});
}

/// Adds `value` to all elements of a parameter.
inline void shift(Tensor p, double value) {
    const xg::NoGrad no_grad;
    p.set_data(p.detach() + value);
}

}  // namespace support
