// What is not compared with libtorch (tests/parity/modules_xgrad.cpp): initialisation, modes, clones, messages.

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <xgrad/xgrad.hpp>

#include "support.hpp"

using namespace support;
namespace nn = xg::nn;
using nn::Sequential;

namespace {

double variance(const Tensor& t) { return xg::mean(xg::square(t.detach())).item(); }

bool starts(const std::string& text, const std::string& part) { return text.find(part) == 0; }

}  // namespace

BOOST_AUTO_TEST_SUITE(layers)

BOOST_AUTO_TEST_CASE(convolutions_are_drawn_as_glorots) {
    xg::manual_seed(3);
    const nn::Conv2d conv(32, 64, {3, 5}, {.groups = 2});
    BOOST_TEST(conv.weight().shape() == (xg::Shape{64, 16, 3, 5}));
    const double expected = 2.0 / (16 * 15 + 64 * 15);
    BOOST_TEST(variance(conv.weight()) == expected, boost::test_tools::tolerance(0.05));
    BOOST_TEST(xg::max(xg::abs(conv.weight().detach())).item() <= std::sqrt(3 * expected));
    BOOST_TEST(variance(conv.bias()) == 0);
    const nn::Conv1d he(32, 64, 3, {.init = nn::Init::he_normal});
    BOOST_TEST(variance(he.weight()) == 2.0 / 96, boost::test_tools::tolerance(0.05));
    const nn::ConvTranspose2d torch(32, 64, 3, {.init = nn::Init::pytorch});
    const double bound = 1 / std::sqrt(64.0 * 9);
    for (const Tensor& t : {torch.weight(), torch.bias()}) {
        BOOST_TEST(xg::max(xg::abs(t.detach())).item() <= bound);
        BOOST_TEST(xg::max(xg::abs(t.detach())).item() > 0.9 * bound);
    }
}

BOOST_AUTO_TEST_CASE(recurrent_weights_are_drawn_gate_by_gate) {
    xg::manual_seed(4);
    const nn::LSTM lstm(20, 64, {.num_layers = 2, .forget_bias = 1});
    const auto state = lstm.state_dict();
    BOOST_TEST(variance(state[0].tensor) == 2.0 / 84, boost::test_tools::tolerance(0.05));
    BOOST_TEST(variance(state[1].tensor) == 2.0 / 128, boost::test_tools::tolerance(0.05));
    for (const std::size_t layer : {0, 1}) {
        const Tensor& bias = state[4 * layer + 2].tensor;
        BOOST_TEST(bias.slice(0, 64, 128).to_vector() == std::vector<double>(64, 1), boost::test_tools::per_element());
        BOOST_TEST(xg::sum(bias).item() == 64);
        BOOST_TEST(xg::sum(state[4 * layer + 3].tensor).item() == 0);
    }
    const nn::GRU gru(500, 64, {.init = nn::Init::pytorch});
    for (const Tensor& p : gru.parameters()) {
        BOOST_TEST(xg::max(xg::abs(p.detach())).item() <= 0.125);
        BOOST_TEST(xg::max(xg::abs(p.detach())).item() > 0.12);
    }
}

BOOST_AUTO_TEST_CASE(a_step_after_another_is_a_sequence) {
    const nn::LSTM lstm(3, 4, {.num_layers = 2});
    const nn::GRU gru(3, 4, {.num_layers = 2, .batch_first = true});
    const Tensor x = numbers({6, 2, 3});
    const auto [whole, end] = lstm(x);
    const auto [first, middle] = lstm(x.slice(0, 0, 2));
    const auto [second, later] = lstm(x.slice(0, 2, 6), middle);
    BOOST_TEST(xg::max(xg::abs(xg::concat({first, second}) - whole)).item() < 1e-6);
    BOOST_TEST(xg::max(xg::abs(later.second - end.second)).item() < 1e-6);
    const Tensor turned = x.transpose(0, 1);
    const auto [all, last] = gru(turned);
    const auto [early, between] = gru(turned.slice(1, 0, 3));
    const auto [late, finally] = gru(turned.slice(1, 3, 6), between);
    BOOST_TEST(xg::max(xg::abs(xg::concat({early, late}, 1) - all)).item() < 1e-6);
    BOOST_TEST(xg::max(xg::abs(finally - last)).item() < 1e-6);
    // A single sample is a batch of one without its axis.
    const auto [alone, state] = lstm(x.slice(1, 0, 1).reshape({6, 3}));
    BOOST_TEST(alone.shape() == (xg::Shape{6, 4}));
    BOOST_TEST(state.first.shape() == (xg::Shape{2, 4}));
    BOOST_TEST(xg::max(xg::abs(alone - xg::select(whole, 1, 0))).item() < 1e-6);
    const auto [again, more] = lstm(x.slice(1, 0, 1).reshape({6, 3}), state);
    BOOST_TEST(xg::max(xg::abs(again - alone)).item() > 1e-3);
}

