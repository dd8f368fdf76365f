# ruff: noqa: D103
# q1-predict: 3.5 factor-lost
# q1-implement: 0 only-the-last

q1_prediction = {
    "before": "None",
    "after": [0, 2, 4, 6],
    "another": [1.0, 5.0, 9.0, 13.0],
    "mean": [[4.5, 4.5], [4.5, 4.5]],
    "between": "None",
    "node": "MulBackward0",
    "late": False,
    "eye": [8.0, 4.0],
}


def history(values, steps):
    held = None
    for step in steps:
        if step == "backward":
            before = held or [0.0] * len(values)
            held = [old + 2 * (value + 1) for old, value in zip(before, values, strict=True)]
        else:
            held = None if step == "none" else [0.0] * len(values)
    return held
