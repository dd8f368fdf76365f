"""Hooks that are only to note something, and replace the gradient by it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from .code import names_in, walk
from .facts import Facts
from .hook_source import gradient_name, hook_source
from .model import Clue, Place
from .registry import rule

SAME = {"clone", "detach", "contiguous"}
"""Methods that give the same numbers."""


@rule(20, "hook-returns-its-note")
def returns_note(facts: Facts) -> Iterator[Clue]:
    """A hook stores something made of its gradient with setdefault, which gives it back as well."""
    for event in facts.trace.of_kind("hook"):
        found = hook_source(facts, event) if event.text == "tensor" else None
        if found is None:
            continue
        cell, hook = found
        for result in _results(hook):
            note = _note(result, gradient_name(hook))
            if note is not None:
                line = event.line if isinstance(hook, ast.Lambda) else result.lineno
                yield _clue(facts, Place(cell, line), *note)


def _results(hook: ast.FunctionDef | ast.Lambda) -> list[ast.expr]:
    if isinstance(hook, ast.Lambda):
        return [hook.body]
    return [n.value for n in walk(hook) if isinstance(n, ast.Return) and n.value is not None]


def _note(result: ast.expr, name: str) -> tuple[str, str] | None:
    """Return where setdefault stores and what, if that is made of the gradient and not the same."""
    match result:
        case ast.Call(func=ast.Attribute(value=store, attr="setdefault"), args=[key, noted]):
            if name in names_in(noted) and ast.unparse(_copied(noted)) != name:
                return f"{ast.unparse(store)}[{ast.unparse(key)}]", ast.unparse(noted)
    return None


def _copied(value: ast.expr) -> ast.expr:
    """Return what a value is a copy of, itself if it is none."""
    match value:
        case ast.Call(func=ast.Attribute(value=source, attr=method), args=[]) if method in SAME:
            return _copied(source)
    return value


def _clue(facts: Facts, place: Place, store: str, noted: str) -> Clue:
    return Clue(
        place,
        _("setdefault returns what is stored, so {noted} takes the gradient's place.").format(
            noted=noted
        ),
        _(
            "What a hook returns replaces the gradient on its way back. Only a hook that returns None "
            "leaves it as it is."
        ),
        _("Store it in a function that has no return: {line}.").format(line=f"{store} = {noted}"),
        explains_error=facts.raised("hook "),
    )


__all__: list[str] = []
