# ruff: noqa: D103
# q4-predict: 2.5 kink-overlooked
# q4-implement: 0 runs-forever
q4_prediction = {
    "hinge": "smooth",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
q4_interval = [-1, 2]
q4_switches = {1: "jump"}


def design(a):
    while a < 1:
        a = 2 * a
    return a


def slope(x):
    return -1 if x < 0 else 2 * min(x, 1)
