# ruff: noqa: D103
# q1-predict: 3.5 grad-everywhere
# q1-implement: 3

q1_prediction = {
    "before": "None",
    "after": [0.0, 4.0, 8.0, 12.0],
    "another": [1.0, 5.0, 9.0, 13.0],
    "mean": [[4.5, 4.5], [4.5, 4.5]],
    "between": [[4.5, 4.5], [4.5, 4.5]],
    "node": "MulBackward0",
    "late": False,
    "eye": [8.0, 4.0],
}


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
