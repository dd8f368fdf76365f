# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 3 cut-graph
import autograd_lab as torch

q4_prediction = {
    "hinge": "kink",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
q4_interval = [-2, 3]
q4_switches = {0: "kink", 2.5: "jump"}


def design(a):
    if a < 0:
        return torch.tensor(0.0)
    return a if a < 2.5 else a * a


def slope(x):
    return 0 if x < 0 else 1 if x < 2.5 else 2 * x
