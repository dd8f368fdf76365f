# q3-predict: 0 not-answered
# q3-implement: 0 not-answered

q3_prediction = {
    "one_sided": None,
    "central": None,
    "gain_one_sided": None,
    "gain_central": None,
}


def slope(f, x):
    """Return the derivative of f at x from differences."""


def faulty(pairs, xs):
    """Return the indices of the pairs [f, df] in which df is not the derivative of f."""
