# q1-predict: 0 not-answered
# q1-implement: 0 not-answered

q1_prediction = {
    "before": None,
    "after": None,
    "another": None,
    "mean": None,
    "between": None,
    "node": None,
    "late": None,
    "eye": None,
}


def history(values, steps):
    """Return what x.grad holds after each of the steps."""
