"""Values: what is kept of an array, however it lies in memory."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_lab.trace.sources.values import value_of, value_of_number

LAID_OUT = {
    "rows": lambda a: a.copy(order="C"),
    "columns": lambda a: a.copy(order="F"),
    "backwards": lambda a: a[..., ::-1].copy()[..., ::-1],
    "gaps": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
}


@pytest.mark.parametrize(
    "shape", [(100,), (3, 40), (40, 3), (9, 8), (5, 6, 7), (8, 8), (0, 99), ()]
)
@pytest.mark.parametrize("layout", LAID_OUT)
def test_the_same_elements_are_kept_however_they_lie_in_memory(
    shape: tuple[int, ...], layout: str
) -> None:
    """Contiguous memory is read by place, other memory by index: what is read is the same."""
    array = np.arange(np.prod(shape), dtype="float32").reshape(shape)
    laid_out = LAID_OUT[layout](array) if shape else array
    kept = array
    if array.size > 64:
        for axis, n in enumerate(shape):
            kept = kept if n <= 4 else kept.take([0, 1, n - 2, n - 1], axis)
    value = value_of(laid_out)
    assert value.shape == shape
    assert value.numbers == tuple(kept.ravel().tolist())


def test_minus_zero_keeps_its_sign() -> None:
    """Numbers that are equal but written differently have values of their own."""
    texts = [value_of_number(number).text for number in (0.0, -0.0, 0, False)]
    assert texts == ["0.0", "-0.0", "0", "False"]
