"""Writes windows_reference.hpp beside this file: what PyTorch makes of one image and one sequence.

    python -m venv venv && venv/bin/pip install torch numpy && venv/bin/python windows_reference.py
"""
import pathlib

import torch
import torch.nn.functional as F

# The inputs of tests/autograd/{pooling,interpolation}.cpp: whole numbers, so that ties occur, with a NaN in some cases.
H, W = 7, 9
image = torch.tensor([(i * 37 + i * i) % 23 - 11 for i in range(H * W)], dtype=torch.float64).reshape(1, 1, H, W)
weights = lambda n: torch.tensor([(i * 5) % 7 + 1 for i in range(n)], dtype=torch.float64)
holes = image.clone()
holes[0, 0, 1, 1] = holes[0, 0, 1, 2] = float("nan")
holes[0, 0, 4:, 5:] = -float("inf")

CASES = []


def add(call, f, x=image, name="image"):
    x = x.clone().requires_grad_(True)
    y = f(x)
    indices = None
    if isinstance(y, tuple):
        y, indices = y
    (y * weights(y.numel()).reshape(y.shape)).nan_to_num(0, 0, 0).sum().backward()
    CASES.append((call, name, y.detach(), indices, x.grad))


def text(v):
    if v != v:
        return "NaN"
    if abs(v) == float("inf"):
        return "Inf" if v > 0 else "-Inf"
    return repr(v) if v != int(v) else str(int(v))


def braces(t):
    return "{}" if t is None else "{" + ", ".join(text(v) for v in t.flatten().tolist()) + "}"


flag = lambda b: "true" if b else "false"

for kernel, stride, padding, dilation, ceil in [
    ((2, 2), (2, 2), (0, 0), (1, 1), False), ((3, 3), (2, 2), (1, 1), (1, 1), False), ((3, 2), (1, 3), (0, 1), (1, 1), True),
    ((2, 3), (3, 2), (1, 1), (2, 2), True), ((1, 4), (2, 4), (0, 2), (1, 2), True),
]:
    for x, name in ((image, "image"), (holes, "holes")):
        add(f"max_pool2d(x, {{{kernel[0]}, {kernel[1]}}}, {{.stride = {{{stride[0]}, {stride[1]}}}, .padding = {{{padding[0]}, {padding[1]}}}, "
            f".dilation = {{{dilation[0]}, {dilation[1]}}}, .ceil_mode = {flag(ceil)}}})",
            lambda x: F.max_pool2d(x, kernel, stride, padding, dilation, ceil, return_indices=True), x, name)
for kernel, stride, padding, ceil, count, divisor in [
    ((2, 2), (2, 2), (0, 0), False, True, None), ((3, 3), (2, 2), (1, 1), False, True, None), ((3, 3), (2, 2), (1, 1), True, False, None),
    ((3, 2), (2, 3), (1, 0), True, True, None), ((4, 2), (3, 2), (2, 1), True, True, None), ((2, 3), (1, 1), (0, 0), False, True, 5),
]:
    add(f"avg_pool2d(x, {{{kernel[0]}, {kernel[1]}}}, {{.stride = {{{stride[0]}, {stride[1]}}}, .padding = {{{padding[0]}, {padding[1]}}}, "
        f".ceil_mode = {flag(ceil)}, .count_include_pad = {flag(count)}, .divisor_override = {divisor or 0}}})",
        lambda x: F.avg_pool2d(x, kernel, stride, padding, ceil, count, divisor))
for size in [(1, 1), (3, 3), (7, 9), (4, 5), (9, 4)]:
    add(f"adaptive_avg_pool2d(x, {{{size[0]}, {size[1]}}})", lambda x: F.adaptive_avg_pool2d(x, size))
    for x, name in ((image, "image"), (holes, "holes")):
        add(f"adaptive_max_pool2d(x, {{{size[0]}, {size[1]}}})",
            lambda x: F.adaptive_max_pool2d(x, size, return_indices=True), x, name)
for mode in ("nearest", "nearest-exact", "bilinear", "area"):
    for corners in ((False, True) if mode == "bilinear" else (False,)):
        option = ", .align_corners = true" if corners else ""
        which = f".mode = xg::Interpolation::{mode.replace('-', '_')}{option}"
        kwargs = {"align_corners": corners} if mode == "bilinear" else {}
        for size in [(14, 18), (5, 4), (1, 12)]:
            add(f"interpolate(x, {{.size = {{{size[0]}, {size[1]}}}, {which}}})",
                lambda x: F.interpolate(x, size, mode=mode, **kwargs))
        for factor in [(1.7, 0.6), (2.3, 1.0)]:
            add(f"interpolate(x, {{.scale_factor = {{{factor[0]}, {factor[1]}}}, {which}}})",
                lambda x: F.interpolate(x, scale_factor=factor, mode=mode, **kwargs))
        add(f"interpolate(x, {{.scale_factor = 1.3, {which}, .recompute_scale_factor = true}})",
            lambda x: F.interpolate(x, scale_factor=1.3, mode=mode, recompute_scale_factor=True, **kwargs))

lines = [f"    {{R\"({call})\", {name}(), [](const xg::Tensor& x) {{ return result(xg::{call.replace('pool2d(x', 'pool2d_with_indices(x') if i is not None else call}); }},\n"
         f"     {{{', '.join(str(n) for n in y.shape)}}}, {braces(y)}, {braces(i)}, {braces(g)}}},"
         for call, name, y, i, g in CASES]
pathlib.Path(__file__).with_name("windows_reference.hpp").write_text(f"""// Written by windows_reference.py with PyTorch {torch.__version__.split('+')[0]}.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include <xgrad/autograd/ops.hpp>

namespace windows_reference {{

inline constexpr double Inf = HUGE_VAL, NaN = std::numeric_limits<double>::quiet_NaN();

/// Whole numbers with ties, of shape (1, 1, {H}, {W}).
inline xg::Tensor image() {{
    std::vector<double> v;
    for (std::int64_t i = 0; i < {H * W}; ++i) v.push_back(static_cast<double>((i * 37 + i * i) % 23 - 11));
    return xg::from_data(v, {{1, 1, {H}, {W}}}, {{.dtype = xg::float64}});
}}
/// The same with two NaN and a corner of -infinity.
inline xg::Tensor holes() {{
    xg::Tensor x = image();
    double* const v = x.mutable_data<double>();
    v[{W + 1}] = v[{W + 2}] = NaN;
    for (int i = 4; i < {H}; ++i)
        for (int j = 5; j < {W}; ++j) v[i * {W} + j] = -Inf;
    return x;
}}

inline xg::MaxPoolResult result(const xg::Tensor& y) {{ return {{y, {{}}}}; }}
inline xg::MaxPoolResult result(const xg::MaxPoolResult& y) {{ return y; }}

struct Case {{
    const char* call;
    xg::Tensor x;
    xg::MaxPoolResult (*f)(const xg::Tensor&);
    xg::Shape shape;
    std::vector<double> y;
    std::vector<std::int64_t> indices;
    std::vector<double> gradient;  ///< Of the sum of y's elements times 1, 6, 4, 2, 7, 5, 3, 1, …
}};

// clang-format off
inline const std::vector<Case> cases = {{
{chr(10).join(lines)}
}};
// clang-format on

}}  // namespace windows_reference
""")
