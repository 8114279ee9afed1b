#include "public_operations.hpp"

#include <fstream>
#include <regex>
#include <sstream>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace {

/// The names of the functions returning a Tensor, alone or several of them, that a public header declares.
std::set<std::string> declared_in(const std::string& header) {
    static const std::regex declaration(
        R"(XG_EXPORT (?:Tensor&?|std::(?:pair|tuple|vector)<[^;(]*Tensor[^;(]*>|\w+Result) (\w+)\()");
    std::ifstream in(std::string(XGRAD_SOURCE_DIR) + "/autograd/" + header);
    BOOST_REQUIRE_MESSAGE(in, header << " cannot be read");
    std::stringstream text;
    text << in.rdbuf();
    const std::string content = text.str();
    std::set<std::string> names;
    for (std::sregex_iterator i(content.begin(), content.end(), declaration), end; i != end; ++i) names.insert((*i)[1]);
    return names;
}

}  // namespace

std::set<std::string> creating_functions() { return declared_in("creation.hpp"); }

std::set<std::string> changing_functions() { return declared_in("in_place.hpp"); }

std::set<std::string> public_operations() {
    std::ifstream in(std::string(XGRAD_SOURCE_DIR) + "/autograd/ops.hpp");
    BOOST_REQUIRE(in);
    const std::regex include(R"(#include <xgrad/autograd/(\w+\.hpp)>)");
    std::set<std::string> names;
    std::smatch found;
    for (std::string line; std::getline(in, line);)
        if (std::regex_search(line, found, include) && found[1] != "creation.hpp" && found[1] != "in_place.hpp")
            names.merge(declared_in(found[1]));
    for (const char* known : {"add", "where", "sum", "matmul", "linear", "concat", "mse_loss"})
        BOOST_TEST(names.count(known) == 1u, known);
    for (const char* member : {"to", "clone", "contiguous", "reshape", "transpose", "slice"}) names.insert(member);
    return names;
}
