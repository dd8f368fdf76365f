"""Layers with `inplace=True`: their write is not always recorded, but the source tells of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Node
from .code import walk
from .facts import Facts, Write
from .model import Clue, Place


def asked_for(facts: Facts, node: Node, write: Write | None) -> Place | None:
    """Return the line with the `inplace=True` that overwrote what a node had saved.

    PyTorch runs such a layer unseen: then the graph has its operation, without a tensor or a line.
    """
    if write is not None:
        event = facts.events[write.moment]
        if event.kind != "inplace" or f"{event.text}(" in event.expression:
            return None
        runs = [e for e in facts.events if (e.kind, e.text) == ("inplace", event.text)]
        operation = event.text.removesuffix("_").removesuffix("_in_place")
        return _nth_call(facts, operation, runs.index(event))
    near = set(facts.around(node))
    for user in facts.nodes:
        if _is_unseen(user) and near & {source for source, _cut in facts.sources.get(user.id, ())}:
            alike = [n for n in facts.nodes if _is_unseen(n) and n.op == user.op]
            return _nth_call(facts, user.op, alike.index(user))
    return None


def _is_unseen(node: Node) -> bool:
    return node.kind == "op" and node.tensor is None and node.line is None


def _nth_call(facts: Facts, operation: str, number: int) -> Place | None:
    """Return which call asked for the n-th run of an operation; they take turns, in their order."""
    name = operation.replace("_", "")
    places = [place for called, place in _calls(facts) if called == name]
    return places[number % len(places)] if places else None


def _calls(facts: Facts) -> Iterator[tuple[str, Place]]:
    """Yield what was told `inplace=True`, top to bottom."""
    for cell, tree in enumerate(facts.code.trees):
        calls = [node for node in walk(tree) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            if any(k.arg == "inplace" and _is_true(k.value) for k in call.keywords):
                name = ast.unparse(call.func).split(".")[-1]
                yield name.lower().replace("_", ""), Place(cell, call.lineno)


def _is_true(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


def layer_clue(facts: Facts, place: Place, node: Node, kind: str, why: str) -> Clue:
    """Return what to say of a layer that overwrites what a node had saved."""
    what = _(
        "{node} ({line}, `{source}`) saved its {kind} for backward(); the layer with inplace=True "
        "then wrote over it."
    )
    return Clue(
        place,
        what.format(
            node=node.name,
            line=facts.spoken(facts.place(node), place),
            source=node.expression or node.op,
            kind=kind,
        ),
        why,
        _(
            "Leave inplace=True out here: the layer then makes a new tensor. (Behind a layer that "
            "does not need its result for backward(), such as nn.Linear, it does no harm.)"
        ),
        explains_error=True,
    )


__all__ = ["asked_for", "layer_clue"]
