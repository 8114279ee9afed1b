"""Writes histograms.hpp: what numpy.histogram makes of some samples. Needs NumPy. Run it in this folder."""

import numpy as np

rng = np.random.default_rng(3)
SAMPLES = {
    "normal": rng.normal(size=300),
    "few": rng.normal(size=5),
    "skewed": rng.exponential(size=200) ** 3,
    "whole": rng.integers(0, 12, size=150).astype(float),
    "one": np.array([3.25]),
    "constant": np.full(20, -7.0),
    "mostly_constant": np.array([0.0] * 50 + [1.0, 2.0, 10.0]),
    "edges": np.arange(0, 1.0001, 0.1),
    "tenths": np.round(rng.uniform(0, 3, size=400), 1),
    "empty": np.array([]),
    "tiny": rng.normal(size=60) * 1e-300,
    "large": 1e15 + rng.integers(0, 40, size=90),
    # Rounding puts their middle values into the bin above, or below, the right one.
    "downwards": np.array([-2.9, -1.1230769230769233, 0.4]),
    "upwards": np.array([-1.4, -1.3911764705882352, -1.1]),
}
# Bins (0: "auto"), range or None.
CASES = [(0, None), (1, None), (10, None), (37, None), (0, (-1.0, 2.0)), (12, (0.5, 2.5)), (26, None), (34, None)]


def numbers(values):
    return " ".join(repr(float(v)) for v in values)


lines = []
for name, values in SAMPLES.items():
    for bins, limits in CASES:
        if name in ("tiny", "large", "downwards", "upwards") and limits is not None:
            continue
        for density in (False, True):
            with np.errstate(invalid="ignore"):
                heights, edges = np.histogram(values, bins=bins or "auto", range=limits, density=density)
            low, high = limits or (np.nan, np.nan)
            lines.append(f"{name} {bins} {low} {high} {int(density)} | {numbers(edges)} | {numbers(heights)}")

with open("histograms.hpp", "w", encoding="utf-8") as out:
    out.write(f"// Made by make_histograms.py with NumPy {np.__version__}; do not edit.\n// clang-format off\n#pragma once\n\n")
    out.write("namespace reference {\n\n// Name | values.\ninline constexpr const char* samples[] = {\n")
    for name, values in SAMPLES.items():
        out.write(f'R"({name} | {numbers(values)})",\n')
    out.write("};\n\n// Name, bins, low, high, density | edges | heights.\n")
    out.write("inline constexpr const char* histograms[] = {\n")
    for line in lines:
        out.write(f'R"({line})",\n')
    out.write("};\n\n}  // namespace reference\n")
