"""The stepper's data, and the script that turns a picture into a stepper where scripts may run."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from ..i18n import _
from ..trace.model import Graph, Trace, Value
from .narrate import Row, Scene, narrate
from .steps import Step, gradients
from .svg import value_width
from .wording import gradient_line

STATIC = Path(__file__).parent / "static"

BOOT = """<script type="module">
const data = %(data)s;
const url = URL.createObjectURL(new Blob([%(code)s], { type: "text/javascript" }));
const { default: player } = await import(url);
URL.revokeObjectURL(url);
for (const image of document.querySelectorAll('[data-autograd="%(name)s"] img')) {
  const svg = atob(image.src.split(",")[1]);
  const bytes = Uint8Array.from(svg, (character) => character.charCodeAt(0));
  const state = { trace: data, svg: new TextDecoder().decode(bytes), step: 0 };
  const model = {
    get: (key) => state[key], set: (key, value) => { state[key] = value; },
    on() {}, off() {}, save_changes() {},
  };
  const style = document.createElement("style");
  style.textContent = %(style)s;
  const el = document.createElement("div");
  image.replaceWith(style, el);
  player.render({ model, el });
}
</script>"""

Change = dict[int, Value | None]


def payload(trace: Trace, walked: tuple[Step, ...]) -> dict[str, object]:
    """Return what `player.js` shows as its `trace`, JSON-able: words, and one scene per position.

    Position 0 is the graph before the backward pass. The picture itself is the model's `svg`.
    """
    graph = trace.graph
    changes = gradients(trace, walked)
    scenes = [_scene(graph, _before(graph, walked), None, changes[0])]
    for step, change in zip(walked, changes[1:], strict=True):
        scenes.append(_scene(graph, narrate(graph, step), step, change))
    return {"words": _words(), "scenes": scenes}


def script(name: str, data: dict[str, object]) -> str:
    """Return the `<script>` that upgrades every picture inside `[data-autograd="name"]`.

    The module is given an anywidget-like `model` that lives in the page, so it needs no kernel.
    """
    code, style = embed(static("player.js")), embed(static("player.css"))
    return BOOT % {"name": name, "data": embed(data), "code": code, "style": style}


def embed(value: object) -> str:
    """Return `value` as JSON that is safe inside `<script>`: no tag can begin or end in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@cache
def static(name: str) -> str:
    """Return the text of a file in `static/`, without its indents and comment lines.

    Every output carries it, so it should be small.
    """
    lines = (STATIC / name).read_text(encoding="utf-8").splitlines()
    kept = (line.strip() for line in lines if not line.lstrip().startswith("//"))
    return "\n".join(filter(None, kept))


def _scene(graph: Graph, scene: Scene, step: Step | None, change: Change) -> dict[str, object]:
    """Return one scene in the short form that `player.js` reads."""
    clipped = value_width(graph)
    return {
        "node": step.node if step else None,
        "edges": [flow.edge for flow in step.flows if flow.edge is not None] if step else [],
        "title": scene.title,
        "subtitle": scene.subtitle,
        "rows": [_row(row) for row in scene.rows],
        "gradients": {
            str(node): gradient_line(graph.nodes[node], value, clipped)
            for node, value in change.items()
            if graph.nodes[node].kind != "constant"
        },
    }


def _row(row: Row) -> list[str]:
    """Return label, value, formula and note, without what is empty at the end."""
    fields = [row.label, row.value, row.formula, row.note]
    while not fields[-1]:
        fields.pop()
    return fields


def _before(graph: Graph, walked: tuple[Step, ...]) -> Scene:
    """Return the words for the position before the first step."""
    title = _("The graph is built")
    if walked:
        text = _("No gradient of this pass is computed yet. Step on, and it walks back.")
    else:
        text = _("backward() did not run in this cell, so there is no gradient to follow.")
    return Scene(title, text)


def _words() -> dict[str, str]:
    """Return the stepper's own words."""
    return {
        "group": _("The backward pass, step by step; the arrow keys move"),
        "first": _("first step"),
        "previous": _("previous step"),
        "next": _("next step"),
        "last": _("last step"),
        "position": _("step {position} of {last}"),
        "hint": _("keys: ← → Home End"),
        "graph": _("graph of the computation"),
    }
