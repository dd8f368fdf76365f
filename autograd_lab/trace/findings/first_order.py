"""Derivatives without a graph that a loss is computed with, where they count as constants."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from .facts import Facts
from .model import Clue
from .registry import rule
from .second_order import Derivatives

ADDING = {"add", "sub", "rsub", "mse_loss", "l1_loss"}
NOT_USED = "appears to not have been used in the graph"


@rule(15, "constant-derivative-in-loss")
def constant_in_loss(facts: Facts) -> Iterator[Clue]:
    """A derivative became a term of a loss, where it counts as a constant."""
    derivatives = Derivatives(facts)
    reach = _reach(facts) if derivatives.entries else []
    told = set()
    for moment, start in derivatives.entries:
        if (
            start not in told
            and derivatives.without_graph(start)
            and facts.events[moment].text in ADDING
            and not derivatives.updates(moment, start)
            and _trains_what_is_behind(facts, reach, moment, start)
        ):
            told.add(start)
            yield _constant(facts, start, moment)


def _reach(facts: Facts) -> list[tuple[int, set[int]]]:
    """Return the moment each pass began and the nodes behind what it started from."""
    return [(span[0], facts.ancestors(facts.roots(span))) for span in facts.passes]


def _trains_what_is_behind(
    facts: Facts, reach: list[tuple[int, set[int]]], moment: int, start: int
) -> bool:
    """Return whether a pass through an operation trains a leaf that a derivative depends on, too.

    Where it does not, the derivative is data for this loss, such as a target. Nor does it count that
    both hang on the point at which the derivative was taken, unless that point is trained.
    """
    point = {ref.tensor for ref in facts.events[start].outputs} - facts.moved
    behind = _leaves(facts, dict(reach).get(start, set())) - point
    node = facts.events[moment].node
    return any(
        begin > moment and node in nodes and _leaves(facts, nodes) & behind
        for begin, nodes in reach
    )


def _leaves(facts: Facts, nodes: set[int]) -> set[int]:
    """Return the tensors of the leaves among some nodes."""
    found = [facts.nodes[n] for n in nodes]
    return {node.tensor for node in found if node.kind == "leaf" and node.tensor is not None}


def _constant(facts: Facts, start: int, moment: int) -> Clue:
    place = facts.place(facts.events[start])
    used = facts.place(facts.events[moment])
    return Clue(
        place,
        _(
            "The derivative computed here has no graph. In {line} it becomes a part of the loss, but "
            "as a constant: its gradient with respect to the parameters is missing."
        ).format(line=facts.spoken(used, place)),
        _(
            "To follow how the derivative itself depends on the parameters, backward() needs the "
            "operations that computed it, and without create_graph=True they were not recorded. "
            "Nothing raises, because the rest of the loss has a graph."
        ),
        _("Pass create_graph=True in this call. If the constant is meant, say so with .detach()."),
        # Without it the pass has freed its graph, too, which the loss may still need.
        explains_error=facts.raised("backward through the graph a second time"),
    )


@rule(15, "leaf-behind-constant-derivative", needs_all=True)
def leaf_behind_constant(facts: Facts) -> Iterator[Clue]:
    """A leaf can get its gradient only through a derivative, and that has no graph."""
    if facts.raised(NOT_USED):
        asked = facts.failed.inputs if facts.failed is not None else ()
        for ref in asked:
            start = hidden_behind(facts, ref.tensor)
            if start is not None:
                yield _hidden(facts, start, ref.tensor, explains_error=True)
                return
    else:
        for tensor in sorted(_starved(facts)):
            start = hidden_behind(facts, tensor)
            if start is not None:
                yield _hidden(facts, start, tensor)
                return


def hidden_behind(facts: Facts, tensor: int) -> int | None:
    """Return the pass that computed the constant derivative which hides a leaf from a later pass."""
    derivatives = Derivatives(facts)
    reach = _reach(facts) if derivatives.entries else []
    for moment, start in derivatives.entries:
        node = facts.events[moment].node
        if derivatives.without_graph(start) and tensor in _leaves(facts, dict(reach)[start]):
            for begin, nodes in reach:
                if begin > moment and node in nodes:
                    return None if tensor in _leaves(facts, nodes) else start
    return None


def _starved(facts: Facts) -> set[int]:
    """Return what an optimizer steps and no pass ever gave, or was asked for, a gradient."""
    fed: set[int | None] = set()
    stepped: set[int] = set()
    for event in facts.events:
        if event.kind == "step":
            stepped |= {ref.tensor for ref in event.inputs if ref.requires_grad}
        elif event.kind == "accumulate" and event.node is not None:
            fed.add(facts.nodes[event.node].tensor)
        elif event.kind == "gradients" or (event.kind, event.text) == ("set", "grad"):
            fed |= {ref.tensor for ref in event.inputs}
    return stepped - fed


def _hidden(facts: Facts, start: int, tensor: int, explains_error: bool = False) -> Clue:
    return Clue(
        facts.place(facts.events[start]),
        _(
            "{name} acts only through the derivative computed here. That has no graph, so no gradient "
            "can reach {name}."
        ).format(name=facts.parameter(tensor) or _("A parameter")),
        _(
            "To follow how the derivative itself depends on the parameters, backward() needs the "
            "operations that computed it. Only with create_graph=True are they recorded; "
            "retain_graph=True only keeps the values saved for another pass."
        ),
        _("Pass create_graph=True in this call, in place of retain_graph=True if that is there."),
        explains_error=explains_error,
    )


__all__ = ["hidden_behind"]
