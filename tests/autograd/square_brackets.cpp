#include <boost/test/unit_test.hpp>

#include <xgrad/autograd/indexing.hpp>
#include <xgrad/core/error.hpp>

#include "support.hpp"

using xg::Ellipsis;
using xg::newaxis;
using xg::Shape;
using xg::Slice;
using xg::Tensor;

namespace {

Tensor I(const xg::NestedValues& values) { return xg::tensor(values, {.dtype = xg::int64}); }
Tensor B(const xg::NestedValues& values) { return xg::tensor(values, {.dtype = xg::boolean}); }

const Tensor x = xg::arange(0, 24).reshape({2, 3, 4});

struct Case {
    const char* python;
    std::vector<xg::IndexEntry> entries;
    Shape shape;
    std::vector<double> values;
};

/// What NumPy 2.4 gives for x = np.arange(24).reshape(2, 3, 4).
const std::vector<Case> kCases = {
    {"x[1]", {1}, {3, 4}, {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}},
    {"x[-1,-1]", {-1, -1}, {4}, {20, 21, 22, 23}},
    {"x[0,1,2]", {0, 1, 2}, {}, {6}},
    {"x[:,1:3]", {Slice{}, Slice{1, 3}}, {2, 2, 4}, {4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23}},
    {"x[:,:,::-1]", {Slice{}, Slice{}, Slice{{}, {}, -1}}, {2, 3, 4}, {3,  2,  1,  0,  7,  6,  5,  4,  11, 10, 9,  8,
                                                                       15, 14, 13, 12, 19, 18, 17, 16, 23, 22, 21, 20}},
    {"x[:,-1::-2,3:0:-2]", {Slice{}, Slice{-1, {}, -2}, Slice{3, 0, -2}}, {2, 2, 2}, {11, 9, 3, 1, 23, 21, 15, 13}},
    {"x[1:3,...,None,-1]", {Slice{1, 3}, Ellipsis{}, newaxis, -1}, {1, 3, 1}, {15, 19, 23}},
    {"x[...,1]", {Ellipsis{}, 1}, {2, 3}, {1, 5, 9, 13, 17, 21}},
    {"x[None,...,None]", {newaxis, Ellipsis{}, newaxis}, {1, 2, 3, 4, 1}, {0,  1,  2,  3,  4,  5,  6,  7,
                                                                           8,  9,  10, 11, 12, 13, 14, 15,
                                                                           16, 17, 18, 19, 20, 21, 22, 23}},
    {"x[5:9]", {Slice{5, 9}}, {0, 3, 4}, {}},
    {"x[::5]", {Slice{{}, {}, 5}}, {1, 3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
    {"x[[1,0,1]]", {I({1, 0, 1})}, {3, 3, 4}, {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 0,  1,  2,  3,  4,  5,
                                               6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}},
    {"x[:,[2,0]]", {Slice{}, I({2, 0})}, {2, 2, 4}, {8, 9, 10, 11, 0, 1, 2, 3, 20, 21, 22, 23, 12, 13, 14, 15}},
    {"x[...,[-1,0]]", {Ellipsis{}, I({-1, 0})}, {2, 3, 2}, {3, 0, 7, 4, 11, 8, 15, 12, 19, 16, 23, 20}},
    {"x[[0,1],[2,1]]", {I({0, 1}), I({2, 1})}, {2, 4}, {8, 9, 10, 11, 16, 17, 18, 19}},
    {"x[[[0],[1]],:,[3,0]]",
     {I({{0}, {1}}), Slice{}, I({3, 0})},
     {2, 2, 3},
     {3, 7, 11, 0, 4, 8, 15, 19, 23, 12, 16, 20}},
    {"x[:,[[0],[2]],[3,0]]", {Slice{}, I({{0}, {2}}), I({3, 0})}, {2, 2, 2}, {3, 0, 11, 8, 15, 12, 23, 20}},
    {"x[0,:,[1,2]]", {0, Slice{}, I({1, 2})}, {2, 3}, {1, 5, 9, 2, 6, 10}},
    {"x[:,0,[1,2]]", {Slice{}, 0, I({1, 2})}, {2, 2}, {1, 2, 13, 14}},
    {"x[[1,0],None,1:,[1,2]]", {I({1, 0}), newaxis, Slice{1, {}}, I({1, 2})}, {2, 1, 2}, {17, 21, 6, 10}},
    {"x[:,[1],...,[3,1]]", {Slice{}, I({1}), Ellipsis{}, I({3, 1})}, {2, 2}, {7, 19, 5, 17}},
    {"x[:,[0,1],None,0]", {Slice{}, I({0, 1}), newaxis, 0}, {2, 2, 1}, {0, 12, 4, 16}},
    {"x[::-1,[2,0]]",
     {Slice{{}, {}, -1}, I({2, 0})},
     {2, 2, 4},
     {20, 21, 22, 23, 12, 13, 14, 15, 8, 9, 10, 11, 0, 1, 2, 3}},
    {"x[[1,0],2,[3,1]]", {I({1, 0}), 2, I({3, 1})}, {2}, {23, 9}},
    {"x[[True,False]]", {B({true, false})}, {1, 3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
    {"x[:,[True,False,True],2:]",
     {Slice{}, B({true, false, true}), Slice{2, {}}},
     {2, 2, 2},
     {2, 3, 10, 11, 14, 15, 22, 23}},
    {"x[np.array([[1,0,1],[0,0,1]],bool)]",
     {B({{true, false, true}, {false, false, true}})},
     {3, 4},
     {0, 1, 2, 3, 8, 9, 10, 11, 20, 21, 22, 23}},
    {"x[np.array([[1,0,1],[0,0,1]],bool),[3]]",
     {B({{true, false, true}, {false, false, true}}), I({3})},
     {3},
     {3, 11, 23}},
    {"x[x>20]", {x > 20}, {3}, {21, 22, 23}},
    {"x[:,True,[0,1]]",
     {Slice{}, B(true), I({0, 1})},
     {2, 2, 4},
     {0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19}},
    {"x[False]", {B(false)}, {0, 2, 3, 4}, {}},
    {"x[np.array(1)]", {xg::tensor(1)}, {3, 4}, {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}},
    {"x[np.array([],int)]", {xg::zeros({0}, {.dtype = xg::int64})}, {0, 3, 4}, {}},
    {"x", {}, {2, 3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}},
};

}  // namespace

// Python's square brackets, as `index` and `index_put` know them.
BOOST_AUTO_TEST_SUITE(square_brackets)

BOOST_AUTO_TEST_CASE(numpys_square_brackets) {
    for (const Case& c : kCases) {
        BOOST_TEST_CONTEXT(c.python) {
            const Tensor y = xg::index(x, c.entries);
            BOOST_TEST(y.shape() == c.shape);
            BOOST_TEST(y.to_vector() == c.values);
            // Of an array that lies otherwise.
            const Tensor turned = x.transpose(0, 2).clone().transpose(0, 2);
            BOOST_TEST(xg::index(turned, c.entries).to_vector() == c.values);
            // What is put there is found there, and nothing else has changed.
            const Tensor put = xg::index_put(x, c.entries, xg::full({}, -1, {.dtype = xg::int64}));
            std::vector<double> expected = x.to_vector();
            for (const double v : c.values) expected[static_cast<std::size_t>(v)] = -1;
            BOOST_TEST(put.to_vector() == expected);
            const Tensor sums = xg::index_put(x, c.entries, xg::full(c.shape, 100, {.dtype = xg::int64}), true);
            expected = x.to_vector();
            for (const double v : c.values) expected[static_cast<std::size_t>(v)] += 100;
            BOOST_TEST(sums.to_vector() == expected);
        }
    }
    // Views where there are no tensors and no negative steps.
    const Tensor view = xg::index(x, {1, Slice{1}, newaxis, Slice{{}, {}, 2}});
    BOOST_TEST(view.data<std::int64_t>() == x.data<std::int64_t>() + 16);
    BOOST_TEST(xg::index(Tensor(5), {}).item() == 5);
    BOOST_TEST(xg::index(Tensor(5), {Ellipsis{}, newaxis}).shape() == Shape{1});
}

BOOST_AUTO_TEST_CASE(square_brackets_that_are_wrong) {
    const auto text = [](const std::vector<xg::IndexEntry>& e) {
        return support::message_of<xg::Error>([&] { static_cast<void>(xg::index(x, e)); });
    };
    BOOST_TEST(text({0, 3}) == "index: index 3 is out of range for axis 1 of the shape (2, 3, 4)");
    BOOST_TEST(text({-3}) == "index: index -3 is out of range for axis 0 of the shape (2, 3, 4)");
    BOOST_TEST(text({Slice{}, I({0, 4})}) == "index: index 4 is out of range for axis 1 of the shape (2, 3, 4)");
    BOOST_TEST(text({I({0, 1}), Slice{}, I({0, -5})}) ==
               "index: index -5 is out of range for axis 2 of the shape (2, 3, 4)");
    BOOST_CHECK_THROW(xg::index(x, {0, 0, 0, 0}), xg::IndexError);
    BOOST_CHECK_THROW(xg::index(x, {B({true, false, true})}), xg::IndexError);
    BOOST_CHECK_THROW(xg::index(x, {I({2})}), xg::IndexError);
    BOOST_CHECK_THROW(xg::index(x, {Ellipsis{}, 0, Ellipsis{}}), xg::ValueError);
    BOOST_CHECK_THROW(xg::index(x, {Slice{0, 1, 0}}), xg::ValueError);
    BOOST_CHECK_THROW(xg::index(x, {xg::tensor({0.0})}), xg::DTypeError);
    BOOST_CHECK_THROW(xg::index(x, {I({0, 1}), I({0, 1, 2})}), xg::ShapeError);
    BOOST_CHECK_THROW(xg::index(x, {Tensor()}), xg::ValueError);
    BOOST_CHECK_THROW(xg::index_put(x, {0}, xg::ones({5}, {.dtype = xg::int64})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::index_put(x, {I({0})}, xg::ones({5}, {.dtype = xg::int64})), xg::ShapeError);
    BOOST_CHECK_THROW(xg::index_put(x, {0}, xg::ones({})), xg::DTypeError);
    BOOST_TEST(support::contains(
        support::message_of<xg::IndexError>([] { static_cast<void>(xg::index_put(x, {I({7})}, Tensor(1))); }),
        "index_put: index 7"));
}

BOOST_AUTO_TEST_CASE(the_last_of_several_counts) {
    const Tensor put = xg::index_put(xg::zeros({3}), {I({1, 1, 0})}, xg::tensor({4.0, 5.0, 6.0}));
    BOOST_TEST(put.to_vector() == (std::vector<double>{6, 5, 0}));
    const Tensor src = xg::tensor({4.0, 5.0, 6.0}, support::f64_leaf), base = xg::zeros({3}, support::f64_leaf);
    const auto g = xg::grad({xg::sum(xg::scatter(base, 0, I({1, 1, 0}), src) * xg::tensor({1, 10, 100}))}, {base, src});
    BOOST_TEST(g[0].to_vector() == (std::vector<double>{0, 0, 100}));
    BOOST_TEST(g[1].to_vector() == (std::vector<double>{0, 10, 1}));
}

BOOST_AUTO_TEST_SUITE_END()
