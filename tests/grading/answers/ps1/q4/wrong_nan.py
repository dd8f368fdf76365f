# ruff: noqa: D103
# q4-predict: 2.5 gap-overlooked
# q4-implement: 0 not-a-number
q4_prediction = {
    "hinge": "kink",
    "step": "kink",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
q4_interval = [-2, 3.5]
q4_switches = {0: "kink", 1: "smooth", 2.5: "jump"}


def design(a):
    return a * a if a > 1 else a.log()


def slope(x):
    return -1 if x < 0 else 2 * min(x, 1)
