"""Writes sets.hpp beside this file: checksums of what scikit-learn's load_iris, load_wine, load_digits and load_diabetes
return, and of the files in data/sets.

    python3 -m venv venv && venv/bin/pip install scikit-learn && venv/bin/python make_sets.py
"""

import hashlib
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import load_diabetes, load_digits, load_iris, load_wine

HERE = pathlib.Path(__file__).parent
SETS = HERE.parents[2] / "data" / "sets"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def loaded(name, bunch):
    y = bunch.target.astype(np.int64 if name != "diabetes" else np.float64)
    names = [*bunch.feature_names, *map(str, getattr(bunch, "target_names", []))]
    return (f"{name} {bunch.data.shape[0]} {bunch.data.shape[1]} {sha256(bunch.data.astype(np.float64).tobytes())} "
            f"{sha256(y.tobytes())} {sha256(chr(10).join(names).encode())}")


def main():
    files = (line.split() for line in (SETS / "SHA256SUMS").read_text().splitlines())
    scaled, raw = load_diabetes().data, load_diabetes(scaled=False)
    # Equal numbers of a column are equal when scaled: the different ones, in ascending order, are all there is.
    columns = (np.unique(column) for column in scaled.T)
    lines = [f"// Made by make_sets.py with scikit-learn {sklearn.__version__}; do not edit.", "// clang-format off",
             "#pragma once", "", "namespace reference {", "",
             'inline constexpr const char* set_files = R"(', *(f"{name} {digest}" for digest, name in files), ')";', "",
             'inline constexpr const char* sets = R"(', loaded("iris", load_iris()), loaded("wine", load_wine()),
             loaded("digits", load_digits()), loaded("diabetes", raw), ')";', "",
             'inline constexpr const char* scaled_diabetes = R"(',
             *(" ".join([str(len(c)), *(f"{v:.15g}" for v in c.tolist())]) for c in columns), ')";', "",
             "}  // namespace reference", ""]
    (HERE / "sets.hpp").write_text("\n".join(lines))


main()
