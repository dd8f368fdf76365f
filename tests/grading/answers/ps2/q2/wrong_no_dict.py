# ruff: noqa: D103
# q2-predict: 0 no-dict
# q2-implement: 2 other-value
import numpy as np

q2_prediction = [-4, -6]


def gradient_w(X, w, y):
    b = [sum(x * v for x, v in zip(row, w, strict=True)) - t for row, t in zip(X, y, strict=True)]
    return [2 * sum(row[j] * b_i for row, b_i in zip(X, b, strict=True)) for j in range(len(w))]


def gradient_X(X, w, y):
    X, w, y = np.array(X), np.array(w), np.array(y)
    return 2 * np.outer(X @ w, w)
