#pragma once

#include <stdexcept>
#include <string>

#include <xgrad/core/export.hpp>

namespace xg {

/// The base of every exception that xgrad throws.
///
/// `what()` names the operation, the shapes or the file, and what was expected. An error that is thrown while a
/// module runs begins with that module's path: `in 3.fc1 (Linear): …`.
class XG_EXPORT Error : public std::runtime_error {
public:
    /// Prefixes `message` with the path of the module that is running on this thread, if one is.
    explicit Error(const std::string& message);
};

/// Shapes that do not fit each other or the operation, and axes that are out of range.
class XG_EXPORT ShapeError : public Error {
public:
    using Error::Error;
};

/// A data type that the operation does not take.
class XG_EXPORT DTypeError : public Error {
public:
    using Error::Error;
};

/// A misuse of the graph: a second backward, a gradient of what needs none, a saved value that was changed.
class XG_EXPORT GradError : public Error {
public:
    using Error::Error;
};

/// A NaN or an infinity where DetectAnomaly looks for them.
class XG_EXPORT NonFiniteError : public Error {
public:
    using Error::Error;
};

/// An index that is out of range.
class XG_EXPORT IndexError : public Error {
public:
    using Error::Error;
};

/// An argument or option with a value that makes no sense.
class XG_EXPORT ValueError : public Error {
public:
    using Error::Error;
};

/// Memory that the system does not give. What was there before is untouched, and the pool stays usable.
class XG_EXPORT OutOfMemoryError : public Error {
public:
    using Error::Error;
};

/// A file that cannot be read or written; the message names it.
class XG_EXPORT FileError : public Error {
public:
    using Error::Error;
};

}  // namespace xg
