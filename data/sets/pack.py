"""Writes the data sets beside this file, from the files in scikit-learn's package, and SHA256SUMS over them.

    python3 -m venv venv && venv/bin/pip install scikit-learn && venv/bin/python pack.py

iris.csv and wine_data.csv are scikit-learn's own files. diabetes.txt is its diabetes_data_raw.csv with the target as the
last column. digits.bin holds the 1797 x 64 pixels, 0 to 16, and then the 1797 digits: 15 of them in each word of 64 bits,
little-endian, as the digits of a number to the base 17, the lowest first.
"""

import gzip
import hashlib
import pathlib

import sklearn.datasets

SOURCE = pathlib.Path(sklearn.datasets.__file__).parent / "data"
HERE = pathlib.Path(__file__).parent


def lines(name):
    return gzip.decompress((SOURCE / name).read_bytes()).decode().splitlines()


def diabetes():
    targets = [str(int(float(line))) for line in lines("diabetes_target.csv.gz")]
    return "".join(f"{row} {target}\n" for row, target in zip(lines("diabetes_data_raw.csv.gz"), targets, strict=True))


def digits():
    rows = [[int(float(v)) for v in line.split(",")] for line in lines("digits.csv.gz")]
    values = [v for row in rows for v in row[:-1]] + [row[-1] for row in rows]
    assert len(values) == 1797 * 65 and min(values) == 0 and max(values) == 16
    words = (sum(v * 17**k for k, v in enumerate(values[i : i + 15])) for i in range(0, len(values), 15))
    return b"".join(word.to_bytes(8, "little") for word in words)


def main():
    files = {"iris.csv": (SOURCE / "iris.csv").read_bytes(), "wine_data.csv": (SOURCE / "wine_data.csv").read_bytes(),
             "diabetes.txt": diabetes().encode(), "digits.bin": digits()}
    for name, content in files.items():
        (HERE / name).write_bytes(content)
    sums = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    (HERE / "SHA256SUMS").write_text("".join(sums))


main()
