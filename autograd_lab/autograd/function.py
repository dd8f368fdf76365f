"""`autograd_lab.autograd.function`: functions of one's own."""

from ..engine.function import Function, once_differentiable

__all__ = ["Function", "once_differentiable"]
