"""Writes generators.hpp beside this file: what scikit-learn's generators and splitters give, as checksums.

    python3 -m venv venv && venv/bin/pip install scikit-learn && venv/bin/python make_generators.py

A line holds the arguments, as the test reads them, and after a bar the checksums: of integers the hash `digest`; of a
matrix the sum of its elements with the weights of `weights`, the sum of their absolute values, and five elements.
"""

import itertools
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.datasets import make_blobs, make_circles, make_classification, make_moons
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

warnings.simplefilter("ignore")
SEEDS = [0, 1, 42, 570, 2**32 - 1]


def digest(*arrays):
    h = 0xCBF29CE484222325
    for array in arrays:
        for value in np.asarray(array).ravel().tolist():
            h = ((h ^ (int(value) & (2**64 - 1))) * 0x100000001B3) & (2**64 - 1)
    return str(h)


def weights(n):
    return (np.arange(n, dtype=np.uint64) * np.uint64(2654435761) % np.uint64(2**32)) / 2.0**32 - 0.5


def places(n):
    return [k * (n - 1) // 4 for k in range(5)]


def checksums(x):
    flat = np.asarray(x, dtype=np.float64).ravel()
    values = [np.dot(flat, weights(flat.size)), np.abs(flat).sum(), *flat[places(flat.size)]]
    return " ".join(repr(float(v)) for v in values)


def words(values):
    """A list with its length in front."""
    return " ".join([str(len(values)), *map(lambda v: repr(float(v)), values)])


def one_or_each(value):
    """-1: one number follows. Else a list follows, with its length in front."""
    if value is None:
        return "0"
    if isinstance(value, (int, float)):
        return f"-1 {value!r}"
    return " ".join([str(len(value)), *map(repr, value)])


def classification(seed, **o):
    o = dict(n_samples=100, n_features=20, n_informative=2, n_redundant=2, n_repeated=0, n_classes=2,
             n_clusters_per_class=2, weights=None, flip_y=0.01, class_sep=1.0, hypercube=True, shift=0.0, scale=1.0,
             shuffle=True) | o
    x, y = make_classification(**o, random_state=seed)
    head = " ".join(str(o[k]) for k in ("n_samples", "n_features", "n_informative", "n_redundant", "n_repeated",
                                        "n_classes", "n_clusters_per_class"))
    rest = f"{o['flip_y']!r} {o['class_sep']!r} {int(o['hypercube'])} {int(o['shuffle'])}"
    return (f"{seed} {head} {rest} {words(o['weights'] or [])} {one_or_each(o['shift'])} {one_or_each(o['scale'])}"
            f" | {digest(y)} {checksums(x)}")


def classifications():
    for seed in SEEDS:
        yield classification(seed)
        yield classification(seed, n_samples=37, n_features=7, n_informative=3, n_redundant=2, n_repeated=2, n_classes=3)
        yield classification(seed, n_samples=50, n_features=5, n_informative=3, n_redundant=0, n_classes=2,
                             n_clusters_per_class=1, weights=[0.9], flip_y=0.0)
        yield classification(seed, n_samples=41, n_features=9, n_informative=4, n_classes=4, n_clusters_per_class=3,
                             weights=[0.1, 0.2, 0.3, 0.4], class_sep=0.25)
        yield classification(seed, n_samples=30, n_features=6, n_informative=3, hypercube=False, n_classes=3, flip_y=0.5)
        yield classification(seed, n_samples=30, n_features=4, n_informative=2, shuffle=False, shift=None, scale=None)
        yield classification(seed, n_samples=30, n_features=3, n_informative=2, n_redundant=1,
                             shift=[1.0, -2.5, 0.25], scale=[1.0, 2.0, 1e-3])
        yield classification(seed, n_samples=20, n_features=12, n_informative=8, n_classes=3, n_clusters_per_class=1)
        yield classification(seed, n_samples=20, n_features=40, n_informative=33, n_classes=3, class_sep=2.0)
        yield classification(seed, n_samples=20, n_features=35, n_informative=31, n_classes=2, hypercube=False)
        yield classification(seed, n_samples=10, n_features=1, n_informative=1, n_redundant=0, n_clusters_per_class=1)
        yield classification(seed, n_samples=5, n_features=4, n_classes=1, n_clusters_per_class=4, flip_y=1.0)
        yield classification(seed, n_samples=600, n_features=8, n_informative=7, n_redundant=0, n_classes=127,
                             n_clusters_per_class=1)
        yield classification(seed, n_samples=21, n_features=8, n_informative=3, n_redundant=3, n_repeated=2,
                             weights=[0.2, 0.3, 0.4], n_classes=3, n_clusters_per_class=2, shuffle=False)
        yield classification(seed, n_samples=1, n_features=4)
    for seed, sep, cube in itertools.product((3, 5, 7, 11), (0.5, 3.0), (True, False)):
        yield classification(seed, n_samples=25, n_features=6, n_informative=4, n_redundant=1, n_repeated=1,
                             class_sep=sep, hypercube=cube, n_classes=5, n_clusters_per_class=1, shift=0.5, scale=4.0)


def blobs(seed, **o):
    o = dict(n_samples=100, n_features=2, centers=None, cluster_std=1.0, center_box=(-10.0, 10.0), shuffle=True) | o
    x, y, centers = make_blobs(**o, random_state=seed, return_centers=True)
    given = o["centers"]
    if given is None:
        centers_text = "none"
    elif isinstance(given, int):
        centers_text = f"number {given}"
    else:
        given = np.asarray(given)
        centers_text = f"matrix {given.shape[1]} {words(given.ravel())}"
    return (f"{seed} {one_or_each(o['n_samples'])} {o['n_features']} {centers_text} {one_or_each(o['cluster_std'])} "
            f"{o['center_box'][0]!r} {o['center_box'][1]!r} {int(o['shuffle'])}"
            f" | {digest(y)} {checksums(x)} {checksums(centers)}")


def all_blobs():
    for seed in SEEDS:
        yield blobs(seed)
        yield blobs(seed, n_samples=31, n_features=5, centers=7, cluster_std=0.25)
        yield blobs(seed, n_samples=[5, 0, 17], cluster_std=[1.0, 2.0, 0.125])
        yield blobs(seed, n_samples=[8, 4], n_features=3, center_box=(0.0, 1.0), shuffle=False)
        yield blobs(seed, n_samples=23, centers=[[0.5, -1.0], [3.0, 4.0], [10.0, 0.0]], cluster_std=[1.0, 0.0, 3.0])
        yield blobs(seed, n_samples=[3, 9], centers=[[1.0, 2.0, 3.0], [-1.0, 0.0, 1.0]])
        yield blobs(seed, n_samples=3, centers=5, center_box=(-1.0, -1.0))
        yield blobs(seed, n_samples=64, n_features=1, centers=1, shuffle=False)
    for seed, n, k, d in itertools.product((2, 9), (10, 33), (2, 4), (1, 3)):
        yield blobs(seed, n_samples=n, centers=k, n_features=d)


def circles(seed, n, factor, noise, shuffle):
    x, y = make_circles(n, factor=factor, noise=noise, shuffle=shuffle, random_state=seed)
    return f"{seed} {one_or_each(n)} {factor!r} {noise or 0.0!r} {int(shuffle)} | {digest(y)} {checksums(x)}"


def moons(seed, n, noise, shuffle):
    x, y = make_moons(n, noise=noise, shuffle=shuffle, random_state=seed)
    return f"{seed} {one_or_each(n)} {noise or 0.0!r} {int(shuffle)} | {digest(y)} {checksums(x)}"


def labels(n, classes, seed):
    """Labels that the test makes again: every class at least once where n allows, not in order."""
    return np.array([(i * i * 7 + i * 3 + seed) % 97 % classes - 1 for i in range(n)])


def size(value):
    return "none" if value is None else f"{'count' if isinstance(value, int) else 'share'} {value!r}"


def stratified_splits():
    for n, classes, seed, (test, train) in itertools.product(
            (20, 61, 150), (2, 3, 7), SEEDS[1:], ((None, None), (0.5, None), (None, 0.5), (11, None), (0.3, 9), (10, 8))):
        y = labels(n, classes, seed)
        try:
            i_train, i_test = train_test_split(np.arange(n), stratify=y, test_size=test, train_size=train,
                                               random_state=seed)
            result = f"{len(i_train)} {digest(i_train, i_test)}"
        except ValueError:
            result = "refused"
        yield f"{n} {classes} {seed} {size(test)} {size(train)} | {result}"


def stratified_rows():
    """Labels in two columns."""
    for n, seed in itertools.product((40, 90), SEEDS):
        y = np.stack([labels(n, 2, seed), np.arange(n) % 2 * 11], axis=1)
        i_train, i_test = train_test_split(np.arange(n), stratify=y, random_state=seed)
        yield f"{n} {seed} | {digest(i_train, i_test)}"


def folds():
    for n, splits, seed, shuffle in itertools.product((2, 5, 10, 33, 100), (2, 3, 5, 10), SEEDS, (False, True)):
        if splits <= n and (shuffle or seed == 0):
            parts = KFold(splits, shuffle=shuffle, random_state=seed if shuffle else None).split(np.zeros(n))
            yield f"{n} {splits} {seed} {int(shuffle)} | {digest(*itertools.chain(*parts))}"


def stratified_folds():
    for n, classes, splits, seed, shuffle in itertools.product(
            (8, 23, 60, 101), (1, 2, 3, 9), (2, 3, 5, 10), SEEDS, (False, True)):
        if shuffle or seed in (0, 1):
            y = labels(n, classes, seed)
            try:
                parts = StratifiedKFold(splits, shuffle=shuffle, random_state=seed if shuffle else None).split(y, y)
                result = digest(*itertools.chain(*parts))
            except ValueError:
                result = "refused"
            yield f"{n} {classes} {splits} {seed} {int(shuffle)} | {result}"


def main():
    tables = {
        "classifications": classifications(),
        "blobs": all_blobs(),
        "circles": (circles(*c) for c in itertools.product(
            SEEDS[2:4], (1, 2, 33, (7, 12), (0, 3)), (0.0, 0.8), (None, 0.05), (True, False))),
        "moons": (moons(*c) for c in itertools.product(
            SEEDS[2:], (1, 2, 33, 100, (7, 12), (1, 0)), (None, 0.1, 2.0), (True, False))),
        "stratified_splits": stratified_splits(),
        "stratified_rows": stratified_rows(),
        "folds": folds(),
        "stratified_folds": stratified_folds(),
    }
    lines = [f"// Made by make_generators.py with NumPy {np.__version__} and scikit-learn {sklearn.__version__}; do not edit.",
             "// clang-format off", "#pragma once", "", "namespace reference {", ""]
    for name, rows in tables.items():
        rows = list(rows)
        print(name, len(rows))
        lines += [f'inline constexpr const char* {name} = R"(', *rows, ')";', ""]
    lines += ["}  // namespace reference", ""]
    pathlib.Path(__file__).with_name("generators.hpp").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
