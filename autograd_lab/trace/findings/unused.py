"""Inputs that play no part in the result."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Ref
from .code import expression, receiver
from .cutting import cut_off, tested_for_none
from .facts import Facts
from .first_order import hidden_behind
from .grad_reads import empty_reads, has_pending_loss, reached, was_reset
from .model import Clue, Place
from .parts import JOINING
from .registry import rule

UNUSED = re.compile(r"differentiated Tensor at index (\d+)|One of the differentiated Tensors")


@rule(16, "input-not-in-graph")
def not_in_graph(facts: Facts) -> Iterator[Clue]:
    """autograd.grad was asked for a tensor that does not lead to the result."""
    found = UNUSED.search(facts.trace.error)
    if found is None or facts.failed is None:
        return
    asked = _asked(facts)
    if found.group(1) is None:
        yield from _needs_no_grad(facts)
    elif int(found.group(1)) < len(asked):
        tensor = asked[int(found.group(1))]
        if hidden_behind(facts, tensor) is None:  # else misconception 15 explains it
            yield _made_aside(facts, tensor) or _never_used(facts, tensor, asked)


def _asked(facts: Facts) -> list[int]:
    """Return the tensors that the failed call was to differentiate by."""
    calls = [facts.events[first] for first, _last in facts.passes]
    here = [call for call in calls if facts.place(call) == facts.error_place]
    return [ref.tensor for ref in here[-1].outputs] if here else []


def _made_aside(facts: Facts, tensor: int) -> Clue | None:
    """Say that a tensor was computed from an input, beside the way to the result."""
    made = facts.birth(tensor)
    if made is None or made.kind != "op" or not made.inputs:
        return None
    place = facts.place(made)
    line = facts.spoken(facts.error_place, place)
    source = facts.name(made.inputs[0])
    what = _("{made} makes a new tensor here, and the result was not computed from it.")
    if place != facts.error_place and _given_the_result(facts, made):
        place, line = facts.error_place, facts.spoken(place, facts.error_place)
        what = _("The result was there already when {made} made a new tensor ({line}).")
    return Clue(
        place,
        what.format(made=made.expression or made.text, line=line),
        _(
            "An operation such as [0], view or clone adds a branch to the graph. The way from "
            "{source} to the result does not lead through that branch, even if the numbers agree."
        ).format(source=source or _("the input")),
        _(
            "Differentiate by the tensor that the result was computed from, and choose afterwards: "
            "torch.autograd.grad(…, {source})[0]. Or make the new tensor first and compute the "
            "result from it."
        ).format(source=source or "x"),
        explains_error=True,
    )


def _given_the_result(facts: Facts, made: Event) -> bool:
    """Return whether a tensor was made in the function that asks for it, and the result outside."""
    scope = facts.code.scope(facts.error_place)
    roots = facts.roots(facts.passes[-1]) if facts.passes else []
    places = [facts.place(facts.nodes[root]) for root in roots]
    return (
        scope is not None
        and facts.code.scope(facts.place(made)) is scope
        and all(facts.code.scope(place) is not scope for place in places)
    )


def _never_used(facts: Facts, tensor: int, asked: list[int]) -> Clue:
    name = facts.parameter(tensor) or _("one of the inputs")
    used = last_use(facts, [other for other in asked if other != tensor]) or facts.error_place
    place = facts.error_place if _asks_for_all(facts) else used
    what = _("{name} plays no part in what is computed here, so no gradient can reach it.")
    if place != used:
        what = _("The result was computed without {name} ({line}), so no gradient can reach it.")
    return Clue(
        place,
        what.format(name=name, line=facts.spoken(used, place)),
        _(
            "A gradient follows the graph back from the result. A tensor that no operation on that "
            "way has used is not in the graph."
        ),
        _(
            "If {name} was forgotten in the formula, put it in. If it need not take part, pass "
            "allow_unused=True (it gets None) or materialize_grads=True (it gets zeros)."
        ).format(name=name)
        if not _was_differentiated_by(facts, tensor)
        else _(
            "If the derivative is the same for every {name}, as that of a straight line, its own "
            "derivative is 0: materialize_grads=True gives these zeros. Else something is missing "
            "that depends on {name} and is not linear in it."
        ).format(name=name),
        explains_error=True,
    )


def _asks_for_all(facts: Facts) -> bool:
    """Return whether the failed call names no inputs, but takes all there are: `list(net.parameters())`."""
    call = expression(facts.error.expression) if facts.error else None
    return (
        isinstance(call, ast.Call)
        and len(call.args) > 1
        and isinstance(call.args[1], ast.Call | ast.ListComp | ast.GeneratorExp)
    )


def _was_differentiated_by(facts: Facts, tensor: int) -> bool:
    """Return whether an earlier derivative by the same tensor was found, to be differentiated again."""
    return any(
        any(ref.tensor == tensor for ref in event.inputs) and event.outputs
        for event in facts.trace.of_kind("gradients")
    )


def last_use(facts: Facts, others: list[int]) -> Place | None:
    """Return where the last operation on the way to a result used one of these tensors."""
    roots = {node for span in facts.passes for node in facts.roots(span)}
    roots |= (
        {ref.node for ref in facts.failed.inputs if ref.node is not None} if facts.failed else set()
    )
    leading = facts.ancestors(roots)
    uses = [e for e in facts.events if e.kind == "op" and e.node in leading]
    direct = [e for e in uses if any(ref.tensor in others for ref in e.inputs)]
    last = (direct or uses)[-1:]
    scope = facts.code.scope(facts.place(last[0])) if last else None
    if scope is not None:
        # The function's result is what goes on; the input is missing up to there. What only puts
        # results together is no formula that it could be missing in.
        inside = [e for e in uses if facts.code.scope(facts.place(e)) is scope]
        last = [e for e in inside if e.text not in JOINING][-1:] or inside[-1:]
    return facts.place(last[0]) if last else None


def _needs_no_grad(facts: Facts) -> Iterator[Clue]:
    """Say which tensor does not require grad, and where it was made."""
    given = facts.failed.inputs if facts.failed else ()
    for ref in given:
        made = facts.birth(ref.tensor)
        if not ref.requires_grad and made is not None:
            name = facts.name(ref) or _("This tensor")
            yield Clue(
                facts.place(made),
                _("{name}, made here, does not require grad; {line} asks for its gradient.").format(
                    name=name, line=facts.spoken(facts.error_place, facts.place(made))
                ),
                _("Operations are recorded only for inputs that require grad, from then on."),
                _("Say requires_grad=True where it is made, before it is used."),
                explains_error=True,
            )
            return


@rule(16, "parameter-never-used", needs_all=True)
def never_used(facts: Facts) -> Iterator[Clue]:
    """A `.grad` was asked for after backward, and the loss does not depend on the leaf."""
    told: set[Place] = set()
    for moment, event in empty_reads(facts):
        tensor = event.inputs[0].tensor
        born = facts.maker(tensor, moment) or 0
        done = [
            s
            for s in facts.passes
            if born < s[0] and s[1] < moment and facts.events[s[0]].text == "backward"
        ]
        if not done or reached(facts, tensor, done) or _cut_off(facts, event.inputs[0]):
            continue
        if was_reset(facts, tensor, moment) or tested_for_none(facts, event):
            continue
        if has_pending_loss(facts, event.inputs[0], moment):
            continue
        if event.inputs[0].node in facts.ancestors(n for s in done for n in facts.roots(s)):
            continue  # it is used, and a Function of the user's own gives None for it
        fed = [facts.nodes[e.node].tensor for s in done for e in facts.during(s, "accumulate")
                   if e.node is not None]  # fmt: skip
        place = last_use(facts, [t for t in fed if t is not None])
        if place is not None and place not in told:
            told.add(place)
            yield _unused_leaf(facts, event, place)


def _unused_leaf(facts: Facts, event: Event, place: Place) -> Clue:
    name = facts.parameter(event.inputs[0].tensor) or receiver(event.expression)
    fails = facts.place(event) == facts.error_place
    return Clue(
        place,
        _("{name} is not used in what is computed here, so its .grad stays None ({line}).").format(
            name=name, line=facts.spoken(facts.place(event), place)
        ),
        _(
            "backward() fills .grad only for the leaves that it reaches on its way through the "
            "graph. Being defined, or being a parameter of the module, is not enough."
        ),
        _(
            "If {name} should take part, use it in the computation. If not, leave it out where "
            "gradients are read: if p.grad is not None: …"
        ).format(name=name),
        explains_error=fails,
    )


def _cut_off(facts: Facts, leaf: Ref) -> bool:
    """Return whether the leaf was used, but it or what was made of it left the graph."""
    left_at_once = any(
        event.kind in {"detach", "plain"} and any(ref.tensor == leaf.tensor for ref in event.inputs)
        for event in facts.events
    )
    return left_at_once or any(cut_off(facts, [leaf.node]))


__all__ = ["last_use"]
