"""A graph that is walked a second time: whose it was, and what should be computed anew."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from .calls import callers, loops
from .carrying import SECOND_TIME, Span, carried_clue, carried_over, state_name
from .facts import Facts
from .hidden_parameters import hidden_parameters
from .model import Clue, Place
from .registry import rule
from .reused import gone_through, kept_clue, opposed_clue, rows_clue


@rule(2, "second-backward", needs_all=True)
def second_backward(facts: Facts) -> Iterator[Clue]:
    """A backward pass came to a node that an earlier pass had freed."""
    second = facts.passes[-1] if facts.passes else None
    if not facts.raised(SECOND_TIME) or second is None or not facts.events[second[1]].text:
        return  # what a node had saved was read, and no pass was asked for
    first = _pass_that_freed(facts, second)
    if first is None:
        yield _before_clue(facts)
        return
    carried = carried_over(facts, first, second)
    if carried is not None:
        what = _(
            "{name} is computed from its value of the step before, and so hangs on that step's "
            "graph. That graph's backward pass has already freed what it had saved."
        )
        yield carried_clue(facts, carried, second, what, explains_error=True)
        return
    clue = rows_clue(facts, first, second) or kept_clue(facts, first, second)
    outside = _made_before_loop(facts, first, second) if clue is None else None
    hidden = {facts.place(node) for node, _name in hidden_parameters(facts)}
    if outside is not None and outside in hidden:
        return  # to compute it in the loop would make it no parameter
    if outside is not None:
        clue = _outside_clue(facts, outside, first, second)
    yield clue or opposed_clue(facts, first, second) or _again_clue(facts, first, second)


def _pass_that_freed(facts: Facts, second: Span) -> Span | None:
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


def _made_before_loop(facts: Facts, first: Span, second: Span) -> Place | None:
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


def _outside_clue(facts: Facts, place: Place, first: Span, second: Span) -> Clue:
    place = _called_at(facts, place, second)
    name = state_name(facts, place)
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
        _where_to(facts, place, name, second),
        explains_error=True,
    )


def _called_at(facts: Facts, place: Place, second: Span) -> Place:
    """Return the only line that calls the helper which returned a value, if it is not in the loop."""
    if not isinstance(facts.code.statement(place), ast.Return):
        return place
    around = loops(facts, facts.place(facts.events[second[0]]))
    found = {
        where
        for where, statement, _call in callers(facts, place)
        if isinstance(statement, ast.Assign) and not any(x in around for x in loops(facts, where))
    }
    return found.pop() if len(found) == 1 else place


def _where_to(facts: Facts, place: Place, name: str, second: Span) -> str:
    """Return where the computation belongs."""
    guards = [s.test for s in facts.code.around(place) if isinstance(s, ast.If)]
    if any(name in ast.unparse(test) for test in guards):
        return _(
            "Compute {name} anew in each forward pass, in place of keeping it for the next one."
        ).format(name=name)
    owner = facts.code.scope(place)
    if owner is not None and owner.name == "__init__":
        return _("Compute {name} in forward(), anew in each pass, in place of here.").format(
            name=name
        )
    scope = facts.code.scope(facts.place(facts.events[second[0]]))
    if scope is not None and scope not in facts.code.around(place):
        return _("Move this line into {function}(), before the backward pass.").format(
            function=scope.name
        )
    return _("Move this line into the loop, before the loss.")


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


def _again_clue(facts: Facts, first: Span, second: Span) -> Clue:
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
        gone_through(facts, first, place),
        _(
            "Each operation keeps values for its derivative ({saved}). The first backward pass "
            "releases them, to give the memory back."
        ).format(saved=_saved_by(facts, second)),
        fix.format(one=one, other=other or "loss"),
        explains_error=True,
    )


def _saved_by(facts: Facts, second: Span) -> str:
    """Return an example of what the graph had saved, in words."""
    end = facts.events[second[1]]
    node = facts.nodes[end.node] if end.kind == "end" and end.node is not None else None
    names = [saved.name for saved in node.saved if saved.nbytes] if node is not None else []
    if node is None or not names:
        return _("for example, exp its result, x**2 its input")
    return f"{node.name}: {', '.join(names)}"
