"""Arithmetic with a plain number where torch's own code does it: other nodes than `+`, `*`, `/`."""

from __future__ import annotations

from typing import Any

from ..operation import Operation
from ..register import register


class MulNumber(Operation):
    """Return `self · other` for a number that torch's own code multiplies by."""

    public = False
    node = "MulBackward1"
    derivative = dict(self=("grad · other", lambda grad, other: grad * other))

    @staticmethod
    def forward(self: Any, other: float) -> Any:
        return self * other


class DivNumber(Operation):
    """Return `self / other` for a number that torch's own code divides by."""

    public = False
    node = "DivBackward1"
    derivative = dict(self=("grad / other", lambda grad, other: grad / other))

    @staticmethod
    def forward(self: Any, other: float) -> Any:
        return self / other


class AddNumber(Operation):
    """Return `self + other` for a number that torch's own code adds."""

    public = False
    node = "AddBackward1"
    derivative = dict(self=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any, other: float) -> Any:
        return self + other


mul_number, div_number, add_number = [register(c) for c in (MulNumber, DivNumber, AddNumber)]
