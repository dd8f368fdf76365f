"""Each step in words: the same ones in a terminal, a table and the stepper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..i18n import _, formula_text
from ..trace.model import Graph, Node, Saved, Value
from .steps import Flow, Part, Step
from .wording import (
    ELLIPSIS,
    NAME_WIDTH,
    clip,
    cut_name,
    kind_name,
    line_number,
    line_text,
    listed,
    more,
    node_name,
    one_line,
    source_line,
    value_line,
)

TERM_WIDTH = 40
MAX_PATHS = 4
NUMBER_WIDTH = 24
"""Columns up to which a value is written into its formula."""
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
"""A name in a formula: in `selfᵀ` and `other²` it ends before the sign."""


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity of a step."""

    label: str
    value: str
    """The numbers on one line, however long."""
    formula: str = ""
    """What was computed to get the value."""
    numbers: str = ""
    """The formula with the actual numbers, where they are short enough."""
    note: str = ""
    saved: bool = False
    """Whether the node had kept the value, which the row of its tensor tells as well."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One step as a reader meets it."""

    title: str
    """The tensor it is about."""
    subtitle: str
    """Its grad_fn and the line that made it, or what happens."""
    rows: tuple[Row, ...] = ()


def narrate(graph: Graph, step: Step) -> Scene:
    """Return the words for one step; that an operation ran, the row of its tensor tells."""
    return _TELLERS[step.kind](graph, step)


def _cut(graph: Graph, step: Step) -> Scene:
    """Say what is cut off from the graph, and how."""
    title = clip(step.label or step.expression, NAME_WIDTH) or _("unnamed")
    how = step.text if step.node is None else cut_name(step.text, graph.nodes[step.node])
    text = _("is cut off from the graph ({how}): no gradient goes back from it")
    return Scene(title, text.format(how=one_line(how)))


def _mode(graph: Graph, step: Step) -> Scene:
    """Say which grad mode begins or ends."""
    what = _("the block begins") if step.entered else _("the block ends")
    return Scene(one_line(step.text), f"{what} · {line_text(step.line, step.cell)}")


def _start(graph: Graph, step: Step) -> Scene:
    """Say where a backward pass starts, and with which gradient."""
    name = clip(step.label, NAME_WIDTH) or node_name(_node(graph, step), graph)
    seed = step.incoming[0] if step.incoming else None
    note = f"∂{name}/∂{name} = 1" if seed and seed.text == "1." else ""
    here = _("autograd.grad() starts here") if step.text == "grad" else _("backward() starts here")
    return Scene(name, here, (Row(_("gradient"), value_line(seed), note=note),))


def _visit(graph: Graph, step: Step) -> Scene:
    """Say what arrived at a node, what its formula made of it, and who receives that."""
    node = _node(graph, step)
    # Of several outputs it is not known which one a part came to.
    note = _sum_over_paths(step.parts) if len(step.incoming) == 1 else ""
    rows = [Row(_("gradient in"), value_line(value), note=note) for value in step.incoming]
    rows += [
        Row(_("saved {name}").format(name=saved.name), value_line(saved.value), saved=True)
        for saved in _needed(node.saved, step.flows)
    ]
    known = {saved.name: saved.value for saved in node.saved}
    if len(step.incoming) == 1:
        known["grad"] = step.incoming[0]
    for flow in step.flows:
        name = _receiver(graph, flow)
        label = f"→ {name}" if len(step.flows) == 1 or not flow.name else f"→ {name} ({flow.name})"
        rows += _flow(label, flow, with_numbers(flow.formula, known))
    return Scene(node_name(node, graph), _subtitle(node), tuple(rows))


def _receiver(graph: Graph, flow: Flow) -> str:
    """Return the name of the tensor that a gradient is for."""
    if flow.source is None:
        return "?"
    return clip(flow.output, NAME_WIDTH) or node_name(graph.nodes[flow.source], graph)


def _flow(label: str, flow: Flow, numbers: str) -> list[Row]:
    """Return the rows about the gradient for one input."""
    if flow.product is None:
        return [Row(label, value_line(flow.out), formula_text(flow.formula), numbers)]
    note = _("summed over the broadcast axes: shape {product} becomes {out}").format(
        product=flow.product.shape, out=flow.out.shape
    )
    still = _("{target}, still broadcast").format(target=label)
    return [
        Row(still, value_line(flow.product), formula_text(flow.formula), numbers),
        Row(label, value_line(flow.out), note=note),
    ]


