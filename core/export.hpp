#pragma once

/// Marks what the shared library shows to programs; everything else stays hidden.
#define XG_EXPORT __attribute__((visibility("default")))
