# ruff: noqa: D103
# q1-predict: 3.5 zeros-before
# q1-implement: 0 none-is-zero

q1_prediction = {
    "before": [0, 0, 0, 0],
    "after": [0.0, 4.0, 8.0, 12.0],
    "another": [1.0, 5.0, 9.0, 13.0],
    "mean": [[4.5, 4.5], [4.5, 4.5]],
    "between": "None",
    "node": "MulBackward0",
    "late": False,
    "eye": [8.0, 4.0],
}


def history(values, steps):
    held = [0.0] * len(values)
    seen = []
    for step in steps:
        if step == "backward":
            held = [old + 2 * (value + 1) for old, value in zip(held, values, strict=True)]
        else:
            held = [0.0] * len(values)
        seen.append(held)
    return seen
