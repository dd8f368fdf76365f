# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 3.5 one-graph
q4_prediction = {
    "hinge": "kink",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
q4_interval = [-1, 2]
q4_switches = {0: "kink"}


def design(a):
    return 3 * a if a > 0 else 2 * a


def slope(x):
    return 3 if x > 0 else 2
