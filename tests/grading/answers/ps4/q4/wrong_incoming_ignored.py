# ruff: noqa: D103
# q4-predict: 2
# q4-implement: 2 incoming-ignored
import autograd_lab as torch

q4_prediction = {
    "row": [2.0, 2.0, 2.0],
    "column": [[3.0], [3.0]],
    "number": 6.0,
    "average": [1 / 3, 1 / 3, 1 / 3],
}


def undo_broadcast(grad, shape):
    grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return grad.sum(axis=stretched, keepdims=True)


class ExpProduct(torch.autograd.Function):
    """The exponential of a product."""

    @staticmethod
    def forward(ctx, a, b):
        """Return exp(a * b), and save what backward needs."""
        result = torch.exp(a * b)
        ctx.save_for_backward(a, b, result)
        return result

    @staticmethod
    def backward(ctx, grad):
        """Return the gradients with respect to a and b."""
        a, b, result = ctx.saved_tensors
        return result * b, result * a
