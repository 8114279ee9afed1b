"""Writes reference.hpp beside this file: what PyTorch's and Keras's optimizers make of two functions in 200 steps, in float64.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 tensorflow-cpu==2.21.0 keras==3.15.1 && venv/bin/python make_reference.py
"""

import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import tensorflow
import torch

STEPS = [1, 2, 3, 10, 50, 100, 200]
# Optimizer -> the rates for the two functions, and sets of options by the names of xgrad; those of the second number's own group have "y." before
# them, without such there is one group. Where steps are of the size of the rate, the rates are such that 200 of them do not arrive: around
# the bottom they are chaotic, and rounding decides.
TORCH = {
    "SGD": (0.05, 2e-4, [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.25},
        {"weight_decay": 0.1},
        {"momentum": 0.8, "weight_decay": 0.05},
        {"momentum": 0.8, "dampening": 0.5, "weight_decay": 0.05},
        {"momentum": 0.9, "nesterov": True},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
        {"momentum": 0.5, "y.lr": 1e-4, "y.momentum": 0.9},
    ]),
    "Adam": (0.01, 0.001, [
        {},
        {"amsgrad": True},
        {"beta1": 0.8, "beta2": 0.9, "eps": 1e-3},
        {"weight_decay": 0.1},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
        {"beta2": 0.9, "weight_decay": 0.05, "amsgrad": True},
        {"y.lr": 0.002, "y.weight_decay": 0.1, "y.beta1": 0.5},
    ]),
    "AdamW": (0.01, 0.001, [{}, {"weight_decay": 0.2, "amsgrad": True}, {"weight_decay": 0, "beta1": 0.5}]),
    "RMSprop": (0.005, 0.0005, [
        {},
        {"alpha": 0.9, "eps": 1e-2},
        {"momentum": 0.5},
        {"centered": True, "eps": 0.5},
        {"centered": True, "eps": 0.5, "momentum": 0.5, "weight_decay": 0.1},
        {"weight_decay": 0.1, "eps": 0.5, "y.centered": True, "y.momentum": 0.3},
    ]),
    "Adagrad": (0.1, 0.01, [
        {},
        {"lr_decay": 0.01, "weight_decay": 0.1},
        {"initial_accumulator_value": 2.0, "eps": 1e-3},
        {"y.lr": 0.05, "y.lr_decay": 0.1},
    ]),
    "NAdam": (0.01, 0.001, [
        {},
        {"momentum_decay": 0.1, "beta2": 0.99},
        {"weight_decay": 0.1},
        {"weight_decay": 0.1, "decoupled_weight_decay": True, "y.beta1": 0.5},
    ]),
}
# Keras rounds most options to float32 whatever the variables are: those that are exact in it are compared more strictly.
SHORT = {"beta1": 0.875, "beta2": 1 - 2**-7}
KERAS = {
    "SGD": (0.05, 2e-4, [
        {},
        {"momentum": 0.875},
        {"momentum": 0.875, "nesterov": True},
        {"momentum": 0.75, "weight_decay": 0.125},
        {"momentum": 0.75, "nesterov": True, "weight_decay": 0.125},
    ]),
    "Adam": (0.01, 0.001, [
        {},
        SHORT,
        {**SHORT, "amsgrad": True},
        {**SHORT, "eps": 0.5},
        {**SHORT, "weight_decay": 0.125},
    ]),
    "AdamW": (0.01, 0.001, [{}, {**SHORT, "weight_decay": 0.25, "amsgrad": True}]),
    "RMSprop": (0.005, 0.0005, [
        {},
        {"alpha": 0.96875, "eps": 0.5},
        {"momentum": 0.5},
        {"centered": True, "eps": 0.5},
        {"centered": True, "eps": 0.5, "momentum": 0.5, "weight_decay": 0.125},
    ]),
    "Adagrad": (0.1, 0.01, [{}, {"initial_accumulator_value": 2.0, "eps": 0.5, "weight_decay": 0.125}]),
    "NAdam": (0.01, 0.001, [{}, SHORT, {"weight_decay": 0.125}]),
}
KERAS_NAMES = {"alpha": "rho", "eps": "epsilon", "beta1": "beta_1", "beta2": "beta_2", "lr": "learning_rate"}
KERAS_CLASSES = {"NAdam": "Nadam"}


