"""Hooks that never run, run too often or give back nothing; views that may not be written to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import walk
from .facts import Facts
from .hook_source import hook_function
from .model import Clue, Place
from .registry import rule

# --- hooks that raise -------------------------------------------------------------------------------


@rule(20, "hook-returns-another-shape")
def wrong_result(facts: Facts) -> Iterator[Clue]:
    """What a hook returned cannot take the gradient's place."""
    found = re.search(r"hook '(.*?)' has changed the (\w+) of value", facts.trace.error)
    hook = next((e for e in reversed(facts.events) if e.kind == "hook"), None)
    if found is None or hook is None:
        return
    defined = hook_function(facts, hook)
    returns = [n for n in walk(defined[1]) if isinstance(n, ast.Return)] if defined else []
    what = {"size": _("shape"), "type": _("dtype")}.get(found.group(2), found.group(2))
    yield Clue(
        Place(defined[0], returns[-1].lineno) if defined and returns else facts.place(hook),
        _(
            "What the hook returns takes the gradient's place, and its {what} is not the gradient's."
        ).format(what=what),
        _("A gradient has the shape and dtype of its tensor; the operation before relies on it."),
        _("Return a tensor like the one that came in, or nothing, if the hook is only to look."),
        explains_error=True,
    )


@rule(20, "hook-without-gradient")
def no_gradient(facts: Facts) -> Iterator[Clue]:
    """A hook was registered on a tensor that gets no gradient."""
    if not facts.raised("cannot register a hook on a tensor that doesn't require gradient"):
        return
    made = facts.failed_on
    place = facts.place(made) if made else facts.error_place
    name = facts.name(facts.failed.inputs[0]) if facts.failed and facts.failed.inputs else ""
    yield Clue(
        place,
        _("{name} does not require grad, so there will be no gradient for a hook to see.").format(
            name=name or _("The tensor")
        ),
        _("A hook runs when the gradient of its tensor has been computed in a backward pass."),
        _(
            "If it is an input of yours, make it with requires_grad=True. Else see where it was cut off."
        ),
        explains_error=True,
    )


@rule(20, "post-accumulate-hook-on-a-result")
def on_a_result(facts: Facts) -> Iterator[Clue]:
    """A hook that waits for `.grad` to be filled was put on a tensor whose `.grad` is not."""
    if not facts.raised("post accumulate grad hooks cannot be registered on non-leaf tensors"):
        return
    name = facts.name(facts.failed.inputs[0], facts.failed) if facts.failed else ""
    yield Clue(
        facts.error_place,
        _("{name} was computed, it is no leaf: no gradient is added to its .grad.").format(
            name=name or _("The tensor")
        ),
        _("Such a hook runs when the .grad of a leaf, such as a parameter, has been filled."),
        _("A hook on any tensor is given the gradient itself: {name}.register_hook(lambda g: …).").format(
            name=name or "h"
        ),
        explains_error=True,
    )  # fmt: skip


# --- hooks that are silent --------------------------------------------------------------------------


@rule(20, "hook-never-runs", needs_all=True)
def never_runs(facts: Facts) -> Iterator[Clue]:
    """A hook was registered after the pass, or beside the way that gradients take."""
    told = set()
    for moment, event in enumerate(facts.events):
        place = facts.place(event)
        if event.kind != "hook" or event.node is None or place in told or not facts.passes:
            continue
        before = [s for s in facts.passes if s[1] < moment and _visits(facts, s, event.node)]
        after = [s for s in facts.passes if s[0] > moment]
        if any(_visits(facts, s, event.node) for s in after):
            continue
        if before and _is_over(facts, event.node, before[-1]):
            told.add(place)
            yield _too_late(facts, event, before[-1])
        elif after and _is_branch(facts, event.node):
            told.add(place)
            yield _aside(facts, event)


def _visits(facts: Facts, span: tuple[int, int], node: int) -> bool:
    return any(e.node == node for e in facts.during(span, "node", "accumulate"))


def _is_over(facts: Facts, node: int, last: tuple[int, int]) -> bool:
    """Return whether no further pass can come: a leaf is used again, a graph may have been kept."""
    kept = "retain_graph" in facts.events[last[0]].options
    return facts.nodes[node].kind == "op" and not kept


def _is_branch(facts: Facts, node: int) -> bool:
    """Return whether a node is a result that no loss was computed from."""
    return facts.nodes[node].kind == "op" and not any(
        edge.source == node for edge in facts.trace.graph.edges
    )


def _too_late(facts: Facts, event: Event, span: tuple[int, int]) -> Clue:
    place = facts.place(event)
    return Clue(
        place,
        _("The hook is registered after the backward pass ({line}), so it never runs.").format(
            line=facts.spoken(facts.place(facts.events[span[0]]), place)
        ),
        _("A hook is called while a backward pass computes the gradient. It does not look back."),
        _("Register it before backward()."),
    )


def _aside(facts: Facts, event: Event) -> Clue:
    made = facts.nodes[event.node or 0]
    return Clue(
        facts.place(event),
        _(
            "The hook sits on {made}, a new tensor that the loss does not use: it never runs."
        ).format(made=made.expression or _("a new tensor")),
        _(
            "Indexing, view and the like make a new tensor each time. A hook belongs to the tensor "
            "it was registered on, and no gradient comes to this one."
        ),
        _(
            "Register the hook on the tensor that the loss uses, and change a part of the gradient "
            "in it: g = g.clone(); g[0] = 0; return g."
        ),
    )


@rule(20, "hook-registered-again")
def registered_again(facts: Facts) -> Iterator[Clue]:
    """The same tensor got the same hook in each step."""
    seen: dict[tuple[int, Place], list[int]] = {}
    for moment, event in enumerate(facts.events):
        if event.kind == "hook" and event.inputs:
            seen.setdefault((event.inputs[0].tensor, facts.place(event)), []).append(moment)
    told = set()
    for (tensor, place), moments in seen.items():
        between = any(moments[0] < first < moments[-1] for first, _last in facts.passes)
        if len(moments) > 1 and between and place not in told and not _is_removed(facts, place):
            told.add(place)
            yield Clue(
                place,
                _("In each round another hook is put on {name}; after {n} rounds {n} of them run.").format(
                    name=facts.label(tensor) or _("the same tensor"), n=len(moments)
                ),
                _("A hook stays until its handle's remove() is called: each one works on what the last "
                  "one returned."),
                _("Register it once, before the loop. Or keep the handle and call handle.remove()."),
            )  # fmt: skip


def _is_removed(facts: Facts, place: Place) -> bool:
    return ".remove()" in facts.trace.cells[place.cell] if facts.trace.cells else False


__all__: list[str] = []
