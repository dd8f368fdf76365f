# ruff: noqa: D103
# q1-predict: 0 no-dict
# q1-implement: 3

q1_prediction = "None"


def history(values, steps):
    gradient = [2 * (value + 1) for value in values]
    held = None
    seen = []
    for step in steps:
        if step == "zero":
            held = [0.0] * len(values)
        elif step == "none":
            held = None
        else:
            before = held or [0.0] * len(values)
            held = [old + new for old, new in zip(before, gradient, strict=True)]
        seen.append(held)
    return seen
