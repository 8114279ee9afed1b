#include <xgrad/core/error.hpp>

#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <xgrad/core/path.hpp>

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(messages_begin_with_the_path_of_the_module) {
    const xg::ModulePath* model = xg::intern_path(nullptr, "", "Sequential");
    const xg::ModulePath* block = xg::intern_path(model, "3", "Block");
    const xg::ModulePath* layer = xg::intern_path(block, "fc1", "Linear");
    BOOST_TEST(xg::Error("no").what() == std::string("no"));
    {
        const xg::PathScope outer(model);
        BOOST_TEST(xg::Error("no").what() == std::string("in Sequential: no"));
        {
            const xg::PathScope inner(layer);
            BOOST_TEST(xg::ShapeError("no").what() == std::string("in 3.fc1 (Linear): no"));
            std::string elsewhere;
            std::thread([&] { elsewhere = xg::Error("no").what(); }).join();
            BOOST_TEST(elsewhere == "no");
        }
        BOOST_TEST(xg::current_path() == model);
    }
    BOOST_TEST(xg::current_path() == nullptr);
}

BOOST_AUTO_TEST_CASE(paths_are_interned) {
    const xg::ModulePath* a = xg::intern_path(nullptr, "a", "Linear");
    BOOST_TEST(xg::intern_path(nullptr, "a", "Linear") == a);
    BOOST_TEST(xg::intern_path(nullptr, "a", "ReLU") != a);
    BOOST_TEST(xg::intern_path(a, "b", "ReLU")->name == "a.b");
}

BOOST_AUTO_TEST_SUITE_END()
