"""Writes transformers.hpp beside this file: what scikit-learn's scalers, encoders and imputer make of small matrices.

    python3 -m venv venv && venv/bin/pip install scikit-learn && venv/bin/python make_transformers.py

A line holds the options, the matrix to fit and the matrix to transform, and after a bar the results, in the order in
which the test reads them. A matrix is its rows, its columns and its elements.
"""

import itertools
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler

warnings.simplefilter("ignore")
NAN = float("nan")


def matrix(a):
    a = np.atleast_2d(np.asarray(a, dtype=np.float64))
    return " ".join([str(a.shape[0]), str(a.shape[1]), *map(repr, a.ravel().tolist())])


def data():
    """Pairs of a matrix to fit and one to transform."""
    r = np.random.RandomState(7)
    normal = np.round(r.normal(3.0, 20.0, (9, 3)), 3)
    yield normal, np.round(r.normal(0.0, 50.0, (2, 3)), 3)
    gaps = np.round(r.normal(-40.0, 5.0, (8, 4)), 2)
    gaps[r.uniform(size=gaps.shape) < 0.3] = NAN
    gaps[:, 3] = NAN
    yield gaps, np.array([[1.5, NAN, -40.0, 3.0], [NAN, 2.0, -39.5, NAN]])
    constant = np.column_stack([np.full(6, 0.1), np.full(6, -1e8), np.arange(6) * 1e-9 + 5, [1, 1, 1, NAN, 1, 1]])
    yield constant, np.array([[0.1, 0.0, 5.0, 1.0], [7.0, -1e8, 6.0, NAN]])
    yield np.array([[4.0, -2.0]]), np.array([[5.0, 0.25]])
    yield np.round(r.lognormal(0.0, 3.0, (12, 2)), 6), np.array([[0.0, 1e6]])
    yield np.array([[1e-300, 1e15], [3e-300, 1e15 + 1], [2e-300, 1e15 + 5]]), np.array([[0.0, 1e15]])


def standard():
    for (fit, x), mean, std in itertools.product(data(), (True, False), (True, False)):
        s = StandardScaler(with_mean=mean, with_std=std).fit(fit)
        full = StandardScaler().fit(fit)  # with_std=False leaves out the rest
        yield (f"{int(mean)} {int(std)} {matrix(fit)} {matrix(x)} | {matrix(full.mean_)} {matrix(full.scale_)} "
               f"{matrix(s.transform(x))} {matrix(s.inverse_transform(x))}")


def min_max():
    for (fit, x), (low, high), clip in itertools.product(data(), ((0.0, 1.0), (-3.5, 2.0)), (True, False)):
        s = MinMaxScaler(feature_range=(low, high), clip=clip).fit(fit)
        yield (f"{low} {high} {int(clip)} {matrix(fit)} {matrix(x)} | {matrix(s.data_min_)} {matrix(s.data_max_)} "
               f"{matrix(s.min_)} {matrix(s.scale_)} {matrix(s.transform(x))} {matrix(s.inverse_transform(x))}")


def robust():
    options = ((True, True, 25.0, 75.0, False), (True, True, 10.0, 95.5, True), (False, True, 0.0, 100.0, False),
               (True, False, 25.0, 75.0, False), (True, True, 1e-3, 50.0, True), (True, True, 40.0, 40.0, False))
    for (fit, x), (center, scale, low, high, unit) in itertools.product(data(), options):
        s = RobustScaler(with_centering=center, with_scaling=scale, quantile_range=(low, high), unit_variance=unit)
        s.fit(fit)
        full = RobustScaler(quantile_range=(low, high), unit_variance=unit).fit(fit)
        yield (f"{int(center)} {int(scale)} {low} {high} {int(unit)} {matrix(fit)} {matrix(x)} | "
               f"{matrix(full.center_)} {matrix(full.scale_)} {matrix(s.transform(x))} {matrix(s.inverse_transform(x))}")


