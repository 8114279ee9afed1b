#include <xgrad/core/path.hpp>

#include <xgrad/core/detail/task_context.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <tuple>

namespace xg {
namespace {

struct Table {
    std::mutex mutex;
    std::map<std::tuple<const ModulePath*, std::string, std::string>, std::unique_ptr<ModulePath>> paths;
};

// Never destroyed: nodes of graphs that outlive main() may still name their paths.
Table& table() {
    static Table* const t = new Table;
    return *t;
}

}  // namespace

const ModulePath* intern_path(const ModulePath* parent, const std::string& name, const std::string& type) {
    Table& t = table();
    const std::lock_guard lock(t.mutex);
    auto& slot = t.paths[{parent, name, type}];
    if (!slot) {
        // A module that no other has registered is where its caller is.
        std::string dotted = parent == nullptr ? "" : parent->name;
        if (!dotted.empty() && !name.empty()) dotted += '.';
        slot = std::make_unique<ModulePath>(ModulePath{parent, dotted + name, type});
    }
    return slot.get();
}

const ModulePath* current_path() noexcept { return detail::task_context().path; }

PathScope::PathScope(const ModulePath* path) noexcept : before_(detail::task_context().path) {
    detail::task_context().path = path;
}

PathScope::~PathScope() { detail::task_context().path = before_; }

}  // namespace xg
