"""Writes decompositions_reference.hpp: what NumPy computes of the matrices in tests/autograd/decompositions.cpp.

    pip install numpy
    python decompositions_reference.py > decompositions_reference.hpp
"""
import numpy as np

A = np.array([[2.0, -1.0, 0.5], [0.25, 3.0, -2.0], [1.5, 0.75, -4.0]])
S = A @ A.T + np.eye(3)
T = np.array([[1.0, 2.0], [0.5, -1.5], [-2.0, 0.25], [3.0, 1.0]])
B = np.array([[1.0, -2.0], [0.5, 3.0], [2.0, 0.25]])
C = np.array([[1.0], [-2.0], [0.5], [4.0]])


def braces(x):
    x = np.asarray(x)
    if x.ndim == 0:
        return repr(float(x))
    return "{" + ", ".join(braces(row) for row in x) + "}"


def write(name, x):
    print(f"inline const xg::Tensor {name} = xg::tensor({braces(x)}, {{.dtype = xg::float64}});")


print(f"// Written by decompositions_reference.py with NumPy {np.__version__}.")
print("#pragma once\n\n#include <xgrad/autograd/ops.hpp>\n\n// clang-format off\nnamespace reference {\n")
for name, x in (("a", A), ("symmetric", S), ("tall", T), ("b", B), ("c", C)):
    write(name, x)
sign, log = np.linalg.slogdet(A)
q, r = np.linalg.qr(T)
x, residuals, _, values = np.linalg.lstsq(T, C, rcond=None)
for name, value in (
    ("solve", np.linalg.solve(A, B)),
    ("inv", np.linalg.inv(A)),
    ("det", np.linalg.det(A)),
    ("sign", sign),
    ("logabsdet", log),
    ("cholesky", np.linalg.cholesky(S)),
    ("q", q),
    ("r", r),
    ("eigenvalues", np.linalg.eigvalsh(S)),
    ("singular_values", np.linalg.svd(T, compute_uv=False)),
    ("pinv", np.linalg.pinv(T)),
    ("lstsq", x),
    ("residuals", residuals),
    ("power", np.linalg.matrix_power(A, -3)),
    ("kron", np.kron(B, T)),
    ("cross", np.cross(A, S)),
):
    write(name, value)
print("\n}  // namespace reference")
