"""Writes reference.hpp beside this file: what PyTorch's SGD makes of two functions in 200 steps, in float64.

    python3 -m venv venv && venv/bin/pip install --no-deps torch==2.13.0 numpy filelock typing-extensions sympy mpmath \
        networkx jinja2 markupsafe fsspec && venv/bin/python make_reference.py
"""

import pathlib

import torch

OPTIONS = [
    {},
    {"momentum": 0.9},
    {"momentum": 0.9, "dampening": 0.25},
    {"weight_decay": 0.1},
    {"momentum": 0.8, "weight_decay": 0.05},
    {"momentum": 0.8, "dampening": 0.5, "weight_decay": 0.05},
    {"momentum": 0.9, "nesterov": True},
    {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
]
STEPS = [1, 2, 3, 10, 50, 100, 200]


def quadratic(p):
    """A valley, three times as steep across as along, with its bottom off the origin."""
    return 0.5 * (p[0] - 1) ** 2 + 1.5 * (p[1] + 2) ** 2 + 0.5 * p[0] * p[1]


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def trajectory(function, start, lr, options):
    p = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([p], lr=lr, foreach=False, fused=False, **options)
    points = []
    for step in range(1, STEPS[-1] + 1):
        optimizer.zero_grad()
        function(p).backward()
        optimizer.step()
        if step in STEPS:
            points.append(p.detach().tolist())
    return points


def row(name, start, lr, options, points):
    numbers = ", ".join(f"{{{x.hex()}, {y.hex()}}}" for x, y in points)
    return (
        f"    {{Function::{name}, {{{start[0]}, {start[1]}}}, {lr}, {options.get('momentum', 0)}, "
        f"{options.get('dampening', 0)}, {options.get('weight_decay', 0)}, {str(options.get('nesterov', False)).lower()},\n"
        f"     {{{{{numbers}}}}}}},"
    )


def main():
    rows = []
    for options in OPTIONS:
        for name, function, start, lr in [
            ("quadratic", quadratic, [3.0, 2.0], 0.05),
            ("rosenbrock", rosenbrock, [-1.2, 1.0], 2e-4),
        ]:
            rows.append(row(name, start, lr, options, trajectory(function, start, lr, options)))
    text = f"""// Written by make_reference.py with PyTorch {torch.__version__.split("+")[0]}.
#pragma once

#include <array>

namespace reference {{

enum class Function {{ quadratic, rosenbrock }};

/// The steps after which points were taken.
inline constexpr std::array<int, {len(STEPS)}> steps{{{", ".join(map(str, STEPS))}}};

struct Trajectory {{
    Function function;
    std::array<double, 2> start;
    double lr, momentum, dampening, weight_decay;
    bool nesterov;
    std::array<std::array<double, 2>, {len(STEPS)}> points;
}};

// clang-format off
inline constexpr std::array<Trajectory, {len(rows)}> trajectories{{{{
""" + "\n".join(rows) + """
}};
// clang-format on

}  // namespace reference
"""
    pathlib.Path(__file__).with_name("reference.hpp").write_text(text)


main()
