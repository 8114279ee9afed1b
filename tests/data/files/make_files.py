"""Writes the files beside this one: arrays as NumPy writes them, and numbers with what Python reads them as.

    python3 -m venv venv && venv/bin/pip install numpy && venv/bin/python make_files.py
"""

import gzip
import io
import pathlib
import random
import struct
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).parent
COUNT = np.arange(24).reshape(2, 3, 4)


def npy(name, array, version=None):
    with open(HERE / name, "wb") as file:
        np.lib.format.write_array(file, np.asanyarray(array), version=version)


def idx(name, array, code, pack=False):
    data = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    data += array.astype(array.dtype.newbyteorder(">")).tobytes()
    with open(HERE / name, "wb") as file:
        file.write(gzip.compress(data, mtime=0) if pack else data)


def arrays():
    npy("f4.npy", (COUNT / 8).astype("<f4"))
    npy("f8.npy", (COUNT / 8).astype("<f8"))
    npy("i8.npy", COUNT - 12)
    npy("bool.npy", COUNT % 3 == 0)
    for code in ("i1", "i2", "i4", "u1", "u2", "u4", "u8"):
        npy(f"{code}.npy", COUNT.astype("<" + code))
    npy("f2.npy", np.array([0, -0.0, 1, -2.5, 65504, 6e-8, 6.104e-5, np.inf, -np.inf, np.nan], "<f2"))
    npy("u8_large.npy", np.array([0, 2**63], "<u8"))
    for code in ("f8", "f4", "i8", "i2"):
        npy(f"big_{code}.npy", COUNT.astype(">" + code))
    npy("fortran.npy", np.asfortranarray(COUNT.astype("<f8")))
    npy("large.npy", np.arange(2000.0))
    npy("large_fortran.npy", np.asfortranarray(np.arange(2000.0).reshape(40, 50)))
    npy("scalar.npy", np.float64(2.5))
    npy("empty.npy", np.zeros((0, 3), "f4"))
    npy("version2.npy", COUNT, (2, 0))
    npy("version3.npy", COUNT, (3, 0))
    npy("complex.npy", np.zeros(2, "c8"))
    npy("text.npy", np.array(["a", "bc"]))
    npy("record.npy", np.zeros(2, [("a", "i4"), ("b", "f4")]))

    x, y = (COUNT / 8).astype("f4"), np.arange(3)
    np.savez(HERE / "stored.npz", x=x, y=y)
    np.savez_compressed(HERE / "deflated.npz", x=x, y=y, zeros=np.zeros(10000))
    np.savez(HERE / "none.npz")
    with zipfile.ZipFile(HERE / "other.npz", "w") as archive:
        archive.writestr(zipfile.ZipInfo("notes.txt"), "no array")  # of 1980: the same bytes every time
    with zipfile.ZipFile(HERE / "bzip2.npz", "w", zipfile.ZIP_BZIP2) as archive:
        file = io.BytesIO()
        np.save(file, y)
        archive.writestr(zipfile.ZipInfo("y.npy"), file.getvalue(), zipfile.ZIP_BZIP2)

    codes = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}
    for code, dtype in codes.items():
        idx(f"{dtype}.idx", COUNT.astype(dtype), code)
    idx("images.idx.gz", (COUNT * 10).astype("u1"), 0x08, pack=True)
    with gzip.open(HERE / "images.idx.gz") as file:
        (HERE / "long.idx.gz").write_bytes(gzip.compress(file.read() + b"x", mtime=0))


def numbers():
    """Texts and the bits of Python's float() of them: hard to round, of many digits, at the limits."""
    r = random.Random(0)
    texts = """0 -0 0.0 1 -1 1. .5 -.5 1e5 1E5 1e+5 1e-5 0.1 0.2 0.3 1e22 1e23 -1e23 123456789012345678 9007199254740993
        9007199254740992 9007199254740991 9223372036854775807.0 9223372036854775808 18446744073709551616
        1.7976931348623157e308 1.7976931348623159e308 1.797693134862315807e308 1e308 1e309 -1e309 1e400 -1e999999999999
        2.2250738585072014e-308 2.2250738585072011e-308 2.225073858507201136e-308 4.9406564584124654e-324 5e-324 2.4703282292062327e-324
        2.4703282292062328e-324 2e-324 1e-400 -1e-400 0e999999 0.000e-999999 6.631236846766476e-316 3.2378839133029012895883523e-319
        7.2057594037927933e16 1.00000000000000011102230246251565 1.00000000000000011102230246251566 8.41e21
        2.0e-308 inf -inf Infinity nan 1.00000000000000033306690738754696""".split()
    texts += ["0." + "0" * 300 + "1", "1" + "0" * 400, "1" + "0" * 300 + "." + "0" * 300, "0." + "3" * 800]
    for _ in range(400):  # any bits, as Python writes them
        value = struct.unpack("<d", r.randbytes(8))[0]
        if value == value:
            texts.append(repr(value))
    for _ in range(200):  # halfway between two neighbours, a digit above, a digit below: all digits count
        mantissa, exponent = r.getrandbits(53) | 1 << 52, r.randrange(-80, 80)
        exact = 2 * mantissa + 1
        text = str(exact << exponent) if exponent >= 0 else decimal(exact, -exponent)
        texts += [text, text + ("1" if "." in text else ".1"), text[:-1] + chr(ord(text[-1]) - 1) + "9" if text[-1] > "0" else text]
    for _ in range(300):
        digits = "".join(r.choice("0123456789") for _ in range(r.randrange(1, 40)))
        texts.append(f"{digits[:1]}.{digits[1:]}e{r.randrange(-330, 310)}")
    with open(HERE / "numbers.csv", "w") as file:
        file.write("text,bits\n")
        for text in texts:
            value = float(text)
            file.write(f"{text},{struct.unpack('<q', struct.pack('<d', value))[0]}\n")


def decimal(numerator, bits):
    """numerator / 2**bits, in full."""
    digits = str(numerator * 5**bits).rjust(bits + 1, "0")
    return f"{digits[:-bits]}.{digits[-bits:]}"


def check_written():
    """written.npz is xgrad's own: a test compares it with what `write_npz` writes, and this with what NumPy reads."""
    expected = {"größe": np.arange(3), "x": np.array([[1.5, 2.5], [-1, 0]], "f4"), "mask": np.array([True, False]),
                "none": np.zeros((0, 2))}
    with np.load(HERE / "written.npz") as read:
        assert sorted(read) == sorted(expected)
        for name, array in expected.items():
            np.testing.assert_array_equal(read[name], array, strict=True)


if __name__ == "__main__":
    check_written()
    arrays()
    numbers()
