"""Arithmetic with a plain number where torch's own code does it: other nodes than `+`, `*`, `/`."""

from __future__ import annotations

from typing import Any

from ..operation import Operation
from ..register import register


class ByNumber(Operation):
    """Arithmetic whose `other` is a plain number."""

    public = False

    def _tensor_arguments(self) -> set[str]:
        return set()


class MulNumber(ByNumber):
    """Return `self · other` for a number that torch's own code multiplies by."""

    node = "MulBackward1"
    derivative = dict(self=("grad · other", lambda grad, other: grad * other))

    @staticmethod
    def forward(self: Any, other: float) -> Any:
        return self * other


class DivNumber(ByNumber):
    """Return `self / other` for a number that torch's own code divides by."""

    node = "DivBackward1"
    derivative = dict(self=("grad / other", lambda grad, other: grad / other))

    @staticmethod
    def forward(self: Any, other: float) -> Any:
        return self / other


class AddNumber(ByNumber):
    """Return `self + other` for a number that torch's own code adds."""

    node = "AddBackward1"
    derivative = dict(self=("grad", lambda grad: grad))

    @staticmethod
    def forward(self: Any, other: float) -> Any:
        return self + other


mul_number, div_number, add_number = [register(c) for c in (MulNumber, DivNumber, AddNumber)]
