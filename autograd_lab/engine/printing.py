"""How tensors are written: `repr(t)` is PyTorch's, character for character."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes

if TYPE_CHECKING:
    from .tensor import Tensor


@dataclass
class PrintOptions:
    """What `set_printoptions` sets."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


options = PrintOptions()


class Format:
    """One width and one style for all numbers of a tensor, chosen by looking at all of them."""

    def __init__(self, values: np.ndarray[Any, Any]) -> None:
        """Choose for `values`, an array of any shape."""
        self.floating = values.dtype.kind == "f"
        self.whole, self.scientific, self.width = True, False, 1
        flat = values.ravel()
        if self.floating:
            flat = flat[np.isfinite(flat) & (flat != 0)].astype(np.float64)
            if not flat.size:
                return
            self._choose_style(np.abs(flat))
            self.whole = bool((flat == np.ceil(flat)).all())
        self.width = max((len(self._bare(v)) for v in flat.tolist()), default=1)

    def _choose_style(self, magnitudes: np.ndarray[Any, Any]) -> None:
        low, high = float(magnitudes.min()), float(magnitudes.max())
        if options.sci_mode is None:
            self.scientific = high / low > 1000.0 or high > 1.0e8 or low < 1.0e-4
        else:
            self.scientific = options.sci_mode

    def _bare(self, value: Any) -> str:
        if not self.floating:
            return str(value)
        if self.scientific:
            return f"{value:.{options.precision}e}"
        if self.whole:
            return f"{value:.0f}" + ("." if math.isfinite(value) else "")
        return f"{value:.{options.precision}f}"

    def __call__(self, value: Any) -> str:
        """Return `value` (a Python number) as text, right-aligned in the common width."""
        return self._bare(value).rjust(self.width)


def _edges(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return only the entries that a summarised print shows."""
    n = options.edgeitems
    for axis, size in enumerate(values.shape):
        if size > 2 * n:
            shown = [*range(n), *range(size - n, size)]
            values = values.take(shown, axis=axis)
    return values


def _vector(values: np.ndarray[Any, Any], indent: int, summarize: bool, form: Format) -> str:
    per_line = max(1, (options.linewidth - indent) // (form.width + 2))
    n = options.edgeitems
    if summarize and values.size > 2 * n:
        head, tail = values[:n].tolist(), values[values.size - n :].tolist()
        words = [form(v) for v in head] + [" ..."] + [form(v) for v in tail]
    else:
        words = [form(v) for v in values.tolist()]
    lines = [", ".join(words[i : i + per_line]) for i in range(0, len(words), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _nested(values: np.ndarray[Any, Any], indent: int, summarize: bool, form: Format) -> str:
    if values.ndim == 0:
        return form(values.item())
    if values.ndim == 1:
        return _vector(values, indent, summarize, form)
    n, size = options.edgeitems, len(values)
    rows: list[str] = []
    if summarize and size > 2 * n:
        rows += [_nested(values[i], indent + 1, summarize, form) for i in range(n)]
        rows.append("...")
        rows += [_nested(values[i], indent + 1, summarize, form) for i in range(size - n, size)]
    else:
        rows = [_nested(row, indent + 1, summarize, form) for row in values]
    separator = "," + "\n" * (values.ndim - 1) + " " * (indent + 1)
    return "[" + separator.join(rows) + "]"


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
    form = Format(_edges(values) if summarize else values)
    return _nested(values, indent, summarize, form)


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
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, threshold=1000, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
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
