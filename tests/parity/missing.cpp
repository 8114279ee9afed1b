#include "missing.hpp"

#include <map>
#include <regex>
#include <set>

#include <xgrad/core/file.hpp>

#include "operation.hpp"

namespace parity {
namespace {

/// Operations that cannot be compared with libtorch, and why.
const std::map<std::string, std::string> kLeftOut = {};

/// Members of Tensor that are operations.
const std::set<std::string> kMembers = {"to", "clone", "contiguous", "detach"};

std::set<std::string> found_in(const std::string& text, const std::regex& pattern) {
    std::set<std::string> names;
    for (std::sregex_iterator i(text.begin(), text.end(), pattern), end; i != end; ++i) names.insert((*i)[1]);
    return names;
}

}  // namespace

std::vector<std::string> missing_operations(const std::string& source) {
    const std::string folder = source + "/autograd/";
    // As in the gradient-check table: what returns tensors, alone or several of them.
    const std::regex include(R"(#include <xgrad/autograd/(\w+\.hpp)>)");
    const std::regex function(
        R"(XG_EXPORT (?:Tensor&?|std::(?:pair|tuple|vector)<[^;(]*Tensor[^;(]*>|\w+Result) (\w+)\()");
    std::set<std::string> expected = kMembers;
    for (const std::string& header : found_in(xg::read_file(folder + "ops.hpp"), include))
        if (header != "creation.hpp") expected.merge(found_in(xg::read_file(folder + header), function));

    std::set<std::string> covered;
    for (const Operation& operation : table()) covered.insert(operation.name.substr(0, operation.name.find(' ')));
    std::vector<std::string> lines;
    for (const std::string& name : expected)
        if (covered.count(name) == 0 && kLeftOut.count(name) == 0)
            lines.push_back(name + " has no entry in the table of operations");
    for (const std::string& name : covered)
        if (expected.count(name) == 0) lines.push_back(name + " is in the table, but is no public operation");
    for (const auto& [name, reason] : kLeftOut)
        if (expected.count(name) == 0 || covered.count(name) != 0)
            lines.push_back(name + " is left out (" + reason + "), but is no public operation, or is in the table");
    return lines;
}

}  // namespace parity
