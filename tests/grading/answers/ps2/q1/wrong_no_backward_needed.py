# ruff: noqa: D103
# q1-predict: 3.5 no-backward-needed
# q1-implement: 0 live-list

q1_prediction = {
    "before": [0, 4, 8, 12],
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
        for i, value in enumerate(values):
            held[i] = held[i] + 2 * (value + 1) if step == "backward" else 0.0
        seen.append(held)
    for step in reversed(steps):
        if step == "none":
            break
    return seen
