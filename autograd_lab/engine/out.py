"""`out=`: a result written into a tensor that is there already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes
from .grad_mode import state
from .tensor import Tensor


def into(out: Tensor, name: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Tensor:
    """Run `function` (called `name`), write its result into `out` and return that.

    An empty `out` takes the shape of the result. RuntimeError if gradients would have to flow.
    """
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    tracked = any(
        isinstance(a, Tensor) and a._requires_grad for a in (out, *args, *kwargs.values())
    )
    if tracked and state.enabled:
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )
    result = function(*args, **kwargs)
    dtypes.check_cast(result.dtype, out.dtype)
    if out.shape != result.shape:
        if out.numel():
            raise RuntimeError(
                f"output with shape {list(out.shape)} doesn't match {list(result.shape)}"
            )
        out._data = np.zeros(result._data.shape, out._data.dtype)
    out._buffer()[...] = result._data
    out._wrote()
    return out
