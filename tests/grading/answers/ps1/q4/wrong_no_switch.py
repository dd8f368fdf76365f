# ruff: noqa: D103
# q4-predict: 2.5 one-doubling-less
# q4-implement: 0 no-switch
q4_prediction = {
    "hinge": "kink",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "kink",
    "at_the_switch": 1.0,
}
q4_interval = [-2, 3.5]
q4_switches = {0: "smooth"}


def design(a):
    return 2 * a if a > 0 else a + a


def slope(x):
    return 2
