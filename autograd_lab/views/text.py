"""The trace for a terminal: a sentence, the graph as a tree, then the backward pass step by step."""

from __future__ import annotations

from collections.abc import Sequence

from ..i18n import _
from ..trace.fold import Fold
from ..trace.model import Graph, Trace
from . import findings
from .boxes import MAX_BOXES, Line, Plan
from .narrate import Row, Scene, narrate
from .prepared import prepare
from .sentence import sentence
from .steps import abridged, backward_steps, told
from .wording import (
    aligned,
    broke_off,
    clip_numbers,
    columns,
    counted_only,
    cropped,
    fold_lines,
    kind_name,
    node_name,
    one_line,
    other_threads,
    overgrown,
    source_line,
    stopped,
    value_line,
)

VALUE_WIDTH, ROW_WIDTH = 40, 80
MAX_STEPS = 40


def render(
    trace: Trace, found: Sequence[findings.Finding] = (), *, max_boxes: int = MAX_BOXES
) -> str:
    """Return the trace as text, without a newline at the end; the best finding comes first."""
    found_text = findings.as_text(found)
    if not trace.graph.nodes:
        notes = (other_threads(trace), stopped(trace))
        return "\n".join(filter(None, (sentence(trace, ()), *notes, *found_text)))
    view = prepare(trace, max_boxes)
    parts = [sentence(trace, view.all_steps)]
    parts += ["", *found_text] if found_text else []
    parts += ["", _("The graph, from the result back to the leaves:")]
    parts += tree(trace.graph, view.plan, view.loops)
    count = len(trace.graph.nodes)
    parts += filter(None, [cropped(count - view.plan.hidden, count)])
    walked = backward_steps(view.all_steps)
    listed = [told(walked, part) for part in abridged(walked, MAX_STEPS, view.repeated)]
    if listed:
        parts += ["", _("The backward pass, step by step:")]
    for number, step in enumerate(listed, start=1):
        parts += _scene(number, narrate(trace.graph, step))
    endings = (
        overgrown(trace),
        counted_only(trace),
        broke_off(trace),
        other_threads(trace),
        stopped(trace, listed),
    )
    if any(endings):
        parts += ["", *filter(None, endings)]
    return "\n".join(parts)


def tree(graph: Graph, plan: Plan, loops: Sequence[Fold]) -> list[str]:
    """Return one line per box, and one more for each further use of a shared one.

    A box stands above its inputs. The longest way down keeps its column and the others branch off
    to the right, so that a chain of a thousand operations is no wider than a short one.
    """
    lines: list[tuple[str, ...]] = []
    drawn: set[int] = set()
    inputs = _inputs(plan)
    depth = _depths(inputs)
    used = {line.source for line in plan.lines}
    roots = [box for box in range(len(plan.boxes)) if box not in used]
    stack: list[tuple[int, str, str, list[Line]]] = [(root, "", "", []) for root in roots]
    while stack:
        box, head, body, uses = stack.pop()
        again = box in drawn
        lines.append(_line(graph, plan, loops, box, head, _notes(uses, again)))
        if again:
            continue
        drawn.add(box)
        children = sorted(inputs[box].items(), key=lambda item: depth[item[0]], reverse=True)
        for index, (child, between) in enumerate(children):
            branch = ("├─", "│ ") if index else ("", "")
            stack.append((child, body + branch[0], body + branch[1], between))
    return aligned(lines)


def _inputs(plan: Plan) -> list[dict[int, list[Line]]]:
    """Return per box its inputs, each with the lines that come from it."""
    inputs: list[dict[int, list[Line]]] = [{} for _ in plan.boxes]
    for line in plan.lines:
        inputs[line.target].setdefault(line.source, []).append(line)
    return inputs


def _depths(inputs: list[dict[int, list[Line]]]) -> list[int]:
    """Return per box how many lie below it; inputs are made before their users."""
    depth = [0] * len(inputs)
    for box, sources in enumerate(inputs):
        depth[box] = max((depth[source] + 1 for source in sources), default=0)
    return depth


def _notes(uses: list[Line], again: bool) -> str:
    """Return what is special about this use of a box."""
    notes = []
    if len(uses) > 1:
        notes.append(_("used {count} times here").format(count=len(uses)))
    notes += [_("cut: {what}").format(what=one_line(line.cut)) for line in uses if line.cut]
    if again:
        notes.append(_("shown above"))
    return f"({', '.join(notes)})" if notes else ""


def _line(
    graph: Graph, plan: Plan, loops: Sequence[Fold], number: int, head: str, notes: str
) -> tuple[str, ...]:
    """Return the columns of one line of the tree."""
    box = plan.boxes[number]
    if box.fold is not None:
        name, place, size = fold_lines(loops[box.fold], box.turns)
        return (f"{head}● {name}", size, "", " ".join(filter(None, (place, notes))))
    node = graph.nodes[box.nodes[0]]
    value = "" if node.value is None else value_line(node.value, VALUE_WIDTH)
    name = f"{head}● {node_name(node, graph)}"
    # A leaf is known by its name and its value; where it was made is not worth a long line.
    made = source_line(node) if node.kind == "op" else ""
    return (name, kind_name(node), value, " ".join(filter(None, (made, notes))))


def _scene(number: int, scene: Scene) -> list[str]:
    """Return the lines of one step."""
    width = max((columns(row.label) for row in scene.rows), default=0)
    lines = [f"{number:>3}. {scene.title}  {scene.subtitle}"]
    for row in scene.rows:
        lines.append(f"     {row.label}{' ' * (width - columns(row.label))}  {_row(row)}")
    return lines


def _row(row: Row) -> str:
    """Return one quantity on one line."""
    terms = filter(None, (row.formula, row.numbers, clip_numbers(row.value, ROW_WIDTH)))
    value = " = ".join(terms)
    return f"{value}  ({row.note})" if row.note else value
