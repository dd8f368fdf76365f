"""Gradients that are zero because the derivative is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node, Value
from .always_the_same import (
    ALMOST,
    NORMALISING,
    added_up,
    is_added_up,
    is_constant,
    is_single,
    share_clue,
)
from .calls import where_layer_is_made
from .facts import Facts
from .model import Clue, Place
from .registry import rule
from .staircases import Span, first_flat, is_staircase, leads_only_through, staircase_clue

SATURATED = {"clamp", "clamp_min", "clamp_max", "clip", "relu", "threshold", "hardtanh", "relu6",
             "sigmoid", "tanh", "softplus", "elu", "gelu", "silu", "leaky_relu"}  # fmt: skip
"""Flat in some places."""
LINEAR = {"sub", "add", "rsub", "neg", "sum", "mean", "expand", "mul", "div", "select", "slice", "view",
          "reshape", "unsqueeze", "squeeze", "t", "transpose", "index"}  # fmt: skip


@rule(26, "derivative-is-zero", needs_all=True)
def flat(facts: Facts) -> Iterator[Clue]:
    """A leaf got nothing but zeros, in every pass, from a function that is flat."""
    told: set[Place] = set()
    for leaf, grown in _zeros(facts).items():
        spans = [_around(facts, moment) for moment in grown]
        steps = [_became_zero(facts, s, leaf) for s in spans]
        if any(step is None for step in steps) or not steps:
            continue
        node = facts.nodes[(steps[0] or facts.events[0]).node or 0]
        if not _is_certain(facts, steps) and not _seen_whole(facts, grown, steps):
            continue
        elsewhere = not facts.trace.whole or _slopes_elsewhere(facts, node, spans)
        if node.op in SATURATED and elsewhere:
            continue
        if node.op in NORMALISING and _sometimes_wider(facts, node, steps, spans):
            continue
        clue = _clue(facts, node, facts.nodes[leaf], spans[0])
        if clue is not None and clue.place not in told:
            told.add(clue.place)
            yield clue


def _became_zero(facts: Facts, span: Span, leaf: int) -> Event | None:
    """Return the step of a pass at which everything on the way to a leaf became zero."""
    return (
        first_flat(facts, span, leaf, lambda node: is_staircase(facts, node) or is_constant(node))
        or added_up(facts, span, leaf)
        or _flattened(facts, span, leaf)
    )


def _is_certain(facts: Facts, steps: list[Event | None]) -> bool:
    """Return whether the operations alone say that nothing but zeros can have come through."""
    met = [(step, facts.nodes[step.node or 0]) for step in steps if step is not None]
    return all(
        is_staircase(facts, node) or is_constant(node) or is_added_up(facts, step)
        for step, node in met
    )


def _seen_whole(facts: Facts, grown: list[int], steps: list[Event | None]) -> bool:
    """Return whether the trace has all numbers of these gradients, not only the first and last ones."""
    values = [facts.events[moment].contribution for moment in grown]
    values += [value for step in steps if step is not None for value in step.grads_out]
    return all(value is None or value.complete for value in values)


def _slopes_elsewhere(facts: Facts, node: Node, spans: list[Span]) -> bool:
    """Return whether the line passes gradients on where the leaf has no part, as in another model."""
    return any(
        event.node is not None
        and facts.nodes[event.node].op == node.op
        and facts.place(facts.nodes[event.node]) == facts.place(node)
        and any(number for value in event.grads_out if value for number in value.numbers)
        for span in facts.passes
        if span not in spans
        for event in facts.during(span, "node")
    )


def _zeros(facts: Facts) -> dict[int, list[int]]:
    """Return the leaves that got only zeros, each with the moments it got them."""
    grown: dict[int, list[int]] = defaultdict(list)
    for moment, event in enumerate(facts.events):
        if event.kind == "accumulate" and event.node is not None:
            grown[event.node].append(moment)
    return {
        leaf: moments
        for leaf, moments in grown.items()
        if all(_is_zero(facts.events[m].contribution, 1.0) for m in moments)
    }


def _around(facts: Facts, moment: int) -> Span:
    return max((s for s in facts.passes if s[0] <= moment), default=(0, len(facts.events) - 1))


def _is_zero(value: Value | None, scale: float) -> bool:
    numbers = () if value is None else value.numbers
    return bool(numbers) and all(abs(n) <= ALMOST * scale for n in numbers)


def _flattened(facts: Facts, span: Span, leaf: int) -> Event | None:
    """Return the step at which it did, seen from its numbers, or the first sum that all ways lead to."""
    cancelled = None
    for event in facts.during(span, "node"):
        if event.node is None or leaf not in facts.ancestors([event.node]):
            continue
        if not leads_only_through(facts, span, leaf, {event.node}):
            continue
        size = max((abs(n) for v in event.grads_in if v for n in v.numbers), default=0.0)
        passed = [v for v in event.grads_out if v is not None]
        if size > 0 and passed and all(_is_zero(v, size) for v in passed):
            return event
        if facts.nodes[event.node].op in {"sum", "mean"} and cancelled is None:
            cancelled = event
    return cancelled


def _sometimes_wider(
    facts: Facts, node: Node, steps: list[Event | None], spans: list[Span]
) -> bool:
    """Return whether a softmax over one element is only the smallest case of what the line does.

    It is if the line runs over more elements at another time, as over a growing prefix, or if the
    loss teaches another parameter, as in a mixture of one component.
    """
    if not is_single(node):
        return False
    alike = [n for n in facts.nodes if n.op == node.op and facts.place(n) == facts.place(node)]
    alike += [facts.nodes[step.node or 0] for step in steps if step is not None]
    if not all(is_single(other) for other in alike):
        return True
    users = [edge.target for edge in facts.trace.graph.edges if edge.source == node.id]
    classifies = any(
        "nll" in facts.nodes[n].op or "cross" in facts.nodes[n].op for n in [node.id, *users]
    )
    return not classifies and any(
        not _is_zero(event.contribution, 1.0)
        for span in spans
        for event in facts.during(span, "accumulate")
    )


def _clue(facts: Facts, node: Node, leaf: Node, span: Span) -> Clue | None:
    called = leaf.label if leaf.tensor is None else facts.parameter(leaf.tensor)
    name = f"{called}.grad" if called else _("The gradient of a parameter")
    if is_staircase(facts, node):
        return staircase_clue(facts, name, node)
    if node.op in SATURATED:
        return _saturated_clue(facts.place(node), name, node)
    if node.op in NORMALISING:
        return _normalised_clue(facts, name, node, span)
    if node.op in {"sum", "mean"} and not _is_linear(facts, span, leaf):
        return share_clue(facts, name, node)
    if node.op in {"sum", "mean"}:
        return Clue(
            facts.place(node),
            _(
                "{name} is 0 everywhere: what is summed here adds up to the same number for any input."
            ).format(name=name),
            _(
                "The input comes in over several paths, and their gradients cancel exactly: what it "
                "adds on one path, it takes away on the other."
            ),
            _("Differentiate something that does depend on it, such as (centred ** 2).sum()."),
        )
    return None


def _is_linear(facts: Facts, span: Span, leaf: Node) -> bool:
    """Return whether the way to a leaf leads through operations of constant slope alone, and splits."""
    leading = [
        e
        for e in facts.during(span, "node")
        if e.node is not None and leaf.id in facts.ancestors([e.node])
    ]
    users = [edge for edge in facts.trace.graph.edges if edge.source == leaf.id and not edge.cut]
    return len(users) > 1 and all(facts.nodes[e.node or 0].op in LINEAR for e in leading)


def _saturated_clue(place: Place, name: str, node: Node) -> Clue:
    return Clue(
        place,
        _("{name} is 0: every input of {op} lies where it is flat.").format(name=name, op=node.op),
        _(
            "Where {op} cuts off (or levels out), a small change of the input does not change the "
            "result. One element in the sloped part is enough for a gradient; here there is none."
        ).format(op=node.op),
        _(
            "Look at the values that go in. A smaller step, another initialisation or scaling brings "
            "them back to where there is a slope; leaky_relu has one on both sides."
        ),
        level="note",
    )


def _normalised_clue(facts: Facts, name: str, node: Node, span: Span) -> Clue:
    if is_single(node) or node.op not in {"softmax"}:
        return Clue(
            where_layer_is_made(facts, node) or facts.place(node),
            _(
                "{name} is 0: softmax runs over a dimension of size 1 here, and gives 1 whatever goes in."
            ).format(name=name),
            _(
                "Over one single class the probability is always 1, and its logarithm 0: nothing that "
                "goes in can change it."
            ),
            _(
                "For two classes give the network two outputs, or keep one and use "
                "binary_cross_entropy_with_logits."
            ),
        )
    return Clue(
        facts.place(_where_summed(facts, node)),
        _("{name} is 0: the outputs of softmax always sum to 1, whatever goes in.").format(
            name=name
        ),
        _(
            "What one output gains the others lose. With the same weight for all (a plain sum or "
            "mean) the parts cancel: Jᵀ·1 = 0."
        ),
        _("Choose what you want to change: p[i], or a loss such as cross_entropy(logits, target)."),
    )


def _where_summed(facts: Facts, node: Node) -> Node:
    """Return the sum or mean of a result, perhaps after a factor; the result itself if there is none."""
    waiting = [node.id]
    for here in waiting:
        users = {user for user, cut in facts.users[here] if not cut}
        for user in sorted(users):
            if facts.nodes[user].op in {"sum", "mean"}:
                return facts.nodes[user]
            if facts.nodes[user].op in {"mul", "div"} and user not in waiting:
                waiting.append(user)
    return node


__all__: list[str] = []
