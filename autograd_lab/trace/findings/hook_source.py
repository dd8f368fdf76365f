"""The function that a hook was made of, as the cells define it."""

from __future__ import annotations

import ast

from ..model import Event
from .code import assigned, expression, walk
from .facts import Facts


def hook_function(facts: Facts, event: Event) -> tuple[int, ast.FunctionDef] | None:
    """Return the function that was registered: named in the call, made by one, or an object's."""
    call = expression(event.expression)
    given = call.args[0] if isinstance(call, ast.Call) and call.args else None
    if isinstance(given, ast.Call):
        made = _defined(facts, _last_name(given.func))
        inner = [n for n in made[1].body if isinstance(n, ast.FunctionDef)] if made else []
        return (made[0], inner[-1]) if made and inner else None
    named = _defined(facts, _last_name(given))
    if named is not None or given is None:
        return named
    for place in facts.code.definitions(ast.unparse(given), facts.place(event))[:1]:
        for _target, value in assigned(facts.code.statement(place)):
            if isinstance(value, ast.Call):
                return _defined(facts, _last_name(value.func))
    return None


def hook_source(facts: Facts, event: Event) -> tuple[int, ast.FunctionDef | ast.Lambda] | None:
    """Return the function that was registered, or the lambda, with the cell it stands in."""
    call = expression(event.expression)
    given = call.args[0] if isinstance(call, ast.Call) and call.args else None
    if isinstance(given, ast.Lambda):
        return event.cell or 0, given
    return hook_function(facts, event)


def gradient_name(hook: ast.FunctionDef | ast.Lambda) -> str:
    """Return the argument that is the gradient, `""` if there is none."""
    names = [a.arg for a in hook.args.args if a.arg != "self"]
    return names[0] if names else ""


def _last_name(tree: ast.expr | None) -> str:
    return tree.attr if isinstance(tree, ast.Attribute) else getattr(tree, "id", "")


def _defined(facts: Facts, name: str) -> tuple[int, ast.FunctionDef] | None:
    """Return the function of that name, or what calling an object of the class of that name runs."""
    for cell, tree in enumerate(facts.code.trees):
        for node in walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return cell, node
            if isinstance(node, ast.ClassDef) and node.name == name:
                for part in node.body:
                    if isinstance(part, ast.FunctionDef) and part.name == "__call__":
                        return cell, part
    return None


__all__ = ["gradient_name", "hook_function", "hook_source"]
