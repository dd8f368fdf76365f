"""Degrees and radians, and the cardinal sine."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..register import register
from ..unary import Floating
from .elementwise_select import where
from .elementwise_trig import cos, sin


class Deg2rad(Floating):
    """Return degrees as radians."""

    node = "Deg2RadBackward0"
    derivative = dict(self=("grad · π / 180", lambda grad: grad * (math.pi / 180)))

    @staticmethod
    def forward(self: Any) -> Any:
        return self * self.dtype.type(math.pi / 180)


class Rad2deg(Floating):
    """Return radians as degrees."""

    node = "Rad2DegBackward0"
    derivative = dict(self=("grad · 180 / π", lambda grad: grad * (180 / math.pi)))

    @staticmethod
    def forward(self: Any) -> Any:
        return self * self.dtype.type(180 / math.pi)


def sinc_slope(self: Any) -> Any:
    """Return the derivative of the cardinal sine, 0 at 0."""
    angle, square = self * math.pi, self * self * math.pi
    return where(square == 0, 0, (angle * cos(angle) - sin(angle)) / square)


class Sinc(Floating):
    """Return `sin(π · self) / (π · self)`, 1 at 0."""

    node = "SincBackward0"
    derivative = dict(
        self=(
            "grad · (π·self · cos(π·self) − sin(π·self)) / (π · self²)",
            lambda grad, self: grad * sinc_slope(self),
        )
    )

    @staticmethod
    def forward(self: Any) -> Any:
        return np.sinc(self).astype(self.dtype, copy=False)


deg2rad, rad2deg, sinc = register(Deg2rad), register(Rad2deg), register(Sinc)
