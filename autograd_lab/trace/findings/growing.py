"""Tensors that grow by one logged value per step, and keep every step's graph alive."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from ...i18n import _
from ..model import Node
from .code import assigned
from .facts import Facts
from .kept_graphs import LEAST, counted, near, value_name, walked
from .model import Clue, Place
from .registry import rule

GROWING = {"cat", "stack", "hstack", "vstack", "CopySlices", "copy_", "add", "add_", "lerp"}
FAR = 2
"""How many operations may lie between a value and what is logged of it: `0.1 * mu.mean()`."""


@rule(21, "growing-tensor-keeps-graphs", needs_all=True)
def growing_tensor(facts: Facts) -> Iterator[Clue]:
    """Values that were differentiated already are joined to a tensor that nothing differentiates."""
    passed = walked(facts)
    chains: dict[Place, list[Node]] = defaultdict(list)
    for node in facts.nodes:
        if node.kind == "op" and node.op in GROWING and node.line is not None:
            chains[facts.place(node)].append(node)
    for place, nodes in chains.items():
        mine = {node.id for node in nodes}
        links = [node for node in nodes if near(facts, node.id) & mine]
        if len(links) + 1 < LEAST or mine & passed or _is_sum_of_numbers(nodes):
            continue
        logged = [value for node in links for value in _logged(facts, node, mine, passed)]
        if len(_passes_of(facts, logged)) >= LEAST - 1:
            yield _clue(facts, place, logged[-1], len(nodes))


def _is_sum_of_numbers(nodes: list[Node]) -> bool:
    """Return whether running-sum-keeps-graphs tells this."""
    value = nodes[0].value
    return nodes[0].op in {"add", "add_"} and value is not None and len(value.numbers) == 1


def _logged(facts: Facts, node: Node, chain: set[int], passed: set[int]) -> list[int]:
    """Return what some pass went through of that which a step joined to the tensor."""
    layer = {node.id}
    for _step in range(FAR + 1):
        layer = {s for n in layer for s, cut in facts.sources.get(n, ()) if not cut} - chain
        found = [n for n in sorted(layer) if n in passed and facts.nodes[n].kind == "op"]
        if found:
            return found
    return []


def _passes_of(facts: Facts, nodes: list[int]) -> set[int]:
    """Return the passes that went through these, each by the moment it began."""
    wanted = set(nodes)
    return {
        span[0]
        for span in facts.passes
        if any(event.node in wanted for event in facts.during(span, "node"))
    }


def _clue(facts: Facts, place: Place, logged: int, count: int) -> Clue:
    targets = [name for name, _value in assigned(facts.code.statement(place))]
    value = value_name(facts, logged, place)
    if value in targets:
        value = ""
    return Clue(
        place,
        _(
            "{name} is a tensor with a graph: it holds on to the graphs of all {n} values added so far."
        ).format(name=_bare(targets[0]) if targets else _("The result"), n=counted(facts, count)),
        _(
            "Joining tensors, or writing into one, is an operation like any other: the result "
            "remembers what it was computed from. Nothing calls backward() on it; the memory grows "
            "with each step."
        ),
        _("Keep the numbers alone: {value}.detach() in place of {value} in this line.").format(
            value=value
        )
        if value
        else _("Keep the numbers alone: put .detach() behind what is added in this line."),
    )


def _bare(target: str) -> str:
    """Return the variable of `curve[i]`."""
    tree = ast.parse(target, mode="eval").body
    return ast.unparse(tree.value) if isinstance(tree, ast.Subscript) else target


__all__: list[str] = []
