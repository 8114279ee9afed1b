#pragma once

#include <source_location>

#include <xgrad/core/export.hpp>

namespace xg {

/// Until the end of the scope, on this thread, the first operation that makes a NaN or an infinity throws
/// NonFiniteError, forward and backward.
///
/// Infinities that an operation was given may pass: masks of -inf, as attention adds them, are no anomaly, nor is a
/// tensor that is created with such numbers. A NaN never may. Of changes in place add_, mul_ and axpy_ are searched,
/// whose tensor has changed by then. (PyTorch's detect_anomaly looks for NaN alone, and in backward alone.)
///
/// The message names the operation, the module that it ran in, the shapes, the first element concerned, whether the
/// inputs were finite, and, where the program marks its places with SourcePlace, the line. Every result is read once
/// more, so use it to find the cause and not for whole trainings.
class XG_EXPORT DetectAnomaly {
public:
    explicit DetectAnomaly(bool enabled = true) noexcept;
    ~DetectAnomaly();
    DetectAnomaly(const DetectAnomaly&) = delete;
    DetectAnomaly& operator=(const DetectAnomaly&) = delete;

private:
    bool before_;
};

/// Says where in the program the operations of this scope are, for the messages of DetectAnomaly: `const
/// xg::SourcePlace here;`.
class XG_EXPORT SourcePlace {
public:
    explicit SourcePlace(std::source_location place = std::source_location::current()) noexcept;
    ~SourcePlace();
    SourcePlace(const SourcePlace&) = delete;
    SourcePlace& operator=(const SourcePlace&) = delete;

private:
    std::source_location before_;
};

}  // namespace xg
