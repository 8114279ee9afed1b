#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <xgrad/core/export.hpp>

namespace xg {

/// Writes `content` to `path` whole or not at all: into a new file beside it, synced, then renamed over it.
///
/// Makes the folder if it is missing. Throws FileError, naming the path and the system's reason, and leaves what
/// was there before untouched.
XG_EXPORT void write_file(const std::string& path, std::string_view content);

/// The same for what is made a piece at a time: `next` is called until it returns an empty piece. A piece need only
/// live until the next call. What `next` throws is passed on, and nothing is written then.
XG_EXPORT void write_file(const std::string& path, const std::function<std::string_view()>& next);

/// The whole content of the file at `path`. Throws FileError.
XG_EXPORT std::string read_file(const std::string& path);

/// Makes the folder `path`, with its parents, and checks that files can be written there. Throws FileError.
XG_EXPORT void make_folder(const std::string& path);

}  // namespace xg
