# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 4
q4_prediction = {
    "hinge": "kink",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
q4_interval = [0.5, 14.5]
q4_switches = dict.fromkeys(range(1, 15), "jump")


def design(a):
    while a > 1:
        a = a - 1
    return a * a


def slope(x):
    while x > 1:
        x = x - 1
    return 2 * x