BOOST_AUTO_TEST_CASE(dropout_between_layers_in_training_alone) {
    xg::manual_seed(1);
    const nn::LSTM dropping(3, 16, {.num_layers = 2, .dropout = 0.5}), single(3, 16, {.dropout = 0.5});
    const Tensor x = numbers({3, 2, 3});
    const auto differ = [&](const nn::LSTM& l) { return xg::max(xg::abs(l(x).first - l(x).first)).item() > 0; };
    BOOST_TEST(differ(dropping));
    BOOST_TEST(!differ(single));
    dropping.eval();
    BOOST_TEST(!differ(dropping));

    const nn::Dropout dropout;
    const Tensor ones = xg::ones({50, 50});
    const Tensor y = dropout(ones);
    BOOST_TEST(xg::sum(y == 0).item() == 1250, boost::test_tools::tolerance(0.1));
    BOOST_TEST(xg::max(y).item() == 2);
    dropout.eval();
    BOOST_TEST(dropout(ones).unsafe_body() == ones.unsafe_body());
}

BOOST_AUTO_TEST_CASE(batch_norm_keeps_statistics_of_its_own) {
    const nn::BatchNorm1d norm(2, {.momentum = {}});
    norm(xg::tensor({{0.0, 1.0}, {2.0, 5.0}}));
    norm(xg::tensor({{4.0, 1.0}, {8.0, 5.0}}));
    // Without a momentum the running mean is that of the batches.
    BOOST_TEST(norm.running_mean().to_vector() == (std::vector<double>{3.5, 3}), boost::test_tools::per_element());
    BOOST_TEST(norm.num_batches_tracked().item_int() == 2);
    const nn::BatchNorm1d copy = norm.clone();
    copy(xg::tensor({{0.0, 1.0}, {2.0, 5.0}}));
    BOOST_TEST((copy.num_batches_tracked().item_int() == 3 && norm.num_batches_tracked().item_int() == 2));
    BOOST_TEST(norm.running_mean().to_vector()[0] == 3.5);
    norm.eval();
    norm(xg::tensor({{0.0, 1.0}, {2.0, 5.0}}));
    BOOST_TEST(norm.num_batches_tracked().item_int() == 2);
    norm.train();
    // What is refused counts for nothing.
    BOOST_TEST(refuses<xg::ShapeError>([&] { norm(xg::ones({1, 2})); }, "more than one value") == "");
    BOOST_TEST(norm.num_batches_tracked().item_int() == 2);
    norm.to(xg::float64);
    BOOST_TEST(norm.running_mean().dtype() == xg::float64);
    BOOST_TEST(norm.num_batches_tracked().dtype() == xg::int64);
}

BOOST_AUTO_TEST_CASE(clones_have_parameters_of_their_own) {
    xg::manual_seed(2);
    Sequential model(nn::Residual(nn::Linear(4, 4), {.gate = true}), nn::PReLU(4));
    const nn::LSTM lstm(4, 4);
    const Sequential copy = model.clone();
    const nn::LSTM lstm_copy = lstm.clone();
    const Tensor x = numbers({3, 4}), sequence = numbers({2, 3, 4}), before = model(x), states = lstm(sequence).first;
    for (Tensor p : copy.parameters()) shift(p, 1);
    for (Tensor p : lstm_copy.parameters()) shift(p, 1);
    BOOST_TEST(xg::max(xg::abs(model(x) - before)).item() == 0);
    BOOST_TEST(xg::max(xg::abs(lstm(sequence).first - states)).item() == 0);
    BOOST_TEST(xg::max(xg::abs(copy(x) - before)).item() > 0.1);
    BOOST_TEST(xg::max(xg::abs(lstm_copy(sequence).first - states)).item() > 0.1);
    const auto doubled = nn::parameter_map(lstm);
    const Tensor same = nn::functional_call(lstm, doubled, sequence).first;
    BOOST_TEST(xg::max(xg::abs(same - states)).item() == 0);
}

