"""Losses that were only to be logged, and keep every graph alive."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from ...i18n import _
from ..model import Node, Variable
from .code import expression, names_in
from .facts import Facts
from .model import Clue, Place
from .registry import rule

ADDING = {"add", "add_"}
LEAST = 3
"""How many graphs must be alive for it to be a habit."""


@rule(21, "running-sum-keeps-graphs")
def running_sum(facts: Facts) -> Iterator[Clue]:
    """Losses are added up with their graphs, and nothing differentiates the sum."""
    walked = _walked(facts)
    chains: dict[Place, list[Node]] = defaultdict(list)
    for node in facts.nodes:
        if node.op in ADDING and node.value is not None and _is_one_number(node):
            chains[facts.place(node)].append(node)
    for place, nodes in chains.items():
        linked = _chained(facts, nodes)
        if linked + 1 < LEAST or any(node.id in walked for node in nodes):
            continue
        if _adds_losses(facts, nodes, walked):
            yield _sum_clue(facts, place, nodes)


def _walked(facts: Facts) -> set[int]:
    """Return the nodes that some backward pass went through, or started from."""
    passed = {
        e.node for span in facts.passes for e in facts.during(span, "node") if e.node is not None
    }
    return passed | {node for span in facts.passes for node in facts.roots(span)}


def _is_one_number(node: Node) -> bool:
    return node.value is not None and len(node.value.numbers) == 1 and node.value.complete


def _chained(facts: Facts, nodes: list[Node]) -> int:
    """Return how many of the nodes were computed from another of them."""
    mine = {node.id for node in nodes}
    return sum(any(s in mine for s, _cut in facts.sources.get(node.id, ())) for node in nodes)


def _adds_losses(facts: Facts, nodes: list[Node], walked: set[int]) -> bool:
    """Return whether what is added was differentiated on its own, or nothing ever is."""
    mine = {node.id for node in nodes}
    added = {
        s
        for node in nodes
        for s, cut in facts.sources.get(node.id, ())
        if s not in mine and not cut
    }
    leading = facts.ancestors(added)
    return not facts.passes or bool(leading & walked) or _evaluates(facts, nodes)


def _evaluates(facts: Facts, nodes: list[Node]) -> bool:
    return True


def _sum_clue(facts: Facts, place: Place, nodes: list[Node]) -> Clue:
    name, added = _written(facts, place)
    return Clue(
        place,
        _(
            "{name} is a tensor with a graph: it holds on to the graphs of all {n} losses added so "
            "far, with everything they have saved."
        ).format(name=name or _("The sum"), n=len(nodes)),
        _(
            "Adding is an operation like any other, so the sum remembers what it was computed from. "
            "Nothing calls backward() on it; the memory grows with each step."
        ),
        _("Add the number: {name} += {added}.item().").format(
            name=name or "total", added=added or "loss"
        ),
    )


def _written(facts: Facts, place: Place) -> tuple[str, str]:
    """Return the name of the sum and of what is added, as the line has them."""
    line = facts.code.line(place)
    found = re.match(r"([\w.\[\]'\"]+)\s*\+=\s*(.+)$", line) or re.match(
        r"([\w.\[\]'\"]+)\s*=\s*\1\s*\+\s*(.+)$", line
    )
    if found is None:
        return "", ""
    added = found.group(2).split("#")[0].strip()
    tree = expression(added)
    names = names_in(tree) if tree is not None else []
    return found.group(1), added if len(names) == 1 and names[0] == added else f"({added})"


@rule(21, "list-keeps-graphs")
def list_of_losses(facts: Facts) -> Iterator[Clue]:
    """A list holds losses that were differentiated already, each with its graph."""
    roots = {node for span in facts.passes for node in facts.roots(span)}
    lists: dict[str, list[Variable]] = defaultdict(list)
    for variable in facts.trace.variables:
        found = re.match(r"(.+?)\[\d+\](\[\d+\])?$", variable.name)
        if found and variable.requires_grad and not variable.is_leaf:
            lists[found.group(1)].append(variable)
    for name, members in lists.items():
        kept = [v for v in members if v.node in roots]
        if len(kept) >= LEAST and not _together(facts, members):
            yield _list_clue(facts, name, kept)


def _together(facts: Facts, members: list[Variable]) -> bool:
    """Return whether the members were put together into something that was differentiated."""
    mine = {v.node for v in members}
    walked = _walked(facts)
    return any(
        edge.source in mine and edge.target in walked
        for edge in facts.trace.graph.edges
        if not edge.cut
    )


def _list_clue(facts: Facts, name: str, kept: list[Variable]) -> Clue:
    place = _appended(facts, name) or Place(0, None)
    return Clue(
        place,
        _("{name} holds {n} losses as tensors, each with the graph that computed it.").format(
            name=name, n=len(kept)
        ),
        _(
            "A tensor that requires grad keeps its grad_fn, and that the whole graph behind it. "
            "backward() has freed what the operations had saved, but not the graph itself. For a "
            "plot or a log the number is enough."
        ),
        _("Append loss.item() (or loss.detach(), if a tensor is needed)."),
    )


def _appended(facts: Facts, name: str) -> Place | None:
    """Return where something is appended to the list of that name, which may be an attribute."""
    last = re.escape(re.split(r"[.\[]", name.replace("]", ""))[-1].strip("'\""))
    pattern = re.compile(rf"\b{last}\b['\"\]]*\.(append|extend|insert)\(|\b{last}\b['\"\]]*\s*\+=")
    for cell, text in enumerate(facts.trace.cells):
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                return Place(cell, number)
    return None


__all__: list[str] = []
