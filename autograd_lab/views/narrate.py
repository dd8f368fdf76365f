"""Each step of the backward pass in words: the same ones in a terminal, a table and the stepper."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..i18n import _
from ..trace.model import Graph, Node, Saved
from .steps import Flow, Step
from .wording import (
    NAME_WIDTH,
    block,
    clip,
    kind_name,
    line_number,
    node_name,
    one_line,
    source_line,
    value_line,
)

TERM_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity of a step."""

    label: str
    value: str
    """The numbers as PyTorch prints them, perhaps on several lines."""
    formula: str = ""
    """What was computed to get the value."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """One step as a reader meets it."""

    title: str
    """The tensor it is about."""
    subtitle: str
    """Its grad_fn and the line that made it, or what happens."""
    rows: tuple[Row, ...] = ()


def narrate(graph: Graph, step: Step) -> Scene:
    """Return the words for one step."""
    node = None if step.node is None else graph.nodes[step.node]
    if step.kind == "stop":
        return Scene(_("The backward pass stopped here"), one_line(step.text))
    if step.kind == "write":
        return _write(step)
    assert node is not None, "the other kinds of step are about a node"
    if step.kind == "start":
        return _start(node, step)
    if step.kind == "accumulate":
        return _accumulate(node, step)
    return _visit(graph, node, step)


def _start(node: Node, step: Step) -> Scene:
    """Say where a backward pass starts, and with which gradient."""
    name = node_name(node)
    seed = step.incoming[0] if step.incoming else None
    note = f"∂{name}/∂{name} = 1" if seed and seed.text == "1." else ""
    return Scene(name, _("backward() starts here"), (Row(_("gradient"), block(seed), note=note),))


def _visit(graph: Graph, node: Node, step: Step) -> Scene:
    """Say what arrived at a node, what its formula made of it, and who receives that."""
    note = ""
    if step.parts:
        terms = " + ".join(value_line(part, TERM_WIDTH) for part in step.parts)
        note = _("added up over {count} paths: {terms}").format(count=len(step.parts), terms=terms)
    rows = [Row(_("gradient in"), block(value), note=note) for value in step.incoming]
    rows += [
        Row(_("saved {name}").format(name=saved.name), block(saved.value))
        for saved in _needed(node.saved, step.flows)
    ]
    for flow in step.flows:
        name = "?" if flow.source is None else node_name(graph.nodes[flow.source])
        rows += _flow(name, flow, alone=len(step.flows) == 1)
    where = source_line(node) if node.label else line_number(node)
    subtitle = " · ".join(filter(None, (kind_name(node), where)))
    return Scene(node_name(node), subtitle, tuple(rows))


def _flow(name: str, flow: Flow, alone: bool) -> list[Row]:
    """Return the rows about the gradient for one input."""
    label = f"→ {name}" if alone or not flow.name else f"→ {name} ({flow.name})"
    if flow.product is None:
        return [Row(label, block(flow.out), flow.formula)]
    note = _("summed over the broadcast axes: shape {product} becomes {out}").format(
        product=flow.product.shape, out=flow.out.shape
    )
    return [
        Row(_("{target}, still broadcast").format(target=label), block(flow.product), flow.formula),
        Row(label, block(flow.out), note=note),
    ]


def _accumulate(node: Node, step: Step) -> Scene:
    """Say what a leaf's `.grad` held, what was added, and what it holds now."""
    note = ""
    if step.before is not None:
        note = _("backward() adds to .grad; it never overwrites it")
    rows = (
        Row(_("before"), block(step.before)),
        Row(_("+ contribution"), block(step.contribution)),
        Row(_("= after"), block(step.after), note=note),
    )
    return Scene(f"{node_name(node)}.grad", _("the gradient is added into the leaf"), rows)


def _write(step: Step) -> Scene:
    """Say that a `.grad` was written to between the passes."""
    name = clip(step.label, NAME_WIDTH)
    call = f"{name}.{one_line(step.text)}()"
    return Scene(name, call, (Row(_("= after"), block(step.after)),))


def _needed(saved: tuple[Saved, ...], flows: tuple[Flow, ...]) -> list[Saved]:
    """Return the saved values that the formulas of the step name."""
    words = {word for flow in flows for word in re.findall(r"\w+", flow.formula)}
    return [value for value in saved if value.name in words]
