"""What the engine pays when nobody watches: one look at an empty list per operation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "autograd_lab/engine"
LISTS = {"observers"}


def mentions(tree: ast.AST) -> int:
    """Count how often the list of observers is named."""
    return sum(isinstance(node, ast.Name) and node.id in LISTS for node in ast.walk(tree))


def guarded(function: ast.FunctionDef) -> set[ast.AST]:
    """Return what a function runs only if somebody watches, the loops over nobody among it."""
    inside: set[ast.AST] = set()
    for node in ast.walk(function):
        test = node.test if isinstance(node, ast.If) else None
        names = {n.id for n in ast.walk(test) if isinstance(n, ast.Name)} if test else set()
        if isinstance(node, ast.If) and names == LISTS:
            inside |= {child for part in node.body for child in ast.walk(part)}
        elif isinstance(node, ast.For) and mentions(node.iter):
            inside |= set(ast.walk(node))
    return inside


def functions(path: Path) -> list[ast.FunctionDef]:
    """Return the functions of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("name", ["operation", "binary", "unary", "tensor", "node", "variadic"])
def test_nothing_is_told_unless_somebody_watches(name: str) -> None:
    """Whatever is told stands behind `if observers:`, or in a loop over the empty list."""
    for function in functions(ENGINE / f"{name}.py"):
        inside = guarded(function)
        told = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
            and (
                (isinstance(node.func, ast.Name) and node.func.id in {"tell", "unobserved"})
                or (isinstance(node.func, ast.Attribute) and node.func.attr.startswith("on_"))
            )
        ]
        # What takes numbers out tells by way of a helper, which is called behind the same check.
        if function.name != "_taken":
            assert [ast.unparse(call) for call in told if call not in inside] == [], function.name


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("operation", "apply"),
        ("operation", "finish"),
        ("operation", "finish_many"),
        ("operation", "record"),
        ("binary", "apply"),
    ],
)
def test_one_look_per_operation(module: str, name: str) -> None:
    """A hot function looks at most once at whether somebody watches, outside of what that guards."""
    for function in functions(ENGINE / f"{module}.py"):
        if function.name == name:
            inside = guarded(function)
            looks = [
                node
                for node in ast.walk(function)
                if isinstance(node, ast.Name) and node.id in LISTS and node not in inside
            ]
            assert len(looks) <= 1
