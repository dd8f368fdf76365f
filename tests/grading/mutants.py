"""Checks made weaker, one decision at a time.

A mutant is the file of a question's checks with one change. Either a condition always holds or never
does, or a part of an `and` or `or` is left out, or a kind of reply is not told apart: then some answer
must be judged otherwise. Or something that can cost points is not looked at, such as one of several
hidden inputs: then some wrong answer must lose less.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COMPARISONS = {"near", "agrees"}
"""Functions that compare a reply with what is right."""
JUDGES = {"judged"}
"""Functions that return the code of what is wrong with a reply, empty for a right one."""
VERDICTS = {"codes"}
"""Lists of what several calls ended with."""
ROW = "Row"
"""What makes a row of a grid of predictions."""


@dataclass(frozen=True)
class Mutant:
    """Checks with one change."""

    change: str
    """What was changed, and in which line."""
    source: str
    spares: bool
    """It leaves something out that can cost points, so that wrong answers should lose less."""


def mutants(source: str) -> Iterator[Mutant]:
    """Yield the weaker forms of a file of checks."""
    tree = ast.parse(source)
    for index, statement in enumerate(tree.body):
        for way, node in _walk(statement):
            for change, new, spares in _changes(node):
                changed = copy.deepcopy(tree)
                _replace(changed, (index, *way), new)
                line = next((n.lineno for n in ast.walk(node) if hasattr(n, "lineno")), "?")
                text = ast.unparse(ast.fix_missing_locations(changed))
                yield Mutant(f"line {line}: {change}", text, spares)


Way = tuple[Any, ...]
"""Fields and indices that lead from a statement to a node in it."""


def _walk(node: ast.AST, way: Way = ()) -> Iterator[tuple[Way, ast.AST]]:
    """Yield a node and all below it, each with the way that leads to it."""
    yield way, node
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from _walk(value, (*way, name))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield from _walk(item, (*way, name, index))


def _replace(tree: ast.Module, way: Way, new: ast.AST) -> None:
    """Put `new` where `way` leads."""
    holder: Any = tree.body
    for step in way[:-1]:
        holder = holder[step] if isinstance(step, int) else getattr(holder, step)
    if isinstance(way[-1], int):
        holder[way[-1]] = new
    else:
        setattr(holder, way[-1], new)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST, bool]]:
    """Yield the weaker forms of one node: what was changed, the new node, whether it spares."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test):
            for value in (True, False):
                yield _is(test, value), _with(node, test=ast.Constant(value)), False
        case ast.While(test=test):
            yield _is(test, False), _with(node, test=ast.Constant(False)), False
        case ast.BoolOp(values=values):
            for value, rest in _each(values):
                new = rest[0] if len(rest) == 1 else _with(node, values=rest)
                yield f"without `{ast.unparse(value)}`", new, False
        case ast.Call(func=ast.Name(id=name)) if name in COMPARISONS:
            for value in (True, False):
                yield _is(node, value), ast.Constant(value), False
        case ast.Call(func=ast.Name(id=name)) if name in JUDGES:
            yield _is(node, ""), ast.Constant(""), True
        case ast.Return(value=ast.Compare() as test):
            for value in (True, False):
                yield _is(test, value), _with(node, value=ast.Constant(value)), False
        case (
            ast.For(iter=ast.Tuple(elts) | ast.List(elts))
            | ast.comprehension(iter=ast.Tuple(elts) | ast.List(elts))
        ):
            for element, rest in _each(elts):
                new = _with(node, iter=ast.List(rest, ast.Load()))
                yield f"without `{ast.unparse(element)}`", new, True
        case ast.comprehension(ifs=[_, *_] as tests):
            yield f"without `{ast.unparse(tests[0])}`", _with(node, ifs=tests[1:]), False
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts)) if name in VERDICTS:
            for element, rest in _each(elts):
                new = _with(node, value=ast.List(rest, ast.Load()))
                yield f"without `{ast.unparse(element)}`", new, True
        case ast.Dict(keys, values) if values and all(map(_is_row, values)):
            for index, key in enumerate(keys):
                left = [n for n in range(len(keys)) if n != index]
                new = _with(node, keys=[keys[n] for n in left], values=[values[n] for n in left])
                yield f"without {ast.unparse(key) if key else '**'}", new, True
        case ast.Match(cases=cases):
            for case, rest in _each(cases):
                # Without a last case that answers nothing, nothing is answered.
                if not _is_nothing(case):
                    change = f"without `case {ast.unparse(case.pattern)}`"
                    yield change, _with(node, cases=rest), False


def _each(items: list[Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Yield each of several items with the others."""
    if len(items) > 1:
        for index, item in enumerate(items):
            yield item, items[:index] + items[index + 1 :]


def _is(node: ast.AST, value: object) -> str:
    return f"`{ast.unparse(node)}` is {value!r}"


def _is_row(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == ROW


def _is_nothing(case: ast.match_case) -> bool:
    """Tell whether a case catches the rest and returns an empty value."""
    match case.pattern, case.body:
        case ast.MatchAs(pattern=None, name=None), [ast.Return(ast.Constant(value))]:
            return not value
    return False


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    """Return a copy of a node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new
