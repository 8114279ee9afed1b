#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include <xgrad/nn/normalization.hpp>
#include <xgrad/nn/residual.hpp>

#include "support.hpp"

using namespace support;
namespace nn = xg::nn;
using nn::NamedTensor;
using nn::Sequential;

namespace {

Sequential model() { return Sequential(nn::Linear(2, 3), nn::BatchNorm1d(3), nn::Residual(nn::Linear(3, 3))); }

std::vector<NamedTensor> copied(const nn::ModuleBase& m) {
    std::vector<NamedTensor> state = m.state_dict();
    for (NamedTensor& t : state) t.tensor = t.tensor.clone();
    return state;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(state_dicts)

BOOST_AUTO_TEST_CASE(has_pytorchs_names_and_order) {
    const std::vector<std::string> expected{"0.weight",
                                            "0.bias",
                                            "1.weight",
                                            "1.bias",
                                            "1.running_mean",
                                            "1.running_var",
                                            "1.num_batches_tracked",
                                            "2.module.weight",
                                            "2.module.bias"};
    BOOST_TEST(names(model().state_dict()) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(goes_from_one_model_to_another) {
    xg::manual_seed(1);
    const Sequential a = model(), b = model();
    const Tensor x = numbers({4, 2});
    a(x);
    b.load_state_dict(a.state_dict());
    a.eval();
    b.eval();
    BOOST_TEST(a(x).to_vector() == b(x).to_vector(), boost::test_tools::per_element());
    BOOST_TEST(b.state_dict()[6].tensor.item_int() == 1);
    // Copied, not shared.
    shift(a.parameters()[0], 1);
    BOOST_TEST(a.parameters()[0].to_vector()[0] != b.parameters()[0].to_vector()[0]);
    // In the model's dtype, and leaves as before.
    b.to(xg::float64);
    b.load_state_dict(a.state_dict());
    BOOST_TEST(b.parameters()[0].dtype() == xg::float64);
    BOOST_TEST(b.parameters()[0].requires_grad());
    BOOST_TEST(a.parameters()[0].to_vector() == b.parameters()[0].to_vector(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(all_that_is_wrong_is_listed_and_nothing_loaded) {
    const Sequential m = model();
    const std::vector<double> before = m.parameters()[1].to_vector();
    std::vector<NamedTensor> state = copied(m);
    for (NamedTensor& t : state) t.tensor = xg::ones(t.tensor.shape());
    state[0].tensor = xg::ones({3, 3});
    state[6].tensor = xg::full({}, 0.5);
    state[2].name = "1.gamma";
    state[7].name = "2.weight";
    state.push_back({"0.bias", xg::ones({3})});
    const std::string message = message_of([&] { m.load_state_dict(state); });
    for (const char* part :
         {"Sequential.load_state_dict: nothing was loaded", "other shapes: 0.weight (expected (3, 2), got (3, 3))",
          "unexpected names: 1.gamma, 2.weight", "missing names: 1.weight, 2.module.weight", "given twice: 0.bias",
          "other dtypes: 1.num_batches_tracked (expected int64, got float32)"})
        BOOST_TEST(message.find(part) != std::string::npos, part << " is not in: " << message);
    BOOST_TEST(m.parameters()[1].to_vector() == before, boost::test_tools::per_element());
    BOOST_TEST(refuses<xg::ValueError>([&] { m.load_state_dict({{"0.weight", {}}}, false); }, "undefined") == "");
}

BOOST_AUTO_TEST_CASE(a_part_may_be_loaded_where_that_is_asked_for) {
    const Sequential m = model();
    m.load_state_dict({{"0.bias", xg::full({3}, 7)}, {"9.weight", xg::ones({1})}}, false);
    BOOST_TEST(m.parameters()[1].to_vector() == (std::vector<double>{7, 7, 7}), boost::test_tools::per_element());
    BOOST_TEST(refuses<xg::ValueError>(
                   [&] {
                       m.load_state_dict({{"0.bias", xg::ones({4})}}, false);
                   },
                   "other shapes: 0.bias") == "");
}

BOOST_AUTO_TEST_CASE(shared_parameters_have_all_their_names_and_need_one) {
    const nn::Linear shared(3, 3);
    const Sequential m(shared, nn::ReLU(), shared);
    BOOST_TEST(names(m.state_dict()) == (std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"}),
               boost::test_tools::per_element());
    m.load_state_dict({{"2.weight", xg::full({3, 3}, 2)}, {"0.bias", xg::full({3}, 3)}});
    BOOST_TEST(shared.weight().to_vector()[0] == 2);
    BOOST_TEST(shared.bias().to_vector()[0] == 3);
}

BOOST_AUTO_TEST_SUITE_END()
