"""Two tensors, one memory: what detach() and .data give."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .carrying import OVERWRITTEN
from .code import assigned, expression
from .facts import Facts, Write
from .model import Clue, Place
from .registry import rule
from .writing import out_of_place, stale, through_alias, written_name


@rule(9, "alias-written")
def alias_written(facts: Facts) -> Iterator[Clue]:
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
                    for write in _written(facts, tensor, facts.made_at[node.id], span[0]):
                        if write.ref.tensor != tensor:
                            yield _unchecked_clue(facts, write, node.name, facts.place(node))


def _written(facts: Facts, tensor: int, start: int, end: int) -> list[Write]:
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
            and not _uses_gradient(facts, facts.place(event))
            and _still_looked_at(facts, birth, write)
        ):
            yield _alias_clue(facts, write)


@rule(9, "snapshot-that-is-none")
def snapshot_that_is_none(facts: Facts) -> Iterator[Clue]:
    """A detached tensor was kept as the state before a step, and moved with the step."""
    for moment, event in enumerate(facts.events):
        if event.kind != "detach" or event.text not in {"detach", "data"} or not event.outputs:
            continue
        alias = event.outputs[0].tensor
        later = _written(facts, alias, moment, len(facts.events))
        wrote = next((w.moment for w in later if w.ref.tensor != alias), None)
        if (
            wrote is not None
            and _was_kept(facts, event)
            and not _used(facts, alias, moment, wrote)
            and _used(facts, alias, wrote, len(facts.events))
        ):
            yield _snapshot_clue(facts, event, facts.events[wrote])


def _still_looked_at(facts: Facts, birth: Event, write: Write) -> bool:
    """Return whether the tensor that an alias was made of is used, or only shown, after a write."""
    original = birth.inputs[0]
    name = facts.name(original, birth)
    below = facts.code.lines_below(facts.place(facts.events[write.moment]))
    return _used(facts, original.tensor, write.moment, len(facts.events)) or any(
        facts.code.reads(place, name) for place in below
    )


def _has_a_name(facts: Facts, made: Place, written: Place) -> bool:
    """Return whether the alias was given a name first and written under that name."""
    names = {name for name, _value in assigned(facts.code.statement(made))}
    return written != made and written_name(facts.code.line(written)) in names


KEEPING = (
    ast.Assign
    | ast.AnnAssign
    | ast.Return
    | ast.List
    | ast.Tuple
    | ast.Dict
    | ast.ListComp
    | ast.DictComp
)


def _was_kept(facts: Facts, event: Event) -> bool:
    """Return whether the alias itself was given a name or put in a list or dict."""
    statement = facts.code.statement(facts.place(event))
    made = expression(event.expression)
    if statement is None or made is None:
        return False
    return any(
        ast.dump(child) == ast.dump(made)
        for node in ast.walk(statement)
        if isinstance(node, KEEPING) or _appends(node)
        for child in ast.iter_child_nodes(node)
    )


def _appends(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append"


def _uses_gradient(facts: Facts, place: Place) -> bool:
    return ".grad" in facts.code.line(place)


def _used(facts: Facts, tensor: int, start: int, end: int) -> bool:
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


def _snapshot_clue(facts: Facts, kept: Event, write: Event) -> Clue:
    place = facts.place(kept)
    targets = assigned(facts.code.statement(place))
    name = targets[0][0] if targets else f"`{kept.expression}`"
    return Clue(
        place,
        _(
            "{name} is no copy: it shares its memory with the parameter, and {line} changed both."
        ).format(name=name, line=facts.spoken(facts.place(write), place)),
        _("detach() and .data give the same memory without the history."),
        _("Keep the numbers of this moment: {source}.clone().").format(source=kept.expression),
    )
