#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

#include <xgrad/xgrad.hpp>

// What says that it works row by row does: the first rows of a batch give the first rows of its result. What does not, and is
// listed here as such, mixes them.

namespace {

namespace nn = xg::nn;
using xg::Tensor;

struct Row {
    nn::Module module;
    xg::Shape input;
    bool row_wise;
};

std::vector<Row> rows() {
    xg::manual_seed(3);
    const xg::Shape flat{6, 8}, sequence{6, 4, 8}, image{6, 4, 8, 8};
    return {{nn::Linear(8, 3), flat, true},
            {nn::Linear(8, 3), sequence, true},
            {nn::ReLU(), flat, true},
            {nn::Tanh(), flat, true},
            {nn::Sigmoid(), flat, true},
            {nn::ReLU6(), flat, true},
            {nn::SELU(), flat, true},
            {nn::SiLU(), flat, true},
            {nn::Mish(), flat, true},
            {nn::Softsign(), flat, true},
            {nn::LogSigmoid(), flat, true},
            {nn::Hardsigmoid(), flat, true},
            {nn::Hardswish(), flat, true},
            {nn::LeakyReLU(), flat, true},
            {nn::ELU(), flat, true},
            {nn::CELU(), flat, true},
            {nn::GELU(), flat, true},
            {nn::Softplus(), flat, true},
            {nn::Hardtanh(), flat, true},
            {nn::GLU(), flat, true},
            {nn::GLU(0), flat, false},
            {nn::Softmax(1), flat, true},
            {nn::Softmax(0), flat, false},
            {nn::LogSoftmax(-1), flat, true},
            {nn::LogSoftmax(0), flat, false},
            {nn::PReLU(), flat, true},
            {nn::Conv1d(4, 2, 3), sequence, true},
            {nn::Conv2d(4, 2, 3), image, true},
            {nn::ConvTranspose1d(4, 2, 3), sequence, true},
            {nn::ConvTranspose2d(4, 2, 3), image, true},
            {nn::MaxPool1d(2), sequence, true},
            {nn::MaxPool2d(2), image, true},
            {nn::AvgPool1d(2), sequence, true},
            {nn::AvgPool2d(2), image, true},
            {nn::AdaptiveAvgPool1d(3), sequence, true},
            {nn::AdaptiveAvgPool2d(3), image, true},
            {nn::AdaptiveMaxPool1d(3), sequence, true},
            {nn::AdaptiveMaxPool2d(3), image, true},
            {nn::BatchNorm1d(8), flat, false},
            {nn::BatchNorm2d(4), image, false},
            {nn::LayerNorm(8), flat, true},
            {nn::RMSNorm(8), flat, true},
            {nn::GroupNorm(2, 4), image, true},
            {nn::InstanceNorm1d(4), sequence, true},
            {nn::InstanceNorm2d(4), image, true},
            {nn::Dropout(0.4), flat, true},
            {nn::Dropout2d(0.4), image, true},
            {nn::AlphaDropout(0.4), flat, true},
            {nn::Identity(), flat, true},
            {nn::Flatten(), image, true},
            {nn::Flatten(0), image, false},
            {nn::Unflatten(1, {2, 4}), flat, true},
            {nn::Unflatten(0, {2, 3}), flat, false},
            {nn::Upsample({.scale_factor = 2.0}), image, true},
            {nn::MultiheadAttention(8, 2, {.batch_first = true}), sequence, true},
            {nn::MultiheadAttention(8, 2), sequence, false},
            {nn::Residual(nn::Linear(8, 8)), flat, true},
            {nn::Residual(nn::BatchNorm1d(8)), flat, false},
            {nn::Sequential(nn::Linear(8, 8), nn::ReLU()), flat, true},
            {nn::Sequential(nn::Linear(8, 8), nn::BatchNorm1d(8)), flat, false}};
}

Tensor call(const nn::Module& module, const Tensor& x) {
    xg::manual_seed(9);  // the same draws each time
    return module(x);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(row_wise)

BOOST_AUTO_TEST_CASE(layers_are_right_about_their_rows) {
    const xg::NoGrad no_grad;
    for (const Row& row : rows()) {
        BOOST_TEST_CONTEXT(row.module.type() << " of " << row.input.str()) {
            BOOST_TEST(row.module.is_row_wise() == row.row_wise);
            xg::manual_seed(4);
            const Tensor x = xg::randn(row.input);
            const Tensor whole = call(row.module, x);
            bool same = whole.size(0) == x.size(0);
            if (same) {
                const Tensor part = call(row.module, x.slice(0, 0, 4));
                const Tensor first = whole.slice(0, 0, 4);
                same = part.shape() == first.shape() && xg::max(xg::abs(part - first)).item() < 1e-5;
            }
            BOOST_TEST(same == row.row_wise);
        }
    }
}

BOOST_AUTO_TEST_CASE(recurrent_layers_by_their_options) {
    BOOST_TEST(!nn::LSTM(4, 3).is_row_wise());
    BOOST_TEST(nn::LSTM(4, 3, {.batch_first = true}).is_row_wise());
    BOOST_TEST(!nn::LSTM(4, 3, {.num_layers = 2, .batch_first = true, .dropout = 0.5}).is_row_wise());
    BOOST_TEST(nn::GRU(4, 3, {.batch_first = true}).is_row_wise());
    const nn::LSTM lstm(4, 3, {.batch_first = true});
    const Tensor x = xg::randn({5, 7, 4});
    const Tensor whole = lstm(x).first.slice(0, 0, 2), part = lstm(x.slice(0, 0, 2)).first;
    BOOST_TEST(xg::max(xg::abs(whole - part)).item() < 1e-6);
    BOOST_TEST(nn::Embedding(5, 3).is_row_wise());
}

namespace {

class Declared : public nn::Layer<Declared> {
public:
    static constexpr bool row_wise = true;
    Tensor forward(const Tensor& x) const { return x; }
};
class Silent : public nn::Layer<Silent> {
public:
    Tensor forward(const Tensor& x) const { return x; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(layers_of_ones_own_say_so_or_do_not) {
    BOOST_TEST(Declared().is_row_wise());
    BOOST_TEST(!Silent().is_row_wise());
    BOOST_TEST(nn::Module(Declared()).is_row_wise());
    BOOST_TEST(Declared().clone().is_row_wise());
    BOOST_TEST(nn::Sequential(Declared()).is_row_wise());
    BOOST_TEST(!nn::Sequential(Declared(), Silent()).is_row_wise());
}

BOOST_AUTO_TEST_CASE(losses_with_weights_of_elements_do_not_claim_it) {
    BOOST_TEST(nn::MSELoss().is_row_wise());
    BOOST_TEST(nn::CrossEntropyLoss({.weight = xg::ones({3})}).is_row_wise());
    BOOST_TEST(nn::BCELoss().is_row_wise());
    BOOST_TEST(!nn::BCELoss({.weight = xg::ones({5})}).is_row_wise());
    BOOST_TEST(!nn::BCEWithLogitsLoss({.pos_weight = xg::ones({5})}).is_row_wise());
}

BOOST_AUTO_TEST_SUITE_END()
