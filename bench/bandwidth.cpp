// How much of the speed of memory large element-wise operations reach.

#include <cstring>
#include <memory>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/threads.hpp>

#include "families.hpp"

namespace families {

namespace {

constexpr std::int64_t elements = 40'000'000;  // several times what caches hold
/// f(first, count) for one part of the elements a core: long ones, which the C library copies past the caches.
template <class F>
void parted(F&& f) {
    const std::int64_t parts = xg::num_threads(), each = (elements / parts + 15) / 16 * 16;
    xg::parallel_for(parts, [&](std::int64_t i) { f(i * each, std::min(each, elements - i * each)); });
}

struct Probe {
    std::string name;
    double arrays;  ///< How many arrays of `elements` floats are read or written.
    std::function<void()> run;
    std::vector<double> samples = {};
};

}  // namespace

void bandwidth() {
    const xg::NoGrad no_grad;
    const xg::Tensor a = xg::rand({elements}), b = xg::rand({elements}), mask = a > b;
    xg::Tensor c = xg::zeros({elements});
    const float* const from = a.data<float>();
    float* const to = c.mutable_data<float>();
    std::vector<Probe> probes = {
        // STREAM's copy, as the C library does it and as a plain loop: the faster is the machine's.
        {"copy", 2,
         [&] {
             parted([&](std::int64_t at, std::int64_t n) {
                 std::memcpy(to + at, from + at, static_cast<std::size_t>(n) * sizeof(float));
             });
         }},
        {"copy by a loop", 2,
         [&] {
             parted([&](std::int64_t at, std::int64_t n) {
                 for (std::int64_t i = at; i < at + n; i += 16) {
                     // Neither turned into a call of memcpy nor left scalar.
                     float line[16];
                     std::memcpy(line, from + i, sizeof line);
                     std::memcpy(to + i, line, sizeof line);
                 }
             });
         }},
        {"clone", 2, [&] { a.clone(); }},
        {"neg", 2, [&] { xg::neg(a); }},
        {"relu", 2, [&] { xg::relu(a); }},
        {"square", 2, [&] { xg::square(a); }},
        {"mul_number", 2, [&] { xg::mul(a, 1.5); }},
        {"sqrt", 2, [&] { xg::sqrt(a); }},
        {"exp", 2, [&] { xg::exp(a); }},
        {"tanh", 2, [&] { xg::tanh(a); }},
        {"sigmoid", 2, [&] { xg::sigmoid(a); }},
        {"add", 3, [&] { xg::add(a, b); }},
        {"mul", 3, [&] { xg::mul(a, b); }},
        {"div", 3, [&] { xg::div(a, b); }},
        {"maximum", 3, [&] { xg::maximum(a, b); }},
        {"where", 3.25, [&] { xg::where(mask, a, b); }},
        {"sum", 1, [&] { xg::sum(a); }},
    };
    for (int round = 0; round < 6; ++round) {
        for (Probe& probe : probes) {
            const double time = bench::time_of(probe.run);
            if (round > 0) probe.samples.push_back(time);
        }
    }
    std::cout << '{';
    for (const Probe& probe : probes) {
        std::cout << (&probe == probes.data() ? "\"" : ", \"") << probe.name << "\": "
                  << probe.arrays * static_cast<double>(elements) * sizeof(float) / bench::median(probe.samples) / 1e9;
    }
    std::cout << "}\n";
}

}  // namespace families
