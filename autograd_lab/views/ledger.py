"""The account of every leaf's `.grad`: what it held, what each pass added and along which path."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..i18n import _
from ..trace.model import Graph, Trace, Value
from .markup import code, number_cell, table, text_cell
from .steps import Part, Step, gradients, held
from .wording import clip, line_text, node_name, value_line

WIDTH = 40
MAX_PATHS = 4
"""Paths that are listed; the others are counted."""


def ledger(trace: Trace, walked: tuple[Step, ...]) -> str:
    """Return a row per entry, in order; nothing if no backward pass ran."""
    graph = trace.graph
    rows: list[Sequence[str]] = []
    reached = set()
    passes = 0
    grads, *changes = gradients(trace, walked)
    for step, change in zip(walked, changes, strict=True):
        if step.kind == "start":
            passes += 1
        elif step.kind == "accumulate" and step.node is not None:
            reached.add(step.node)
            rows.append(_entry(graph, step, passes))
        elif step.kind == "write" and step.label.endswith(".grad"):
            before = None if step.node is None else grads[step.node]
            rows.append(_written(step, step.label.removesuffix(".grad"), before, step.after))
        elif step.kind in ("zero", "clip"):
            rows += [
                _written(step, node_name(graph.nodes[leaf]), grads[leaf], after)
                for leaf, after in change.items()
            ]
        grads |= change
    if not passes:
        return ""
    # A pass that was not kept may have reached any leaf.
    rows += _unreached(trace, reached) if trace.whole else []
    heads = (_("leaf"), _("entry"), _("before"), _("contribution"), _("after"), _("with zero_grad"))
    return table(heads, rows)


def _unreached(trace: Trace, reached: set[int]) -> list[Sequence[str]]:
    """Return an entry for each leaf to which nothing was added, with what it holds nevertheless."""
    left = [n for n in trace.graph.nodes if n.kind == "leaf" and n.id not in reached]
    words = text_cell(escape(_("no backward pass reached it")))
    gradients = held(trace)
    return [(_name(node_name(node)), words, *_numbers(gradients.get(node.id))) for node in left]


def _entry(graph: Graph, step: Step, number: int) -> Sequence[str]:
    """Return what one backward pass added to one leaf."""
    assert step.node is not None
    entry = " · ".join(
        filter(None, (_("backward pass {n}").format(n=number), line_text(step.line, step.cell)))
    )
    added = code(value_line(step.contribution, WIDTH))
    if len(step.parts) > 1:
        added += "".join(_path(graph, part) for part in step.parts[:MAX_PATHS])
        if len(step.parts) > MAX_PATHS:
            left = _("and {count} more").format(count=len(step.parts) - MAX_PATHS)
            added += f"<br><small>{escape(left)}</small>"
    return (
        _name(node_name(graph.nodes[step.node])),
        text_cell(escape(entry)),
        number_cell(code(value_line(step.before, WIDTH))),
        number_cell(added),
        number_cell(code(value_line(step.after, WIDTH))),
        # Zeroed first, `.grad` would hold this contribution alone.
        number_cell(
            code(value_line(step.contribution, WIDTH)) if step.before else escape(_("the same"))
        ),
    )


def _path(graph: Graph, part: Part) -> str:
    """Return what came along one path."""
    way = _("by {node}").format(node=node_name(graph.nodes[part.node], graph))
    return f"<br><small>{escape(way)} {code(value_line(part.value, WIDTH))}</small>"


def _written(step: Step, name: str, before: Value | None, after: Value | None) -> Sequence[str]:
    """Return a write into a leaf's `.grad`, such as emptying it."""
    call = clip(step.text if step.kind == "write" else step.expression, WIDTH)
    entry = " · ".join(filter(None, (call, line_text(step.line, step.cell))))
    return (_name(clip(name, WIDTH)), text_cell(escape(entry)), *_numbers(after, before))


def _name(name: str) -> str:
    return text_cell(f"<b>{escape(name)}</b>")


def _numbers(after: Value | None, before: Value | None = None) -> Sequence[str]:
    """Return the cells of an entry to which no backward pass contributed."""
    empty = number_cell("")
    old = empty if before is None else number_cell(code(value_line(before, WIDTH)))
    return (old, empty, number_cell(code(value_line(after, WIDTH))), empty)