def imputer():
    r = np.random.RandomState(3)
    few = np.round(r.uniform(-3, 3, (10, 4)))
    few[r.uniform(size=few.shape) < 0.25] = NAN
    few[:, 2] = NAN
    new = np.round(r.uniform(-3, 3, (4, 4)), 1)
    new[r.uniform(size=new.shape) < 0.5] = NAN
    full = np.round(r.normal(size=(5, 2)), 3)
    for strategy, (fit, x), missing, indicator, keep in itertools.product(
            ("mean", "median", "most_frequent", "constant"), ((few, new), (full, np.array([[NAN, 1.0]]))), (NAN, -1.0),
            (True, False), (True, False)):
        if x is new:
            # scikit-learn's inverse_transform takes a column for left out if it is missing throughout x: let it be right.
            x = x.copy()
            x[:, 2] = [1.0, 2.0, NAN, 3.0] if keep else NAN
        if missing == -1.0:
            fit, x = np.nan_to_num(fit, nan=-1.0), np.nan_to_num(x, nan=-1.0)
        s = SimpleImputer(missing_values=missing, strategy=strategy, fill_value=7.5 if strategy == "constant" else None,
                          add_indicator=indicator, keep_empty_features=keep).fit(fit)
        out = s.transform(x)
        yield (f"{missing} {strategy} 7.5 {int(indicator)} {int(keep)} {matrix(fit)} {matrix(x)} | "
               f"{matrix(s.statistics_.astype(np.float64))} {matrix(out)}"
               + (f" {matrix(s.inverse_transform(out))}" if indicator else ""))


def encoder_data():
    """Matrices to fit and to transform; the latter may hold unknown categories."""
    r = np.random.RandomState(5)
    yield r.randint(-3, 4, (12, 3)), r.randint(-3, 4, (5, 3))
    yield np.column_stack([r.randint(0, 2, 8), np.full(8, 9), r.randint(0, 40, 8)]), np.array([[1, 9, 3], [5, 8, 41]])
    yield np.array([[2**53 + 1, -(2**60)], [2**53, 5]]), np.array([[2**53 + 1, 5], [2**53, -(2**60)]])


def integers(a):
    return " ".join([str(a.shape[0]), str(a.shape[1]), *map(str, a.ravel().tolist())])


def attempt(make):
    try:
        return matrix(make())
    except ValueError:
        return "refused"


def text(a):
    """The same categories as strings, whose order is another: 10 comes before 2."""
    return np.array([[f"k{v}" for v in row] for row in a.tolist()], dtype=object)


def one_hot():
    for (fit, x), drop, unknown in itertools.product(encoder_data(), (None, "first", "if_binary"), ("error", "ignore")):
        for kind, change in (("integers", lambda a: a), ("strings", text)):
            e = OneHotEncoder(drop=drop, handle_unknown=unknown, sparse_output=False).fit(change(fit))
            yield (f"{kind} {drop or 'none'} {unknown} {integers(fit)} {integers(x)} | "
                   f"{matrix(e.transform(change(fit)))} {attempt(lambda: e.transform(change(x)))}")


def ordinal():
    for (fit, x), (unknown, value) in itertools.product(
            encoder_data(), (("error", None), ("use_encoded_value", -1), ("use_encoded_value", NAN))):
        for kind, change in (("integers", lambda a: a), ("strings", text)):
            e = OrdinalEncoder(handle_unknown=unknown, unknown_value=value).fit(change(fit))
            yield (f"{kind} {unknown} {NAN if value is None else value} {integers(fit)} {integers(x)} | "
                   f"{matrix(e.transform(change(fit)))} {attempt(lambda: e.transform(change(x)))}")


def main():
    tables = {"standard": standard(), "min_max": min_max(), "robust": robust(), "imputer": imputer(),
              "one_hot": one_hot(), "ordinal": ordinal()}
    lines = [f"// Made by make_transformers.py with NumPy {np.__version__} and scikit-learn {sklearn.__version__}; do not "
             "edit.", "// clang-format off", "#pragma once", "", "namespace reference {", ""]
    for name, rows in tables.items():
        rows = list(rows)
        print(name, len(rows))
        lines += [f'inline constexpr const char* {name} = R"(', *rows, ')";', ""]
    lines += ["}  // namespace reference", ""]
    pathlib.Path(__file__).with_name("transformers.hpp").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
