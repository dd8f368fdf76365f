"""Two tables: what happened step by step, and what each tensor is and keeps.

The stepper shows their rows, one at a time, so everything is said once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ..i18n import _, formula_text
from ..trace.model import Graph, Node
from .markup import code, number_cell, table, text_cell, titled
from .narrate import Row, Scene, narrate
from .steps import Step
from .wording import (
    byte_count,
    clip_numbers,
    columns,
    kind_name,
    line_number,
    node_name,
    one_line,
    source_line,
    value_line,
)

VALUE_WIDTH = 54
ROWS = 20
"""Rows up to which each value has that room: a notebook has to hold all outputs."""
MATRIX, GLIMPSE = 40, 24
"""In a longer table: columns of the widest value shown whole, 2 × 2 with signs, and of any other."""


def has_row(step: Step) -> bool:
    """Whether the table of steps tells a step; that an operation ran, its tensor's row tells."""
    return step.kind != "op"


def steps_table(graph: Graph, walked: Iterable[Step]) -> str:
    """Return the steps, one row each, numbered as the stepper numbers them."""
    told = [(n, narrate(graph, step)) for n, step in enumerate(walked, start=1) if has_row(step)]
    crowded = len(told) > ROWS
    rows = [(number_cell(str(n)), text_cell(_scene(scene, crowded))) for n, scene in told]
    return table((_("step"), _("what happens")), rows) if rows else ""


def _scene(scene: Scene, crowded: bool) -> str:
    """Return the words of a step."""
    rows = [row for row in scene.rows if not (row.saved and _short(row.value, crowded))]
    quantities = "".join(_quantity(row, crowded) for row in rows)
    return titled(scene.title, scene.subtitle) + quantities


def _quantity(row: Row, crowded: bool) -> str:
    """Return one quantity, on a line of its own."""
    formula = " = ".join(filter(None, (row.formula, row.numbers)))
    parts = [
        f"<span>{escape(row.label)}</span>",
        f"<i>{escape(formula)}</i> =" if formula else "",
        _numbers(row.value, crowded),
        f"<small>{escape(row.note)}</small>" if row.note else "",
    ]
    return f"<div>{' '.join(filter(None, parts))}</div>"


def tensors_table(graph: Graph, nodes: Sequence[Node]) -> str:
    """Return the tensors, one row each: what made it, its value, what it keeps for backward."""
    crowded = len(nodes) > ROWS
    rows = [
        (text_cell(_made(graph, node)), text_cell(_value(node, crowded)), number_cell(_kept(node)))
        for node in nodes
    ]
    return table((_("tensor"), _("value"), _("kept for backward")), rows)


def _made(graph: Graph, node: Node) -> str:
    """Return a tensor's name, its grad_fn, its place, and its local formulas."""
    # A tensor without a variable is named by its expression already.
    named = node_name(node) == one_line(node.expression)
    where = line_number(node) if named else source_line(node)
    subtitle = " · ".join(filter(None, (kind_name(node), where)))
    formulas = "".join(
        f"<div><span>→ {escape(name)}</span> <i>{escape(formula_text(formula))}</i></div>"
        for name, formula in zip(node.inputs, node.formulas, strict=False)
    )
    return titled(node_name(node, graph), subtitle) + formulas


def _value(node: Node, crowded: bool) -> str:
    """Return a tensor's dtype, shape and numbers."""
    if node.value is None:
        return escape(_("not recorded"))
    numbers = _numbers(value_line(node.value), crowded)
    return f"{escape(one_line(node.value.dtype))} {list(node.value.shape)} {numbers}"


def _numbers(text: str, crowded: bool) -> str:
    """Return numbers as far as there is room."""
    return code(clip_numbers(text, GLIMPSE if _short(text, crowded) else VALUE_WIDTH))


def _short(text: str, crowded: bool) -> bool:
    """Whether there is room for a glimpse of these numbers only."""
    return crowded and columns(text) > MATRIX


def _kept(node: Node) -> str:
    """Return the tensors that a node keeps, with their size; numbers take no room."""
    return "<br>".join(
        f"{escape(one_line(saved.name))} {escape(byte_count(saved.nbytes))}"
        for saved in node.saved
        if saved.nbytes
    )
