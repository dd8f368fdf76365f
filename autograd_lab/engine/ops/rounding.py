"""Rounding to integers and decimals."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..choice import Chosen, choice
from ..register import register
from ..unary import Unary, only_for
from .elementwise import zeros


class Floor(Unary):
    """Return the largest integer that is not above `self`."""

    node = "FloorBackward0"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("fiu", "floor_vml_cpu", self)
        return np.floor(self)


class Ceil(Unary):
    """Return the smallest integer that is not below `self`."""

    node = "CeilBackward0"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("fiu", "ceil_vml_cpu", self)
        return np.ceil(self)


class Trunc(Unary):
    """Return `self` without its fraction."""

    node = "TruncBackward0"
    aliases = ("fix",)
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("fiu", "trunc_vml_cpu", self)
        return np.trunc(self)


class Frac(Unary):
    """Return the fraction of `self`, with its sign."""

    node = "FracBackward0"
    derivative = dict(self=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("f", "frac_cpu", self)
        return self - np.trunc(self)


class RoundInteger(Unary):
    """Return the nearest integer, the even one of two."""

    public = False
    node = "RoundBackward0"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any) -> Any:
        only_for("fiu", "round_vml_cpu", self)
        return np.rint(self) if self.dtype.kind == "f" else self.copy()


class RoundDecimals(Unary):
    """Return `self` rounded to a number of decimals."""

    public = False
    node = "RoundBackward1"
    derivative = dict(self=("0", lambda grad: zeros(grad)))

    @staticmethod
    def forward(self: Any, decimals: int) -> Any:
        only_for("f", "round_cpu", self)
        factor = 10.0 ** abs(decimals)
        return np.rint(self * factor) / factor if decimals > 0 else np.rint(self / factor) * factor


floor, ceil, trunc, frac = register(Floor), register(Ceil), register(Trunc), register(Frac)
round_integer, round_decimals = register(RoundInteger), register(RoundDecimals)


@choice
def round(self: Any, decimals: int | None = None) -> Chosen:
    """Return `self` rounded to the nearest integer (the even one of two), or to `decimals`."""
    if decimals is None:
        return round_integer, (self,)
    return round_decimals, (self, decimals)