BOOST_AUTO_TEST_CASE(rezero_starts_as_the_identity) {
    const nn::Residual gated(nn::Linear(4, 4), {.gate = true}), scaled(nn::Linear(4, 4), {.scale = 0});
    const Tensor x = numbers({3, 4});
    BOOST_TEST(gated(x).to_vector() == x.to_vector(), boost::test_tools::per_element());
    BOOST_TEST(scaled(x).to_vector() == x.to_vector(), boost::test_tools::per_element());
    xg::sum(gated(x)).backward();
    BOOST_TEST(std::abs(gated.gate().grad().item()) > 0);
    BOOST_TEST(names(gated.named_parameters()) == (std::vector<std::string>{"gate", "module.weight", "module.bias"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_padding_row_is_zero_and_stays) {
    const nn::Embedding embedding(4, 3, {.padding_idx = -2});
    BOOST_TEST(xg::sum(xg::abs(embedding.weight()[2])).item() == 0);
    xg::sum(embedding(xg::tensor({0, 2, 2}))).backward();
    BOOST_TEST(xg::sum(embedding.weight().grad()[2]).item() == 0);
    BOOST_TEST(xg::sum(embedding.weight().grad()).item() == 3);
}

BOOST_AUTO_TEST_CASE(attention_to_nothing_and_causal) {
    const nn::MultiheadAttention attention(4, 2, {.batch_first = true});
    const Tensor x = numbers({2, 3, 4});
    // A causal mask by hand is the same as the flag; true takes a key out.
    const Tensor later = xg::tensor({{false, true, true}, {false, false, true}, {false, false, false}});
    const Tensor a = attention(x, x, x, later), b = attention(x, x, x, nn::MultiheadMasks{.is_causal = true});
    BOOST_TEST(xg::max(xg::abs(a - b)).item() < 1e-6);
    BOOST_TEST(xg::max(xg::abs(a - attention(x))).item() > 1e-3);
    const Tensor single = attention(x[0]);
    BOOST_TEST(single.shape() == (xg::Shape{3, 4}));
    BOOST_TEST(xg::max(xg::abs(single - attention(x)[0])).item() < 1e-6);
    xg::manual_seed(1);
    const nn::MultiheadAttention dropping(4, 2, {.dropout = 0.5});
    BOOST_TEST(xg::max(xg::abs(dropping(x) - dropping(x))).item() > 0);
    dropping.eval();
    BOOST_TEST(xg::max(xg::abs(dropping(x) - dropping(x))).item() == 0);
}

BOOST_AUTO_TEST_CASE(rms_norm_is_the_operation) {
    const nn::RMSNorm norm(4, {.eps = 0.1});
    shift(norm.weight(), 0.5);
    const Tensor x = numbers({3, 4});
    BOOST_TEST(xg::max(xg::abs(norm(x) - xg::rms_norm(x, {4}, xg::full({4}, 1.5), 0.1))).item() == 0);
    BOOST_TEST(nn::RMSNorm(xg::Shape{2, 4}, {.elementwise_affine = false}).parameters().empty());
}

BOOST_AUTO_TEST_CASE(losses_that_libtorch_does_not_have) {
    const Tensor p = numbers({2, 3}), t = numbers({2, 3}, 0.4);
    BOOST_TEST(nn::MAPELoss()(p, t).item() == xg::mape_loss(p, t).item());
    BOOST_TEST(nn::MSLELoss(xg::LossReduction::sum)(p, t).item() == xg::msle_loss(p, t, xg::LossReduction::sum).item());
    const Tensor signs = xg::tensor({{1.0, -1.0, 1.0}, {-1.0, 1.0, 1.0}});
    BOOST_TEST(nn::HingeLoss()(p, signs).item() == xg::hinge_loss(p, signs).item());
    BOOST_TEST(nn::SquaredHingeLoss()(p, signs).item() == xg::squared_hinge_loss(p, signs).item());
    const nn::CrossEntropyLoss loss({.weight = xg::ones({3})});
    BOOST_TEST(names(loss.named_buffers()) == (std::vector<std::string>{"weight"}), boost::test_tools::per_element());
    loss.to(xg::float64);
    BOOST_TEST(loss(p.to(xg::float64), xg::tensor({0, 1})).dtype() == xg::float64);
}

BOOST_AUTO_TEST_CASE(calls_that_do_not_fit_name_the_layer) {
    const auto message = [](const nn::Module& layer, const Tensor& x) {
        Sequential model(nn::Identity(), Sequential().add(layer));
        return message_of([&] { model(x); });
    };
    const std::vector<std::tuple<nn::Module, xg::Shape, std::string>> calls{
        {nn::Conv1d(3, 4, 3), {2, 4, 9}, "in 1.0 (Conv1d): conv1d: "},
        {nn::Conv2d(3, 4, 3), {2, 4, 9, 9}, "in 1.0 (Conv2d): conv2d: "},
        {nn::Conv2d(3, 4, 3, {.padding = 9, .padding_mode = xg::PadMode::reflect}),
         {2, 3, 9, 9},
         "in 1.0 (Conv2d): pad: "},
        {nn::ConvTranspose1d(3, 4, 3), {2, 4, 9}, "in 1.0 (ConvTranspose1d): conv_transpose1d: "},
        {nn::ConvTranspose2d(3, 4, 3), {2, 4, 9, 9}, "in 1.0 (ConvTranspose2d): conv_transpose2d: "},
        {nn::MaxPool1d(3), {3}, "in 1.0 (MaxPool1d): max_pool1d: "},
        {nn::MaxPool2d(3), {2, 2, 2}, "in 1.0 (MaxPool2d): max_pool2d: "},
        {nn::AvgPool1d(3), {3}, "in 1.0 (AvgPool1d): avg_pool1d: "},
        {nn::AvgPool2d(3), {3}, "in 1.0 (AvgPool2d): avg_pool2d: "},
        {nn::AdaptiveAvgPool2d(3), {3}, "in 1.0 (AdaptiveAvgPool2d): adaptive_avg_pool2d: "},
        {nn::AdaptiveMaxPool2d(3), {3}, "in 1.0 (AdaptiveMaxPool2d): adaptive_max_pool2d: "},
        {nn::BatchNorm1d(3), {2, 4}, "in 1.0 (BatchNorm1d): BatchNorm1d: expected an input of shape (N, 3) or "},
        {nn::BatchNorm1d(3, {.affine = false, .track_running_stats = false}), {2, 4}, "in 1.0 (BatchNorm1d): "},
        {nn::BatchNorm2d(3), {2, 3}, "in 1.0 (BatchNorm2d): BatchNorm2d: expected an input of shape (N, 3, H, W)"},
        {nn::LayerNorm(3), {2, 4}, "in 1.0 (LayerNorm): layer_norm: "},
        {nn::GroupNorm(3, 6), {2, 3, 4}, "in 1.0 (GroupNorm): GroupNorm: expected an input of shape (N, 6, ...)"},
        {nn::RMSNorm(3), {2, 4}, "in 1.0 (RMSNorm): rms_norm: "},
        {nn::InstanceNorm1d(3), {2, 4, 5}, "in 1.0 (InstanceNorm1d): InstanceNorm1d: expected"},
        {nn::InstanceNorm2d(3), {2, 3, 5}, "in 1.0 (InstanceNorm2d): InstanceNorm2d: expected"},
        {nn::Dropout2d(), {3}, "in 1.0 (Dropout2d): feature_dropout: "},
        {nn::Embedding(3, 4), {3}, "in 1.0 (Embedding): embedding: "},
        {nn::Flatten(3), {2, 3}, "in 1.0 (Flatten): flatten: "},
        {nn::Unflatten(1, {2, 2}), {2, 3}, "in 1.0 (Unflatten): unflatten: "},
        {nn::Upsample({.size = 3}), {3}, "in 1.0 (Upsample): interpolate: "},
        {nn::GLU(), {2, 3}, "in 1.0 (GLU): glu: "},
        {nn::Softmax(2), {2, 3}, "in 1.0 (Softmax): softmax: "},
        {nn::PReLU(4), {2, 3}, "in 1.0 (PReLU): prelu: "},
        {nn::MultiheadAttention(4, 2), {2, 3, 5}, "in 1.0 (MultiheadAttention): MultiheadAttention: expected a query"},
        {nn::Residual(nn::Linear(3, 4)), {2, 3}, "in 1.0 (Residual): Residual: expected of Linear the shape"},
        {nn::Residual(nn::Linear(4, 4)), {2, 3}, "in 1.0.module (Linear): linear: "},
    };
    for (const auto& [layer, shape, expected] : calls) {
        const std::string said = message(layer, xg::ones(shape));
        BOOST_TEST(starts(said, expected), layer.type() << ": " << said);
    }
    const auto refused = [](auto layer, const auto&... in) { return message_of([&] { layer(in...); }); };
    const Tensor x = xg::ones({5, 2, 3}), none;
    const nn::LSTM lstm(3, 4);
    const nn::GRU gru(3, 4, {.bidirectional = true});
    BOOST_TEST(starts(refused(lstm, xg::ones({5, 2, 4})), "in LSTM: LSTM: expected an input of shape (T, N, 3) or"));
    BOOST_TEST(starts(refused(lstm, xg::ones({5})), "in LSTM: LSTM: expected an input"));
    BOOST_TEST(starts(refused(lstm, x, nn::LSTMState(xg::ones({1, 2, 4}), none)), "in LSTM: LSTM: expected a hidden"));
    BOOST_TEST(starts(refused(lstm, x, nn::LSTMState(xg::ones({2, 4}), xg::ones({2, 4}))),
                      "in LSTM: LSTM: expected a hidden state of shape (1, 2, 4)"));
    BOOST_TEST(starts(refused(gru, x, xg::ones({1, 2, 4})), "in GRU: GRU: expected a hidden state of shape (2, 2, 4)"));
    BOOST_TEST(starts(refused(lstm, x.to(xg::float64)), "in LSTM: lstm: expected one dtype"));
    const nn::MultiheadAttention attention(4, 2);
    const Tensor q = xg::ones({3, 2, 4}), k = xg::ones({5, 2, 4});
    BOOST_TEST(refused(attention, q, k, q).find("as many values as keys") != std::string::npos);
    BOOST_TEST(refused(attention, q, k, k, xg::ones({5, 3})).find("(3, 5) or (4, 3, 5)") != std::string::npos);
    BOOST_TEST(refused(attention, q, k, k, nn::MultiheadMasks{.key_padding_mask = xg::ones({2, 5})}).find("bool") !=
               std::string::npos);
    BOOST_TEST(refused(attention, q, k, k, nn::MultiheadMasks{.attn_mask = xg::ones({3, 5}), .is_causal = true})
                   .find("is_causal") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_refused) {
    const std::vector<std::pair<std::function<void()>, std::string>> makers{
        {[] { nn::Conv1d(0, 1, 1); }, "Conv1d: expected at least 1 channel"},
        {[] { nn::Conv1d(1, 1, 0); }, "Conv1d: expected a kernel of at least 1"},
        {[] { nn::Conv2d(4, 6, 3, {.groups = 4}); }, "Conv2d: expected a number of groups that divides the 4 and 6"},
        {[] { nn::Conv2d(4, 6, 3, {.groups = 0}); }, "Conv2d: expected a number of groups"},
        {[] { nn::ConvTranspose1d(1, 0, 1); }, "ConvTranspose1d: "},
        {[] {
             nn::ConvTranspose2d(1, 1, {1, 0});
         },
         "ConvTranspose2d: "},
        {[] { nn::BatchNorm1d(0); }, "BatchNorm1d: expected at least 1 feature"},
        {[] { nn::BatchNorm2d(-1); }, "BatchNorm2d: expected at least 1 feature"},
        {[] { nn::GroupNorm(2, 3); }, "GroupNorm: expected a number of groups"},
        {[] { nn::InstanceNorm1d(0); }, "InstanceNorm1d: "},
        {[] { nn::InstanceNorm2d(0); }, "InstanceNorm2d: "},
        {[] { nn::Dropout(1.5); }, "Dropout: expected a probability"},
        {[] { nn::Dropout2d(-1); }, "Dropout2d: expected a probability"},
        {[] { nn::AlphaDropout(std::nan("")); }, "AlphaDropout: expected a probability"},
        {[] { nn::Embedding(0, 1); }, "Embedding: expected at least 1 row"},
        {[] { nn::Embedding(2, 1, {.padding_idx = 2}); }, "Embedding: padding_idx 2"},
        {[] { nn::PReLU(0); }, "PReLU: expected at least 1 parameter"},
        {[] { nn::LSTM(0, 1); }, "LSTM: expected at least 1 feature"},
        {[] { nn::GRU(1, 1, {.num_layers = 0}); }, "GRU: expected at least 1 feature, unit and layer"},
        {[] { nn::GRU(1, 1, {.dropout = 2}); }, "GRU: expected a dropout"},
        {[] { nn::MultiheadAttention(4, 3); }, "MultiheadAttention: expected a number of heads"},
        {[] { nn::MultiheadAttention(0, 1); }, "MultiheadAttention: expected a number of heads"},
        {[] { nn::MultiheadAttention(4, 2, {.dropout = -1}); }, "MultiheadAttention: expected a dropout"},
    };
    for (const auto& [make, said] : makers) BOOST_TEST(refuses<xg::ValueError>(make, said) == "", said);
}

BOOST_AUTO_TEST_SUITE_END()
