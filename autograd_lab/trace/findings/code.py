"""Reading the cells' source: statements, where a name was set, what encloses a line."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator
from functools import cached_property

from ..model import split_lines
from .model import Place

Scope = ast.FunctionDef | ast.AsyncFunctionDef | None
SIMPLE = ast.Assign | ast.AugAssign | ast.Expr | ast.Return | ast.AnnAssign
"""Statements whose names are all that their lines use."""
LINE_MAGIC = re.compile(r"^%\w+\s+")
"""What a line that IPython runs begins with: `%time loss.backward()`."""


def walk(tree: ast.AST) -> list[ast.AST]:
    """Return a tree and all that is below it, as `ast.walk` does.

    Every rule asks for that, so it is found once and kept with the tree.
    """
    nodes: list[ast.AST] | None = getattr(tree, "_all", None)
    if nodes is None:
        nodes = tree._all = list(ast.walk(tree))  # type: ignore[attr-defined]
    return nodes


class Code:
    """The cells of a trace as text and as syntax trees."""

    def __init__(self, cells: tuple[str, ...]) -> None:
        """Take the texts of the cells."""
        self.cells = cells
        self._around: dict[Place, list[ast.stmt]] = {}

    def line(self, place: Place) -> str:
        """Return the source text at a place, without indentation; `""` where there is none."""
        if place.number is None or not 0 <= place.cell < len(self.cells):
            return ""
        lines = split_lines(self.cells[place.cell])
        return lines[place.number - 1].strip() if 0 < place.number <= len(lines) else ""

    @cached_property
    def trees(self) -> tuple[ast.Module, ...]:
        """One syntax tree per cell; an empty one for what is not plain Python, such as a magic."""
        return tuple(map(_parsed, self.cells))

    def reads_attribute(self, name: str) -> bool:
        """Return whether the cells read an attribute anywhere: `"grad"` of anything, or `"w.grad"`."""
        return name in self._attributes

    @cached_property
    def _attributes(self) -> set[str]:
        """All attributes that are read, by their names alone and as written."""
        nodes = (node for tree in self.trees for node in walk(tree))
        return {
            name
            for node in nodes
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
            for name in (node.attr, ast.unparse(node))
        }

    def statement(self, place: Place) -> ast.stmt | None:
        """Return the innermost statement that contains the line."""
        return self._innermost(place, ast.stmt)

    def scope(self, place: Place) -> Scope:
        """Return the function that the line lies in; None at the top of a cell."""
        found = self._innermost(place, (ast.FunctionDef, ast.AsyncFunctionDef))
        return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None

    def around(self, place: Place) -> list[ast.stmt]:
        """Return the statements that contain the line, the outermost first."""
        if place not in self._around:
            self._around[place] = list(self._containing(place))
        return self._around[place]

    def _containing(self, place: Place) -> Iterator[ast.stmt]:
        if place.number is None or not 0 <= place.cell < len(self.trees):
            return
        for node in walk(self.trees[place.cell]):
            if isinstance(node, ast.stmt) and _first(node) <= place.number <= _last(node):
                yield node

    def _innermost(self, place: Place, kind: type | tuple[type, ...]) -> ast.stmt | None:
        return next((node for node in reversed(self.around(place)) if isinstance(node, kind)), None)

    def definitions(self, name: str, before: Place) -> list[Place]:
        """Return where a variable was set above a place, the last first.

        Looked for in the same function, then at the top of this cell and the earlier ones. `name` is
        a variable or an attribute as written, `"w"`, `"self.w"`. What is appended to a list counts.
        """
        scope = self.scope(before)
        if scope is not None:
            lines = _lines_that_set(name, scope, before.number)
            if lines or name in _parameters(scope):
                return [Place(before.cell, line) for line in lines]
        for cell in range(min(before.cell, len(self.trees) - 1), -1, -1):
            last = before.number if cell == before.cell and scope is None else None
            lines = _lines_that_set(name, self.trees[cell], last)
            if lines:
                return [Place(cell, line) for line in lines]
        return []

    def lines_below(self, place: Place) -> Iterator[Place]:
        """Yield the lines below a place: of its function, or to the end of all cells."""
        scope = self.scope(place)
        last = len(self.cells) if scope is None else place.cell + 1
        for cell in range(place.cell, last):
            count = len(split_lines(self.cells[cell]))
            end = count if scope is None else (scope.end_lineno or count)
            start = (place.number or 0) + 1 if cell == place.cell else 1
            yield from (Place(cell, number) for number in range(start, end + 1))

    def reads(self, place: Place, name: str) -> bool:
        """Return whether a line uses a variable, `"w"` or `"self.w"`."""
        statement = self.statement(place)
        return statement is not None and any(
            isinstance(node, ast.Name | ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and node.lineno == place.number
            and ast.unparse(node) == name
            for node in walk(statement)
        )

    def behind(self, place: Place) -> Iterator[Place]:
        """Yield a place and the places that set what it uses, and what they use, nearest first."""
        found, waiting = {place}, deque([place])
        while waiting:
            here = waiting.popleft()
            yield here
            statement = self.statement(here)
            if not isinstance(statement, SIMPLE):
                continue
            for name in dict.fromkeys(names_in(statement)):
                for source in self.definitions(name, here) + self.returns_of(name):
                    if source not in found:
                        found.add(source)
                        waiting.append(source)

    def returns_of(self, name: str) -> list[Place]:
        """Return what a function of the cells returns, if the name is one's."""
        return [
            Place(cell, node.lineno)
            for cell, tree in enumerate(self.trees)
            for function in walk(tree)
            if isinstance(function, ast.FunctionDef) and function.name == name
            for node in walk(function)
            if isinstance(node, ast.Return)
        ]


