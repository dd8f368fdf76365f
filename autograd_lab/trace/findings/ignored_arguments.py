"""Functions handed to jacobian and the like that ignore what these give them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from .code import SIMPLE, names_in, walk
from .facts import Facts
from .model import Clue, Place
from .registry import rule

ASKING = {"jacobian", "hessian", "vjp", "jvp", "hvp", "vhp"}
"""The functions of `autograd.functional`, which give zeros for an input that plays no part."""
Function = ast.Lambda | ast.FunctionDef


@rule(16, "function-ignores-its-argument")
def ignored_argument(facts: Facts) -> Iterator[Clue]:
    """A function is differentiated by its argument and computes from the variable outside instead."""
    for place, call in _calls(facts):
        for at, function in _given(facts, place, call.args[0]):
            parameters = _parameters(function)
            used = _outside(facts, at, function, set(names_in(call.args[1])))
            if parameters and used and not _reads_its_own(function, parameters):
                yield _clue(facts, at, call, ", ".join(parameters), used)


def _calls(facts: Facts) -> Iterator[tuple[Place, ast.Call]]:
    """Yield the calls of the library's functions that have run, each with its line."""
    nodes = [(cell, node) for cell, tree in enumerate(facts.code.trees) for node in walk(tree)]
    own = {node.name for _cell, node in nodes if isinstance(node, ast.FunctionDef)}
    if not any("autograd.functional" in text for text in facts.code.cells):
        return
    for cell, node in nodes:
        if isinstance(node, ast.Call) and len(node.args) > 1:
            name = ast.unparse(node.func).rpartition(".")[2]
            place = Place(cell, node.lineno)
            if name in ASKING - own and _has_run(facts, place):
                yield place, node


def _has_run(facts: Facts, place: Place) -> bool:
    """Return whether a line has run, as far as that can be told."""
    scope, end = facts.code.scope(place), facts.error_place
    if scope is not None:
        return any(scope in facts.code.around(facts.place(event)) for event in facts.events)
    return facts.error is None or (place.cell, place.number or 0) <= (end.cell, end.number or 0)


def _given(facts: Facts, place: Place, first: ast.expr) -> Iterator[tuple[Place, Function]]:
    """Yield the function that a call is given, with its line, if the cells define one by this name."""
    if isinstance(first, ast.Lambda):
        yield Place(place.cell, first.lineno), first
    found: list[tuple[Place, Function]] = []
    for cell, tree in enumerate(facts.code.trees):
        for node in walk(tree):
            match node:
                case ast.FunctionDef(name=name) if name == ast.unparse(first):
                    found.append((Place(cell, node.lineno), node))
                case ast.Assign(targets=[target], value=ast.Lambda() as value):
                    if ast.unparse(target) == ast.unparse(first):
                        found.append((Place(cell, node.lineno), value))
    yield from found if len(found) == 1 else []


def _parameters(function: Function) -> list[str]:
    return [part.arg for part in walk(function.args) if isinstance(part, ast.arg)]


def _reads_its_own(function: Function, parameters: list[str]) -> bool:
    """Return whether a function may read one of its arguments, be it by looking at its variables."""
    read = {*names_in(function)}
    return not read.isdisjoint({*parameters, "locals", "eval", "exec", "vars"})


def _outside(facts: Facts, at: Place, function: Function, wanted: set[str]) -> str:
    """Return the first of these variables that a function, or what it calls, computes from."""
    body = function.body if isinstance(function.body, list) else [function.body]
    waiting = [(at, name) for part in body for name in names_in(part)]
    beside = facts.code.scope(at) if isinstance(function, ast.Lambda) else None
    passed_on = (
        {part.arg for part in walk(beside.args) if isinstance(part, ast.arg)} if beside else ()
    )
    seen: set[tuple[Place, str]] = set()
    for place, name in waiting:
        if (place, name) in seen:
            continue
        seen.add((place, name))
        sources = facts.code.definitions(name, place)
        same = {facts.code.scope(source) for source in sources} <= {None, beside}
        if name in wanted and ((sources and same) or (place == at and name in passed_on)):
            return name
        for source in sources + facts.code.returns_of(name):
            statement = facts.code.statement(source)
            if isinstance(statement, SIMPLE):
                waiting += [(source, each) for each in names_in(statement)]
    return ""


def _clue(facts: Facts, place: Place, call: ast.Call, parameter: str, used: str) -> Clue:
    asked = ast.unparse(call.func).rpartition(".")[2]
    return Clue(
        place,
        _(
            "The function that {asked} is given here does not use its argument {parameter}, but "
            "{used} from outside: its derivative is 0 everywhere."
        ).format(asked=asked, parameter=parameter, used=used),
        _(
            "{asked} makes a new tensor of {used}, calls the function with it and differentiates by "
            "this new tensor. Nothing leads from it to the result; zeros stand for that."
        ).format(asked=asked, used=used),
        _(
            "Compute from {parameter}: hand it on to every function that is called inside, instead "
            "of reading {used} there."
        ).format(parameter=parameter, used=used),
        explains_error=facts.raised("independent of"),
    )


__all__ = ["ASKING"]
