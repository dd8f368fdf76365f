"""Writes in place: into a leaf, and into what a backward pass still needs."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from ..model import Node, Saved
from .carrying import OVERWRITTEN, carried_over
from .facts import Facts, Write
from .happenings import begins_with_step
from .inplace_layers import asked_for, layer_clue
from .model import Clue
from .registry import rule
from .write_texts import fix_changed, kind, out_of_place, why_changed, written_name

LEAF_WRITTEN = "a leaf Variable that requires grad is being used in an in-place operation"
VIEW_WRITTEN = "a view of a leaf Variable that requires grad is being used in an in-place operation"


@rule(5, "leaf-written")
def leaf_written(facts: Facts) -> Iterator[Clue]:
    """A leaf that requires grad may be written only while nothing is recorded."""
    if not facts.raised(LEAF_WRITTEN, VIEW_WRITTEN):
        return
    place = facts.error_place
    line = facts.code.line(place)
    name = _leaf_name(facts, line)
    if not facts.raised(VIEW_WRITTEN):
        what = _("{name} is a leaf that requires grad, and this line changes it in place.")
    elif "[" in line.partition("=")[0]:
        what = _("This line writes into a part of {name}, a leaf that requires grad.")
    else:
        what = _("{name} is a view of a leaf that requires grad; writing to it changes the leaf.")
    yield Clue(
        place,
        what.format(name=name),
        _(
            "A leaf has no history. If the write were recorded, it would become a result of its own "
            "old value, and its .grad would belong to a value that is gone."
        ),
        _fix_leaf(facts, line, name),
        explains_error=True,
    )


def _leaf_name(facts: Facts, line: str) -> str:
    given = facts.failed.inputs[:1] if facts.failed is not None else ()
    label = facts.label(given[0].tensor) if given else ""
    if "inplace" in line and label:
        return label
    return written_name(line) or label or _("the leaf")


def _fix_leaf(facts: Facts, line: str, name: str) -> str:
    if ".grad" in line:
        return _("An update is not to be differentiated: with torch.no_grad(): around this line.")
    if "inplace" in line:
        return _("Leave inplace=True out: the result is a new tensor, and {name} stays.").format(
            name=name
        )
    given = facts.failed.inputs[:1] if facts.failed is not None else ()
    birth = facts.birth(facts.memory(given[0].tensor)) if given else None
    if birth is not None and birth.text in {"zeros", "empty", "zeros_like", "empty_like"}:
        return _(
            "Does {name} only collect results? Then leave requires_grad=True out at its creation: it "
            "comes to require grad by what is written into it. To set a parameter's values: with "
            "torch.no_grad(): around this line."
        ).format(name=name)
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
    node, saved, write = found or (_failed_node(facts), None, None)
    if write is not None and _is_step_too_early(facts, write):
        return  # the order of the calls is wrong, and told as that
    layer = None if node is None else asked_for(facts, node, write)
    if node is not None and layer is not None:
        saved = saved or next((each for each in node.saved if each.name == "result"), None)
        yield layer_clue(facts, layer, node, kind(facts, saved), why_changed(node, saved))
    elif node is None or write is None:
        yield _unseen_clue(facts)
    elif not through_alias(facts, write):
        yield _changed_clue(facts, node, saved, write)


def _failed_node(facts: Facts) -> Node | None:
    end = facts.events[facts.passes[-1][1]]
    return None if end.node is None else facts.nodes[end.node]


def _is_step_too_early(facts: Facts, write: Write) -> bool:
    return facts.events[write.moment].kind == "step" and begins_with_step(facts, write.moment)


def _is_carried(facts: Facts) -> bool:
    """Return whether it is really a state that was carried over a loop."""
    second = facts.passes[-1]
    return any(carried_over(facts, first, second) is not None for first in facts.passes[:-1])


def stale(facts: Facts) -> tuple[Node, Saved | None, Write] | None:
    """Return the node that failed, the value it had saved, and the first write to that since.

    What was saved before the recording cannot be read any more: then the latest write to one of the
    node's inputs counts.
    """
    node = _failed_node(facts)
    if node is None:
        return None
    since = facts.made_at.get(node.id, -1)
    found = _overwritten(facts, node)
    if found is not None:
        return found
    near = {facts.nodes[n].tensor for n in facts.around(node)}
    memories = {facts.memory(tensor) for tensor in near if tensor is not None}
    latest = [w for w in facts.writes if w.memory in memories and w.moment > since]
    return (node, None, latest[-1]) if latest else _next_overwritten(facts)


def _overwritten(facts: Facts, node: Node) -> tuple[Node, Saved | None, Write] | None:
    """Return the first write since to a value that a node had saved."""
    since = facts.made_at.get(node.id, -1)
    for saved, tensor in facts.kept(node):
        memory = facts.memory(tensor)
        for write in facts.writes:
            later = write.moment > since and write.ref.version > saved.version
            if write.memory == memory and later:
                return node, saved, write
    return None


def _next_overwritten(facts: Facts) -> tuple[Node, Saved | None, Write] | None:
    """Return the same for the nodes that the pass had not come to: one of them was the next."""
    span = facts.passes[-1]
    walked = {event.node for event in facts.during(span, "node")}
    left = facts.ancestors(facts.roots(span)) - walked
    found = (_overwritten(facts, facts.nodes[node]) for node in sorted(left, reverse=True))
    return next((each for each in found if each is not None), None)


def through_alias(facts: Facts, write: Write) -> bool:
    """Return whether a write went through what detach() gave."""
    birth = facts.birth(write.ref.tensor)
    return birth is not None and birth.kind in {"detach", "plain"} and birth.text == "detach"


def _unseen_clue(facts: Facts) -> Clue:
    """Return what to say where it is not known which line wrote."""
    return Clue(
        facts.error_place,
        _("A value that an operation had saved for backward() was changed in place."),
        why_changed(None, None),
        _(
            "Look above this line for what writes in place: x += …, x[…] = …, a method such as mul_, "
            "inplace=True, an optimizer's step. Let it make a new tensor, or move it behind backward()."
        ),
        explains_error=True,
    )


def _changed_clue(facts: Facts, node: Node, saved: Saved | None, write: Write) -> Clue:
    place = facts.place(facts.events[write.moment])
    name = written_name(facts.code.line(place))
    name = name or (facts.label(saved.tensor) if saved is not None else "")
    what = _(
        "{node} ({line}, `{source}`) saved its {kind} for backward(); then this line wrote over it."
    ).format(
        node=node.name,
        line=facts.spoken(facts.place(node), place),
        source=node.expression or node.op,
        kind=kind(facts, saved),
    )
    since = facts.made_at.get(node.id, -1)
    alone = not any(since < first < write.moment for first, _last in facts.passes)
    fix = fix_changed(facts, write, name, alone)
    return Clue(place, what, why_changed(node, saved), fix, explains_error=True)


__all__ = ["out_of_place", "stale", "through_alias", "written_name"]