def _parsed(text: str) -> ast.Module:
    # The first line of a magic cell stays in the text; as a comment it keeps the lines' numbers.
    lines = [f"#{line}" if line.startswith("%") else line for line in split_lines(text)]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _parameters(scope: Scope) -> list[str]:
    return (
        []
        if scope is None
        else [argument.arg for argument in walk(scope.args) if isinstance(argument, ast.arg)]
    )


def _lines_that_set(name: str, tree: ast.AST, before: int | None) -> list[int]:
    """Return the lines that set a variable, the last first; those above one line, if it is given."""
    lines = _setting_lines(tree).get(name, [])
    return [line for line in lines if before is None or line < before]


def _setting_lines(tree: ast.AST) -> dict[str, list[int]]:
    """Return for each variable the lines that set it, the last first; found once, as in `walk`."""
    found: dict[str, list[int]] | None = getattr(tree, "_setting_lines", None)
    if found is None:
        found = tree._setting_lines = {}  # type: ignore[attr-defined]
        for name, line in sorted(set(_targets(tree)), reverse=True):
            found.setdefault(name, []).append(line)
    return found


def _targets(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each variable that is set or appended to in a piece of code, with the line."""
    for node in walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((name, node.lineno) for target in node.targets for name in _names(target))
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For):
            yield from ((name, node.lineno) for name in _names(node.target))
        elif isinstance(node, ast.Attribute) and node.attr in {"append", "extend"}:
            yield ast.unparse(node.value), node.lineno


def _names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _names(part)
    else:
        yield ast.unparse(target)


def assigned(statement: ast.stmt | None) -> list[tuple[str, ast.expr]]:
    """Return what an assignment sets, each target as written with its value.

    `a, b = f(), g()` gives two; an augmented assignment gives none.
    """
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return [(ast.unparse(statement.target), statement.value)]
    if not isinstance(statement, ast.Assign):
        return []
    pairs = []
    for target in statement.targets:
        parts, value = getattr(target, "elts", None), statement.value
        if parts and isinstance(value, ast.Tuple) and len(value.elts) == len(parts):
            pairs += [
                (ast.unparse(part), each) for part, each in zip(parts, value.elts, strict=True)
            ]
        else:
            pairs.append((ast.unparse(target), value))
    return pairs


def expression(text: str) -> ast.expr | None:
    """Return a piece of source as a syntax tree; None if it is not one expression."""
    try:
        return ast.parse(LINE_MAGIC.sub("", text.strip()), mode="eval").body
    except (SyntaxError, ValueError):
        return None


def receiver(text: str) -> str:
    """Return what a method was called on, as written: `"loss"` of `"loss.backward()"`."""
    tree = expression(text)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute):
        return ast.unparse(tree.func.value)
    if isinstance(tree, ast.Attribute):
        return ast.unparse(tree.value)
    return ""


def closed(text: str) -> str:
    """Return a piece of source so that a method's call can follow: `(a - b)` for `a - b`."""
    return f"({text})" if isinstance(expression(text), ast.BinOp | ast.UnaryOp) else text


def root_of(call: str) -> str:
    """Return what a backward pass was asked of: `"loss"` of `"loss.backward()"` or `"grad(loss, x)"`."""
    tree = expression(call)
    if not isinstance(tree, ast.Call):
        return ""
    called = getattr(tree.func, "attr", getattr(tree.func, "id", ""))
    if called not in {"backward", "grad"}:
        return ""  # the pass was asked for inside: by exec(), or by a helper of another file
    is_method = isinstance(tree.func, ast.Attribute) and called != "grad"
    if is_method and not receiver(call).endswith("autograd"):
        return receiver(call)
    return ast.unparse(tree.args[0]) if tree.args else ""


def names_in(tree: ast.AST) -> list[str]:
    """Return the variables that are read in a piece of code."""
    return [node.id for node in walk(tree) if isinstance(node, ast.Name)]


__all__ = ["Code", "assigned", "closed", "expression", "names_in", "receiver", "root_of", "walk"]
