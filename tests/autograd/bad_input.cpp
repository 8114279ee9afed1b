// Every operation, given what it cannot take: an exception that says so, or the answer that NumPy gives; never a crash,
// never a wrong number.

#include "bad_input.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <set>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/error.hpp>
#include <xgrad/core/memory.hpp>

#include "public_operations.hpp"

void BadInputs::gives(const std::string& operation, const std::string& about, Call call, const xg::Shape& shape,
                      const std::vector<double>& values) {
    rows_.push_back({operation, about, std::move(call), [shape, values](const xg::Tensor& result) -> std::string {
                         if (!result.defined()) {
                             try {
                                 throw;
                             } catch (const std::exception& error) {
                                 return std::string("it threw: ") + error.what();
                             }
                         }
                         std::ostringstream got;
                         got << "it gave " << result.shape().str() << ' ' << result.str();
                         if (!(result.shape() == shape)) return got.str();
                         const std::vector<double> v = result.to_vector();
                         if (v.size() != values.size()) return "the row has another number of values; " + got.str();
                         for (std::size_t i = 0; i < v.size(); ++i) {
                             const bool same = v[i] == values[i] || (std::isnan(v[i]) && std::isnan(values[i])) ||
                                               std::abs(v[i] - values[i]) <= 1e-6 * std::abs(values[i]);
                             if (!same) return got.str();
                         }
                         return "";
                     }});
}

namespace {

const std::vector<BadInput>& table() {
    static const BadInputs all = [] {
        BadInputs rows;
        for (auto* family : {bad_elementwise,  bad_shapes,   bad_functions,  bad_logic,    bad_activations, bad_scans,
                             bad_orders,       bad_counts,   bad_reductions, bad_in_place, bad_brackets,    bad_classes,
                             bad_convolutions, bad_indexing, bad_joining,    bad_layers,   bad_linalg,      bad_losses,
                             bad_matrices,     bad_moving,   bad_recurrent,  bad_windows})
            family(rows);
        return rows;
    }();
    return all.rows();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(is_refused_or_has_an_answer) {
    for (const BadInput& row : table()) {
        std::string complaint;
        try {
            complaint = row.judge(row.call());
        } catch (...) {
            complaint = row.judge({});
        }
        BOOST_TEST(complaint.empty(), row.operation << ", " << row.about << ": " << complaint);
    }
    // The thread is as usable as before.
    BOOST_TEST(xg::grad_enabled());
    BOOST_TEST((xg::ones({2}) + 1).to_vector() == (std::vector<double>{2, 2}));
}

BOOST_AUTO_TEST_CASE(every_operation_has_rows) {
    std::set<std::string> covered, expected = public_operations();
    expected.merge(creating_functions());
    expected.merge(changing_functions());
    for (const BadInput& row : table()) covered.insert(row.operation);
    for (const std::string& name : expected) BOOST_TEST(covered.count(name) == 1u, name << " is given no bad input");
    for (const std::string& name : covered) BOOST_TEST(expected.count(name) == 1u, name << " is no public operation");
}

// The sanitizers end the program where malloc returns null.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
BOOST_AUTO_TEST_CASE(work_goes_on_after_memory_ran_out) {
    constexpr std::int64_t huge = std::int64_t{1} << 58;  // floats that could be addressed, but are not to be had
    xg::Tensor leaf = xg::ones({3}, {.requires_grad = true});
    const xg::Tensor kept = leaf * 2, wide = xg::broadcast_to(xg::ones({1}), {huge});
    for (int i = 0; i < 3; ++i) {
        BOOST_CHECK_THROW(xg::zeros({huge}), xg::OutOfMemoryError);
        BOOST_TEST(
            support::contains(support::message_of<xg::OutOfMemoryError>([] {
                                  xg::zeros({4, huge / 4});
                              }),
                              "zeros: out of memory for 1152921504606846976 bytes of shape (4, 72057594037927936), "
                              "float32"));
        BOOST_CHECK_THROW(xg::rand({huge}), xg::OutOfMemoryError);
        BOOST_CHECK_THROW(xg::exp(wide), xg::OutOfMemoryError);
        BOOST_CHECK_THROW(static_cast<void>(wide + wide), xg::OutOfMemoryError);
        BOOST_CHECK_THROW(wide.clone(), xg::OutOfMemoryError);
        BOOST_CHECK_THROW(xg::matmul(xg::broadcast_to(xg::ones({1, 1}), {huge, 1}), xg::ones({1, 1})),
                          xg::OutOfMemoryError);
        // Blocks of all sizes come from the pool as before, and hold what is written.
        for (const std::int64_t n : {1, 1000, 100'000, 3'000'000})
            BOOST_TEST(xg::sum(xg::ones({n}) + 1).item() == 2.0 * static_cast<double>(n));
    }
    // In the middle of a backward pass, where the gradient of a slice is as large as what it was taken of: the leaf is
    // as it was.
    const xg::Tensor sliced = xg::sum(xg::broadcast_to(xg::sum(kept), {huge}).slice(0, 0, 3));
    BOOST_CHECK_THROW(sliced.backward(), xg::OutOfMemoryError);
    BOOST_TEST(!leaf.grad().defined());
    xg::sum(xg::exp(leaf * 2)).backward();
    BOOST_TEST(leaf.grad()[0].item() == 2 * std::exp(2.0), boost::test_tools::tolerance(1e-6));
    xg::release_memory();
    BOOST_TEST(xg::sum(xg::ones({100})).item() == 100);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
