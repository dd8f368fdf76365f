# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 4
q4_prediction = {
    "hinge": "Kink",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1,
}
q4_interval = (0.5, 3.5)
q4_switches = {1: "jump", 2: "jump"}


def design(a):
    if a > 1:
        return design(a / 2)
    return a.exp()


def slope(x):
    halvings = 0
    while x > 1:
        x, halvings = x / 2, halvings + 1
    return 2.718281828459045**x / 2**halvings
