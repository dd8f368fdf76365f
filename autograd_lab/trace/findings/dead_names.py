"""Whether a loop's or a function's own name is used again after a line gave it another value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .code import walk
from .facts import Facts
from .model import Place

LOOPS = (ast.For, ast.AsyncFor, ast.While)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def forgotten(facts: Facts, place: Place, name: str) -> bool:
    """Return whether a loop variable or an argument goes out of use with what a line gives it.

    Emptying its `.grad` is no use.
    """
    around = facts.code.around(place)
    owners = [node for node in around if _binds(node, name)]
    if not owners or name not in {n.id for n in walk(around[-1]) if isinstance(n, ast.Name)}:
        return False
    owner = owners[-1]
    inner = around[around.index(owner) + 1 :]
    outer = around[: around.index(owner)]
    again = _inside([n for n in inner if isinstance(n, LOOPS)]) | _closures(owner)
    mine = _inside([owner])
    rounds = _inside([n for n in outer if isinstance(n, LOOPS)]) - mine
    return not any(
        later or read.lineno > (place.number or 0) or id(read) in again | rounds
        for later, read in _reads(facts, place, name, owner)
    )


def _reads(
    facts: Facts, place: Place, name: str, owner: ast.stmt
) -> Iterator[tuple[bool, ast.Name]]:
    """Yield where the name may be read, but for the line itself; first whether in a later cell."""
    here = facts.code.statement(place)
    scope = owner if isinstance(owner, FUNCTIONS) else facts.code.scope(place)
    if scope is not None:
        yield from ((False, read) for read in _free(scope, name, owner, here))
        return
    for cell in range(place.cell, len(facts.code.trees)):
        tree = facts.code.trees[cell]
        yield from ((cell > place.cell, read) for read in _free(tree, name, owner, here))


def _free(tree: ast.AST, name: str, owner: ast.AST, here: ast.AST | None) -> Iterator[ast.Name]:
    """Yield the reads of a name that nothing but its owner binds; `x` of `x.grad` is none."""
    for node in ast.iter_child_nodes(tree):
        if node is here or (node is not owner and _binds(node, name)):
            continue
        if isinstance(node, ast.Attribute) and node.attr == "grad":
            if not isinstance(node.value, ast.Name):
                yield from _free(node, name, owner, here)
        elif isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node
        else:
            yield from _free(node, name, owner, here)


def _binds(node: ast.AST, name: str) -> bool:
    """Return whether a loop, a comprehension or a function gives a name its value."""
    if isinstance(node, ast.For | ast.AsyncFor):
        targets: list[ast.AST] = [node.target]
    elif isinstance(node, COMPREHENSIONS):
        targets = [generator.target for generator in node.generators]
    elif isinstance(node, FUNCTIONS):
        return any(argument.arg == name for argument in _arguments(node))
    else:
        return False
    return any(isinstance(n, ast.Name) and n.id == name for t in targets for n in walk(t))


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[ast.arg]:
    return (node for node in walk(function.args) if isinstance(node, ast.arg))


def _inside(trees: list[ast.stmt]) -> set[int]:
    return {id(node) for tree in trees for node in walk(tree)}


def _closures(owner: ast.stmt) -> set[int]:
    """Return what stands in the functions inside a loop or a function, which may run later."""
    functions = [n for n in walk(owner) if isinstance(n, FUNCTIONS) and n is not owner]
    return {id(node) for function in functions for node in walk(function)}


__all__ = ["forgotten"]
