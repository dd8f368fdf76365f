# ruff: noqa: D103
# q1-predict: 3.5 expects-overwrite
# q1-implement: 0 expects-overwrite

q1_prediction = {
    "before": "None",
    "after": [0.0, 4.0, 8.0, 12.0],
    "another": [1, 1, 1, 1],
    "mean": [[4.5, 4.5], [4.5, 4.5]],
    "between": "None",
    "node": "MulBackward0",
    "late": False,
    "eye": [8.0, 4.0],
}


def history(values, steps):
    gradient = [2 * (value + 1) for value in values]
    return [
        {"backward": gradient, "zero": [0.0] * len(values), "none": None}[step] for step in steps
    ]
