# q4-predict: 0 not-answered
# q4-implement: 0 not-answered
import autograd_lab as torch

q4_prediction = {
    "row": None,
    "column": None,
    "number": None,
    "average": None,
}


def undo_broadcast(grad, shape):
    """Return the sums of a gradient over what was broadcast, as an array of this shape."""


class ExpProduct(torch.autograd.Function):
    """The exponential of a product."""

    @staticmethod
    def forward(ctx, a, b):
        """Return exp(a * b), and save what backward needs."""

    @staticmethod
    def backward(ctx, grad):
        """Return the gradients with respect to a and b."""
