"""How tensors are written: `repr(t)` is PyTorch's, character for character."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..numerals import Options, written
from . import dtypes

if TYPE_CHECKING:
    from .tensor import Tensor


options = Options()


def _edges(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return only the entries that a summarised print shows."""
    n = options.edgeitems
    for axis, size in enumerate(values.shape):
        if size > 2 * n:
            shown = [*range(n), *range(size - n, size)]
            values = values.take(shown, axis=axis)
    return values


def numbers(data: Any, indent: int = 0) -> str:
    """Return the numbers of an array as torch prints them, nested brackets and all.

    >>> import numpy as np
    >>> numbers(np.array([1.0, 2.5]))
    '[1.0000, 2.5000]'
    """
    values = np.asarray(data)
    if values.size == 0:
        return "[]"
    summarize = values.size > options.threshold
    shown = _edges(values) if summarize else values
    return written(shown.tolist(), values.shape, options, indent)


def tensor_repr(tensor: Tensor) -> str:
    """Return `repr(tensor)`: numbers, then size, dtype, grad_fn or requires_grad where they matter."""
    prefix = "tensor("
    from .forward import levels, tangent_of

    kind = tensor.dtype
    suffixes = []
    if tensor.numel() == 0:
        if tensor.ndim != 1:
            suffixes.append(f"size={tuple(tensor.shape)}")
        usual = kind is dtypes.get_default_dtype()
    else:
        usual = kind in (dtypes.get_default_dtype(), dtypes.int64, dtypes.bool_)
    if not usual:
        suffixes.append(f"dtype={kind}")
    try:
        node = tensor.grad_fn
        made_by = None if node is None else type(node).__name__
    except RuntimeError:  # a view that cannot follow what was written to its base
        made_by = "Invalid"
    if made_by is not None:
        suffixes.append(f"grad_fn=<{made_by}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    if levels:
        tangent = tangent_of(tensor, levels[-1])
        if tangent is not None:
            suffixes.append(f"tangent={tangent}")
    return _with_suffixes(prefix + numbers(tensor._data, len(prefix)), suffixes, len(prefix))


def _with_suffixes(text: str, suffixes: list[str], indent: int) -> str:
    length = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if length + len(suffix) + 2 > options.linewidth:
            text += ",\n" + " " * indent + suffix
            length = indent + len(suffix)
        else:
            text += ", " + suffix
            length += len(suffix) + 2
    return text + ")"


_PROFILES = {
    "default": Options(),
    "short": Options(precision=2, threshold=1000, edgeitems=2),
    "full": Options(threshold=math.inf),
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors print; `profile` is `"default"`, `"short"` or `"full"`.

    What is not given keeps its value, but `sci_mode`, which goes back to choosing by itself.
    """
    if profile is not None:
        base = _PROFILES[profile]
        options.precision, options.threshold = base.precision, base.threshold
        options.edgeitems, options.linewidth = base.edgeitems, base.linewidth
    given = dict(precision=precision, threshold=threshold, edgeitems=edgeitems, linewidth=linewidth)
    for name, value in given.items():
        if value is not None:
            setattr(options, name, value)
    options.sci_mode = sci_mode


@contextmanager
def _printoptions(**changes: Any) -> Iterator[None]:
    before = vars(options).copy()
    set_printoptions(**changes)
    try:
        yield
    finally:
        vars(options).update(before)


def printoptions(**changes: Any) -> AbstractContextManager[None]:
    """Change how tensors print inside a `with` block."""
    return _printoptions(**changes)
