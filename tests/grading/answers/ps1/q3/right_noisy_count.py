# ruff: noqa: D103
# q3-predict: 3
# q3-implement: 4
import math
import sys

import autograd_lab as torch

q3_prediction = {
    "mixed": [25600.0, 25600.0],
    "norm": [4.0, 4.0],
    "mean": [128.0, 128.0],
    "zero_entry": [256.0, 256.0],
    "nan": [200.0, 200.0],
    "zeros": "never",
}


def gradient(values):
    print("counting", file=sys.stderr)
    a = torch.tensor(values)
    k = factor(values)
    return k if k == "never" else (torch.full_like(a, k)).tolist()


def factor(values):
    a = torch.tensor(values)
    norm = a.norm().item()
    if norm == 0:
        return "never"
    k = 2 if math.isnan(norm) else 2 * 2 ** max(0, math.ceil(math.log2(500 / norm)))
    return k if a.sum() > 0 else 100 * k
