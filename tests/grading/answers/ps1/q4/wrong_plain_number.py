# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 2.5 cut-graph
q4_prediction = {
    "hinge": "kink",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
q4_interval = [-2, 3.5]
q4_switches = {0: "kink", 1: "smooth", 2.5: "jump"}


def design(a):
    if a < 0:
        y = -a
    elif a < 1:
        y = a * a
    else:
        y = 2 * a - 1
    while y > 4:
        y = y - 3
    return y.item()


def slope(x):
    return -1 if x < 0 else 2 * min(x, 1)
