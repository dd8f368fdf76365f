"""Two tensors, one memory: what detach() and .data give."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Saved
from .code import assigned
from .facts import Facts
from .model import Clue, Place
from .registry import rule
from .twice import OVERWRITTEN
from .writing import stale, through_alias, written_name


@rule(9, "alias-written")
def alias_written(facts: Facts) -> Iterator[Clue]:
    """A saved value was changed through its detached alias; this time it was noticed."""
    if facts.raised(OVERWRITTEN) and facts.passes:
        found = stale(facts)
        if found is not None and through_alias(facts, found[1], found[2]):
            yield _alias_clue(facts, found[2], explains_error=True)


@rule(9, "unchecked-write")
def unchecked_write(facts: Facts) -> Iterator[Clue]:
    """A saved value was changed in a way that no version counter sees, and then used."""
    raised = facts.raised(OVERWRITTEN)
    for span in facts.passes:
        if raised and span == facts.passes[-1]:
            continue
        for event in facts.during(span, "node"):
            node = None if event.node is None else facts.nodes[event.node]
            for saved in node.saved if node is not None else ():
                write = _hidden_write(facts, saved, facts.made_at.get(event.node or 0), span[0])
                if write is not None and node is not None:
                    yield _unchecked_clue(facts, write, node.name, facts.place(node))


def _hidden_write(facts: Facts, saved: Saved, made: int | None, before: int) -> Event | None:
    if saved.tensor is None or made is None:
        return None
    memory = facts.memory(saved.tensor)
    for moment, written in facts.writes:
        event = facts.events[moment]
        if made < moment < before and written == memory and event.inputs[0].tensor != saved.tensor:
            return event
    return None


@rule(9, "copy-that-is-none")
def copy_that_is_none(facts: Facts) -> Iterator[Clue]:
    """A detached tensor was changed as if it were a copy, and the leaf changed with it."""
    for moment, _memory in facts.writes:
        event = facts.events[moment]
        target = event.inputs[0]
        birth = facts.birth(target.tensor)
        if (
            birth is not None
            and birth.kind == "detach"
            and birth.text == "detach"
            and birth.inputs
            and birth.inputs[0].is_leaf
            and _has_a_name(facts, facts.place(birth), facts.place(event))
            and not _uses_gradient(facts, facts.place(event))
            and _used(facts, birth.inputs[0].tensor, moment, len(facts.events))
        ):
            yield _alias_clue(facts, event)


@rule(9, "snapshot-that-is-none")
def snapshot_that_is_none(facts: Facts) -> Iterator[Clue]:
    """A detached tensor was kept as the state before a step, and moved with the step."""
    for moment, event in enumerate(facts.events):
        if event.kind != "detach" or event.text not in {"detach", "data"} or not event.outputs:
            continue
        alias = event.outputs[0].tensor
        wrote = next(
            (
                m
                for m, memory in facts.writes
                if m > moment
                and memory == facts.memory(alias)
                and facts.events[m].inputs[0].tensor != alias
            ),
            None,
        )
        if (
            wrote is not None
            and _assigned_whole(facts, event)
            and not _used(facts, alias, moment, wrote)
            and _used(facts, alias, wrote, len(facts.events))
        ):
            yield _snapshot_clue(facts, event, facts.events[wrote])


def _has_a_name(facts: Facts, made: Place, written: Place) -> bool:
    """Return whether the alias was given a name first and written under that name."""
    names = {name for name, _value in assigned(facts.code.statement(made))}
    return written != made and written_name(facts.code.line(written)) in names


def _assigned_whole(facts: Facts, event: Event) -> bool:
    """Return whether the alias itself was kept, not something computed from it."""
    kept = [value for _name, value in assigned(facts.code.statement(facts.place(event)))]
    spelled = {part.strip() for value in kept for part in _parts(value)}
    return any(event.expression.strip() == text for text in spelled)


def _parts(value: ast.expr) -> Iterator[str]:
    yield ast.unparse(value)
    for part in getattr(value, "elts", []):
        yield ast.unparse(part)
    if isinstance(value, ast.ListComp):
        yield ast.unparse(value.elt)


def _uses_gradient(facts: Facts, place: Place) -> bool:
    return ".grad" in facts.code.line(place)


def _used(facts: Facts, tensor: int, start: int, end: int) -> bool:
    return any(
        event.kind in {"op", "plain", "detach"}
        and any(ref.tensor == tensor for ref in event.inputs)
        for event in facts.events[start + 1 : end]
    )


def _alias_clue(facts: Facts, write: Event, explains_error: bool = False) -> Clue:
    place = facts.place(write)
    alias = written_name(facts.code.line(place)) or facts.label(write.inputs[0].tensor)
    birth = facts.birth(write.inputs[0].tensor)
    original = facts.name(birth.inputs[0] if birth is not None and birth.inputs else None, birth)
    return Clue(
        place,
        _("{alias} and {original} share one memory: this line changed {original}, too.").format(
            alias=alias or _("The detached tensor"), original=original or _("the original")
        ),
        _(
            "detach() gives the same numbers without the history, not a copy of them. That costs "
            "nothing, and a write to either shows in both."
        ),
        _("If a copy is meant: {original}.detach().clone().").format(original=original or "x"),
        explains_error=explains_error,
    )


def _unchecked_clue(facts: Facts, write: Event, node: str, made: Place) -> Clue:
    place = facts.place(write)
    return Clue(
        place,
        _(
            "This line changed, behind autograd's back, a value that {node} ({line}) had saved. "
            "The gradients are wrong, and no error says so."
        ).format(node=node, line=facts.spoken(made, place)),
        _(
            "Writes through .data are not counted, so backward() cannot see that the value is no "
            "longer the one from the forward pass."
        ),
        _(
            "Change it after backward(), under torch.no_grad(). If the change belongs to the "
            "computation, write it out of place, y = y.clamp(…), so that it is differentiated."
        ),
    )


def _snapshot_clue(facts: Facts, kept: Event, write: Event) -> Clue:
    place = facts.place(kept)
    name = next((n for n, _value in assigned(facts.code.statement(place))), _("it"))
    return Clue(
        place,
        _(
            "{name} is no copy: it shares its memory with the parameter, and {line} changed both."
        ).format(name=name, line=facts.spoken(facts.place(write), place)),
        _("detach() and .data give the same memory without the history."),
        _("Keep the numbers of this moment: {source}.clone().").format(source=kept.expression),
    )
