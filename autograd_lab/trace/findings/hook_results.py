"""Hooks that change a gradient in a way that does nothing, or too much."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import walk
from .facts import Facts
from .function_source import writes
from .gradients_passed_on import is_shared
from .hook_source import gradient_name, hook_function, hook_source
from .model import Clue, Place
from .registry import rule

NEW = {"clamp", "clip", "nan_to_num", "masked_fill", "neg"}
"""Operations that give another gradient, which nobody computes only to print it."""
PURE = NEW | {"mul", "div", "add", "sub", "abs", "sign", "round", "tanh", "sigmoid", "relu"}
"""Operations of which nothing is left if their result is not kept."""


@rule(20, "hook-returns-nothing")
def returns_nothing(facts: Facts) -> Iterator[Clue]:
    """A hook computes a new gradient and does not return it."""
    for event in facts.events:
        defined = hook_function(facts, event) if _on_tensor(event) else None
        if defined is None:
            continue
        cell, hook = defined
        dropped, forgotten = _dropped(hook), _forgotten(hook)
        if dropped is not None:
            yield _result_dropped(Place(cell, dropped.lineno), hook, dropped)
        elif forgotten is not None:
            yield _name_only(Place(cell, forgotten.lineno), hook, forgotten)


def _on_tensor(event: Event) -> bool:
    return event.kind == "hook" and event.text == "tensor"


def _name_only(place: Place, hook: ast.FunctionDef, forgotten: ast.Assign) -> Clue:
    name = ast.unparse(forgotten.targets[0])
    return Clue(
        place,
        _("{hook} computes a new {name}, but returns nothing: the old one goes on.").format(
            hook=hook.name, name=name
        ),
        _(
            "The assignment only makes the name stand for another tensor. A hook changes "
            "a gradient by what it returns; None means that it stays as it is."
        ),
        _("Add return {name}.").format(name=name),
    )


def _result_dropped(place: Place, hook: ast.FunctionDef, dropped: ast.Expr) -> Clue:
    source = ast.unparse(dropped.value)
    return Clue(
        place,
        _("{source} makes a new tensor, and {hook} does nothing with it.").format(
            source=source, hook=hook.name
        ),
        _(
            "An operation without an underscore leaves its tensor as it is. A hook changes a "
            "gradient by what it returns; None means that it stays as it is."
        ),
        f"return {source}",
    )


def _returns(hook: ast.FunctionDef) -> bool:
    return any(isinstance(n, ast.Return) and n.value for n in walk(hook))


def _dropped(hook: ast.FunctionDef) -> ast.Expr | None:
    """Return the statement that computes a new gradient and drops it."""
    name = gradient_name(hook)
    for node in [] if _returns(hook) else walk(hook):
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner = ast.unparse(call.func.value)
            of = ast.unparse(call.args[0]) if owner == "torch" and call.args else owner
            into = any(word.arg == "out" for word in call.keywords)
            if call.func.attr in PURE and of == name and not into:
                return node  # type: ignore[return-value]
    return None


def _forgotten(hook: ast.FunctionDef) -> ast.Assign | None:
    """Return the assignment of a new gradient that nothing comes of, but that it is printed."""
    name = gradient_name(hook)
    if not name or _returns(hook):
        return None
    assigned = [
        s
        for s in walk(hook)
        if isinstance(s, ast.Assign) and [ast.unparse(t) for t in s.targets] == [name]
    ]
    last = max(assigned, key=lambda s: s.lineno, default=None)
    if last is None:
        return None
    printed = {
        id(part)
        for node in (walk(hook) if _is_new(last.value, name) else ())
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
        for part in walk(node)
    }
    used = any(
        isinstance(n, ast.Name) and n.id == name and n.lineno > last.lineno and id(n) not in printed
        for n in walk(hook)
    )
    return None if used else last


def _is_new(value: ast.expr, name: str) -> bool:
    """Return whether this is a gradient to go on with, not something made to be looked at."""
    if isinstance(value, ast.UnaryOp):
        return ast.unparse(value) == f"-{name}"
    function = value.func if isinstance(value, ast.Call) else None
    return isinstance(function, ast.Attribute) and function.attr in NEW


# --- in place ---------------------------------------------------------------------------------------


@rule(20, "hook-changes-its-gradient")
def changes_its_gradient(facts: Facts) -> Iterator[Clue]:
    """A hook writes in place into a gradient that another branch is given as well."""
    for event in facts.events:
        if not _on_tensor(event) or not is_shared(facts, event.node):
            continue
        found = hook_source(facts, event)
        if found is None:
            continue
        cell, hook = found
        written = _written(hook)
        if written is not None:
            line = event.line if isinstance(hook, ast.Lambda) else written.lineno
            yield _in_place(Place(cell, line), gradient_name(hook), event.label)


def _written(hook: ast.FunctionDef | ast.Lambda) -> ast.expr | ast.stmt | None:
    """Return what writes into the gradient that came in; None where that is a copy."""
    name = gradient_name(hook)
    for node in walk(hook):
        if isinstance(node, ast.Assign) and name in map(ast.unparse, node.targets):
            return None
    for node in walk(hook):
        item = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
        part = item and ast.unparse(node.targets[0].value) == name  # type: ignore[attr-defined]
        if (writes(node, {name}) or part) and isinstance(node, ast.expr | ast.stmt):
            return node
    return None


def _in_place(place: Place, grad: str, label: str) -> Clue:
    return Clue(
        place,
        _("This hook changes the gradient of {name} in place, and another branch has the same.").format(
            name=label or _("its tensor")
        ),
        _("A sum hands one and the same gradient to both of its terms, without copying it. What is "
          "written into it reaches the other term as well."),
        _("Return a new tensor instead: out of place, or work on {grad}.clone().").format(grad=grad),
    )  # fmt: skip


__all__: list[str] = []
