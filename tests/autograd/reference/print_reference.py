"""Writes print_reference.hpp: what NumPy prints for the arrays that tests/autograd/printing.cpp makes.

    pip install numpy
    python print_reference.py > print_reference.hpp
"""
import numpy as np

f4, f8 = np.float32, np.float64
inf, nan = np.inf, np.nan

# The expression in C++, and the array. arange counts in float32 from 0.0 on.
CASES = [
    ("xg::tensor({{1, 2}, {3, 4}})", np.array([[1, 2], [3, 4]])),
    ("xg::tensor({1.0, 2.5, -3.25})", np.array([1, 2.5, -3.25], f4)),
    ("xg::tensor({0.1, 0.2, 1.0 / 3})", np.array([0.1, 0.2, 1 / 3], f4)),
    ("xg::tensor({0.1, 0.2, 1.0 / 3}, {.dtype = xg::float64})", np.array([0.1, 0.2, 1 / 3])),
    ("xg::tensor({2.0 / 3, 200.0 / 3}, {.dtype = xg::float64})", np.array([2 / 3, 200 / 3])),
    ("xg::tensor({1e-5, 1.0, 100.0})", np.array([1e-5, 1, 100], f4)),
    ("xg::tensor({1e-5, 1.0, 0.1, 123456.789}, {.dtype = xg::float64})", np.array([1e-5, 1, 0.1, 123456.789])),
    ("xg::tensor({1e100, 1e-5, -0.0}, {.dtype = xg::float64})", np.array([1e100, 1e-5, -0.0])),
    ("xg::tensor({1e9, 0.1, 1e10 / 3}, {.dtype = xg::float32})", np.array([1e9, 0.1, 1e10 / 3], f4)),
    ("xg::tensor({123456789.0, 1.0}, {.dtype = xg::float64})", np.array([123456789.0, 1])),
    ("xg::tensor({67108868.0, 1e5}, {.dtype = xg::float32})", np.array([67108868.0, 1e5], f4)),
    ("xg::tensor({1000.5, 1.0}, {.dtype = xg::float64})", np.array([1000.5, 1.0])),
    ("xg::tensor({1000.0, 1.0}, {.dtype = xg::float64})", np.array([1000.0, 1.0])),
    ("xg::tensor({-0.0, 0.0, 5e-324}, {.dtype = xg::float64})", np.array([-0.0, 0.0, 5e-324])),
    ("xg::tensor({NaN, Inf, -Inf, 1.0})", np.array([nan, inf, -inf, 1], f4)),
    ("xg::tensor({NaN, 1.5e-7, -Inf})", np.array([nan, 1.5e-7, -inf], f4)),
    ("xg::tensor({NaN, Inf})", np.array([nan, inf], f4)),
    ("xg::tensor({{-Inf, 10000.125}, {NaN, 12.0}}, {.dtype = xg::float64})", np.array([[-inf, 10000.125], [nan, 12]])),
    ("xg::tensor({true, true})", np.array([True, True])),
    ("xg::tensor({{true, false}, {false, false}})", np.array([[True, False], [False, False]])),
    ("xg::tensor({9007199254740993, -1, 9223372036854775807})", np.array([9007199254740993, -1, 9223372036854775807])),
    ("xg::tensor({-5, 10, 100})", np.array([-5, 10, 100])),
    ("xg::zeros({0})", np.zeros(0, f4)),
    ("xg::zeros({2, 0, 3})", np.zeros((2, 0, 3), f4)),
    ("xg::full({}, 1.0 / 3, {.dtype = xg::float64})", np.array(1 / 3)),
    ("xg::full({}, 1.0 / 3)", np.array(1 / 3, f4)),
    ("xg::full({}, 2)", np.array(2, f4)),
    ("xg::full({}, 1e16, {.dtype = xg::float64})", np.array(1e16)),
    ("xg::full({}, -1.25e-5, {.dtype = xg::float64})", np.array(-1.25e-5)),
    ("xg::full({}, 1e-300, {.dtype = xg::float64})", np.array(1e-300)),
    ("xg::full({}, NaN)", np.array(nan, f4)),
    ("xg::full({}, 9007199254740993, {.dtype = xg::int64})", np.array(9007199254740993)),
    ("xg::tensor(true)", np.array(True)),
    ("xg::arange(0.0, 24).reshape({2, 3, 4})", np.arange(24, dtype=f4).reshape(2, 3, 4)),
    ("xg::arange(0.0, 24).reshape({2, 3, 4}).transpose(0, 2)", np.arange(24, dtype=f4).reshape(2, 3, 4).T),
    ("xg::arange(0.0, 16).reshape({2, 2, 2, 2})", np.arange(16, dtype=f4).reshape(2, 2, 2, 2)),
    ("xg::arange(0.0, 40, 1, {.dtype = xg::int64})", np.arange(40)),
    ("xg::arange(0.0, 60).reshape({2, 30}) / 7", np.arange(60, dtype=f4).reshape(2, 30) / f4(7)),
    ("xg::arange(0.0, 120, 1, {.dtype = xg::int64}).reshape({2, 2, 30}) * 1001", np.arange(120).reshape(2, 2, 30) * 1001),
    ("xg::arange(0.0, 1000)", np.arange(1000, dtype=f4)),
    ("xg::arange(0.0, 1001)", np.arange(1001, dtype=f4)),
    ("xg::arange(0.0, 10000, 1, {.dtype = xg::int64}).reshape({100, 100})", np.arange(10000).reshape(100, 100)),
    ("xg::arange(0.0, 3000).reshape({10, 3, 100}) / 8", np.arange(3000, dtype=f4).reshape(10, 3, 100) / f4(8)),
    ("xg::arange(0.0, 8)[3]", np.arange(8, dtype=f4)[3]),
    ("xg::tensor({0.00012, 0.5}, {.dtype = xg::float64})", np.array([0.00012, 0.5])),
    ("xg::tensor({0.1 + 1e-10, 0.5}, {.dtype = xg::float64})", np.array([0.1 + 1e-10, 0.5])),
    ("xg::tensor({1.0 + 1e-10, 2e9}, {.dtype = xg::float64})", np.array([1 + 1e-10, 2e9])),
    ("xg::tensor({0.000000005, 0.9}, {.dtype = xg::float64}) * 20000", np.array([0.000000005, 0.9]) * 20000),
    ("xg::tensor({{1e-3, 1.0}, {0.25, 16777216.0}}, {.dtype = xg::float32})", np.array([[1e-3, 1], [0.25, 16777216]], f4)),
    ("xg::tensor({999999.5, 1e4}, {.dtype = xg::float32})", np.array([999999.5, 1e4], f4)),
    ("xg::tensor({1e6, 1e4}, {.dtype = xg::float32})", np.array([1e6, 1e4], f4)),
    ("xg::tensor({1e6, 1e4}, {.dtype = xg::float64})", np.array([1e6, 1e4])),
    ("xg::full({}, 9999999)", np.array(9999999, f4)),
    ("xg::full({}, 16777216)", np.array(16777216, f4)),
    ("xg::tensor({1e-4, 0.5e-1}, {.dtype = xg::float32})", np.array([1e-4, 0.5e-1], f4)),
    ("xg::full({}, -1e-4)", np.array(-1e-4, f4)),
    ("xg::tensor({99999999.0, 99999998.0}, {.dtype = xg::float64})", np.array([99999999.0, 99999998.0])),
]

print("// Written by print_reference.py with NumPy %s." % np.__version__)
print("#pragma once\n\n#include <cmath>\n#include <limits>\n\n#include <xgrad/autograd/ops.hpp>\n")
print("inline constexpr double Inf = HUGE_VAL, NaN = std::numeric_limits<double>::quiet_NaN();\n")
print("struct PrintCase {\n    const char* expression;\n    xg::Tensor tensor;\n    const char* printed;\n};\n")
print("// clang-format off\ninline const PrintCase print_cases[] = {")
for expression, array in CASES:
    print('    {R"(%s)", %s, R"(%s)"},' % (expression, expression, str(array)))
print("};")
