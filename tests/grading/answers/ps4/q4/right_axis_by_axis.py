# ruff: noqa: D103
# q4-predict: 2
# q4-implement: 5
import autograd_lab as torch

q4_prediction = {
    "row": (2, 2, 2),
    "column": [[3.0], [3.0]],
    "number": 6.0,
    "average": [0.33333, 0.33333, 0.33333],
}


def undo_broadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis, size in enumerate(shape):
        if size < grad.shape[axis]:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad


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
        common = grad * result
        return common * b, common * a
