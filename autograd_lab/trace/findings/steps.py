"""Steps that are never made, and gradients that are changed when the step is over."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .calls import out_of_helpers, trains
from .code import walk
from .facts import Facts
from .happenings import Gradients
from .model import Clue, Place
from .registry import rule

ROUNDS = 3
"""Rounds after which one may say that a step is missing; fewer may be a look at the gradients."""


@rule(24, "never-stepped", needs_all=True)
def never_stepped(facts: Facts) -> Iterator[Clue]:
    """Gradients are computed and emptied round after round, and the optimizer never steps."""
    if facts.error is not None or any(_calls_of_step(facts)):
        return
    for optimizer in facts.trace.of_kind("optimizer"):
        tensors = {ref.tensor for ref in optimizer.inputs}
        rounds = [span for span in facts.passes if _feeds(facts, span, tensors)]
        if len(rounds) < ROUNDS or not _only_emptied(facts, tensors):
            continue
        backward = facts.place(facts.events[rounds[-1][0]])
        named, place = _only_named(facts) or ("", backward)
        fix = (
            _("{named} only names the function; nothing is called without (): {named}().").format(
                named=named
            )
            if named
            else _("Call optimizer.step() after backward(), before the next zero_grad().")
        )
        yield Clue(
            place,
            _(
                "backward() fills the gradients {count} times ({line}), and no step uses them: the "
                "parameters do not move."
            ).format(count=len(rounds), line=facts.spoken(backward, place)),
            _("backward() only computes gradients. It is the optimizer's step that moves by them."),
            fix,
        )
        return


def _calls_of_step(facts: Facts) -> Iterator[ast.Attribute]:
    """Yield where the cells call a step, perhaps in a branch that was not taken; no scheduler's."""
    for tree in facts.code.trees:
        for node in walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            if (
                isinstance(called, ast.Attribute)
                and called.attr == "step"
                and "sched" not in ast.unparse(called.value)
            ):
                yield called


def _feeds(facts: Facts, span: tuple[int, int], tensors: set[int]) -> bool:
    """Return whether a pass reached one of these leaves."""
    return any(
        event.node is not None and facts.nodes[event.node].tensor in tensors
        for event in facts.during(span, "accumulate")
    )


def _only_emptied(facts: Facts, tensors: set[int]) -> bool:
    """Return whether the gradients of these leaves were emptied again and again, and never used."""
    emptied = 0
    for event in facts.events[facts.passes[0][0] :]:
        mine = tensors & {ref.tensor for ref in event.inputs}
        # A gradient of something else that is read may be what the passes are for.
        looked_at = event.kind == "read" and event.after is not None
        if looked_at or (mine and event.kind in {"step", "clip", "set", "hook", "inplace"}):
            return False
        emptied += bool(mine) and event.kind == "zero_grad"
    return emptied >= ROUNDS - 1


def _only_named(facts: Facts) -> tuple[str, Place] | None:
    """Return a `….step` that stands alone on a line, without being called, and where."""
    for cell, tree in enumerate(facts.code.trees):
        for node in walk(tree):
            alone = node.value if isinstance(node, ast.Expr) else None
            if isinstance(alone, ast.Attribute) and alone.attr == "step":
                return ast.unparse(alone), Place(cell, alone.lineno)
    return None


@rule(24, "edited-after-step", needs_all=True)
def edited_after_step(facts: Facts) -> Iterator[Clue]:
    """A gradient was changed in place after the step that used it, and then emptied."""
    gradients = Gradients(facts)
    ends: dict[Place, list[str]] = defaultdict(list)
    moments: dict[Place, int] = {}
    for moment, event in enumerate(facts.events):
        leaf = _edited(facts, event)
        if leaf is not None:
            before = gradients.before(leaf, moment, "grow", "zero", "step")[:1]
            stepped = bool(before) and before[0].kind == "step"
            moments.setdefault(facts.place(event), moment)
            ends[facts.place(event)].append(
                _end(facts, gradients, leaf, moment) if stepped else "used"
            )
    for place, kinds in ends.items():
        if "zero" in kinds and set(kinds) <= {"zero", ""}:
            yield Clue(
                out_of_helpers(facts, place, moments[place], trains),
                _("The gradients are changed after the step, which has used them as they were."),
                _(
                    "What is done to .grad has an effect only on a step that follows; here it is emptied."
                ),
                _("Move this line between backward() and step()."),
            )


def _edited(facts: Facts, event: Event) -> int | None:
    """Return the leaf whose gradient an event changes in place, other than to zero."""
    if event.kind != "inplace" or event.text == "zero_" or not event.inputs:
        return None
    return facts.trace.tensors[facts.memory(event.inputs[0].tensor)].gradient_of


def _end(facts: Facts, gradients: Gradients, leaf: int, moment: int) -> str:
    """Return what became of a gradient after a change: `"zero"`, `""` for nothing, else `"used"`."""
    here = facts.place(facts.events[moment])
    later = gradients.after(leaf, moment, "grow", "zero", "step", "clip", "look")
    # `p.grad += …` sets the attribute as well.
    later = [h for h in later if h.kind != "look" or facts.place(facts.events[h.moment]) != here]
    if not later:
        return ""
    zero = next((h for h in later if h.kind == "zero"), None)
    if zero is None:
        return "used"
    emptying = facts.place(facts.events[zero.moment])
    between = later[: later.index(zero)]
    # `p.grad.zero_()` reads the attribute first.
    alone = all(
        h.kind == "look" and facts.place(facts.events[h.moment]) == emptying for h in between
    )
    return "zero" if alone else "used"


__all__: list[str] = []
