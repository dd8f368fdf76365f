# q3-predict: 0 not-answered
# q3-implement: 0 not-answered
q3_prediction = {
    "mixed": None,
    "norm": None,
    "mean": None,
    "zero_entry": None,
    "nan": None,
    "zeros": None,
}


def gradient(values):
    """Return the gradient of f(a).sum() at values, or "never"."""


def factor(values):
    """Return the number k of f(a) = k a at values, or "never"."""
