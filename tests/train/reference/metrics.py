"""Writes metrics.hpp: random predictions and what scikit-learn and Keras say of them.

Run with scikit-learn for its part (`metrics.py sklearn`), with Keras for its own (`metrics.py keras`): each prints its lines,
so that the two need not be installed together. metrics.hpp holds the output of both, one after the other.
"""

import sys

import numpy as np

ROWS, CLASSES = 60, 4
rng = np.random.default_rng(20261127)
number = (rng.normal(size=(ROWS, 2)) * 3).astype("float32")
number_target = (number + rng.normal(size=(ROWS, 2))).astype("float32")
number_target[5] = 0.01  # where a percentage is large
score = np.round(rng.uniform(size=ROWS), 2).astype("float32")  # rounded, so that some are equal
binary = (rng.uniform(size=ROWS) < score * 0.8 + 0.1).astype("int64")
many = rng.dirichlet(np.ones(CLASSES), size=ROWS).astype("float32")
many[3] = [0.1, 0.4, 0.4, 0.1]  # the first of equal ones counts
many /= many.sum(1, keepdims=True)
classes = np.array([rng.choice(CLASSES - 1, p=(p := m[: CLASSES - 1] + 0.2) / p.sum()) for m in many])  # one class never occurs
classes[3] = 0  # not one of the equal ones, whose order scikit-learn has the other way round
weight = np.round(rng.uniform(0, 2, size=ROWS), 2)
weight[7] = 0


def line(name, values):
    values = np.atleast_1d(np.asarray(values, dtype="float64")).ravel()
    print(f"inline const std::vector<double> {name}{{{', '.join(repr(float(v)) for v in values)}}};")


def of_sklearn():
    from sklearn import __version__ as m_version, metrics as m

    print(f"#pragma once\n\n#include <vector>\n\n// Made by metrics.py with scikit-learn {m_version} and Keras 3. Do not edit.\n// clang-format off\n\nnamespace reference {{\n")
    for name in ("number", "number_target", "score", "binary", "many", "classes", "weight"):
        line(name, globals()[name])
    for suffix, w in (("", None), ("_weighted", weight)):
        kw = {"sample_weight": w}
        line("mse" + suffix, m.mean_squared_error(number_target, number, **kw))
        line("mae" + suffix, m.mean_absolute_error(number_target, number, **kw))
        line("r2" + suffix, m.r2_score(number_target, number, **kw))
        line("accuracy" + suffix, m.accuracy_score(classes, many.argmax(1), **kw))
        line("top_2" + suffix, m.top_k_accuracy_score(classes, many, k=2, labels=range(CLASSES), **kw))
        line("binary_accuracy" + suffix, m.accuracy_score(binary, score > 0.5, **kw))
        line("confusion" + suffix, m.confusion_matrix(classes, many.argmax(1), labels=range(CLASSES), **kw))
        line("auc" + suffix, m.roc_auc_score(binary, score, **kw))
        line("log_loss" + suffix, m.log_loss(binary, score.astype("float64"), **kw))
        line("log_loss_many" + suffix, m.log_loss(classes, many.astype("float64"), labels=range(CLASSES), **kw))
        for name, f in (("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score)):
            line(name + suffix, f(binary, score > 0.5, **kw))
            for average in ("macro", "micro", "weighted"):
                line(f"{name}_{average.replace('weighted', 'by_support')}{suffix}",
                     f(classes, many.argmax(1), average=average, labels=range(CLASSES), zero_division=0, **kw))
        fpr, tpr, thresholds = m.roc_curve(binary, score, **kw)
        line("fpr" + suffix, fpr)
        line("tpr" + suffix, tpr)
        line("thresholds" + suffix, thresholds[1:])  # the first is infinite, or 1 above the second, by the version


def of_keras():
    import keras

    print()
    for suffix, w in (("", None), ("_weighted", weight)):
        def value(metric, target, prediction, weights=None):
            metric.update_state(target, prediction, sample_weight=weights)
            return metric.result()

        line("keras_mape" + suffix, value(keras.metrics.MeanAbsolutePercentageError(), number_target, number, w))
        line("keras_rmse" + suffix, value(keras.metrics.RootMeanSquaredError(), number_target, number, w))
        line("keras_auc" + suffix, value(keras.metrics.AUC(), binary, score, w))
        line("keras_auc_20" + suffix, value(keras.metrics.AUC(num_thresholds=20), binary, score, w))
        line("keras_binary_accuracy" + suffix, value(keras.metrics.BinaryAccuracy(), binary[:, None], score[:, None], w))
    print("\n}  // namespace reference")


{"sklearn": of_sklearn, "keras": of_keras}[sys.argv[1]]()
