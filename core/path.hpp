#pragma once

#include <string>

#include <xgrad/core/export.hpp>

namespace xg {

/// Where in a model a computation happens: the dotted name of a module (`3.fc1`) and its type (`Linear`).
///
/// Paths are interned: they live as long as the process, so that a graph's node and an error message can hold a
/// plain pointer, and two calls of one module at one place give the same pointer.
struct ModulePath {
    const ModulePath* parent = nullptr;  ///< The module that was running when this one was called.
    std::string name;                    ///< Dotted name from the outermost module; empty for the outermost itself.
    std::string type;                    ///< The class of the module.
};

/// The interned path of a module called `name` (a child's own name, without dots) below `parent` (may be null).
XG_EXPORT const ModulePath* intern_path(const ModulePath* parent, const std::string& name, const std::string& type);

/// The path of the module that runs on this thread; null outside of modules.
XG_EXPORT const ModulePath* current_path() noexcept;

/// Makes `path` the current path of this thread until the end of the scope.
class XG_EXPORT PathScope {
public:
    explicit PathScope(const ModulePath* path) noexcept;
    ~PathScope();
    PathScope(const PathScope&) = delete;
    PathScope& operator=(const PathScope&) = delete;

private:
    const ModulePath* before_;
};

}  // namespace xg
