"""Hooks that never run, run too often or give back nothing; views that may not be written to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import assigned, expression
from .facts import Facts
from .model import Clue, Place
from .registry import rule

# --- hooks that raise -------------------------------------------------------------------------------


@rule(20, "hook-returns-another-shape")
def wrong_result(facts: Facts) -> Iterator[Clue]:
    """What a hook returned cannot take the gradient's place."""
    found = re.search(r"hook '(.*?)' has changed the (\w+) of value", facts.trace.error)
    hook = next((e for e in reversed(facts.events) if e.kind == "hook"), None)
    if found is None or hook is None:
        return
    defined = _hook_function(facts, hook)
    returns = [n for n in ast.walk(defined[1]) if isinstance(n, ast.Return)] if defined else []
    what = {"size": _("shape"), "type": _("dtype")}.get(found.group(2), found.group(2))
    yield Clue(
        Place(defined[0], returns[-1].lineno) if defined and returns else facts.place(hook),
        _(
            "What the hook returns takes the gradient's place, and its {what} is not the gradient's."
        ).format(what=what),
        _("A gradient has the shape and dtype of its tensor; the operation before relies on it."),
        _("Return a tensor like the one that came in, or nothing, if the hook is only to look."),
        explains_error=True,
    )


@rule(20, "hook-without-gradient")
def no_gradient(facts: Facts) -> Iterator[Clue]:
    """A hook was registered on a tensor that gets no gradient."""
    if not facts.raised("cannot register a hook on a tensor that doesn't require gradient"):
        return
    made = facts.failed_on
    place = facts.place(made) if made else facts.error_place
    name = facts.name(facts.failed.inputs[0]) if facts.failed and facts.failed.inputs else ""
    yield Clue(
        place,
        _("{name} does not require grad, so there will be no gradient for a hook to see.").format(
            name=name or _("The tensor")
        ),
        _("A hook runs when the gradient of its tensor has been computed in a backward pass."),
        _(
            "If it is an input of yours, make it with requires_grad=True. Else see where it was cut off."
        ),
        explains_error=True,
    )


# --- hooks that are silent --------------------------------------------------------------------------


@rule(20, "hook-never-runs")
def never_runs(facts: Facts) -> Iterator[Clue]:
    """A hook was registered after the pass, or beside the way that gradients take."""
    told = set()
    for moment, event in enumerate(facts.events):
        place = facts.place(event)
        if event.kind != "hook" or event.node is None or place in told or not facts.passes:
            continue
        before = [s for s in facts.passes if s[1] < moment and _visits(facts, s, event.node)]
        after = [s for s in facts.passes if s[0] > moment]
        if any(_visits(facts, s, event.node) for s in after):
            continue
        if before and _is_over(facts, event.node, before[-1]):
            told.add(place)
            yield _too_late(facts, event, before[-1])
        elif after and _is_branch(facts, event.node):
            told.add(place)
            yield _aside(facts, event)


def _visits(facts: Facts, span: tuple[int, int], node: int) -> bool:
    return any(e.node == node for e in facts.during(span, "node", "accumulate"))


def _is_over(facts: Facts, node: int, last: tuple[int, int]) -> bool:
    """Return whether no further pass can come: a leaf is used again, a graph may have been kept."""
    kept = "retain_graph" in facts.events[last[0]].options
    return facts.nodes[node].kind == "op" and not kept


def _is_branch(facts: Facts, node: int) -> bool:
    """Return whether a node is a result that no loss was computed from."""
    return facts.nodes[node].kind == "op" and not any(
        edge.source == node for edge in facts.trace.graph.edges
    )


def _too_late(facts: Facts, event: Event, span: tuple[int, int]) -> Clue:
    place = facts.place(event)
    return Clue(
        place,
        _("The hook is registered after the backward pass ({line}), so it never runs.").format(
            line=facts.spoken(facts.place(facts.events[span[0]]), place)
        ),
        _("A hook is called while a backward pass computes the gradient. It does not look back."),
        _("Register it before backward()."),
    )


