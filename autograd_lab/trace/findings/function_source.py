"""The Functions that the cells define: their class statements, their methods, what these return."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .code import walk
from .facts import Facts
from .model import Place


class Definition:
    """The class statement of a Function: its cell and its two static methods."""

    def __init__(self, cell: int, tree: ast.ClassDef) -> None:
        """Take the statement."""
        self.cell, self.tree = cell, tree

    @property
    def name(self) -> str:
        """The class's name."""
        return self.tree.name

    def method(self, name: str) -> ast.FunctionDef | None:
        """Return a method's definition."""
        return next(
            (s for s in self.tree.body if isinstance(s, ast.FunctionDef) and s.name == name), None
        )

    def returned(self, name: str) -> ast.Return | None:
        """Return the last return statement of a method."""
        method = self.method(name)
        found = [n for n in walk(method) if isinstance(n, ast.Return)] if method else []
        return max(found, key=lambda node: node.lineno, default=None)

    def place(self, node: ast.stmt | None) -> Place:
        """Return where a statement of it stands."""
        return Place(self.cell, (node or self.tree).lineno)


def definitions(facts: Facts) -> Iterator[Definition]:
    """Yield the Functions that the cells define."""
    for cell, tree in enumerate(facts.code.trees):
        for node in walk(tree):
            if isinstance(node, ast.ClassDef) and any(
                ast.unparse(base).split(".")[-1] in {"Function", "InplaceFunction"}
                for base in node.bases
            ):
                yield Definition(cell, node)


def definition(facts: Facts, name: str) -> Definition | None:
    """Return the last Function of that name."""
    return next((d for d in reversed(list(definitions(facts))) if d.name == name), None)


def writes(node: ast.AST, names: set[str]) -> bool:
    """Return whether a piece of source writes in place into what has one of these names."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in names
        and node.func.attr.endswith("_")
        and not node.func.attr.startswith("_")
        and node.func.attr != "requires_grad_"
    ) or (
        isinstance(node, ast.AugAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id in names
    )


__all__ = ["Definition", "definition", "definitions", "writes"]
