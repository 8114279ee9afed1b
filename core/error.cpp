#include <xgrad/core/error.hpp>
#include <xgrad/core/path.hpp>

namespace xg {
namespace {

std::string located(const std::string& message) {
    const ModulePath* path = current_path();
    if (path == nullptr) return message;
    if (path->name.empty()) return "in " + path->type + ": " + message;
    return "in " + path->name + " (" + path->type + "): " + message;
}

}  // namespace

Error::Error(const std::string& message) : std::runtime_error(located(message)) {}

}  // namespace xg
