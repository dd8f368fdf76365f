"""Gradients that arrive at one place: the sum so far, and whose memory it is in."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def deliver(arrived: dict[Any, Any], target: Any, grad: Any) -> None:
    """Add `grad` to what has arrived for `target`, in place where nobody else could notice."""
    held = arrived.get(target)
    if held is None:
        arrived[target] = grad
    elif type(held) is np.ndarray and sys.getrefcount(held) <= ALONE and _fits(held, grad):
        held += grad
    else:
        arrived[target] = held + grad


def _alone() -> int:
    """Return what `sys.getrefcount` says where one container and one variable hold something.

    It depends on the release of Python whether a call's argument counts.
    """
    container = [np.zeros(1)]
    held = container[0]
    return sys.getrefcount(held)


ALONE = _alone()


def _fits(held: Any, grad: Any) -> bool:
    """Return whether an array has memory of its own, which takes `grad` as it is."""
    return (
        held.base is None
        and held.flags.writeable
        and held.shape == grad.shape
        and held.dtype is grad.dtype
    )
