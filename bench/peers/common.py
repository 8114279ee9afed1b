"""What the Python peers share: arguments, data, timing, and the line of JSON that the driver reads.

`PEER.py ROW [--threads N] [--mode MODE] [--seconds S] [--epochs N]` times one row. The protocol is that of measure.hpp.
"""

import argparse
import json
import math
import time

DEEP_WIDTHS = [64] * 100
DEEP_ROWS = 75_000
DEEP_BATCH = 18_750
# Row -> (how many of it a second has, name of the unit).
UNITS = {"A": (1e6 / 101, "us"), "B": (1e6, "us"), "C": (1e6, "us"), "D": (1e3, "ms"), "E": (1e3, "ms"), "F": (1e3, "ms"),
         "G": (1.0, "s"), "H": (1e3, "ms"), "I": (1e3, "ms"), "M": (1e3, "ms"), "N": (1e3, "ms"), "LeNet": (1e3, "ms"),
         "LSTM": (1e3, "ms"), "R": (1e3, "ms"), "line": (1.0, "s"), "widths": (1.0, "s")}


def arguments(modes):
    parser = argparse.ArgumentParser()
    parser.add_argument("row", choices=sorted(UNITS))
    parser.add_argument("--threads", type=int, default=0, help="0 leaves the library's own choice alone")
    parser.add_argument("--mode", choices=modes, default=modes[0])
    parser.add_argument("--seconds", type=float, default=0.5, help="how long a row of many steps is timed for")
    parser.add_argument("--epochs", type=int, default=2, help="how many epochs a row of epochs is timed for")
    return parser.parse_args()


def generator():
    import numpy
    return numpy.random.default_rng(0)


def regression_data(rows):
    """Rows of two normal features, and the linear function of them that is to be learnt."""
    import numpy
    x = generator().standard_normal((rows, 2)).astype("float32")
    return x, x @ numpy.array([[14.0], [3.0]], "float32")


def log_data():
    import numpy
    x = numpy.linspace(-50, 100, 20_000, dtype="float32")[:, None]
    return x, numpy.log(numpy.maximum(x, 1))


def class_data():
    rng = generator()
    return rng.standard_normal((128, 784)).astype("float32"), rng.integers(0, 10, 128)


def many_arrays():
    """10^6 numbers in 200 arrays."""
    rng = generator()
    return [rng.standard_normal((50, 100)).astype("float32") for _ in range(200)]


def image_data():
    rng = generator()
    return rng.standard_normal((128, 1, 28, 28)).astype("float32"), rng.integers(0, 10, 128)


def sequence_data():
    rng = generator()
    return rng.standard_normal((50, 32, 128)).astype("float32"), rng.standard_normal((32, 1)).astype("float32")


def time_of(step, count=1, finish=lambda: None):
    """Seconds that `count` calls of `step` take; `finish` waits for what they only started."""
    start = time.perf_counter()
    for _ in range(count):
        step()
    finish()
    return time.perf_counter() - start


def measure_steps(step, args, finish=lambda: None):
    """Seconds a call of `step`, one sample a block of about 10 ms."""
    time_of(step, 2, finish)  # compiles
    spent, count = 0.0, 0
    while count < 3 or spent < args.seconds / 4:
        spent += time_of(step, 1, finish)
        count += 1
    block = max(1, int(0.01 / (spent / count)))
    samples = []
    while len(samples) < 5 or sum(samples) * block < args.seconds:
        samples.append(time_of(step, block, finish) / block)
    return samples


def measure_epochs(batch, args, finish=lambda: None):
    """Seconds an epoch; `batch(i)` trains on the i-th batch."""
    batch(0)
    finish()

    def epoch():
        for i in range(DEEP_ROWS // DEEP_BATCH):
            batch(i)

    return [time_of(epoch, 1, finish) for _ in range(args.epochs)]


def batch_slice(i):
    return slice(i * DEEP_BATCH, (i + 1) * DEEP_BATCH)


def glorot(inputs, outputs):
    return math.sqrt(6 / (inputs + outputs))


def report(row, samples):
    scale, unit = UNITS[row]
    values = sorted(s * scale for s in samples)
    half = len(values) // 2
    median = values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
    print(json.dumps({"row": row, "median": median, "min": values[0], "max": values[-1], "n": len(values), "unit": unit}))
