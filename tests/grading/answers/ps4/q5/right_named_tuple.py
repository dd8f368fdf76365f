# ruff: noqa: D103
# q5-predict: 2
# q5-implement: 5
from typing import NamedTuple

q5_prediction = {
    "total": (5.0, 11.0),
    "product": [6, 23],
    "square": [9, 6],
    "constant": [15, 5],
}


class Dual(NamedTuple):
    """A value and its derivative along one direction."""

    value: float
    slope: float

    def __add__(self, other):
        """Return the sum as a Dual."""
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        """Return the product as a Dual."""
        (v, d), (w, e) = self, other
        return Dual(v * w, v * e + w * d)


def gradient(f, values):
    places = range(len(values))
    return [f(*(Dual(values[j], float(i == j)) for j in places)).slope for i in places]
