# ruff: noqa: D103
# q2-predict: 2.5 other-value
# q2-implement: 2 factor-lost
import numpy as np

q2_prediction = {
    "b": [-1, -1, -1],
    "z": 3,
    "dz_db": [-2, -2, -2],
    "shape_db_da": [3, 3],
    "shape_da_dw": [3, 2],
    "dz_dw": [0, 0],
}


def gradient_w(X, w, y):
    b = [sum(x * v for x, v in zip(row, w, strict=True)) - t for row, t in zip(X, y, strict=True)]
    return [2 * sum(row[j] * b_i for row, b_i in zip(X, b, strict=True)) for j in range(len(w))]


def gradient_X(X, w, y):
    X, w, y = np.array(X), np.array(w), np.array(y)
    return np.outer(X @ w - y, w)
