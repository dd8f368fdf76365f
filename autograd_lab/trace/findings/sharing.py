"""Two tensors, one memory: what detach() and .data give."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .carrying import OVERWRITTEN
from .code import assigned
from .facts import Facts, Write
from .model import Clue, Place
from .registry import rule
from .writing import out_of_place, stale, through_alias, written_name


@rule(9, "alias-written")
def aliaswritten(facts: Facts) -> Iterator[Clue]:
    """A saved value was changed through its detached alias; this time it was noticed."""
    if facts.raised(OVERWRITTEN) and facts.passes:
        found = stale(facts)
        if found is not None and through_alias(facts, found[2]):
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
            if node is not None and node.id in facts.made_at:
                for _saved, tensor in facts.kept(node):
                    for write in written(facts, tensor, facts.made_at[node.id], span[0]):
                        if write.ref.tensor != tensor:
                            yield _unchecked_clue(facts, write, node.name, facts.place(node))


def written(facts: Facts, tensor: int, start: int, end: int) -> list[Write]:
    """Return the writes into a tensor's memory between two moments."""
    memory = facts.memory(tensor)
    return [w for w in facts.writes if w.memory == memory and start < w.moment < end]


@rule(9, "copy-that-is-none")
def copy_that_is_none(facts: Facts) -> Iterator[Clue]:
    """A detached tensor was changed as if it were a copy, and the leaf changed with it."""
    for write in facts.writes:
        event = facts.events[write.moment]
        birth = facts.birth(write.ref.tensor)
        if (
            birth is not None
            and birth.kind == "detach"
            and birth.text == "detach"
            and birth.inputs
            and birth.inputs[0].is_leaf
            and _has_a_name(facts, facts.place(birth), facts.place(event))
            and not uses_gradient(facts, facts.place(event))
            and _still_looked_at(facts, birth, write)
        ):
            yield _alias_clue(facts, write)


def _still_looked_at(facts: Facts, birth: Event, write: Write) -> bool:
    """Return whether the tensor that an alias was made of is used, or only shown, after a write."""
    original = birth.inputs[0]
    name = facts.name(original, birth)
    below = facts.code.lines_below(facts.place(facts.events[write.moment]))
    return used(facts, original.tensor, write.moment, len(facts.events)) or any(
        facts.code.reads(place, name) for place in below
    )


def _has_a_name(facts: Facts, made: Place, written: Place) -> bool:
    """Return whether the alias was given a name first and written under that name."""
    # A detach() in code that nobody recorded has the line of the call, which gives its name to more.
    pairs = assigned(facts.code.statement(made))
    names = {name for name, value in pairs if ".detach(" in ast.unparse(value)}
    return written != made and written_name(facts.code.line(written)) in names


def uses_gradient(facts: Facts, place: Place) -> bool:
    """Return whether a line is about a `.grad`: then it is an update, and the write is meant."""
    return ".grad" in facts.code.line(place)


def used(facts: Facts, tensor: int, start: int, end: int) -> bool:
    """Return whether a tensor is computed with between two moments."""
    return any(
        ref.tensor == tensor
        for event in facts.events[start + 1 : end]
        if event.kind in {"op", "plain", "detach", "inplace"}
        for ref in event.inputs[event.kind == "inplace" :]
    )


def _alias_clue(facts: Facts, write: Write, explains_error: bool = False) -> Clue:
    place = facts.place(facts.events[write.moment])
    alias = written_name(facts.code.line(place)) or facts.label(write.ref.tensor)
    birth = facts.birth(write.ref.tensor)
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


def _unchecked_clue(facts: Facts, write: Write, node: str, made: Place) -> Clue:
    place = facts.place(facts.events[write.moment])
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
        _outside_of_backward(facts.code.line(place)),
    )


def _outside_of_backward(line: str) -> str:
    new = out_of_place(line.replace(".data", ""))
    if not new:
        return _(
            "Change it after backward(), under torch.no_grad(). If the change belongs to the "
            "computation, make a new tensor of it, so that it is differentiated."
        )
    return _(
        "Change it after backward(), under torch.no_grad(). If the change belongs to the "
        "computation, make a new tensor of it, {line}: then it is differentiated."
    ).format(line=new)


__all__ = ["used", "uses_gradient", "written"]
