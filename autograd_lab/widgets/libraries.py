"""Which library a tensor comes from: this package or PyTorch, whose names are the same."""

from __future__ import annotations

import sys
from typing import Any

from .. import autograd


def autograd_of(tensor: Any) -> Any:
    """Return the module `autograd` of the library that `tensor` belongs to."""
    torch = sys.modules.get("torch")
    return torch.autograd if torch is not None and isinstance(tensor, torch.Tensor) else autograd


__all__ = ["autograd_of"]
