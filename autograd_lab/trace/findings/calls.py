"""Where the functions of the cells are called, read from their source alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from ..model import Node
from .code import assigned, walk
from .facts import Facts
from .model import Place

CALLING = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.Return
LOOPS = ast.For | ast.AsyncFor | ast.While
LAYERS = {
    "softmax": {"Softmax"}, "log_softmax": {"LogSoftmax"}, "relu": {"ReLU"},
    "leaky_relu": {"LeakyReLU"}, "hardtanh": {"Hardtanh", "ReLU6"},
}  # fmt: skip
"""Operations that layers without parameters run, with the layers' classes."""


def callers(facts: Facts, place: Place) -> Iterator[tuple[Place, ast.stmt, ast.Call]]:
    """Yield the statements that call the function around a line, each with the call."""
    names = _called_as(facts, place)
    for cell, tree in enumerate(facts.code.trees):
        for statement in walk(tree):
            if not isinstance(statement, CALLING):
                continue
            for node in walk(statement):
                if isinstance(node, ast.Call) and _last_name(node.func) in names:
                    yield Place(cell, statement.lineno), statement, node


def called_from(facts: Facts, place: Place, moment: int) -> Place | None:
    """Return the line that called the function around a line at a moment; None if it is not known.

    Of several callers it is the next one below what happened last outside the function.
    """
    scope = facts.code.scope(place)
    found = sorted({(w.cell, w.number or 0) for w, _s, _c in callers(facts, place)})
    if scope is None or len(found) < 2:
        return Place(*found[0]) if scope is not None and found else None
    for event in reversed(facts.events[:moment]):
        last = facts.place(event)
        if last.number is None or scope in facts.code.around(last):
            continue
        outside = facts.code.scope(last)
        below = (Place(*f) for f in found if f >= (last.cell, last.number))
        return next((line for line in below if facts.code.scope(line) is outside), None)
    return None


def out_of_helpers(
    facts: Facts, place: Place, moment: int, belongs: Callable[[ast.AST], bool]
) -> Place:
    """Return the line that calls the helper around a line, going out to a function it belongs to."""
    seen: set[Place] = set()
    while place not in seen:
        seen.add(place)
        scope = facts.code.scope(place)
        if scope is None or belongs(scope):
            break
        place = called_from(facts, place, moment) or place
    return place


def handing_in(facts: Facts, place: Place, values: set[int], moment: int) -> Place | None:
    """Return the line that gave a function the values that a line in it keeps, if they came so."""
    scope = facts.code.scope(place)
    if scope is None or not values or trains(scope):
        return None
    made = [facts.code.around(facts.place(facts.nodes[value])) for value in values]
    return None if any(scope in around for around in made) else called_from(facts, place, moment)


def trains(function: ast.AST) -> bool:
    """Return whether a function calls backward() or makes a step."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in {"backward", "step"}
        for node in walk(function)
    )


def taking_over(facts: Facts, place: Place) -> tuple[Place, list[str]] | None:
    """Return the line that hands a function its own last result, `h = cell(x, h)`, and its variables."""
    for where, statement, call in callers(facts, place):
        if isinstance(statement, ast.Assign):
            given = {name for part in [*call.args, *call.keywords] for name in _variables(part)}
            names = [
                ast.unparse(node)
                for target in statement.targets
                for node in walk(target)
                if isinstance(getattr(node, "ctx", None), ast.Store)
            ]
            taken = [n for n in names if n in given and not _is_new(facts, where, statement, n)]
            if taken:
                return where, taken
    return None


def _is_new(facts: Facts, where: Place, statement: ast.stmt, name: str) -> bool:
    """Return whether each round of the loop around a line begins with another value of a variable."""
    around = loops(facts, where)
    loop = around[-1] if around else None
    if not isinstance(loop, LOOPS):
        return False
    targets = _variables(loop.target) if isinstance(loop, ast.For | ast.AsyncFor) else []
    above = loop.body[: loop.body.index(statement)] if statement in loop.body else loop.body
    return name in targets or any(name in dict(assigned(other)) for other in above)


def where_layer_is_made(facts: Facts, node: Node) -> Place | None:
    """Return where the layer that ran an operation is made, if the cells make one in one statement only."""
    if re.search(rf"(?<!self\.)\b{node.op}\(", node.expression):
        return None
    made = [
        (statement, Place(cell, call.lineno))
        for cell, tree in enumerate(facts.code.trees)
        for call in walk(tree)
        if isinstance(call, ast.Call) and _last_name(call.func) in LAYERS.get(node.op, ())
        for statement in facts.code.around(Place(cell, call.lineno))[-1:]
    ]
    return made[0][1] if len({id(statement) for statement, _place in made}) == 1 else None


def loops(facts: Facts, place: Place) -> list[ast.stmt]:
    """Return the loops that a line stands in, the outermost first."""
    return [statement for statement in facts.code.around(place) if isinstance(statement, LOOPS)]


def _called_as(facts: Facts, place: Place) -> set[str]:
    """Return the names by which the function around a line may be called."""
    scope = facts.code.scope(place)
    if scope is None:
        return set()
    if scope.name not in {"forward", "__call__"}:
        return {scope.name}
    owners = {s.name for s in facts.code.around(place) if isinstance(s, ast.ClassDef)}
    return {
        name.rpartition(".")[2]
        for tree in facts.code.trees
        for statement in walk(tree)
        if isinstance(statement, ast.stmt)
        for name, value in assigned(statement)
        if isinstance(value, ast.Call) and _last_name(value.func) in owners
    }


def _last_name(tree: ast.expr) -> str:
    """Return `step` of `step`, `self.step` and `model.step`."""
    if isinstance(tree, ast.Attribute):
        return tree.attr
    return tree.id if isinstance(tree, ast.Name) else ""


def _variables(tree: ast.AST) -> list[str]:
    found = (ast.Name, ast.Attribute)
    return [ast.unparse(node) for node in walk(tree) if isinstance(node, found)]


__all__ = [
    "called_from",
    "callers",
    "handing_in",
    "loops",
    "out_of_helpers",
    "taking_over",
    "trains",
    "where_layer_is_made",
]
