"""Writes schedules.hpp beside this file: the learning rates and momenta of PyTorch's schedules over 200 steps.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 && venv/bin/python make_schedules.py
"""

import math
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler as s

STEPS = 200
SHOWN = [*range(13), *range(18, STEPS + 1, 13)]
RATES = (0.5, 0.02)
# Metrics of a training that gets stuck, for ReduceLROnPlateau.
METRICS = [1 / (1 + min(i, 20 + i // 60 * 10)) for i in range(STEPS)]


def sequential(o, parts, milestones):
    return s.SequentialLR(o, [make(o) for make in parts], milestones)


def chained(o, parts):
    return s.ChainedScheduler([make(o) for make in parts])


# Name, whether SGD or Adam is driven, and how it is made. The test makes the same by the name.
SCHEDULES = [
    ("step", "SGD", lambda o: s.StepLR(o, 30, 0.5)),
    ("multi step", "SGD", lambda o: s.MultiStepLR(o, [5, 80, 80, 150], 0.3)),
    ("constant", "SGD", lambda o: s.ConstantLR(o, 0.25, 7)),
    ("linear", "SGD", lambda o: s.LinearLR(o, 0.1, 0.9, 12)),
    ("exponential", "SGD", lambda o: s.ExponentialLR(o, 0.97)),
    ("cosine", "SGD", lambda o: s.CosineAnnealingLR(o, 60, 0.001)),
    ("cosine to the end", "SGD", lambda o: s.CosineAnnealingLR(o, 200)),
    ("warm restarts", "SGD", lambda o: s.CosineAnnealingWarmRestarts(o, 10, 2, 0.001)),
    ("warm restarts, even", "SGD", lambda o: s.CosineAnnealingWarmRestarts(o, 25)),
    ("lambda", "SGD", lambda o: s.LambdaLR(o, [lambda t: 1 / (1 + t), lambda t: 0.95**t])),
    ("one cycle", "SGD", lambda o: s.OneCycleLR(o, 0.4, total_steps=200)),
    ("one cycle of Adam", "Adam", lambda o: s.OneCycleLR(o, [0.4, 0.1], epochs=20, steps_per_epoch=11, pct_start=0.2,
                                                        anneal_strategy="linear", div_factor=10, final_div_factor=100)),
    ("one cycle in three phases", "SGD", lambda o: s.OneCycleLR(o, 0.4, total_steps=210, three_phase=True, base_momentum=0.8,
                                                                max_momentum=0.9)),
    ("one cycle, momentum alone", "SGD", lambda o: s.OneCycleLR(o, 0.4, total_steps=200, cycle_momentum=False)),
    ("plateau", "SGD", lambda o: s.ReduceLROnPlateau(o, patience=4, factor=0.5, cooldown=3, min_lr=[0.001, 0.003])),
    ("plateau of a maximum", "SGD", lambda o: s.ReduceLROnPlateau(o, mode="max", threshold=0.01, threshold_mode="abs", patience=20)),
    ("warm-up and cosine", "SGD", lambda o: sequential(o, [lambda o: s.LinearLR(o, 0.01, total_iters=20),
                                                           lambda o: s.CosineAnnealingLR(o, 180)], [20])),
    ("three in a row", "SGD", lambda o: sequential(o, [lambda o: s.ConstantLR(o, 0.5, 10), lambda o: s.ExponentialLR(o, 0.9),
                                                       lambda o: s.CosineAnnealingWarmRestarts(o, 15)], [12, 50])),
    ("steps in a row", "SGD", lambda o: sequential(o, [lambda o: s.LambdaLR(o, lambda t: 0.1 * (t + 1)),
                                                       lambda o: s.MultiStepLR(o, [20, 40], 0.5)], [9])),
    ("chained", "SGD", lambda o: chained(o, [lambda o: s.ConstantLR(o, 0.1, 20), lambda o: s.ExponentialLR(o, 0.98),
                                             lambda o: s.StepLR(o, 50, 0.5)])),
]


def values(kind, make):
    p, q = (torch.zeros(1, requires_grad=True) for _ in range(2))
    groups = [{"params": [p], "lr": RATES[0]}, {"params": [q], "lr": RATES[1]}]
    optimizer = torch.optim.SGD(groups, momentum=0.9) if kind == "SGD" else torch.optim.Adam(groups)
    schedule = make(optimizer)

    def now():
        a, b = optimizer.param_groups
        return a["lr"], b["lr"], a["momentum"] if kind == "SGD" else a["betas"][0]

    out = [now()]
    for i in range(STEPS):
        if isinstance(schedule, s.ReduceLROnPlateau):
            schedule.step(METRICS[i] if schedule.mode == "min" else -METRICS[i])
        else:
            schedule.step()
        out.append(now())
    return out


def main():
    warnings.simplefilter("ignore")  # the optimizer takes no steps here
    rows = []
    for name, kind, make in SCHEDULES:
        out = values(kind, make)
        sums = [math.fsum(v[k] for v in out) for k in range(3)]
        shown = ", ".join("{" + ", ".join(repr(float(x)) for x in out[i]) + "}" for i in SHOWN)
        rows.append(f'    {{"{name}",\n     {{{", ".join(repr(x) for x in sums)}}},\n     {{{{{shown}}}}}}},')
    text = f"""// Written by make_schedules.py with PyTorch {torch.__version__.split("+")[0]}.
// clang-format off
#pragma once

#include <array>

namespace reference {{

/// How many steps were taken, and after which of them values are listed.
inline constexpr int schedule_steps = {STEPS};
inline constexpr std::array<int, {len(SHOWN)}> shown{{{", ".join(map(str, SHOWN))}}};
/// The rates of the two groups.
inline constexpr std::array<double, 2> rates{{{RATES[0]}, {RATES[1]}}};

struct Schedule {{
    const char* name;
    std::array<double, 3> sums;  ///< Over all steps, the 0th included, of the two rates and of the first group's momentum.
    std::array<std::array<double, 3>, {len(SHOWN)}> values;
}};

// clang-format off
inline constexpr std::array<Schedule, {len(rows)}> schedules{{{{
""" + "\n".join(rows) + """
}};
// clang-format on

}  // namespace reference
"""
    pathlib.Path(__file__).with_name("schedules.hpp").write_text(text)


main()
