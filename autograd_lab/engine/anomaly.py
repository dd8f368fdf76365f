"""Anomaly detection: when a backward pass fails, show the forward line that led there."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from . import messages
from .hooks import detecting, hooks_of
from .node import Node
from .tensor import Tensor


def note(node: Node | None) -> None:
    """Remember where in the user's program `node` was made."""
    if node is not None:
        import traceback

        frames = [f for f in traceback.extract_stack() if "/autograd_lab/engine/" not in f.filename]
        hooks_of(node).traceback = "".join(traceback.format_list(frames))


def gradients(node: Node, grad: Any, as_tensors: bool) -> list[Any]:
    """Run the node; on an error or a NaN, say first which forward call it belongs to."""
    try:
        products = node.gradients(grad, as_tensors)
    except Exception:
        _point_at(node)
        raise
    if detecting[-1]:
        for i, product in enumerate(products):
            data = product._data if isinstance(product, Tensor) else product
            if data is not None and np.isnan(data).any():
                _point_at(node)
                raise RuntimeError(
                    f"Function '{node.name()}' returned nan values in its {i}th output."
                )
    return products


def _point_at(node: Node) -> None:
    where = node._hooks.traceback if node._hooks is not None else ""
    if where:
        text = f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n{where}"
    else:
        text = (
            f"Error detected in {node.name()}. No forward pass information available. Enable detect "
            "anomaly during forward pass for more information."
        )
    warnings.warn(text, UserWarning, stacklevel=5)


class set_detect_anomaly:
    """Switch detection on or off at once; as a context manager, restore it at the end."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = detecting[:]
        detecting.only([check_nan] if mode else [])

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        detecting.only(self._before)


class detect_anomaly:
    """Detect anomalies inside: errors name the forward call, NaN in a gradient is an error."""

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        self._before: list[bool] = []
        warnings.warn(messages.ANOMALY_ENABLED, UserWarning, stacklevel=2)

    def __enter__(self) -> None:
        self._before = detecting[:]
        detecting.only([self._check_nan])

    def __exit__(self, *error: object) -> None:
        detecting.only(self._before)


def is_anomaly_enabled() -> bool:
    """Return whether detection is on."""
    return bool(detecting)
