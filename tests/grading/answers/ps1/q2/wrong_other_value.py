# ruff: noqa: D103
# q2-predict: 2.5 other-value
# q2-implement: 0 not-answered

q2_prediction = {
    "again": 7,
    "retained": [4.0, 8.0, 12.0],
    "zeroed": [2.0, 4.0, 6.0],
    "fresh": [4.0, 8.0, 12.0],
    "nothing_saved": [2.0, 2.0, 2.0],
    "two_losses": "error",
}


def accumulated(loss, values, n):
    raise NotImplementedError


def each_gradient(trunk, heads, values):
    return None
