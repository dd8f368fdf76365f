"""`autograd_lab.autograd`: the names of `torch.autograd`."""

from ..engine.backward import backward, grad

__all__ = ["backward", "grad"]
