"""Two tables: what happened step by step, and what each tensor is and keeps.

The stepper shows their rows, one at a time, so everything is said once.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ..i18n import _, formula_text
from ..trace.model import Graph, Node
from .markup import code, number_cell, table, text_cell, titled
from .narrate import Row, Scene, narrate
from .steps import Step
from .wording import (
    byte_count,
    clip_numbers,
    kind_name,
    node_name,
    one_line,
    source_line,
    value_line,
)

VALUE_WIDTH = 54


def has_row(step: Step) -> bool:
    """Whether the table of steps tells a step; that an operation ran, its tensor's row tells."""
    return step.kind != "op"


def steps_table(graph: Graph, walked: Iterable[Step]) -> str:
    """Return the steps, one row each, numbered as the stepper numbers them."""
    rows = [
        (number_cell(str(number)), text_cell(_scene(narrate(graph, step))))
        for number, step in enumerate(walked, start=1)
        if has_row(step)
    ]
    return table((_("step"), _("what happens")), rows) if rows else ""


def _scene(scene: Scene) -> str:
    """Return the words of a step."""
    return titled(scene.title, scene.subtitle) + "".join(map(_quantity, scene.rows))


def _quantity(row: Row) -> str:
    """Return one quantity, on a line of its own."""
    formula = " = ".join(filter(None, (row.formula, row.numbers)))
    parts = [
        f"<span>{escape(row.label)}</span>",
        f"<i>{escape(formula)}</i> =" if formula else "",
        code(clip_numbers(row.value, VALUE_WIDTH)),
        f"<small>{escape(row.note)}</small>" if row.note else "",
    ]
    return f"<div>{' '.join(filter(None, parts))}</div>"


def tensors_table(graph: Graph, nodes: Iterable[Node]) -> str:
    """Return the tensors, one row each: what made it, its value, what it keeps for backward."""
    rows = [
        (text_cell(_made(graph, node)), text_cell(_value(node)), number_cell(_kept(node)))
        for node in nodes
    ]
    return table((_("tensor"), _("value"), _("kept for backward")), rows)


def _made(graph: Graph, node: Node) -> str:
    """Return a tensor's name, its grad_fn, its place, and its local formulas."""
    subtitle = " · ".join(filter(None, (kind_name(node), source_line(node))))
    formulas = "".join(
        f"<div><span>→ {escape(name)}</span> <i>{escape(formula_text(formula))}</i></div>"
        for name, formula in zip(node.inputs, node.formulas, strict=False)
    )
    return titled(node_name(node, graph), subtitle) + formulas


def _value(node: Node) -> str:
    """Return a tensor's dtype, shape and numbers."""
    if node.value is None:
        return escape(_("not recorded"))
    numbers = value_line(node.value, VALUE_WIDTH)
    return f"{escape(one_line(node.value.dtype))} {list(node.value.shape)} {code(numbers)}"


def _kept(node: Node) -> str:
    """Return the tensors that a node keeps, with their size; numbers take no room."""
    return "<br>".join(
        f"{escape(one_line(saved.name))} {escape(byte_count(saved.nbytes))}"
        for saved in node.saved
        if saved.nbytes
    )
