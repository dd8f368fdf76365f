# q4-predict: 0 not-answered
# q4-implement: 0 not-answered

q4_prediction = {
    "plain": None,
    "scaled": None,
    "scaled_first": None,
    "doubled": None,
    "unrecorded": None,
    "parameter": None,
}


def scaled(values, factor):
    """Return a leaf that holds factor times the values."""


def precise(values):
    """Return a leaf that holds the values in double precision."""


def restart(w):
    """Return a leaf that starts from the values of w and has nothing else to do with it."""
