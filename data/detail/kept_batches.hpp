#pragma once

#include <cstdint>
#include <vector>

#include <xgrad/autograd/tensor.hpp>
#include <xgrad/data/samples.hpp>

namespace xg::data::detail {

/// The batches of two tensors, as views that are cut once and handed out again on every pass: cutting them takes longer
/// than a small model's step has to spare.
///
/// A view that somebody still holds, or has made a leaf of, is cut anew.
class KeptBatches {
public:
    /// x and y in batches of `batch_size`, of which there are `batches`.
    KeptBatches(Tensor x, Tensor y, std::int64_t batch_size, std::int64_t batches);

    /// Batch number i.
    const Samples& get(std::int64_t i);
    /// Whether a pass holds on to x: then these batches must stay.
    bool held() const noexcept;
    /// Whether x and y may be written to: nobody else has them, or a part of them.
    bool idle() const noexcept;
    Tensor& x() noexcept { return x_; }
    Tensor& y() noexcept { return y_; }

private:
    struct Kept {
        Samples batch;
        const char *x = nullptr, *y = nullptr;  // where their elements began
    };

    const Samples& cut(std::int64_t i);

    Tensor x_, y_;
    std::int64_t batch_size_;
    std::vector<Kept> batches_;
    std::uint32_t cut_ = 0;  // how many of them there are yet
};

}  // namespace xg::data::detail
