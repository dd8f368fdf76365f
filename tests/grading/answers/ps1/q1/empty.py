# q1-predict: 0 not-answered
# q1-implement: 0 not-answered
q1_prediction = {
    "plain": None,
    "created": None,
    "linear": None,
    "doubling": None,
    "product": None,
    "hessian": None,
}


def cost(n):
    """Return [nodes of the first derivative, nodes of the second, bytes before, bytes after]."""


def hvp(loss, values, v):
    """Return the Hessian of loss at values, times v."""


def hessian(loss, values):
    """Return the Hessian of loss at values, row by row."""
