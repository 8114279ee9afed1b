#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>

#include <xgrad/xgrad.hpp>

#include "support.hpp"

using namespace support;
namespace nn = xg::nn;
using nn::Sequential;

BOOST_AUTO_TEST_SUITE(summaries)

// As Keras 3 prints Dense(64, relu), BatchNormalization, Dense(1) of two features, but for the names, and the
// activation that is a layer here.
BOOST_AUTO_TEST_CASE(is_kerass_table) {
    Sequential model(nn::Linear(2, 64), nn::ReLU(), nn::BatchNorm1d(64), nn::Linear(64, 1));
    Tensor(model.parameters()[0]).requires_grad(false);
    std::ostringstream out;
    out << nn::summary(model, {2}, {.width = 0});
    const std::string expected = R"(Model: "Sequential"
┏━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)    ┃ Output Shape ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ 0 (Linear)      │ (None, 64)   │     192 │
├─────────────────┼──────────────┼─────────┤
│ 1 (ReLU)        │ (None, 64)   │       0 │
├─────────────────┼──────────────┼─────────┤
│ 2 (BatchNorm1d) │ (None, 64)   │     256 │
├─────────────────┼──────────────┼─────────┤
│ 3 (Linear)      │ (None, 1)    │      65 │
└─────────────────┴──────────────┴─────────┘
 Total params: 513 (2.00 KB)
 Trainable params: 257 (1.00 KB)
 Non-trainable params: 256 (1.00 KB)
)";
    BOOST_TEST(out.str() == expected, out.str());
    // As wide as asked for, and large numbers in groups.
    const std::string wide = nn::summary(Sequential(nn::Linear(1000, 2000)), {1000}).str();
    BOOST_TEST(wide.find("2,002,000") != std::string::npos);
    BOOST_TEST(wide.find("(7.64 MB)") != std::string::npos, wide);
    const std::string line = wide.substr(wide.find("\xe2\x94\x83"), wide.find('\n', wide.find("\xe2\x94\x83")));
    BOOST_TEST(wide.find("\xe2\x94\x8f" + [] {
        std::string bar;
        for (int i = 0; i < 30; ++i) bar += "\xe2\x94\x81";
        return bar;
    }()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lists_what_is_inside_where_that_is_asked_for) {
    const Sequential model(nn::Residual(nn::Linear(4, 4)), Sequential(nn::Linear(4, 2), nn::Tanh()));
    const nn::Summary brief = nn::summary(model, {4}), all = nn::summary(model, {4}, {.expand_nested = true});
    BOOST_TEST(brief.rows.size() == 2u);
    BOOST_TEST(brief.rows[0].parameters == 20);
    std::string listed;
    for (const nn::SummaryRow& row : all.rows) listed += row.name + ":" + row.type + row.output + " ";
    BOOST_TEST(listed ==
               "0:Residual(None, 4) 0.module:Linear(None, 4) 1:Sequential(None, 2) 1.0:Linear(None, 2) "
               "1.1:Tanh(None, 2) ");
    BOOST_TEST(all.trainable == 30);
    const nn::Summary single = nn::summary(nn::Linear(4, 2), {3, 4});
    BOOST_TEST((single.rows.size() == 1u && single.rows[0].output == "(None, 3, 2)"));
    const nn::Summary indices = nn::summary(nn::Embedding(5, 3), {7}, {.dtype = xg::int64});
    BOOST_TEST(indices.rows[0].output == "(None, 7, 3)");
}

BOOST_AUTO_TEST_CASE(leaves_the_model_as_it_was) {
    const Sequential model(nn::Linear(2, 3), nn::BatchNorm1d(3), nn::Dropout(), nn::ReLU());
    model[2].eval();
    nn::summary(model, {2});
    BOOST_TEST((model.is_training() && model[1].is_training() && !model[2].is_training()));
    BOOST_TEST(model.state_dict()[6].tensor.item_int() == 0);
    // Where the call fails, too: hooks are gone and modes are restored.
    BOOST_TEST(refuses<xg::ShapeError>([&] { nn::summary(model, {5}); }, "in 0 (Linear): linear: ") == "");
    BOOST_TEST((model.is_training() && model[1].is_training() && !model[2].is_training()));
    Tensor x = numbers({4, 2});
    const Tensor y = model(x);
    BOOST_TEST(y.requires_grad());
}

BOOST_AUTO_TEST_SUITE_END()
