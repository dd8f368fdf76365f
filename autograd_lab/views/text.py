"""The trace for a terminal: the graph as a tree, then the backward pass step by step."""

from __future__ import annotations

from ..i18n import _
from ..trace.model import Edge, Graph, Trace
from .crop import crop
from .narrate import Row, Scene, narrate
from .steps import steps
from .wording import (
    broke_off,
    clip_numbers,
    columns,
    cropped,
    empty,
    kind_name,
    more,
    node_name,
    one_line,
    source_line,
    stopped,
    value_line,
)

VALUE_WIDTH, ROW_WIDTH = 40, 80
MAX_STEPS = 200


def render(trace: Trace) -> str:
    """Return the trace as text, without a newline at the end."""
    if not trace.graph.nodes:
        return "\n".join(filter(None, (empty(trace), stopped(trace))))
    shown = crop(trace)
    parts = [_("The graph, from the result back to the leaves:"), *tree(shown.graph)]
    if len(shown.graph.nodes) < len(trace.graph.nodes):
        parts.append(cropped(trace, shown))
    walked = steps(shown)
    if walked:
        parts += ["", _("The backward pass, step by step:")]
    listed = walked[:MAX_STEPS]
    for number, step in enumerate(listed, start=1):
        parts += _scene(number, narrate(shown.graph, step))
    if len(walked) > len(listed):
        parts.append(more(len(walked) - len(listed)))
    endings = [line for line in (broke_off(trace), stopped(trace, listed)) if line]
    if endings:
        parts += ["", *endings]
    return "\n".join(parts)


def tree(graph: Graph) -> list[str]:
    """Return one line per node, and one more for each further use of a shared node.

    A node stands above its inputs. The longest way down keeps its column and the others branch off
    to the right, so that a chain of a thousand operations is no wider than a short one.
    """
    lines: list[tuple[str, ...]] = []
    drawn: set[int] = set()
    inputs = _inputs(graph)
    depth = _depths(graph, inputs)
    used = {edge.source for edge in graph.edges}
    roots = [node.id for node in reversed(graph.nodes) if node.id not in used]
    stack = [(root, "", "", [Edge(root, root, 0)]) for root in reversed(roots)]
    while stack:
        node, head, body, uses = stack.pop()
        again = node in drawn
        lines.append(_line(graph, node, head, _notes(uses, again)))
        if again:
            continue
        drawn.add(node)
        children = sorted(inputs[node].items(), key=lambda item: depth[item[0]], reverse=True)
        for index, (child, edges) in enumerate(children):
            branch = ("├─", "│ ") if index else ("", "")
            stack.append((child, body + branch[0], body + branch[1], edges))
    return _aligned(lines)


def _inputs(graph: Graph) -> list[dict[int, list[Edge]]]:
    """Return per node its inputs, each with the edges that come from it."""
    inputs: list[dict[int, list[Edge]]] = [{} for _ in graph.nodes]
    for edge in graph.edges:
        inputs[edge.target].setdefault(edge.source, []).append(edge)
    return inputs


def _depths(graph: Graph, inputs: list[dict[int, list[Edge]]]) -> list[int]:
    """Return per node how many operations lie below it; inputs are recorded before their users."""
    depth = [0] * len(graph.nodes)
    for node in range(len(graph.nodes)):
        depth[node] = max((depth[child] + 1 for child in inputs[node]), default=0)
    return depth


def _notes(uses: list[Edge], again: bool) -> str:
    """Return what is special about this use of a node."""
    notes = []
    if len(uses) > 1:
        notes.append(_("used {count} times here").format(count=len(uses)))
    notes += [_("cut: {what}").format(what=one_line(edge.cut)) for edge in uses if edge.cut]
    if again:
        notes.append(_("shown above"))
    return f"({', '.join(notes)})" if notes else ""


def _line(graph: Graph, number: int, head: str, notes: str) -> tuple[str, ...]:
    """Return the columns of one line of the tree."""
    node = graph.nodes[number]
    value = "" if node.value is None else value_line(node.value, VALUE_WIDTH)
    name = f"{head}● {node_name(node)}"
    return (name, kind_name(node), value, " ".join(filter(None, (source_line(node), notes))))


def _aligned(lines: list[tuple[str, ...]]) -> list[str]:
    """Return the lines with their columns one below the other."""
    widths = [max(map(columns, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - columns(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]


def _scene(number: int, scene: Scene) -> list[str]:
    """Return the lines of one step."""
    width = max((columns(row.label) for row in scene.rows), default=0)
    lines = [f"{number:>3}. {scene.title}  {scene.subtitle}"]
    for row in scene.rows:
        lines.append(f"     {row.label}{' ' * (width - columns(row.label))}  {_row(row)}")
    return lines


def _row(row: Row) -> str:
    """Return one quantity on one line."""
    value = clip_numbers(row.value, ROW_WIDTH)
    value = f"{row.formula} = {value}" if row.formula else value
    return f"{value}  ({row.note})" if row.note else value
