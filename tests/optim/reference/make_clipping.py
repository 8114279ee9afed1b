"""Writes clipping.hpp beside this file: norms that PyTorch's clip_grad_norm_ finds, and what it leaves of the gradients, in float64.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 && venv/bin/python make_clipping.py
"""

import math
import pathlib

import torch

ORDERS = [2.0, 1.0, math.inf, 3.0, 0.5]
LIMITS = [0.5, 1e9]


def gradients():
    """The same as in the test: two tensors, of 7 and of 4 numbers."""
    return [torch.tensor([math.sin(3 * i + 1) for i in range(7)], dtype=torch.float64),
            torch.tensor([2 * math.cos(i) for i in range(4)], dtype=torch.float64)]


def main():
    rows = []
    for order in ORDERS:
        for limit in LIMITS:
            parameters = [torch.zeros(7, dtype=torch.float64), torch.zeros(4, dtype=torch.float64)]
            for p, g in zip(parameters, gradients()):
                p.grad = g
            norm = torch.nn.utils.clip_grad_norm_(parameters, limit, norm_type=order)
            left = ", ".join(x.hex() for p in parameters for x in p.grad.tolist())
            name = "infinity" if math.isinf(order) else repr(order)
            rows.append(f"    {{{name}, {limit}, {norm.item().hex()},\n     {{{left}}}}},")
    text = f"""// Written by make_clipping.py with PyTorch {torch.__version__.split("+")[0]}.
#pragma once

#include <array>
#include <limits>

namespace reference {{

inline constexpr double infinity = std::numeric_limits<double>::infinity();

struct Clipping {{
    double order, limit, norm;
    std::array<double, 11> left;
}};

// clang-format off
inline constexpr std::array<Clipping, {len(rows)}> clippings{{{{
""" + "\n".join(rows) + """
}};
// clang-format on

}  // namespace reference
"""
    pathlib.Path(__file__).with_name("clipping.hpp").write_text(text)


main()
