# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 4
import sys
import warnings

import autograd_lab as torch

q4_prediction = {
    "hinge": "kink",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
q4_interval = [0.2, 3.0]
q4_switches = {0.75**0.5: "kink", 2.0: "jump"}


def design(a):
    print("designing", file=sys.stderr)
    if a > 2:
        warnings.warn("large", stacklevel=1)
        return a.sin() + 10
    y = a * a
    return y if y > 0.75 else (3 + 4 * y) / 8


def slope(x):
    a = torch.tensor(x, dtype=torch.float64)
    if x > 2:
        return a.cos()
    return 2 * x if x * x > 0.75 else x
