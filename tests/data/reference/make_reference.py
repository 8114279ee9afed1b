"""Writes reference.hpp beside this file: what NumPy and scikit-learn draw for the arguments that the tests use.

    python3 -m venv venv && venv/bin/pip install numpy scikit-learn && venv/bin/python make_reference.py
"""

import math
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import make_regression
from sklearn.model_selection import train_test_split

SEEDS = [0, 1, 42, 570, 2**32 - 1]


def number(value):
    """A C++ literal of exactly this value."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value)) if value > -(2**63) else "INT64_MIN"
    value = float(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e6 else value.hex()


def braces(values):
    return "{" + ", ".join(number(v) for v in np.asarray(values).ravel().tolist()) + "}"


def optional(value):
    return "{}" if value is None else number(value)


def generator(seed):
    """One long sequence of calls on one generator; the test makes the same calls in the same order."""
    r = np.random.RandomState(seed)
    reals, integers = [], []
    reals.append(r.random_sample(3))
    reals.append(r.standard_normal(5))  # an odd number: the next normal draw is the one that was kept
    reals.append(r.uniform(-3, 7.5, 3))
    integers.append(r.permutation(13))
    reals.append(r.normal(1.5, 2.5, 4))
    integers.append(r.randint(-5, 1000, 5))
    integers.append(r.randint(-5, 2**62, 3))
    integers.append(r.randint(0, 2**32, 2))
    integers.append(r.randint(-(2**63), 2**63 - 1, 2))
    integers.append(r.randint(7, 8, 2))
    reals.append(r.standard_normal(2))
    r.random_sample(1000)  # over the end of the generator's state, more than once
    reals.append(r.random_sample(3))
    return f"    {{{seed}U, {braces(np.concatenate(reals))}, {braces(np.concatenate(integers))}}},"


def permutation(seed, n):
    return f"    {{{seed}U, {n}, {braces(np.random.RandomState(seed).permutation(n))}}},"


def regression(rows=None, **options):
    """`rows`: the rows to keep of a large problem; all if None."""
    o = {"n_samples": 100, "n_features": 100, "n_informative": 10, "n_targets": 1, "bias": 0.0, "noise": 0.0,
         "shuffle": True, "random_state": 0} | options
    x, y, coef = make_regression(coef=True, **o)
    y, coef = y.reshape(o["n_samples"], -1), coef.reshape(o["n_features"], -1)
    kept = range(o["n_samples"]) if rows is None else rows
    head = ", ".join(number(value) for name, value in o.items() if name != "random_state")
    arrays = ", ".join(braces(a) for a in (list(kept), x[kept], y[kept], coef))
    return f"    {{{head}, {o['random_state']}U, {arrays}}},"


def split(n, seed, test=None, train=None, shuffle=True):
    """A size that is an int is a count, as for scikit-learn."""
    i_train, i_test = train_test_split(
        np.arange(n), test_size=test, train_size=train, random_state=seed, shuffle=shuffle)
    sizes = [optional(v if isinstance(v, kind) else None) for kind in (float, int) for v in (test, train)]
    return f"    {{{n}, {seed}U, {', '.join(sizes)}, {number(shuffle)}, {braces(i_train)}, {braces(i_test)}}},"


def regressions():
    yield regression(rows=[0, 1, 2, 49, 98, 99])
    yield regression(rows=[0, 7, 77, 29999, 50000, 99999], n_samples=100_000, n_features=2, random_state=570)
    for seed in SEEDS:
        yield regression(n_samples=7, n_features=1, random_state=seed)
        yield regression(n_samples=13, n_features=2, random_state=seed)
        yield regression(n_samples=9, n_features=5, n_informative=3, noise=0.5, bias=-2.25, random_state=seed)
        yield regression(n_samples=8, n_features=5, n_targets=2, noise=10.0, random_state=seed)
        yield regression(n_samples=3, n_features=100, n_informative=20, bias=100.0, random_state=seed)
        yield regression(n_samples=6, n_features=5, n_informative=2, shuffle=False, random_state=seed)
    yield regression(n_samples=1, n_features=1, random_state=42)
    yield regression(n_samples=1, n_features=3, n_targets=2, noise=1.0, random_state=42)
    yield regression(n_samples=5, n_features=3, n_informative=0, bias=1.5, random_state=42)
    yield regression(n_samples=65, n_features=2, n_targets=3, n_informative=1, noise=0.125, random_state=42)
    yield regression(n_samples=6, n_features=2, n_targets=2, noise=1.0, shuffle=False, random_state=42)


def splits():
    for n in (2, 3, 5, 10, 33, 64, 101):
        for seed in SEEDS:
            for test in (0.25, 0.1, 0.5):
                if math.ceil(test * n) < n:
                    yield split(n, seed, test)
    yield split(1001, 570)
    yield split(9, 42, None, 0.7)
    yield split(9, 42, 0.2, 0.3)
    yield split(9, 42, 4)
    yield split(9, 42, None, 4)
    yield split(9, 42, 2, 3)
    yield split(9, 42, 0.4, 3)
    yield split(9, 42, 2, 0.5)
    yield split(9, 42, shuffle=False)
    yield split(9, 42, 0.2, 0.3, shuffle=False)


def main():
    x, y, coef = make_regression(n_samples=100_000, n_features=2, random_state=570, coef=True)
    _, _, y_train, y_test = train_test_split(x, y, random_state=570)
    lines = [
        f"// Made by make_reference.py with NumPy {np.__version__} and scikit-learn {sklearn.__version__}; do not edit.",
        "// clang-format off", "#pragma once", "", "#include <cstdint>", "#include <optional>", "#include <vector>", "",
        "namespace reference {", "",
        "struct Generator { std::uint32_t seed; std::vector<double> reals; std::vector<std::int64_t> integers; };",
        "struct Permutation { std::uint32_t seed; std::int64_t n; std::vector<std::int64_t> order; };",
        "struct Regression {",
        "    std::int64_t n_samples, n_features, n_informative, n_targets; double bias, noise; bool shuffle;",
        "    std::uint32_t random_state;",
        "    std::vector<std::int64_t> rows; std::vector<double> x, y, coef;  // x and y of these rows alone",
        "};",
        "struct Split {",
        "    std::int64_t n; std::uint32_t random_state; std::optional<double> test_size, train_size;",
        "    std::optional<std::int64_t> n_test, n_train; bool shuffle; std::vector<std::int64_t> train, test;",
        "};", "",
        "// Of make_regression(n_samples=100000, n_features=2, random_state=570) and its split with random_state=570.",
        f"inline constexpr double variance_train = {np.var(y_train).hex()};",
        f"inline constexpr double variance_test = {np.var(y_test).hex()};", "",
        "// RandomState(570).standard_normal(1000)",
        f"inline const std::vector<double> normals = {braces(np.random.RandomState(570).standard_normal(1000))};", "",
        "inline const std::vector<Generator> generators = {", *(generator(s) for s in SEEDS), "};", "",
        "inline const std::vector<Permutation> permutations = {",
        *(permutation(s, n) for s in SEEDS for n in (0, 1, 2, 3, 64, 65, 300)), "};", "",
        "inline const std::vector<Regression> regressions = {", *regressions(), "};", "",
        "inline const std::vector<Split> splits = {", *splits(), "};", "",
        "}  // namespace reference", ""]
    pathlib.Path(__file__).with_name("reference.hpp").write_text("\n".join(lines))


main()
