"""The rows of the bench that `fit` covers, in Keras on TensorFlow, with or without jit."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow

import common


def make_mlp(inputs, widths, outputs):
    hidden = [keras.layers.Dense(width, activation="relu") for width in widths]
    return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])


def fit_times(args, model, optimizer, pair, batch_size, least_epochs):
    """Seconds a step, one sample a call of `fit`: users pay its start too, so each call runs several epochs."""
    model.compile(optimizer=optimizer, loss="mse", jit_compile=args.mode == "jit")
    x, y = pair

    def fit(epochs):
        model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0, shuffle=False)

    fit(1)
    samples, spent = [], 0.0
    while not samples or spent < args.seconds:
        time = common.time_of(lambda: fit(least_epochs))
        spent += time
        samples.append(time / least_epochs / (len(x) // batch_size))
    return samples


def line(args):
    x, y = common.regression_data(100)
    model = make_mlp(2, [], 1)
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse", metrics=["mean_squared_error", "mean_absolute_percentage_error"],
                  jit_compile=args.mode == "jit")
    model.fit(x, y, batch_size=32, epochs=1000, verbose=0)


def widths(args):
    x, y = common.regression_data(common.DEEP_ROWS)
    for units in (1, 16, 32, 64, 128, 256):
        model = make_mlp(2, [units], 1)
        model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse", jit_compile=args.mode == "jit")
        model.fit(x, y, batch_size=common.DEEP_ROWS, epochs=100, verbose=0)


def main():
    args = common.arguments(["graph", "jit"])
    if args.threads > 0:
        tensorflow.config.threading.set_intra_op_parallelism_threads(args.threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(0)
    sgd, adam = keras.optimizers.SGD(0.01), keras.optimizers.Adam(1e-3)
    deep = common.DEEP_WIDTHS
    run = {
        "B": lambda: fit_times(args, make_mlp(2, [], 1), sgd, common.regression_data(32_000), 32, 1),
        "C": lambda: fit_times(args, make_mlp(2, [64], 1), adam, common.regression_data(32_000), 32, 1),
        "D": lambda: fit_times(args, make_mlp(2, deep, 1), sgd, common.regression_data(3_200), 32, 2),
        "G": lambda: [4 * s for s in fit_times(args, make_mlp(2, deep, 1), sgd, common.regression_data(common.DEEP_ROWS),
                                               common.DEEP_BATCH, args.epochs)],
        "H": lambda: fit_times(args, make_mlp(2, [256], 1), sgd, common.regression_data(common.DEEP_ROWS), common.DEEP_ROWS, 5),
        "I": lambda: fit_times(args, make_mlp(1, [256], 1), adam, common.log_data(), 20_000, 10),
    }
    run["line"] = lambda: [common.time_of(lambda: line(args))]
    run["widths"] = lambda: [common.time_of(lambda: widths(args))]
    if args.row not in run:
        raise SystemExit(f"fit does not do row {args.row}")
    common.report(args.row, run[args.row]())


main()
