# q2-predict: 0 not-answered
# q2-implement: 0 not-answered

q2_prediction = {
    "once": None,
    "twice": None,
    "inside": None,
    "doubled": None,
}


class Value:
    """A number that remembers where it came from."""

    def __init__(self, data):
        self.data = data
        self.grad = 0.0

    def __add__(self, other):
        """Return the sum as a new Value."""

    def __mul__(self, other):
        """Return the product as a new Value."""

    def backward(self):
        """Add the derivative of this value to the grad of each value behind it."""
