# ruff: noqa: D103
# q2-predict: 3
# q2-implement: 4
import sys

import numpy as np

q2_prediction = {
    "b": [-1, -1, -1],
    "z": 3,
    "dz_db": [-2, -2, -2],
    "shape_db_da": [3, 3],
    "shape_da_dw": [3, 2],
    "dz_dw": [-4, -6],
}


def gradient_w(X, w, y):
    print("shapes", np.shape(X), file=sys.stderr)
    return (2 * (np.array(X) @ w - y) @ np.array(X)).tolist()


def gradient_X(X, w, y):
    X, w, y = np.array(X), np.array(w), np.array(y)
    return 2 * (X @ w - y)[:, None] * w[None, :]