def with_numbers(formula: str, known: Mapping[str, Value]) -> str:
    """Return the formula with values in place of names.

    `""` where one of them is too long, and for a formula in words.
    """
    parts = []
    place = 0
    for match in NAME.finditer(formula):
        value = known.get(match[0])
        if value is not None:
            text = value_line(value)
        elif formula[match.end() :].startswith("("):
            text = match[0]  # a function
        else:
            return ""
        if len(text) > NUMBER_WIDTH:
            return ""
        parts += [formula[place : match.start()], f"({text})" if text.startswith("-") else text]
        place = match.end()
    replaced = "".join(parts) + formula[place:]
    return "" if NAME.fullmatch(formula) or not parts else replaced


def _accumulate(graph: Graph, step: Step) -> Scene:
    """Say what a leaf's `.grad` held, what was added, and what it holds now."""
    note = "" if step.before is None else _("backward() adds to .grad; it never overwrites it")
    paths = _sum_over_paths(step.parts)
    rows = (
        Row(_("before"), value_line(step.before)),
        Row(_("+ contribution"), value_line(step.contribution), note=paths),
        Row(_("= after"), value_line(step.after), note=note),
    )
    name = node_name(_node(graph, step))
    return Scene(f"{name}.grad", _("the gradient is added into the leaf"), rows)


def _write(graph: Graph, step: Step) -> Scene:
    """Say that a value or an attribute was written to."""
    flag = step.label.endswith(".requires_grad")
    rows = () if flag else (Row(_("= after"), value_line(step.after)),)
    return Scene(clip(step.label, NAME_WIDTH), one_line(step.text), rows)


def _zero(graph: Graph, step: Step) -> Scene:
    """Say which gradients were emptied."""
    text = _("empties .grad of {leaves}: they are none again")
    return Scene(clip(step.expression, NAME_WIDTH), text.format(leaves=_leaves(graph, step)))


def _clip(graph: Graph, step: Step) -> Scene:
    """Say what became of the gradients that were clipped."""
    text = _("{function} limits .grad of {leaves}, in place")
    words = text.format(function=one_line(step.text), leaves=_leaves(graph, step))
    return Scene(clip(step.expression, NAME_WIDTH), words)


def _update(graph: Graph, step: Step) -> Scene:
    """Say which leaves the optimizer changed."""
    text = _("{optimizer} changes {leaves} in place, by their gradients")
    words = text.format(optimizer=one_line(step.text), leaves=_leaves(graph, step))
    return Scene(clip(step.expression, NAME_WIDTH), words)


def _leaves(graph: Graph, step: Step) -> str:
    """Return the names of the leaves that a step is about."""
    return listed(node_name(graph.nodes[leaf]) for leaf in step.leaves)


def _stop(graph: Graph, step: Step) -> Scene:
    return Scene(_("The backward pass stopped here"), one_line(step.text))


def _gap(graph: Graph, step: Step) -> Scene:
    return Scene(more(step.count), _("too many to list; the gradients are those after them"))


_TELLERS = {
    "cut": _cut,
    "mode": _mode,
    "start": _start,
    "node": _visit,
    "accumulate": _accumulate,
    "write": _write,
    "zero": _zero,
    "clip": _clip,
    "update": _update,
    "stop": _stop,
    "gap": _gap,
}


def _node(graph: Graph, step: Step) -> Node:
    """Return the node that a step is about."""
    assert step.node is not None, f"a step of kind {step.kind} is about a node"
    return graph.nodes[step.node]


def _subtitle(node: Node) -> str:
    """Return an operation's grad_fn and where it was made."""
    where = source_line(node) if node.label else line_number(node)
    return " · ".join(filter(None, (kind_name(node), where)))


def _sum_over_paths(parts: tuple[Part, ...]) -> str:
    """Return the sum of what arrived over several paths, `""` if there was one."""
    if len(parts) < 2:
        return ""
    terms = " + ".join(value_line(part.value, TERM_WIDTH) for part in parts[:MAX_PATHS])
    if len(parts) > MAX_PATHS:
        terms += f" + {ELLIPSIS}"
    return _("added up over {count} paths: {terms}").format(count=len(parts), terms=terms)


def _needed(saved: tuple[Saved, ...], flows: tuple[Flow, ...]) -> list[Saved]:
    """Return the saved values that the formulas of the step name."""
    words = {word for flow in flows for word in NAME.findall(flow.formula)}
    return [value for value in saved if value.name in words]
