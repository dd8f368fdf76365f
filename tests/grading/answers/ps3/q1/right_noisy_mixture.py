# ruff: noqa: D103
# q1-predict: 3
# q1-implement: 4
import sys

q1_prediction = {
    "whole": [3.0, 12.0],
    "u_cut": [1.0, 4.0],
    "x_cut": [2.0, 8.0],
    "half_cut": [2.0, 8.0],
    "numbers": [1.0, 4.0],
    "z_cut": "error",
}


def z_of(x, k):
    print("cutting", file=sys.stderr)
    z = x**3
    return k / 3 * z + (1 - k / 3) * z.detach()


def chase(w, s, s_next, reward, discount):
    target = reward + discount * sum(a * b for a, b in zip(w, s_next, strict=True))
    miss = sum(a * b for a, b in zip(w, s, strict=True)) - target
    return [2 * miss * value for value in s]
