"""`out=`: a result written into a tensor that is there already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes
from .grad_mode import state
from .tensor import Tensor


def into(
    name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Run `function` (called `name`), write its result into `kwargs["out"]` and return that.

    An empty `out` takes the shape of the result. RuntimeError if gradients would have to flow.
    """
    out, others = kwargs["out"], {key: kwargs[key] for key in kwargs if key != "out"}
    if out is None:
        return function(*args, **others)
    tracked = any(isinstance(a, Tensor) and a._requires_grad for a in (*args, *kwargs.values()))
    if tracked and state.enabled:
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )
    result = function(*args, **others)
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
