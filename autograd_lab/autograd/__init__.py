"""`autograd_lab.autograd`: the names of `torch.autograd`."""

from ..engine.backward import backward, grad
from ..engine.function import Function
from ..engine.grad_mode import enable_grad, no_grad, set_grad_enabled
from . import function

__all__ = [
    "Function",
    "backward",
    "enable_grad",
    "function",
    "grad",
    "no_grad",
    "set_grad_enabled",
]
