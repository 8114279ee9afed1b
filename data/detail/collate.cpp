#include <xgrad/data/detail/collate.hpp>

#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <typeinfo>

#include <fmt/core.h>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/core/error.hpp>

namespace xg::data::detail {

namespace {

/// Gives the thread back the random numbers that it had.
class RandomScope {
public:
    RandomScope() noexcept : before_(random_state()) {}
    ~RandomScope() { set_random_state(before_); }
    RandomScope(const RandomScope&) = delete;
    RandomScope& operator=(const RandomScope&) = delete;

private:
    RandomState before_;
};

/// Throws `error` again if it is just a T, with `start` before its message.
template <class... T>
void throw_named(const std::exception& error, const std::string& start) {
    (..., (typeid(error) == typeid(T) ? throw T(start + error.what()) : void()));
}

Samples get_sample(const GetSample& get, std::int64_t i) {
    try {
        return get(i);
    } catch (const std::exception& error) {
        throw_named<Error, ShapeError, DTypeError, GradError, NonFiniteError, IndexError, ValueError, FileError,
                    std::runtime_error, std::range_error, std::overflow_error, std::underflow_error, std::logic_error,
                    std::invalid_argument, std::domain_error, std::length_error, std::out_of_range>(
            error, fmt::format("sample {}: ", i));
        throw;
    }
}

/// Puts samples' inputs, or their targets, one after another.
class Stack {
public:
    Stack(const char* part, std::int64_t n) : part_(part), n_(n) {}

    void add(const Tensor& sample, std::int64_t i) {
        if (!sample.defined())
            throw ValueError(fmt::format("sample {}: its {} is undefined, expected a tensor", i, part_));
        if (!batch_.defined()) {
            shape_ = sample.shape();
            first_ = i;
            batch_ = empty(shape_.inserted(0, n_), {.dtype = sample.dtype()});
            bytes_ = static_cast<std::size_t>(shape_.elements() * item_size(sample.dtype()));
            to_ = xg::detail::data_as<char>(batch_);
        }
        if (sample.shape() != shape_)
            throw ShapeError(
                fmt::format("sample {}: its {} has shape {}, expected {} as that of sample {}, the first of the batch",
                            i, part_, sample.shape().str(), shape_.str(), first_));
        if (sample.dtype() != batch_.dtype())
            throw DTypeError(
                fmt::format("sample {}: its {} is {}, expected {} as that of sample {}, the first of the batch", i,
                            part_, name(sample.dtype()), name(batch_.dtype()), first_));
        if (bytes_ == 0) return;
        const Tensor rows = sample.detach().contiguous();
        std::memcpy(to_, xg::detail::data_as<char>(rows), bytes_);
        to_ += bytes_;
    }
    const Tensor& batch() const noexcept { return batch_; }

private:
    const char* part_;
    std::int64_t n_, first_ = 0;
    Tensor batch_;
    Shape shape_;
    std::size_t bytes_ = 0;
    char* to_ = nullptr;
};

}  // namespace

Samples collate(const GetSample& get, const std::int64_t* order, std::int64_t first, std::int64_t n, std::int64_t place,
                std::uint64_t seed) {
    const RandomScope random;
    Stack x("x", n), y("y", n);
    for (std::int64_t k = 0; k < n; ++k) {
        const std::int64_t i = order != nullptr ? order[k] : first + k;
        // Room for 2^24 streams a sample.
        set_random_state({.seed = seed, .stream = static_cast<std::uint64_t>(place + k) << 24});
        const Samples sample = get_sample(get, i);
        x.add(sample.x, i);
        y.add(sample.y, i);
    }
    return {x.batch(), y.batch()};
}

}  // namespace xg::data::detail
