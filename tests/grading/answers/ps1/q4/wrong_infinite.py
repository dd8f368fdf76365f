# ruff: noqa: D103
# q4-predict: 2.5 gap-overlooked
# q4-implement: 0 not-a-number
q4_prediction = {
    "hinge": "kink",
    "step": "smooth",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
q4_interval = [0, 2000]
q4_switches = {1: "jump"}


def design(a):
    return a.exp() if a > 1 else a


def slope(x):
    return -1 if x < 0 else 2 * min(x, 1)
