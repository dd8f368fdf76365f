"""Samples of arithmetic and of functions that act on each element."""

from .samples import samples

samples(
    "x + y", "x + 1", "1 + x", "torch.add(x, y, alpha=2)",
    "x - y", "x - 1", "1 - x", "torch.sub(x, y, alpha=2)",
    "x * y", "x * 2", "2.5 * x", "-x",
    "x.exp()", "x.sin()", "x.cos()", "x.tanh()", "x.sigmoid()",
    "torch.where(x > y, x, y)",
)  # fmt: skip
samples("x / y", "x / 2", "2 / x", "x.reciprocal()", "x.log()", low=0.5)
samples("x ** 2", "x ** 3", "x ** 0", "x ** 0.5", "x ** y", "2 ** x", "torch.pow(x, y)", low=0.5)
samples("x ** 2", "x ** -1")
samples("x.relu()", "torch.relu(x * 0)", smooth=False)
samples("x == y", "x != y", "x < y", "x <= 0.5", "x > y", "x >= y")
