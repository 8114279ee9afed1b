#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using support::contains;
using support::message_of;
using xg::Tensor;

namespace {

using Values = std::vector<double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(in_place)

BOOST_AUTO_TEST_CASE(values_and_versions) {
    Tensor x = xg::tensor({1.0, 2.0, 3.0});
    const Tensor handle = x;
    x.add_(xg::tensor({10.0, 20.0, 30.0}));
    BOOST_TEST((handle.to_vector() == Values{11, 22, 33}));
    BOOST_TEST(x.version() == 1u);
    x.add_(1).mul_(2).mul_(xg::tensor({1, 0, -1}));
    BOOST_TEST((x.to_vector() == Values{24, 0, -68}));
    BOOST_TEST(x.version() == 4u);
    x.add_(xg::ones({1}), 0.5);
    BOOST_TEST((x.to_vector() == Values{24.5, 0.5, -67.5}));
    xg::axpy_(x, -2, xg::tensor({1.0, 2.0, 3.0}));
    BOOST_TEST((x.to_vector() == Values{22.5, -3.5, -73.5}));
    x.copy_(xg::tensor({7, 8, 9}));
    BOOST_TEST((x.to_vector() == Values{7, 8, 9}));
    BOOST_TEST(x.dtype() == xg::float32);
    x.copy_(xg::tensor({4.0}));
    BOOST_TEST((x.to_vector() == Values{4, 4, 4}));
    BOOST_TEST((x.fill_(2.5).to_vector() == Values{2.5, 2.5, 2.5}));
    BOOST_TEST((x.zero_().to_vector() == Values{0, 0, 0}));
    Tensor matrix = xg::zeros({2, 3});
    matrix.add_(xg::tensor({{1.0}, {2.0}})).mul_(xg::tensor({1.0, 2.0, 3.0}));
    BOOST_TEST((matrix.to_vector() == Values{1, 2, 3, 2, 4, 6}));
    matrix.add_(xg::ones({3, 2}).transpose());
    BOOST_TEST((matrix.to_vector() == Values{2, 3, 4, 3, 5, 7}));
    Tensor none = xg::zeros({0, 2});
    none.add_(xg::ones({2})).mul_(3).zero_().copy_(xg::ones({1, 2}));
    BOOST_TEST(none.numel() == 0);
    BOOST_TEST((xg::zero_(xg::add_(x, 3)).to_vector() == Values{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(integers_and_bools) {
    Tensor n = xg::tensor({1, 2});
    n.add_(xg::tensor({true, false})).add_(xg::tensor({1, 1}), 3).mul_(2);
    BOOST_TEST((n.to_vector() == Values{10, 10}));
    BOOST_TEST(n.dtype() == xg::int64);
    BOOST_TEST(contains(message_of<xg::DTypeError>([&] { n.add_(0.5); }),
                        "add_: the result is of float32, which does not fit the int64 tensor"));
    BOOST_CHECK_THROW(n.mul_(xg::ones({2})), xg::DTypeError);
    BOOST_CHECK_THROW(n.add_(n, 0.5), xg::DTypeError);
    BOOST_CHECK_THROW(n.fill_(0.5), xg::DTypeError);
    n.copy_(xg::tensor({2.9, -2.9}));
    BOOST_TEST((n.to_vector() == Values{2, -2}));
    Tensor mask = xg::tensor({true, false});
    BOOST_CHECK_THROW(mask.add_(1), xg::DTypeError);
    BOOST_TEST((mask.fill_(true).to_vector() == Values{1, 1}));
    BOOST_TEST((mask.zero_().to_vector() == Values{0, 0}));
    BOOST_TEST((mask.copy_(xg::tensor({0.0, 0.5})).to_vector() == Values{0, 1}));
    // Numbers beyond 2^53 are kept.
    Tensor big = xg::zeros({1}, {.dtype = xg::int64});
    big.fill_((std::int64_t{1} << 60) + 1).add_(xg::tensor({1}));
    BOOST_TEST(big.item_int() == (std::int64_t{1} << 60) + 2);
}

BOOST_AUTO_TEST_CASE(the_wider_type_is_computed_in) {
    Tensor x = xg::full({1}, 1);
    x.add_(xg::full({1}, 1e-3, support::f64), 1e3);
    BOOST_TEST(x.dtype() == xg::float32);
    BOOST_TEST(x.item() == 2);
    Tensor half = xg::full({1}, 3);
    half.mul_(xg::full({1}, 1.0 / 3, support::f64));
    BOOST_TEST(half.item() == 1);
}

BOOST_AUTO_TEST_CASE(shared_elements) {
    Tensor x = xg::tensor({{1.0, 2.0}, {3.0, 4.0}});
    BOOST_TEST((x.add_(x.transpose()).to_vector() == Values{2, 5, 5, 8}));
    BOOST_TEST((x.add_(x).to_vector() == Values{4, 10, 10, 16}));
    BOOST_TEST((x.mul_(x[0]).to_vector() == Values{16, 100, 40, 160}));
    BOOST_TEST((x.copy_(x.transpose()).to_vector() == Values{16, 40, 100, 160}));
    Tensor y = xg::arange(0, 100'000).to(xg::float32).reshape({100'000}).clone();
    y.add_(xg::concat({y.slice(0, 1, 100'000), xg::zeros({1})}));
    BOOST_TEST(y.to_vector()[70'000] == 140'001);
    Tensor z = xg::ones({300, 300});
    z.mul_(z.transpose()).add_(z.reshape({90'000}).reshape({300, 300}), -1);
    BOOST_TEST(xg::max(xg::abs(z)).item() == 0);
}

BOOST_AUTO_TEST_CASE(graphs_and_views) {
    Tensor leaf = xg::ones({2}, {.requires_grad = true});
    BOOST_TEST(contains(message_of<xg::GradError>([&] { leaf.add_(1); }), "add_: a tensor that requires a gradient"));
    BOOST_CHECK_THROW(leaf.zero_(), xg::GradError);
    Tensor result = leaf * 2;
    BOOST_CHECK_THROW(result.mul_(2), xg::GradError);
    Tensor plain = xg::ones({2});
    BOOST_TEST(contains(message_of<xg::GradError>([&] { plain.add_(leaf); }), "requires a gradient"));
    BOOST_CHECK_THROW(plain.copy_(leaf), xg::GradError);
    BOOST_TEST((plain.to_vector() == Values{1, 1}));
    BOOST_TEST(plain.version() == 0u);

    const Tensor loss = xg::sum(xg::square(leaf));
    {
        const xg::NoGrad no_grad;
        leaf.add_(1);
        xg::axpy_(leaf, 2, leaf);
    }
    BOOST_TEST((leaf.to_vector() == Values{6, 6}));
    BOOST_TEST(contains(message_of<xg::GradError>([&] { loss.backward(); }), "square"));

    Tensor parent = xg::zeros({2, 2});
    Tensor view = parent[0];
    BOOST_TEST(contains(message_of<xg::GradError>([&] { view.add_(1); }), "add_: the tensor of shape (2,) is a view"));
    BOOST_CHECK_THROW(parent.detach().zero_(), xg::GradError);
    BOOST_CHECK_THROW(parent.transpose().fill_(1), xg::GradError);
    parent.fill_(3);
    BOOST_TEST((view.to_vector() == Values{3, 3}));
}

BOOST_AUTO_TEST_CASE(shapes) {
    Tensor x = xg::zeros({3});
    BOOST_TEST(contains(message_of<xg::ShapeError>([&] {
                            x.add_(xg::ones({2, 3}));
                        }),
                        "add_: the shape (2, 3) does not broadcast to (3,)"));
    BOOST_CHECK_THROW(x.mul_(xg::ones({2})), xg::ShapeError);
    BOOST_CHECK_THROW(x.copy_(xg::ones({3, 1})), xg::ShapeError);
    BOOST_CHECK_THROW(Tensor().zero_(), xg::ValueError);
    BOOST_CHECK_THROW(x.add_(Tensor()), xg::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
