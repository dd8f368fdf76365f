"""More room around a tensor, or less: `constant_pad_nd`, which is `nn.functional.pad`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..operation import Operation
from ..register import functions, guarded, register


class ConstantPadNd(Operation):
    """Return `self` with `value` around it: `pad` says how much, in pairs, from the last dimension on.

    A negative number takes away.
    """

    public = False
    node = "ConstantPadNdBackward0"
    derivative = dict(
        self=(
            "grad without what was added",
            lambda grad, pad: constant_pad(grad, tuple([-n for n in pad]), 0),
        )
    )

    @staticmethod
    def forward(self: Any, pad: tuple[int, ...], value: Any) -> Any:
        if len(pad) % 2:
            raise RuntimeError("Length of pad must be even but instead it equals " + str(len(pad)))
        if len(pad) > 2 * self.ndim:
            raise RuntimeError(
                "Length of pad should be no more than twice the number of dimensions of the input. Pad "
                f"length is {len(pad)} while the input has {self.ndim} dimensions."
            )
        pairs = list(zip(pad[::2], pad[1::2], strict=True))[::-1]
        pairs = [(0, 0)] * (self.ndim - len(pairs)) + pairs
        for size, (before, after) in zip(self.shape, pairs, strict=True):
            if size + min(before, 0) + min(after, 0) < 0:
                raise RuntimeError("narrow(): length must be non-negative.")
        inner = self[
            tuple(
                [
                    slice(max(-b, 0), n - max(-a, 0))
                    for n, (b, a) in zip(self.shape, pairs, strict=True)
                ]
            )
        ]
        around = [(max(before, 0), max(after, 0)) for before, after in pairs]
        return np.pad(inner, around, constant_values=value) if around else np.array(inner)


constant_pad: Operation = register(ConstantPadNd)


def constant_pad_nd(input: Any, pad: Any, value: Any = 0) -> Any:
    """Return `input` with `value` around it; see `nn.functional.pad`."""
    return constant_pad.apply(input, tuple(pad), value)


functions["constant_pad_nd"] = guarded("constant_pad_nd", constant_pad_nd, False)
