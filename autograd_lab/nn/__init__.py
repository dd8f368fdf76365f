"""`autograd_lab.nn`: the few layers and losses that lessons need."""

from . import functional

__all__ = ["functional"]
