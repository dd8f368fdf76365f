# ruff: noqa: D103
# q1-predict: 4
# q1-implement: 3
import sys

q1_prediction = {
    "before": "None",
    "after": [0.0, 4.0, 8.0, 12.0],
    "another": [1.0, 5.0, 9.0, 13.0],
    "mean": [[4.5, 4.5], [4.5, 4.5]],
    "between": "None",
    "node": "MulBackward0",
    "late": False,
    "eye": [8.0, 4.0],
}


def history(values, steps):
    print("counting", file=sys.stderr)
    passes = None
    seen = []
    for step in steps:
        passes = {"backward": (passes or 0) + 1, "zero": 0, "none": None}[step]
        seen.append(None if passes is None else [2 * passes * (value + 1) for value in values])
    return tuple(seen)
