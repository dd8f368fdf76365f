"""A loop variable or an argument that is given another tensor, when the parameter was meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Ref
from .code import assigned, expression
from .dead_names import forgotten
from .facts import Facts
from .model import Clue, Place
from .rebinding import in_place, reads_itself, rebinding_at
from .registry import rule


@rule(13, "only-the-name-changed")
def only_the_name_changed(facts: Facts) -> Iterator[Clue]:
    """`for p in model.parameters(): p = p.clamp(-1, 1)` clamps nothing."""
    for place, name, value in _lost_values(facts):
        if not _cuts_only(value, name):
            yield Clue(
                place,
                _(
                    "{name} is only a name here: this line gives it to a new tensor that nothing "
                    "uses, and the parameter keeps its old values."
                ).format(name=name),
                _(
                    "= never changes a tensor. It lets the name stand for another one, and the "
                    "model or the caller still holds the first."
                ),
                in_place(name, value),
            )


@rule(8, "detached-name")
def detached_name(facts: Facts) -> Iterator[Clue]:
    """`for p in model.parameters(): p = p.detach()` freezes nothing."""
    for place, name, value in _lost_values(facts):
        if _cuts_only(value, name):
            yield Clue(
                place,
                _(
                    "Only the name {name} now stands for a detached tensor, which nothing uses. The "
                    "parameter still requires grad."
                ).format(name=name),
                _(
                    "detach() and .data leave their tensor as it is and give a new one without "
                    "history."
                ),
                _("To freeze the parameter itself: {name}.requires_grad_(False).").format(
                    name=name
                ),
            )


def _lost_values(facts: Facts) -> Iterator[tuple[Place, str, ast.expr]]:
    """Yield where what was computed from a parameter got the parameter's name and was lost."""
    lines: dict[Place, list[Event]] = {}
    for event in facts.events:
        if event.kind in {"op", "plain", "detach"}:
            lines.setdefault(facts.place(event), []).append(event)
    for place, events in lines.items():
        for name, value in assigned(facts.code.statement(place)):
            if (
                name.isidentifier()
                and reads_itself(value, name)
                and any(_is_parameter(facts, ref) for event in events for ref in event.inputs)
                and any(_is_whole(event, value) for event in events)
                and rebinding_at(facts, place) is None
                and forgotten(facts, place, name)
            ):
                yield place, name, value


def _is_whole(event: Event, value: ast.expr) -> bool:
    """Return whether an event made what a line assigns, and made it anew."""
    made = expression(event.expression)
    before = {ref.tensor for ref in event.inputs}
    return (
        made is not None
        and ast.dump(made) == ast.dump(value)
        and not before & {ref.tensor for ref in event.outputs}
    )


def _is_parameter(facts: Facts, ref: Ref) -> bool:
    return facts.trace.tensors[ref.tensor].parameter or (ref.is_leaf and ref.requires_grad)


def _cuts_only(value: ast.expr, name: str) -> bool:
    """Return whether a value is the named tensor without its history, and no more."""
    return ast.unparse(value) in {f"{name}.detach()", f"{name}.data", f"{name}.clone().detach()"}


__all__: list[str] = []
