#include "data.hpp"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <xgrad/xgrad.hpp>

#include "mlp.hpp"

namespace bench {

void loader_steps(const Options& options) {
    const xg::Tensor x = xg::randn({100, 2}), y = xg::matmul(x, xg::tensor({{14.0}, {3.0}}));
    xg::nn::Sequential model = make_mlp(2, {}, 1);
    xg::optim::SGD optimizer(model.parameters(), {.lr = 0.01});
    xg::data::DataLoader loader(x, y, {.batch_size = 32});
    std::vector<xg::data::Samples> cut;
    for (const xg::data::Samples& batch : loader) cut.push_back(batch);
    xg::data::DataLoader fresh(x, y, {.batch_size = 32});  // the other's batches are held above
    const auto epoch = [&](auto& range) {
        for (auto [xb, yb] : range) {
            optimizer.zero_grad();
            xg::nn::mse_loss(model(xb), yb).backward();
            optimizer.step();
        }
    };
    // An epoch has four batches.
    report_beside(
        options, [&] { epoch(fresh); }, [&] { epoch(cut); }, 1e6 / 4, "us");
}

void read_numbers(const Options& options) {
    namespace fs = std::filesystem;
    struct File {
        std::string path =
            (fs::temp_directory_path() / ("xgrad-bench-" + std::to_string(::getpid()) + ".csv")).string();
        ~File() {
            std::error_code ignored;
            fs::remove(path, ignored);
        }
    } const file;
    const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    xg::data::write_csv(file.path, xg::randn({100'000, 10}, {.dtype = xg::float64}), names);
    const auto bytes = static_cast<double>(fs::file_size(file.path));
    std::int64_t rows = 0;
    const std::vector<double> samples = measure_steps(
        [&] {
            xg::data::CsvReader reader(file.path);
            for (const xg::data::Table& block : reader) rows += block.rows();
        },
        options);
    if (rows == 0) throw std::runtime_error("no rows were read");
    report(options, samples, 1e9 / bytes, "s");
}

}  // namespace bench
