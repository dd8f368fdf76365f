# ruff: noqa: D103
# q5-predict: 2
# q5-implement: 5

q5_prediction = {
    "total": [5, 11],
    "product": [6, 23],
    "square": [9, 6],
    "constant": [15, 5],
}


class Dual:
    """A value and its derivative along one direction."""

    def __init__(self, value, slope):
        self.value = value
        self.slope = slope

    def __add__(self, other):
        """Return the sum as a Dual."""
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        """Return the product as a Dual."""
        slope = self.slope * other.value + self.value * other.slope
        return Dual(self.value * other.value, slope)


def gradient(f, values):
    slopes = []
    for i in range(len(values)):
        duals = [Dual(value, 1.0 if i == j else 0.0) for j, value in enumerate(values)]
        slopes.append(f(*duals).slope)
    return slopes
