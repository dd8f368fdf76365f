"""Keeping values between bounds: `clamp`, `clamp_min`, `clamp_max`, by numbers or by tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..binary import Binary, ByNumber
from ..broadcasting import Broadcasting
from ..choice import Chosen, alias, choice
from ..register import register
from ..tensor import Tensor
from ..unary import only_for
from .elementwise import zeros
from .elementwise_select import where

NO_BOUND = "torch.clamp: At least one of 'min' or 'max' must not be None"


def inside(self: Any, min: Any, max: Any) -> Any:
    """Return where `self` is not beyond a bound; None for no bound."""
    if min is None:
        return self <= max
    return self >= min if max is None else (self >= min) & (self <= max)


def bounded(self: Any, min: Any, max: Any) -> Any:
    """Return `self`, at least `min` and at most `max`; `max` decides where they contradict."""
    lower = self if min is None else np.maximum(self, min)
    return lower if max is None else np.minimum(lower, max)


class ClampScalars(Broadcasting):
    """Return `self` between two plain numbers, of which one may be None."""

    public = False
    operands = ("self", "min", "max")
    c_names = True
    node = "ClampBackward1"
    derivative = dict(
        self=(
            "grad where min ≤ self ≤ max, else 0",
            lambda grad, self, min, max: where(inside(self, min, max), grad, 0),
        )
    )

    @staticmethod
    def forward(self: Any, min: Any, max: Any) -> Any:
        kernel = "min_" if max is None else "max_" if min is None else ""
        only_for("fiu", f"clamp_{kernel}scalar_cpu", self)
        return bounded(self, min, max)


clamp_scalars = register(ClampScalars)


class ClampTensors(Broadcasting):
    """Return `self` between two tensors."""

    public = False
    node = "ClampBackward0"
    derivative = dict(
        self=(
            "grad where min ≤ self ≤ max, else 0",
            lambda grad, self, min, max: where(inside(self, min, max), grad, 0),
        ),
        min=(
            "grad where self < min < max",
            lambda grad, self, min, max: where((self < min) & (min < max), grad, 0),
        ),
        max=(
            "grad where self > max or max < min",
            lambda grad, self, min, max: where((self > max) | (max < min), grad, 0),
        ),
    )

    @staticmethod
    def forward(self: Any, min: Any, max: Any) -> Any:
        return bounded(self, min, max)


class ClampFromBelow(ClampTensors):
    """Return `self`, but at least the tensor `min`; `max` is None."""

    public = False
    node = "ClampBackward0"
    derivative = dict(
        self=("grad where self ≥ min", lambda grad, self, min: where(self >= min, grad, 0)),
        min=("grad where self < min", lambda grad, self, min: where(self < min, grad, 0)),
        max=("none", lambda grad: zeros(grad)),
    )


class ClampFromAbove(ClampTensors):
    """Return `self`, but at most the tensor `max`; `min` is None."""

    public = False
    node = "ClampBackward0"
    derivative = dict(
        self=("grad where self ≤ max", lambda grad, self, max: where(self <= max, grad, 0)),
        min=("none", lambda grad: zeros(grad)),
        max=("grad where self > max", lambda grad, self, max: where(self > max, grad, 0)),
    )


clamp_tensors = register(ClampTensors)
clamp_from_below, clamp_from_above = register(ClampFromBelow), register(ClampFromAbove)


@choice
def clamp(self: Any, min: Any = None, max: Any = None) -> Chosen:
    """Return `self`, but at least `min` and at most `max`, numbers or tensors; one may be missing."""
    if min is None and max is None:
        raise RuntimeError(NO_BOUND)
    if not isinstance(min, Tensor) and not isinstance(max, Tensor):
        return clamp_scalars, (self, min, max)
    if max is None:
        return clamp_from_below, (self, min, max)
    return (clamp_from_above if min is None else clamp_tensors), (self, min, max)


alias("clamp", "clip")


class ClampMinScalar(ByNumber):
    """Return `self`, but at least the plain number `min`."""

    public = False
    node = "ClampMinBackward0"
    derivative = dict(
        self=("grad where self ≥ min", lambda grad, self, min: where(self >= min, grad, 0))
    )

    @staticmethod
    def forward(self: Any, min: Any) -> Any:
        only_for("fiu", "clamp_min_scalar_cpu", self)
        return np.maximum(self, min)


class ClampMinTensor(Binary):
    """Return `self`, but at least `min`, a tensor."""

    public = False
    node = "ClampMinBackward1"
    derivative = dict(
        self=("grad where self ≥ min", lambda grad, self, min: where(self >= min, grad, 0)),
        min=("grad where self < min", lambda grad, self, min: where(self < min, grad, 0)),
    )

    @staticmethod
    def forward(self: Any, min: Any) -> Any:
        return np.maximum(self, min)


class ClampMaxScalar(ByNumber):
    """Return `self`, but at most the plain number `max`."""

    public = False
    node = "ClampMaxBackward0"
    derivative = dict(
        self=("grad where self ≤ max", lambda grad, self, max: where(self <= max, grad, 0))
    )

    @staticmethod
    def forward(self: Any, max: Any) -> Any:
        only_for("fiu", "clamp_max_scalar_cpu", self)
        return np.minimum(self, max)


class ClampMaxTensor(Binary):
    """Return `self`, but at most `max`, a tensor."""

    public = False
    node = "ClampMaxBackward1"
    derivative = dict(
        self=("grad where self ≤ max", lambda grad, self, max: where(self <= max, grad, 0)),
        max=("grad where self > max", lambda grad, self, max: where(self > max, grad, 0)),
    )

    @staticmethod
    def forward(self: Any, max: Any) -> Any:
        return np.minimum(self, max)


clamp_min_scalar, clamp_min_tensor = register(ClampMinScalar), register(ClampMinTensor)
clamp_max_scalar, clamp_max_tensor = register(ClampMaxScalar), register(ClampMaxTensor)


@choice
def clamp_min(self: Any, min: Any) -> Chosen:
    """Return `self`, but at least `min`, a number or a tensor."""
    return (clamp_min_tensor if isinstance(min, Tensor) else clamp_min_scalar), (self, min)


@choice
def clamp_max(self: Any, max: Any) -> Chosen:
    """Return `self`, but at most `max`, a number or a tensor."""
    return (clamp_max_tensor if isinstance(max, Tensor) else clamp_max_scalar), (self, max)
