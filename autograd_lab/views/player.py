"""The stepper's data, and the script that turns a picture into a stepper where scripts may run."""

from __future__ import annotations

import base64
import json
import zlib
from functools import cache
from pathlib import Path

from ..i18n import _
from ..trace.model import Value
from .prepared import Prepared
from .source_lines import Source
from .steps import Step
from .svg import WIDTHS
from .tables import has_row
from .wording import gradient_line, value_line

STATIC = Path(__file__).parent / "static"

BOOT = """<script type="module">
const packed = Uint8Array.from(atob("%(packed)s"), (character) => character.charCodeAt(0));
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
const { code, style, data } = await new Response(stream).json();
const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
const { default: player } = await import(url);
URL.revokeObjectURL(url);
for (const el of document.querySelectorAll('[data-autograd="%(name)s"]:not(.al-player)')) {
  const state = { trace: structuredClone(data), step: 0 };
  const model = {
    get: (key) => state[key], set: (key, value) => { state[key] = value; },
    on() {}, off() {}, save_changes() {},
  };
  const sheet = document.createElement("style");
  sheet.textContent = style;
  el.before(sheet);
  player.render({ model, el });
}
</script>"""


def payload(view: Prepared) -> dict[str, object]:
    """Return what `player.js` shows as its `trace`, JSON-able.

    The words of each step stand in the tables already; here is what else a position needs.
    """
    source = Source(view.trace)
    scenes: list[dict[str, object]] = [{}]
    scenes += [_scene(view, step, at, source) for at, step in enumerate(view.walked, start=1)]
    return {
        "words": _words(),
        "scenes": scenes,
        "numbers": source.numbers,
        "start": _gradients(
            view, {node: value for node, value in view.changes[0].items() if value is not None}
        ),
        "homes": _homes(view),
        "tensors": [node.id for node in view.listed_nodes()],
        "pictures": {f"f{index}": view.picture(index) for index in view.openable()},
    }


def script(name: str, data: dict[str, object]) -> str:
    """Return the `<script>` that upgrades every output `[data-autograd="name"]` on the page.

    The module is given an anywidget-like `model` that lives in the page, so it needs no kernel.
    """
    parts = {"code": static("player.js"), "style": static("player.css"), "data": data}
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    # Packed, an output is half as large, and nothing in it can end the script.
    packed = zlib.compress(text.encode("utf-8", "replace"), 9)
    return BOOT % {"name": name, "packed": base64.b64encode(packed).decode("ascii")}


@cache
def static(name: str) -> str:
    """Return the text of a file in `static/`, without its indents and comment lines.

    Every output carries it, so it should be small.
    """
    lines = (STATIC / name).read_text(encoding="utf-8").splitlines()
    kept = (line.strip() for line in lines if not line.lstrip().startswith("//"))
    return "\n".join(filter(None, kept))


def _scene(view: Prepared, step: Step, position: int, source: Source) -> dict[str, object]:
    """Return one scene in the short form that `player.js` reads, without what is empty.

    `n` node, `op` if it is computed here, `to` receivers, `g` gradients, `f` freed, `at` the source.
    """
    at = source.place(step)
    scene = {
        "n": step.node,
        "op": None if has_row(step) else 1,
        "to": [flow.source for flow in step.flows if flow.source is not None],
        "g": _gradients(view, view.changes[position]),
        "f": step.frees,
        "at": at,
    }
    return {key: value for key, value in scene.items() if value or value == 0}


def _gradients(view: Prepared, change: dict[int, Value | None]) -> dict[str, str]:
    """Return what the boxes show for gradients that changed."""
    nodes = view.trace.graph.nodes
    return {
        str(node): gradient_line(nodes[node], value, max(WIDTHS))
        for node, value in change.items()
        if nodes[node].kind != "constant"
    }


def _homes(view: Prepared) -> dict[str, str]:
    """Return for the folded nodes that steps are about the box that they are in."""
    about = {step.node for step in view.walked}
    about |= {flow.source for step in view.walked for flow in step.flows}
    return {
        str(node): f"f{index}"
        for index, loop in enumerate(view.loops)
        for node in loop.nodes
        if node in about
    }


def _words() -> dict[str, str]:
    """Return the stepper's own words."""
    return {
        "group": _("The cell, step by step; the arrow keys move"),
        "first": _("to the outcome"),
        "previous": _("previous step"),
        "next": _("next step"),
        "last": _("last step"),
        "play": _("play"),
        "pause": _("pause"),
        "speed": _("speed"),
        "fold": _("fold it again"),
        "outcome": _("outcome"),
        "position": _("step {position} of {last}"),
        "positions": _("steps {first}–{position} of {last}"),
        "hint": _("keys: ← → ↑ ↓ space"),
        "graph": _("graph of the computation"),
        "begin": _(
            "This is the outcome. Step on to watch the cell do it; click a box for details."
        ),
        "folded": _("Several steps, drawn as one box."),
        "none": f"grad {value_line(None)}",
        "leaf": f".grad {value_line(None)}",
    }
