#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>
#include <boost/test/unit_test.hpp>

#include <xgrad/xgrad.hpp>

// What the tests of trainings share.

namespace test {

using xg::Tensor;
using xg::nn::Linear;
using xg::nn::ReLU;
using xg::nn::Sequential;

inline auto says(const std::string& part) {
    return [part](const xg::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(part) != std::string::npos;
    };
}

/// A folder that is gone at the end of the scope.
struct Folder {
    std::filesystem::path path;
    explicit Folder(const std::string& name)
        : path(std::filesystem::temp_directory_path() / ("xgrad-" + name + "-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
};

/// Bits of all parameters and buffers, one after another.
inline std::vector<double> numbers_of(const xg::nn::ModuleBase& model) {
    std::vector<double> all;
    for (const auto& [name, tensor] : model.state_dict()) {
        const std::vector<double> some = tensor.to_vector();
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

inline bool same_bits(const std::vector<double>& a, const std::vector<double>& b) { return a == b && !a.empty(); }

/// The greatest difference relative to the greatest number.
inline double relative_difference(const std::vector<double>& a, const std::vector<double>& b) {
    BOOST_REQUIRE_EQUAL(a.size(), b.size());
    double difference = 0, scale = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference = std::max(difference, std::abs(a[i] - b[i]));
        scale = std::max({scale, std::abs(a[i]), std::abs(b[i])});
    }
    return scale == 0 ? difference : difference / scale;
}

/// Samples of a smooth function.
struct Data {
    Tensor x, y;
    explicit Data(std::int64_t n, std::int64_t features = 3) {
        xg::manual_seed(7);
        x = xg::randn({n, features});
        y = xg::sin(xg::sum(x, 1, true));
    }
};

inline Sequential network(std::uint64_t seed = 1) {
    xg::manual_seed(seed);
    return Sequential(Linear(3, 16), ReLU(), Linear(16, 1));
}

}  // namespace test
