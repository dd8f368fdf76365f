"""A picture of a graph that takes clicks: an inert `<img>`, and over it a button for each spot.

The browser is told names, places and the picture; nothing of that is read there as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from . import pictures

STATIC = Path(__file__).parent / "static"

Place = tuple[float, float, float, float]
"""Left, top, width and height in percent of the picture, which may be shown at any size."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a picture that can be clicked, and reached with the keyboard."""

    key: str
    """What Python is told about a click."""
    label: str
    """What a click does: for a screen reader, and beside the mouse."""
    place: Place
    kind: str = ""
    """How it looks: a class in `clickable.css`."""
    text: str = ""


def boxes(drawn: str) -> dict[str, Place]:
    """Return where the boxes of a picture are, by the names that they have there: `"7"`, `"f0"`."""
    root = _parsed(drawn)
    found = {}
    for group in root.iterfind(".//{*}g[@data-box]"):
        left, top = re.findall(r"[-.\d]+", group.attrib["transform"])
        frame = group.findall("{*}rect")[-1].attrib
        key = group.attrib["data-box"]
        found[key] = _percent(root, left, top, frame["width"], frame["height"])
    return found


def edges(drawn: str) -> dict[tuple[str, str], Place]:
    """Return the middle of the last part of each line, by the boxes that it joins; without extent."""
    root = _parsed(drawn)
    found = {}
    for path in root.iterfind(".//{*}path[@data-edge]"):
        x = y = from_x = from_y = 0.0
        # The arrowhead comes last.
        line = path.attrib["d"].rpartition("M")[0]
        for numbers in re.findall("[Mcv]([^a-zA-Z]+)", line):
            *_, right, down = 0.0, *map(float, re.findall(r"[-+]?[\d.]+", numbers))
            from_x, from_y = x, y
            x, y = x + right, y + down
        source, target = path.attrib["data-edge"].split()
        found[source, target] = _percent(root, (from_x + x) / 2, (from_y + y) / 2, 0, 0)
    return found


def _parsed(drawn: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawn.encode("utf-8", "replace"))


def _percent(root: ElementTree.Element, *frame: float | str) -> Place:
    """Return a frame of the SVG's coordinates as shares of the whole."""
    left, top, width, height = (float(part) for part in root.attrib["viewBox"].split())
    x, y, w, h = (float(part) for part in frame)
    shares = (x - left) / width, (y - top) / height, w / width, h / height
    x, y, w, h = (round(100 * share, 3) for share in shares)
    return x, y, w, h


@cache
def _kind() -> Any:
    """Return the class of the widget, made once: anywidget may be missing."""
    from anywidget import AnyWidget
    from traitlets import Dict

    class Clickable(AnyWidget):
        """An image with buttons over it."""

        _esm = (STATIC / "clickable.js").read_text(encoding="utf-8")
        _css = (STATIC / "clickable.css").read_text(encoding="utf-8")
        drawing = Dict().tag(sync=True)

    return Clickable


def picture(clicked: Callable[[str], None]) -> Any:
    """Return the widget, still without a drawing; it calls `clicked` with the key of a spot."""
    made = _kind()(drawing=drawing("", "", "", []))

    def heard(_widget: Any, content: Any, _buffers: Any) -> None:
        known = [spot["key"] for spot in made.drawing["spots"]]
        # A click may come late, after the picture has changed.
        if isinstance(content, dict) and content.get("spot") in known:
            clicked(content["spot"])

    made.on_msg(heard)
    made.add_class("al-clickable")
    return made


def drawing(drawn: str, alt: str, caption: str, spots: list[Spot]) -> dict[str, Any]:
    """Return what the widget shows: an SVG, in words `alt`, with these spots."""
    return {
        "image": pictures.data_uri(drawn) if drawn else "",
        "alt": alt,
        "caption": caption,
        "spots": [asdict(spot) for spot in spots],
    }


__all__ = ["Place", "Spot", "boxes", "drawing", "edges", "picture"]
