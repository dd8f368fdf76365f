# q2-predict: 2
# q2-implement: 5
import sys

q2_prediction = {
    "once": 3.0,
    "twice": 4.0,
    "inside": 39.0,
    "doubled": 1024.0,
}


class Value:
    """A number with a closure for its way back."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.send = lambda: print("a leaf", file=sys.stderr)

    def __add__(self, other):
        """Return the sum as a new Value."""
        out = Value(self.data + other.data, (self, other))

        def send():
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other):
        """Return the product as a new Value."""
        out = Value(self.data * other.data, (self, other))

        def send():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def backward(self):
        """Send gradients back, each value after all that were made from it."""
        order = []

        def visit(value):
            if value not in order:
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            value.send()
