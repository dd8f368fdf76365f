"""The operations: one class each, grouped by kind; importing this package registers them all."""

from . import compare, elementwise, inplace, loss, matmul, reduce, shape, strided

__all__ = ["compare", "elementwise", "inplace", "loss", "matmul", "reduce", "shape", "strided"]
