"""Numbers of any tensor, list or scalar, and their text on one line."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def as_numbers(value: Any) -> NDArray[Any] | None:
    """Return the numbers or truth values in `value` as an array, None if it holds something else.

    Takes numbers, nested lists, texts such as `"4.5"`, and anything with a `tolist()`.
    """
    try:
        array = np.asarray(value.tolist() if hasattr(value, "tolist") else value)
        array = array.astype(float) if array.dtype.kind == "U" else array
    except Exception:  # `value` may be any object at all, and a person's guess must not fail
        return None
    return array if array.dtype.kind in "biuf" else None


def one_line(numbers: NDArray[Any]) -> str:
    """Return an array as a list on one line, shortened where it is long."""
    text = np.array2string(
        numbers,
        separator=", ",
        threshold=12,
        max_line_width=10_000,
        formatter={"float_kind": "{:g}".format},  # 3, not "3."
    )
    return " ".join(text.split())
