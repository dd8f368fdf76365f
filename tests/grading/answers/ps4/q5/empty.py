# q5-predict: 0 not-answered
# q5-implement: 0 not-answered

q5_prediction = {
    "total": None,
    "product": None,
    "square": None,
    "constant": None,
}


class Dual:
    """A value and its derivative along one direction."""

    def __init__(self, value, slope):
        self.value = value
        self.slope = slope

    def __add__(self, other):
        """Return the sum as a Dual."""

    def __mul__(self, other):
        """Return the product as a Dual."""


def gradient(f, values):
    """Return the gradient of f, with one run of f for each of the values."""