def _aside(facts: Facts, event: Event) -> Clue:
    made = facts.nodes[event.node or 0]
    return Clue(
        facts.place(event),
        _(
            "The hook sits on {made}, a new tensor that the loss does not use: it never runs."
        ).format(made=made.expression or _("a new tensor")),
        _(
            "Indexing, view and the like make a new tensor each time. A hook belongs to the tensor "
            "it was registered on, and no gradient comes to this one."
        ),
        _(
            "Register the hook on the tensor that the loss uses, and change a part of the gradient "
            "in it: g = g.clone(); g[0] = 0; return g."
        ),
    )


@rule(20, "hook-returns-nothing")
def returns_nothing(facts: Facts) -> Iterator[Clue]:
    """A hook computes a new gradient and does not return it."""
    for event in facts.events:
        if event.kind == "hook" and event.text == "tensor":
            defined = _hook_function(facts, event)
            forgotten = _forgotten(defined[1]) if defined else None
            if defined is not None and forgotten is not None:
                place = Place(defined[0], forgotten.lineno)
                yield Clue(
                    place,
                    _(
                        "{hook} computes a new {name}, but returns nothing: the old one goes on."
                    ).format(hook=defined[1].name, name=ast.unparse(forgotten.targets[0])),
                    _(
                        "The assignment only makes the name stand for another tensor. A hook changes "
                        "a gradient by what it returns; None means that it stays as it is."
                    ),
                    _("Add return {name}.").format(name=ast.unparse(forgotten.targets[0])),
                )


def _hook_function(facts: Facts, event: Event) -> tuple[int, ast.FunctionDef] | None:
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


def _last_name(tree: ast.expr | None) -> str:
    return tree.attr if isinstance(tree, ast.Attribute) else getattr(tree, "id", "")


def _defined(facts: Facts, name: str) -> tuple[int, ast.FunctionDef] | None:
    """Return the function of that name, or what calling an object of the class of that name runs."""
    for cell, tree in enumerate(facts.code.trees):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return cell, node
            if isinstance(node, ast.ClassDef) and node.name == name:
                for part in node.body:
                    if isinstance(part, ast.FunctionDef) and part.name == "__call__":
                        return cell, part
    return None


def _forgotten(hook: ast.FunctionDef) -> ast.Assign | None:
    """Return the assignment of a new gradient that nothing comes of."""
    arguments = [a.arg for a in hook.args.args]
    if not arguments or any(isinstance(n, ast.Return) and n.value for n in ast.walk(hook)):
        return None
    name = arguments[-1]
    assigned = [
        s
        for s in ast.walk(hook)
        if isinstance(s, ast.Assign) and [ast.unparse(t) for t in s.targets] == [name]
    ]
    last = max(assigned, key=lambda s: s.lineno, default=None)
    used = last is not None and any(
        isinstance(n, ast.Name) and n.id == name and n.lineno > last.lineno for n in ast.walk(hook)
    )
    return None if used else last


@rule(20, "hook-registered-again")
def registered_again(facts: Facts) -> Iterator[Clue]:
    """The same tensor got the same hook in each step."""
    seen: dict[tuple[int, Place], list[int]] = {}
    for moment, event in enumerate(facts.events):
        if event.kind == "hook" and event.inputs:
            seen.setdefault((event.inputs[0].tensor, facts.place(event)), []).append(moment)
    told = set()
    for (tensor, place), moments in seen.items():
        between = any(moments[0] < first < moments[-1] for first, _last in facts.passes)
        if len(moments) > 1 and between and place not in told and not _is_removed(facts, place):
            told.add(place)
            yield Clue(
                place,
                _("In each round another hook is put on {name}; after {n} rounds {n} of them run.").format(
                    name=facts.label(tensor) or _("the same tensor"), n=len(moments)
                ),
                _("A hook stays until its handle's remove() is called: each one works on what the last "
                  "one returned."),
                _("Register it once, before the loop. Or keep the handle and call handle.remove()."),
            )  # fmt: skip


def _is_removed(facts: Facts, place: Place) -> bool:
    return ".remove()" in facts.trace.cells[place.cell] if facts.trace.cells else False


__all__: list[str] = []
