"""Checks made weaker, one decision at a time.

A mutant is the file of a question's checks with one change: a condition that always holds or never
does, a part of an `and` or `or` left out, a comparison with what is right that always or never agrees,
one of several hidden inputs not tried, one kind of reply not told apart.
"""

import ast
import copy
from collections.abc import Iterator
from typing import Any

COMPARISONS = {"near", "same"}
"""Functions that compare a reply with what is right."""


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield what was changed, with its line, and the source with this change."""
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for place, node in [pair for function in functions for pair in _walk(function)]:
        for change, new in _changes(node):
            changed = copy.deepcopy(tree)
            _replace(changed, (tree.body.index(place[0]), *place[1:]), new)
            line = next((n.lineno for n in ast.walk(node) if hasattr(n, "lineno")), "?")
            yield f"line {line}: {change}", ast.unparse(ast.fix_missing_locations(changed))


def _walk(function: ast.FunctionDef) -> Iterator[tuple[tuple[Any, ...], ast.AST]]:
    """Yield the nodes of a function, each with the way that leads to it."""

    def down(way: tuple[Any, ...], node: ast.AST) -> Iterator[tuple[tuple[Any, ...], ast.AST]]:
        yield way, node
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                yield from down((*way, name), value)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        yield from down((*way, name, index), item)

    yield from down((function,), function)


def _replace(tree: ast.Module, way: tuple[Any, ...], new: ast.AST) -> None:
    """Put `new` where `way` leads."""
    first, *rest = way
    holder: Any = tree.body
    steps: list[Any] = [first, *rest]
    for step in steps[:-1]:
        holder = holder[step] if isinstance(step, int) else getattr(holder, step)
    if isinstance(steps[-1], int):
        holder[steps[-1]] = new
    else:
        setattr(holder, steps[-1], new)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield the weaker forms of one node, each with what it does."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            for value in (True, False):
                if not isinstance(node, ast.While) or not value:
                    yield f"`{ast.unparse(test)}` is {value}", _with(node, test=ast.Constant(value))
        case ast.BoolOp(values=values):
            for index, value in enumerate(values):
                rest = values[:index] + values[index + 1 :]
                new = rest[0] if len(rest) == 1 else _with(node, values=rest)
                yield f"without `{ast.unparse(value)}`", new
        case ast.Call(func=ast.Name(id=name)) if name in COMPARISONS:
            for value in (True, False):
                yield f"`{ast.unparse(node)}` is {value}", ast.Constant(value)
        case ast.Return(value=ast.Compare() as test):
            for value in (True, False):
                yield f"`{ast.unparse(test)}` is {value}", _with(node, value=ast.Constant(value))
        case (
            ast.For(iter=ast.Tuple(elts) | ast.List(elts))
            | ast.comprehension(iter=ast.Tuple(elts) | ast.List(elts))
        ) if len(elts) > 1:
            for index, element in enumerate(elts):
                rest = elts[:index] + elts[index + 1 :]
                yield (
                    f"without `{ast.unparse(element)}`",
                    _with(node, iter=ast.List(rest, ast.Load())),
                )
        case ast.comprehension(ifs=[_, *_] as tests):
            yield f"without `{ast.unparse(tests[0])}`", _with(node, ifs=tests[1:])
        case ast.Match(cases=cases):
            for index, case in enumerate(cases):
                rest = cases[:index] + cases[index + 1 :]
                # Without a last case that answers nothing, nothing is answered.
                if rest and not _is_nothing(case):
                    yield f"without `case {ast.unparse(case.pattern)}`", _with(node, cases=rest)


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
