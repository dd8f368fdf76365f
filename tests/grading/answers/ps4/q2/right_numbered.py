# q2-predict: 2
# q2-implement: 5
from itertools import count

NUMBERS = count()

q2_prediction = {
    "once": 3,
    "twice": 4.0,
    "inside": 39.0,
    "doubled": 2**10,
}


class Value:
    """A number that remembers where it came from, and when."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.number = next(NUMBERS)

    def __add__(self, other):
        """Return the sum as a new Value."""
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        """Return the product as a new Value."""
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self):
        """Visit the values behind this one in the reverse of the order they were made in."""
        self.grad += 1.0
        waiting = {self.number: self}
        while waiting:
            value = waiting.pop(max(waiting))
            for parent, slope in value.parents:
                parent.grad += slope * value.grad
                waiting[parent.number] = parent
