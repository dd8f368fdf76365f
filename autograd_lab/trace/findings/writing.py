"""Writes in place: into a leaf, and into what a backward pass still needs."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node, Saved
from .code import receiver
from .facts import Facts, Write
from .model import Clue, Place
from .registry import rule
from .twice import OVERWRITTEN, carried_over

LEAF_WRITTEN = "a leaf Variable that requires grad is being used in an in-place operation"
VIEW_WRITTEN = "a view of a leaf Variable that requires grad is being used in an in-place operation"


@rule(5, "leaf-written")
def leaf_written(facts: Facts) -> Iterator[Clue]:
    """A leaf that requires grad may be written only while nothing is recorded."""
    if not facts.raised(LEAF_WRITTEN, VIEW_WRITTEN):
        return
    place = facts.error_place
    line = facts.code.line(place)
    name = written_name(line) or _("the leaf")
    view = facts.raised(VIEW_WRITTEN)
    update = ".grad" in line
    yield Clue(
        place,
        (
            _("{name} is a view of a leaf that requires grad; writing to it changes the leaf.")
            if view
            else _("{name} is a leaf that requires grad, and this line changes it in place.")
        ).format(name=name),
        _(
            "A leaf has no history. If the write were recorded, it would become a result of its own "
            "old value, and its .grad would belong to a value that is gone."
        ),
        _fix_leaf(name, update),
        explains_error=True,
    )


def _fix_leaf(name: str, update: bool) -> str:
    if update:
        return _("An update is not to be differentiated: with torch.no_grad(): around this line.")
    return _(
        "To set the values: with torch.no_grad(): around this line, or write before "
        "requires_grad_(). To differentiate through the write: write to a copy, {name} = "
        "{name}.clone(), or build it by torch.stack or torch.where."
    ).format(name=name)


@rule(6, "saved-value-changed")
def saved_value_changed(facts: Facts) -> Iterator[Clue]:
    """A node found that what it had saved was written since."""
    if not facts.raised(OVERWRITTEN) or not facts.passes or _is_carried(facts):
        return
    found = stale(facts)
    if found is None:
        yield _changed_clue(facts, None, None, None)
        return
    node, saved, write = found
    if not through_alias(facts, write):
        yield _changed_clue(facts, node, saved, facts.events[write.moment])


def _is_carried(facts: Facts) -> bool:
    """Return whether it is really a state that was carried over a loop."""
    second = facts.passes[-1]
    return any(carried_over(facts, first, second) is not None for first in facts.passes[:-1])


def stale(facts: Facts) -> tuple[Node, Saved, Write] | None:
    """Return the node that failed, the value it had saved, and the first write to that since."""
    end = facts.events[facts.passes[-1][1]]
    if end.node is None:
        return None
    node = facts.nodes[end.node]
    since = facts.made_at.get(node.id, -1)
    for saved, tensor in facts.kept(node):
        memory = facts.memory(tensor)
        for write in facts.writes:
            later = write.moment > since and write.ref.version > saved.version
            if write.memory == memory and later:
                return node, saved, write
    return None


def through_alias(facts: Facts, write: Write) -> bool:
    """Return whether a write went through what detach() gave."""
    birth = facts.birth(write.ref.tensor)
    return birth is not None and birth.kind in {"detach", "plain"} and birth.text == "detach"


def written_name(line: str) -> str:
    """Return what a line writes to, as it is written there."""
    for mark in ("+=", "-=", "*=", "/=", "**=", "="):
        left, found, _right = line.partition(mark)
        if found and "(" not in left:
            return left.strip().partition("[")[0]
    name = receiver(line)
    return name.partition("[")[0] if "(" not in name else ""


def _changed_clue(
    facts: Facts, node: Node | None, saved: Saved | None, write: Event | None
) -> Clue:
    place = facts.place(write) if write is not None else facts.error_place
    line = facts.code.line(place)
    name = written_name(line) or (facts.label(saved.tensor) if saved is not None else "")
    if node is None or saved is None or write is None:
        what = _("A value that an operation had saved for backward() was changed in place.")
    else:
        what = _(
            "{node} ({line}, `{source}`) saved its {kind} for backward(); then this line wrote over it."
        )
        what = what.format(
            node=node.name,
            line=facts.spoken(facts.place(node), place),
            source=node.expression or node.op,
            kind=_kind(saved),
        )
    return Clue(
        place, what, _why_changed(node), _fix_changed(facts, place, name), explains_error=True
    )


def _kind(saved: Saved) -> str:
    return _("result") if saved.name == "result" else _("input ({name})").format(name=saved.name)


def _why_changed(node: Node | None) -> str:
    formula = next((f for f in node.formulas if f), "") if node is not None else ""
    if formula and node is not None:
        return _(
            "Its derivative is {formula}: it needs the value as it was. (exp, sigmoid and sqrt keep "
            "their result, x**2 and a product their inputs, a sum and 10*x nothing.)"
        ).format(formula=formula)
    return _(
        "exp, sigmoid and sqrt keep their result, x**2 and a product their inputs; a sum and 10*x "
        "keep nothing, so writing over theirs does no harm."
    )


def _fix_changed(facts: Facts, place: Place, name: str) -> str:
    line = facts.code.line(place)
    if ".step(" in line:
        return _(
            "The step changed parameters that the next backward pass still needs: first all "
            "backward passes, then the steps; or compute the second loss again after the step."
        )
    if "[" in line.partition("=")[0]:
        return _(
            "Should the write be differentiated? Then collect the parts in a list and join them by "
            "torch.stack, or write to {name}.clone(). Else do it under torch.no_grad() after backward()."
        ).format(name=name)
    return _(
        "Should it be differentiated? Then write it out of place, {name} = {name} + …, which makes a "
        "new tensor. If not, move it behind backward()."
    ).format(name=name or "y")


__all__ = ["stale", "through_alias", "written_name"]
