"""Gradients that leak into what a prediction is compared with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node
from .code import assigned, expression
from .facts import Facts
from .model import Clue, Place
from .registry import rule

WORDS = r"(target|targets|label|labels|teacher|goal|truth|gt|true|expected|bootstrap|pseudo)"
TARGET = re.compile(rf"(^|_|\.){WORDS}($|_|s$|\d)", re.IGNORECASE)
WEIGHT = re.compile(r"(^|_|\.)(advantages?|adv|td_error|delta)($|_|\d)", re.IGNORECASE)
COMPARING = {"sub", "rsub", "mse_loss", "l1_loss", "smooth_l1_loss", "binary_cross_entropy",
             "binary_cross_entropy_with_logits", "cross_entropy"}  # fmt: skip


@rule(23, "target-requires-grad")
def target(facts: Facts) -> Iterator[Clue]:
    """A target carries a gradient into the loss it is the target of."""
    told = set()
    for event, mine, other in _meetings(facts, COMPARING | {"mul"}):
        name = called(facts, mine)
        place = facts.place(mine) if mine.line is not None else facts.place(event)
        weighs = event.text == "mul" and other.op not in {"log", "log_softmax"}
        if (
            TARGET.search(name)
            and not weighs
            and place not in told
            and not TARGET.search(called(facts, other))
        ):
            told.add(place)
            yield _clue(facts, event, place, name, mine)


@rule(23, "weight-requires-grad")
def weight(facts: Facts) -> Iterator[Clue]:
    """An advantage that weighs another network's output carries a gradient."""
    told = set()
    for event, mine, other in _meetings(facts, {"mul"}):
        name, place = called(facts, mine), facts.place(mine)
        if WEIGHT.search(name) and place not in told and other.id != mine.id:
            told.add(place)
            yield _clue(facts, event, place, name, mine)


@rule(23, "compared-with-another-network")
def other_network(facts: Facts) -> Iterator[Clue]:
    """The second argument of a loss function trains leaves that nobody steps."""
    moved = {r.tensor for e in facts.events if e.kind in {"optimizer", "step"} for r in e.inputs}
    if not any(e.kind == "step" for e in facts.events):
        return
    told = set()
    for event, mine, other in _meetings(facts, {op for op in COMPARING if op.endswith("loss")}):
        place = facts.place(event)
        if place not in told and event.inputs[1].node == mine.id:
            idle, other_side = _leaves(facts, mine), _leaves(facts, other)
            if idle and not idle & moved and other_side & moved:
                told.add(place)
                yield _clue(facts, event, place, _second_argument(event), mine)


def _leaves(facts: Facts, node: Node) -> set[int | None]:
    return {
        facts.nodes[n].tensor for n in facts.ancestors([node.id]) if facts.nodes[n].kind == "leaf"
    }


def _meetings(facts: Facts, operations: set[str]) -> Iterator[tuple[Event, Node, Node]]:
    """Yield where two values that both carry gradients meet on the way to a loss, in both orders."""
    leading = facts.ancestors(node for span in facts.passes for node in facts.roots(span))
    for event in facts.events:
        if event.kind == "op" and event.node in leading and event.text in operations:
            pair = [
                facts.nodes[r.node]
                for r in event.inputs[:2]
                if r.node is not None and r.requires_grad
            ]
            if len(pair) == 2:
                yield event, pair[0], pair[1]
                yield event, pair[1], pair[0]


def called(facts: Facts, node: Node) -> str:
    """Return the variable that a value was assigned to where it was made, `""` if it was not."""
    place = facts.place(node)
    for name, value in assigned(facts.code.statement(place)):
        made = expression(node.expression)
        if made is not None and ast.unparse(made) == ast.unparse(value):
            return name
    return node.label if node.line is None or node.kind == "leaf" else ""


def _second_argument(event: Event) -> str:
    call = expression(event.expression)
    return ast.unparse(call.args[1]) if isinstance(call, ast.Call) and len(call.args) > 1 else ""


def _clue(facts: Facts, event: Event, place: Place, name: str, mine: Node) -> Clue:
    weighs = event.text == "mul" and WEIGHT.search(name) is not None
    return Clue(
        place,
        _("{name} requires grad, so the loss ({line}) sends a gradient into it, too.").format(
            name=name or _("The target"), line=facts.spoken(facts.place(event), place)
        ),
        _(
            "It is to weigh the log-probabilities. With a graph, the loss can also be made small by "
            "changing the weights, that is, by moving the network that they were computed with."
        )
        if weighs
        else _(
            "A loss can be made small in two ways: move the prediction to the target, or the target "
            "to the prediction. Gradients flow into whatever has a graph, so both happen."
        ),
        _fix(facts, place, name, mine),
    )


def _fix(facts: Facts, place: Place, name: str, mine: Node) -> str:
    if mine.kind == "leaf":
        return _("Labels are data: leave requires_grad out.")
    for target, value in assigned(facts.code.statement(place)):
        if target == name:
            text = ast.unparse(value)
            text = f"({text})" if isinstance(value, ast.BinOp) else text
            return _("If it is to be taken as given: {name} = {value}.detach()").format(
                name=name, value=text
            )
    return _("If it is to be taken as given: {name}.detach(), or compute it under no_grad.").format(
        name=name or "target"
    )


__all__: list[str] = []
