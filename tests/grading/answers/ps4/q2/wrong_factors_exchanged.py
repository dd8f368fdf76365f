# q2-predict: 2
# q2-implement: 1 sides-exchanged

q2_prediction = {
    "once": 3.0,
    "twice": 4.0,
    "inside": 39.0,
    "doubled": 1024.0,
}


class Value:
    """A number that remembers where it came from."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents

    def __add__(self, other):
        """Return the sum as a new Value."""
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        """Return the product as a new Value."""
        return Value(self.data * other.data, ((self, self.data), (other, other.data)))

    def backward(self):
        """Add the derivative of this value to the grad of each value behind it."""
        order, seen = [], set()

        def visit(value):
            if id(value) not in seen:
                seen.add(id(value))
                for parent, _slope in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad += 1.0
        for value in reversed(order):
            for parent, slope in value.parents:
                parent.grad += slope * value.grad
