# ruff: noqa: D103
# q2-predict: 2.5 square-of-the-sum
# q2-implement: 2 mean-for-sum
import numpy as np

q2_prediction = {
    "b": [-1, -1, -1],
    "z": 9,
    "dz_db": [-2, -2, -2],
    "shape_db_da": [3, 3],
    "shape_da_dw": [3, 2],
    "dz_dw": [-4, -6],
}


def gradient_w(X, w, y):
    X, w, y = np.array(X), np.array(w), np.array(y)
    return 2 * X.T @ (X @ w - y) / len(y)


def gradient_X(X, w, y):
    b = [sum(x * v for x, v in zip(row, w, strict=True)) - t for row, t in zip(X, y, strict=True)]
    return [[2 * b_i * w_j for w_j in w] for b_i in b]