def quadratic(x, y):
    """A valley, three times as steep across as along, with its bottom off the origin."""
    return 0.5 * (x - 1) ** 2 + 1.5 * (y + 2) ** 2 + 0.5 * x * y


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def torch_options(optimizer, options):
    out = {k: v for k, v in options.items() if k not in ("beta1", "beta2")}
    if "beta1" in options or "beta2" in options:
        out["betas"] = (options.get("beta1", 0.9), options.get("beta2", 0.999))
    return out


def torch_points(name, function, start, lr, options):
    x, y = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in start)
    mine = {"lr": lr, **{k: v for k, v in options.items() if not k.startswith("y.")}}
    other = {**mine, **{k[2:]: v for k, v in options.items() if k.startswith("y.")}}
    groups = [{"params": [x], **torch_options(name, mine)}, {"params": [y], **torch_options(name, other)}]
    # Adagrad starts its sums when it is made, with the defaults.
    initial = {k: v for k, v in mine.items() if k == "initial_accumulator_value"}
    optimizer = getattr(torch.optim, name)(groups, foreach=False, **initial)
    points = []
    for step in range(1, STEPS[-1] + 1):
        optimizer.zero_grad()
        function(x, y).backward()
        optimizer.step()
        if step in STEPS:
            points.append((x.item(), y.item()))
    return points


def keras_points(name, function, start, lr, options):
    # In float64: the variables' own dtype, and that of what the optimizer keeps, is that of the first variable.
    keras.config.set_floatx("float64")
    x, y = (keras.Variable(v, dtype="float64") for v in start)
    arguments = {KERAS_NAMES.get(k, k): v for k, v in {"lr": lr, **options}.items()}
    optimizer = getattr(keras.optimizers, KERAS_CLASSES.get(name, name))(**arguments)
    optimizer.build([x, y])

    @tensorflow.function
    def train():
        with tensorflow.GradientTape() as tape:
            value = function(x.value, y.value)
        optimizer.apply(tape.gradient(value, [x.value, y.value]), [x, y])

    points = []
    for step in range(1, STEPS[-1] + 1):
        train()
        if step in STEPS:
            points.append((float(x.numpy()), float(y.numpy())))
    return points


def exact(source, optimizer, options):
    """Whether float32 holds all that it is rounded to; Keras's NAdam has a number of its own that it does not."""
    if source == "PyTorch" or optimizer in ("SGD", "RMSprop", "Adagrad"):
        return True
    return optimizer != "NAdam" and "beta1" in options


def row(source, optimizer, name, start, options, points):
    text = " ".join(f"{k}={float(v)!r}" for k, v in options.items())
    numbers = ", ".join(f"{{{x.hex()}, {y.hex()}}}" for x, y in points)
    strict = str(exact(source, optimizer, options)).lower()
    return f'    {{"{source}", "{optimizer}", "{text}", {strict}, Function::{name}, {{{start[0]}, {start[1]}}},\n     {{{{{numbers}}}}}}},'


def main():
    torch.set_default_dtype(torch.float64)  # NAdam's product of momenta has the default type
    rows = []
    for source, table, points in [("PyTorch", TORCH, torch_points), ("Keras", KERAS, keras_points)]:
        for optimizer, (gentle, careful, sets) in table.items():
            for options in sets:
                for name, function, start, lr in [
                    ("quadratic", quadratic, [3.0, 2.0], gentle),
                    ("rosenbrock", rosenbrock, [-1.2, 1.0], careful),
                ]:
                    rows.append(row(source, optimizer, name, start, {"lr": lr, **options},
                                    points(optimizer, function, start, lr, options)))
    text = f"""// Written by make_reference.py with PyTorch {torch.__version__.split("+")[0]} and Keras {keras.__version__} on TensorFlow {tensorflow.__version__}.
#pragma once

#include <array>

namespace reference {{

enum class Function {{ quadratic, rosenbrock }};

/// The steps after which points were taken.
inline constexpr std::array<int, {len(STEPS)}> steps{{{", ".join(map(str, STEPS))}}};

struct Trajectory {{
    const char* source;
    const char* optimizer;
    const char* options;  ///< As in `lr=0.1 momentum=0.9 y.lr=0.2`: of both numbers, then of the second's group.
    bool exact;           ///< Whether the options are those that it was computed with; else rounded to float32.
    Function function;
    std::array<double, 2> start;
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
