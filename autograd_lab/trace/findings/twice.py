"""A graph that is walked a second time, and states that are carried over a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Node
from .code import assigned
from .facts import Facts
from .model import Clue, Place
from .registry import rule

SECOND_TIME = "Trying to backward through the graph a second time"
OVERWRITTEN = "has been modified by an inplace operation"


@rule(2, "second-backward")
def second_backward(facts: Facts) -> Iterator[Clue]:
    """A backward pass came to a node that an earlier pass had freed."""
    if not facts.raised(SECOND_TIME):
        return
    second = facts.passes[-1] if facts.passes else None
    first = None if second is None else _pass_that_freed(facts, second)
    if first is None or second is None:
        yield _before_clue(facts)
        return
    carried = carried_over(facts, first, second)
    if carried is not None:
        yield _carried_clue(facts, carried, explains_error=True)
        return
    outside = _made_before_loop(facts, first, second)
    if outside is not None:
        yield _outside_clue(facts, outside, first)
    else:
        yield _again_clue(facts, first, second)


@rule(2, "carried-with-retain-graph")
def carried_with_retain(facts: Facts) -> Iterator[Clue]:
    """retain_graph=True keeps a loop going whose state drags all earlier steps along."""
    for first, second in zip(facts.passes, facts.passes[1:], strict=False):
        if "retain_graph" in facts.events[first[0]].options:
            carried = carried_over(facts, first, second)
            if carried is not None:
                raised = facts.raised(OVERWRITTEN) and second == facts.passes[-1]
                yield _carried_clue(facts, carried, explains_error=raised, retained=True)
                return


def carried_over(facts: Facts, first: tuple[int, int], second: tuple[int, int]) -> Node | None:
    """Return the state through which the second pass reaches the first one's graph.

    That is a node older than the first pass whose line ran again before the second one.
    """
    walked = {event.node for event in facts.during(first, "node") if event.node is not None}
    again = facts.ancestors(facts.roots(second))
    # What create_graph recorded during the first pass is no second round.
    new = {n for n in again if facts.made_at.get(n, -1) > first[1]}
    made = {(facts.place(facts.nodes[n]), facts.nodes[n].op) for n in new}
    entries = {s for n in new for s, cut in facts.sources.get(n, ()) if not cut} - new
    states = [
        n
        for n in sorted(entries & walked)
        if (facts.place(facts.nodes[n]), facts.nodes[n].op) in made
    ]
    return facts.nodes[states[-1]] if states else None


def _pass_that_freed(facts: Facts, second: tuple[int, int]) -> tuple[int, int] | None:
    """Return the earlier pass that freed the node where the second one failed."""
    end = facts.events[second[1]]
    stale = end.node if end.kind == "end" else None
    again = facts.ancestors(facts.roots(second)) if stale is None else {stale}
    # What some nodes of PyTorch keep cannot be seen, nor that it was freed: they were walked, though.
    for kind in ("freed", "node"):
        for span in reversed(facts.passes[:-1]):
            if any(event.node in again for event in facts.during(span, kind)):
                return span
    return None


def _made_before_loop(
    facts: Facts, first: tuple[int, int], second: tuple[int, int]
) -> Place | None:
    """Return the last line of what was computed once, while the same backward ran repeatedly."""
    place = facts.place(facts.events[first[0]])
    if place != facts.place(facts.events[second[0]]) or not _can_run_again(facts, place):
        return None
    again = facts.ancestors(facts.roots(second))
    old = [n for n in again if n in facts.made_at and facts.made_at[n] < first[0]]
    return facts.place(facts.nodes[max(old)]) if old else None


def _can_run_again(facts: Facts, place: Place) -> bool:
    """Return whether a line stands in a loop or a function; `a.backward(); b.backward()` does not."""
    around = facts.code.around(place)
    loops = ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef
    return any(isinstance(statement, loops) for statement in around)


def _carried_clue(
    facts: Facts, state: Node, explains_error: bool = False, retained: bool = False
) -> Clue:
    place = facts.place(state)
    name = _state_name(facts, place)
    if retained:
        what = _(
            "{name} still hangs on the steps before. retain_graph=True keeps them all, and every "
            "backward pass walks through every earlier step again."
        )
    else:
        what = _(
            "{name} is computed from its value of the step before, and so hangs on that step's "
            "graph. That graph's backward pass has already freed what it had saved."
        )
    return Clue(
        place,
        what.format(name=name),
        _(
            "Each step extends the graph through {name}: backward() in step 2 also runs through "
            "step 1, and so on. retain_graph=True would only make it longer."
        ).format(name=name),
        _(
            "Cut the history between the steps: {name} = {name}.detach() before this line. If "
            "gradients should flow through all steps, add up the losses and call backward() once "
            "after the loop."
        ).format(name=name),
        explains_error=explains_error,
    )


def _state_name(facts: Facts, place: Place) -> str:
    targets = assigned(facts.code.statement(place))
    return targets[0][0] if targets else _("the state")


def _outside_clue(facts: Facts, place: Place, first: tuple[int, int]) -> Clue:
    name = _state_name(facts, place)
    return Clue(
        place,
        _(
            "{name} is computed once, before the loop; the first backward pass ({line}) frees what "
            "its graph had saved, and the second one needs it again."
        ).format(name=name, line=facts.spoken(facts.place(facts.events[first[0]]), place)),
        _(
            "A graph belongs to one forward computation. After a step the parameters are others, "
            "so {name} must be computed from them anew anyway."
        ).format(name=name),
        _("Move this line into the loop, before the loss."),
        explains_error=True,
    )


def _before_clue(facts: Facts) -> Clue:
    return Clue(
        facts.error_place,
        _("A part of this graph was made, and walked by backward(), before this cell ran."),
        _(
            "The first backward pass through an operation releases what that had saved. A cell that "
            "runs again starts from the old graph unless it computes everything anew."
        ),
        _(
            "Compute in this cell all that this backward pass needs. A state kept from an earlier "
            "step or cell is cut off by .detach()."
        ),
        explains_error=True,
    )


def _again_clue(facts: Facts, first: tuple[int, int], second: tuple[int, int]) -> Clue:
    place = facts.place(facts.events[second[0]])
    one, other = facts.root_name(first), facts.root_name(second)
    if one != other and one and other:
        fix = _(
            "Both share these operations, so walk them once: ({one} + {other}).backward(), in place "
            "of the two calls."
        )
    elif "grad" in {facts.events[span[0]].text for span in (first, second)}:
        fix = _(
            "Compute {other} again before this line. For a second derivative, differentiate the "
            "first one, from grad(…, create_graph=True)."
        )
    else:
        fix = _(
            "Compute {other} again before this line: each backward() belongs to one forward pass."
        )
    return Clue(
        place,
        _(
            "This backward pass runs through operations that the pass in {line} has already gone "
            "through."
        ).format(line=facts.spoken(facts.place(facts.events[first[0]]), place)),
        _(
            "Each operation keeps values for its derivative ({saved}). The first backward pass "
            "releases them, to give the memory back."
        ).format(saved=_saved_by(facts, second)),
        fix.format(one=one, other=other or "loss"),
        explains_error=True,
    )


def _saved_by(facts: Facts, second: tuple[int, int]) -> str:
    """Return an example of what the graph had saved, in words."""
    end = facts.events[second[1]]
    node = facts.nodes[end.node] if end.kind == "end" and end.node is not None else None
    names = [saved.name for saved in node.saved if saved.nbytes] if node is not None else []
    if node is None or not names:
        return _("for example, exp its result, x**2 its input")
    return f"{node.name}: {', '.join(names)}"
