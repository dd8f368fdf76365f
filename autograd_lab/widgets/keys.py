"""Leaves the arrow keys to the sliders and lists of a lab, in notebooks that would take them."""

from __future__ import annotations

from functools import cache
from typing import Any

from .clickable import STATIC


@cache
def _kind() -> Any:
    """Return the class of the widget, made once: anywidget may be missing."""
    from anywidget import AnyWidget

    class Keys(AnyWidget):
        """Shows nothing; as long as it is in the page, it watches the keys."""

        _esm = (STATIC / "keys.js").read_text(encoding="utf-8")

    return Keys


def guard() -> Any:
    """Return the widget that a lab has beside its controls."""
    return _kind()(layout={"display": "none"})


__all__ = ["guard"]
