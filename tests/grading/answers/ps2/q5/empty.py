# q5-predict: 0 not-answered
# q5-implement: 0 not-answered

q5_prediction = {
    "one_backward": None,
    "one_forward": None,
    "passes_backward": None,
    "passes_forward": None,
    "loss": None,
    "curve": None,
}


def by_rows(f, values):
    """Return the Jacobian of f at values, one backward pass per row."""


def by_columns(f, values):
    """Return the Jacobian of f at values, one forward pass per column."""
