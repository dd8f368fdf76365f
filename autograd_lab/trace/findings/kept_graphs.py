"""Losses that were only to be logged, and keep every graph alive."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from ...i18n import _
from ..model import Node, split_lines
from .calls import handing_in
from .code import assigned, closed
from .facts import Facts
from .model import Clue, Place
from .registry import rule

ADDING = {"add", "add_"}
LEAST = 3
"""How many graphs must be alive for it to be a habit."""


@rule(21, "running-sum-keeps-graphs", needs_all=True)
def running_sum(facts: Facts) -> Iterator[Clue]:
    """Losses are added up with their graphs, and nothing differentiates the sum."""
    passed = walked(facts)
    chains: dict[Place, list[Node]] = defaultdict(list)
    for node in facts.nodes:
        if node.op in ADDING and node.kind == "op" and _is_one_number(node):
            chains[facts.place(node)].append(node)
    for place, nodes in chains.items():
        if _chained(facts, nodes) + 1 < LEAST or any(node.id in passed for node in nodes):
            continue
        if facts.trace.whole or _is_spent(facts, nodes):
            yield _sum_clue(facts, place, nodes)


def _is_spent(facts: Facts, nodes: list[Node]) -> bool:
    """Return whether graphs of what is added were freed, so that no later pass can go through the sum."""
    freed = {event.node for event in facts.trace.of_kind("freed")}
    return sum(not freed.isdisjoint(facts.ancestors([n])) for n in _added(facts, nodes)) >= LEAST


def walked(facts: Facts) -> set[int]:
    """Return the nodes that some backward pass went through, or started from."""
    passed = {
        e.node for span in facts.passes for e in facts.during(span, "node") if e.node is not None
    }
    return passed | {node for span in facts.passes for node in facts.roots(span)}


def counted(facts: Facts, number: int) -> str:
    """Return how many there are as text, `"302+"` if the record was cut short before all were seen."""
    return str(number) if facts.trace.whole else f"{number}+"


def _is_one_number(node: Node) -> bool:
    return node.value is not None and len(node.value.numbers) == 1 and node.value.complete


def _chained(facts: Facts, nodes: list[Node]) -> int:
    """Return how many of the nodes were computed from another of them, perhaps after a product."""
    mine = {node.id for node in nodes}
    return sum(any(s in mine for s in near(facts, node.id)) for node in nodes)


def near(facts: Facts, node: int) -> set[int]:
    """Return what a node was computed from, directly or by a multiplication or division."""
    direct = {source for source, cut in facts.sources.get(node, ()) if not cut}
    scaled = {source for source in direct if facts.nodes[source].op in {"mul", "div"}}
    return direct.union(*({s for s, cut in facts.sources.get(n, ()) if not cut} for n in scaled))


def _sum_clue(facts: Facts, place: Place, nodes: list[Node]) -> Clue:
    statement = facts.code.statement(place)
    name = _sum_name(statement) or _("The sum")
    what = _(
        "{name} is a tensor with a graph: it holds on to the graphs of all {n} values added so far."
    )
    fix = _("Add the number: {line}.").format(line=_with_item(statement))
    added = _added(facts, nodes)
    call = handing_in(facts, place, added, facts.made_at.get(nodes[-1].id, 0))
    if call is not None:
        what = _(
            "{name} ({line}) holds on to the graphs of all {n} values that are given to it here."
        )
        given = value_name(facts, max(added), call) or facts.nodes[max(added)].expression
        fix = _("Give it the number: {value}.item().").format(value=closed(given))
    return Clue(
        call or place,
        what.format(name=name, n=counted(facts, len(nodes)), line=facts.spoken(place, call)),
        _(
            "Adding is an operation like any other, so the sum remembers what it was computed from. "
            "Nothing calls backward() on it; the memory grows with each step."
        ),
        fix,
    )


def _added(facts: Facts, nodes: list[Node]) -> set[int]:
    """Return what is added up, as it was before a product on the same line."""
    mine, place = {node.id for node in nodes}, facts.place(nodes[0])
    added = {s for node in nodes for s, cut in facts.sources.get(node.id, ()) if not cut}
    scaled = {s for s in added if facts.place(facts.nodes[s]) == place}
    added |= {s for n in scaled for s, cut in facts.sources.get(n, ()) if not cut}
    return {s for s in added - mine - scaled if facts.nodes[s].kind == "op"}


def _sum_name(statement: ast.stmt | None) -> str:
    if isinstance(statement, ast.AugAssign):
        return ast.unparse(statement.target)
    return ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else ""


def _with_item(statement: ast.stmt | None) -> str:
    """Return the statement with `.item()` on what is added."""
    if isinstance(statement, ast.AugAssign):
        return f"{ast.unparse(statement.target)} += {_number(statement.value)}"
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp):
        name, total = ast.unparse(statement.targets[0]), statement.value
        return f"{name} = {ast.unparse(total.left)} + {_number(total.right)}"
    return "total += loss.item()"


def _number(value: ast.expr) -> str:
    text = ast.unparse(value)
    return f"({text}).item()" if isinstance(value, ast.BinOp) else f"{text}.item()"


@rule(21, "list-keeps-graphs", needs_all=True)
def list_of_losses(facts: Facts) -> Iterator[Clue]:
    """A list holds results that were differentiated already, each with its graph."""
    lists: dict[str, list[int]] = defaultdict(list)
    for variable in facts.trace.variables:
        found = re.match(r"(.+?)\[\d+\](\[(\d+|'[^']*')\])?$", variable.name)
        node = variable.node if variable.requires_grad else None
        if found and node is not None and node in facts.made_at:
            lists[found.group(1)].append(node)
    for name, members in lists.items():
        count = _used_up(facts, members)
        if count >= LEAST:
            yield _list_clue(facts, name, members[-1], count)


def _used_up(facts: Facts, members: list[int]) -> int:
    """Return how many members had a pass of their own, over before the next one was made."""
    walked = [(span, {e.node for e in facts.during(span, "node")}) for span in facts.passes]
    count, latest = 0, -1
    for member in members:
        own = [span for span, nodes in walked if member in nodes]
        if len(own) == 1 and facts.made_at[member] > latest:
            count, latest = count + 1, own[0][1]
    return count


def _list_clue(facts: Facts, name: str, member: int, count: int) -> Clue:
    place = _appended(facts, name) or Place(0, None)
    call = handing_in(facts, place, {member}, facts.made_at[member] + 1)
    line = facts.code.line(place).split("#")[0].strip()
    found = re.search(r"append\((?:\(.*, )?(\w+)\)+$", line) or re.search(r"\[(\w+) for ", line)
    kept = found.group(1) if found and call is None else ""
    return Clue(
        call or place,
        _("{name} holds {n} tensors, each with the graph that computed it.").format(
            name=name, n=counted(facts, count)
        ),
        _(
            "A tensor that requires grad keeps its grad_fn, and that the whole graph behind it. "
            "backward() has freed what the operations had saved, but not the graph itself. For a "
            "plot or a log the numbers are enough."
        ),
        _("Keep {name}.item(), or {name}.detach() if it has many elements.").format(
            name=kept or value_name(facts, member, call or place) or "loss"
        ),
    )


def _appended(facts: Facts, name: str) -> Place | None:
    """Return where something is appended to the list of that name, which may be inside another."""
    grown = r"\b{word}\b.*\.(append|extend|insert)\(|\b{word}\b['\"\]]*\s*\+=\s*[\[(]"
    built = r"^\s*{word}\s*=\s*(\[.+ for |list\()"
    patterns = [grown.replace("{word}", word) for word in reversed(re.findall(r"\w+", name))]
    for pattern in [
        *patterns,
        built.replace("{word}", re.escape(name)),
        grown.replace("{word}", ""),
    ]:
        for cell, text in enumerate(facts.trace.cells):
            for number, line in enumerate(split_lines(text), start=1):
                if re.search(pattern, line):
                    return Place(cell, number)
    return None


def value_name(facts: Facts, node: int, place: Place) -> str:
    """Return the variable that a value was given and that a line reads, `""` if none is found."""
    targets = assigned(facts.code.statement(facts.place(facts.nodes[node])))
    return next((name for name, _value in targets if facts.code.reads(place, name)), "")


__all__ = ["LEAST", "counted", "near", "value_name", "walked"]
