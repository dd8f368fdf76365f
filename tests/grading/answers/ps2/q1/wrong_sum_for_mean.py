# ruff: noqa: D103
# q1-predict: 3.5 sum-for-mean
# q1-implement: 0 raises

q1_prediction = {
    "before": "None",
    "after": [0.0, 4.0, 8.0, 12.0],
    "another": [1.0, 5.0, 9.0, 13.0],
    "mean": [[18, 18], [18, 18]],
    "between": "None",
    "node": "MulBackward0",
    "late": False,
    "eye": [8.0, 4.0],
}


def history(values, steps):
    held = None
    seen = []
    for step in steps:
        if step == "backward":
            held = [old + 2 * (value + 1) for old, value in zip(held, values, strict=True)]
        seen.append(held)
    return seen
