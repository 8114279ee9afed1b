#include <xgrad/optim/clipping.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/autograd/detail/body.hpp>
#include <xgrad/autograd/detail/lanes.hpp>
#include <xgrad/core/error.hpp>
#include <xgrad/core/threads.hpp>
#include <xgrad/optim/detail/multi_tensor.hpp>
#include <xgrad/optim/detail/rule.hpp>
#include <xgrad/optim/detail/sweep.hpp>

namespace xg::optim {
namespace {

using detail::Doubles;
using detail::Floats;
using detail::number;
using detail::Piece;

template <class Vector>
struct Scaled {
    static constexpr std::size_t slots = 0;
    Vector factor;
    explicit Scaled(const std::array<double, detail::kMaxNumbers>& n) : factor(number<Vector>(n, 0)) {}
    void operator()(Vector& g, const Vector&) const { g = g * factor; }
};

template <class Vector>
struct Clamped {
    static constexpr std::size_t slots = 0;
    Vector limit;
    explicit Clamped(const std::array<double, detail::kMaxNumbers>& n) : limit(number<Vector>(n, 0)) {}
    void operator()(Vector& g, const Vector&) const {
        // Comparisons are false for NaN, which stays.
        g = xsimd::select(g > limit, limit, xsimd::select(g < -limit, -limit, g));
    }
};

/// Room of a call, kept by each thread so that a warm one allocates nothing.
struct Room {
    std::vector<Tensor> owners, gradients;
    std::vector<std::pair<const void*, std::size_t>> order;
    std::vector<Piece> pieces;
    std::vector<double> shares;
};

/// The thread's room while it is used; emptied in the end, lest it keeps tensors alive.
class InUse {
public:
    InUse() : room_(one()) {}
    ~InUse() {
        room_.owners.clear();
        room_.gradients.clear();
    }
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;
    Room& operator*() const { return room_; }

private:
    static Room& one() {
        static thread_local Room room;
        return room;
    }
    Room& room_;
};

/// Collects the gradients of the parameters, each once.
void collect(Room& room, const std::vector<Tensor>& parameters, const char* operation) {
    room.order.clear();
    room.pieces.clear();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (!parameters[i].defined())
            throw ValueError(std::string(operation) + ": parameter " + std::to_string(i) + " is undefined");
        const Tensor g = parameters[i].grad();
        if (g.defined()) room.order.emplace_back(g.unsafe_body(), i);
    }
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    std::sort(room.order.begin(), room.order.end());
    room.order.erase(std::unique(room.order.begin(), room.order.end(), same), room.order.end());
    std::sort(room.order.begin(), room.order.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& [gradient, i] : room.order) {
        room.owners.push_back(parameters[i]);
        room.gradients.push_back(parameters[i].grad().contiguous());
        const xg::detail::Body& b = xg::detail::body(room.gradients.back());
        room.pieces.push_back({.parameter = b.data, .gradient = b.data, .numel = b.numel});
    }
}

void check_limit(double limit, const char* operation, const char* name) {
    if (!(limit >= 0))
        throw ValueError(std::string(operation) + ": expected a " + name + " of at least 0, got " +
                         detail::text(limit));
}

/// The share of elements [begin, end) in the norm: the sum of |g|^p, or the greatest |g|. `scale` divides all.
template <class T>
double share(const T* g, std::int64_t n, double p, double scale) {
    if (std::isinf(p)) {
        double greatest = 0;
        for (std::int64_t i = 0; i < n; ++i) {
            const auto a = static_cast<double>(std::abs(g[i]));
            greatest = (a > greatest || std::isnan(a)) && !std::isnan(greatest) ? a : greatest;
        }
        return greatest;
    }
    if (p == 1)
        return xg::detail::lane_sum<double>(
            n, [=](std::int64_t i) { return std::abs(static_cast<double>(g[i])) / scale; });
    if (p == 2) {
        if (scale == 1)
            return xg::detail::lane_sum<double>(n, [=](std::int64_t i) {
                const auto a = static_cast<double>(g[i]);
                return a * a;
            });
        return xg::detail::lane_sum<double>(n, [=](std::int64_t i) {
            const double a = static_cast<double>(g[i]) / scale;
            return a * a;
        });
    }
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += std::pow(std::abs(static_cast<double>(g[i])) / scale, p);
    return sum;
}

/// The norm of all gradients together, each element divided by `scale`.
double norm(Room& room, double p, double scale) {
    const std::int64_t blocks = detail::lay_out(room.pieces);
    room.shares.assign(static_cast<std::size_t>(blocks), 0.0);
    const auto join = [p](double a, double b) {
        if (!std::isinf(p)) return a + b;
        return std::isnan(a) || a > b ? a : b;
    };
    parallel_for(blocks, [&](std::int64_t block) {
        double& mine = room.shares[static_cast<std::size_t>(block)];
        detail::for_block(room.pieces, block, [&](const Piece& piece, std::int64_t begin, std::int64_t end) {
            const auto number = static_cast<std::size_t>(&piece - room.pieces.data());
            const bool single = xg::detail::body(room.gradients[number]).dtype == float32;
            mine =
                join(mine, single ? share(static_cast<const float*>(piece.gradient) + begin, end - begin, p, scale)
                                  : share(static_cast<const double*>(piece.gradient) + begin, end - begin, p, scale));
        });
    });
    double total = 0;
    for (const double one : room.shares) total = join(total, one);
    if (std::isinf(p)) return total;
    return p == 2 ? std::sqrt(total) : p == 1 ? total : std::pow(total, 1 / p);
}

/// The norm, also where powers of the elements leave the numbers that there are.
double safe_norm(Room& room, double p) {
    const double plain = norm(room, p, 1);
    if (std::isinf(p) || std::isnan(plain) || (std::isfinite(plain) && plain > 1e-100)) return plain;
    const double greatest = norm(room, std::numeric_limits<double>::infinity(), 1);
    if (greatest == 0 || !std::isfinite(greatest)) return greatest;
    return norm(room, p, greatest) * greatest;
}

/// Applies a formula to all gradients: in place, but for those that others see in part.
template <class OfFloats, class OfDoubles>
void change(Room& room, double value) {
    for (std::size_t i = 0; i < room.pieces.size(); ++i) {
        Tensor& g = room.gradients[i];
        const xg::detail::Body* b = &xg::detail::body(g);
        const bool replaced = g.unsafe_body() != room.owners[i].grad().unsafe_body();
        if (replaced || (b->view && b->storage->refs.load(std::memory_order_acquire) > 1)) {
            g = g.clone();
            room.owners[i].set_grad(g);
            b = &xg::detail::body(g);
            room.pieces[i].parameter = b->data;
            room.pieces[i].gradient = b->data;
        }
        const detail::Kernels kernels = detail::kernels_of<OfFloats, OfDoubles>();
        room.pieces[i].kernel = b->dtype == float32 ? kernels.float32 : kernels.float64;
        room.pieces[i].numbers[0] = value;
        ++b->storage->version;
    }
    detail::run(room.pieces);
}

}  // namespace

double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm, const ClipNormOptions& options) {
    check_limit(max_norm, "clip_grad_norm_", "max_norm");
    const double p = options.norm_type;
    if (!(p > 0)) throw ValueError("clip_grad_norm_: expected a norm_type above 0, got " + detail::text(p));
    const NoGrad no_grad;
    const InUse used;
    collect(*used, parameters, "clip_grad_norm_");
    const double total = safe_norm(*used, p);
    if (options.error_if_nonfinite && !std::isfinite(total))
        throw ValueError("clip_grad_norm_: the norm of order " + detail::text(p) + " is " + detail::text(total) +
                         "; expected a finite one, or error_if_nonfinite = false");
    const double factor = max_norm / (total + 1e-6);
    // Also where it is NaN.
    if (!(factor >= 1)) change<Scaled<Floats>, Scaled<Doubles>>(*used, factor);
    return total;
}

void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value) {
    check_limit(clip_value, "clip_grad_value_", "clip_value");
    const NoGrad no_grad;
    const InUse used;
    collect(*used, parameters, "clip_grad_value_");
    change<Clamped<Floats>, Clamped<Doubles>>(*used, clip_value);
}

}  // namespace xg::optim
