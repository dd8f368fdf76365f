# ruff: noqa: D103
# q4-predict: 3
# q4-implement: 4 the-books
q4_prediction = {
    "hinge": "kink",
    "step": "jump",
    "glued": "smooth",
    "same": "smooth",
    "loop": "jump",
    "at_the_switch": 1.0,
}
q4_interval = [0.5, 4]
q4_switches = {0.625: "jump", 1.25: "jump", 2.5: "jump"}


def design(a):
    b = a * 2
    while b.norm() < 10:
        b = b * 2
    return b


def slope(x):
    k = 2
    while k * x < 10:
        k = k * 2
    return k
