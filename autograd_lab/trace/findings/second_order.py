"""create_graph and retain_graph: which of them makes a derivative differentiable."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node
from .code import expression, root_of, walk
from .facts import Facts, spelled
from .model import Clue, Place
from .registry import rule

BY_POSITION = {"backward": 1, "grad": 3}
"""How many arguments come before the options."""
LEAVING = {"detach", "item", "data", "numpy", "tolist"}


class Derivatives:
    """Which tensors are derivatives, or were computed from one without a graph."""

    def __init__(self, facts: Facts) -> None:
        """Follow them through the events."""
        self.facts = facts
        self.origin: dict[int, int] = {}
        """Per tensor, the moment of the backward pass that computed the derivative behind it."""
        self.entries: list[tuple[int, int]] = []
        """Where one enters a recorded operation: the operation's moment, the pass's moment."""
        for moment, event in enumerate(facts.events):
            self._note(moment, event)

    def _note(self, moment: int, event: Event) -> None:
        behind = [
            o for o in (self._origin(r.tensor, moment) for r in event.inputs) if o is not None
        ]
        if event.kind == "gradients":
            before = [first for first, _last in self.facts.passes if first < moment]
            self.origin.update(
                (ref.tensor, start) for start in before[-1:] for ref in event.outputs
            )
        elif event.kind == "op" and behind:
            self.entries.append((moment, behind[0]))
        elif event.kind == "plain" and behind and event.text not in LEAVING:
            kept = () if self.updates(moment, behind[0]) else event.outputs
            self.origin.update((ref.tensor, behind[0]) for ref in kept)

    def _origin(self, tensor: int, moment: int) -> int | None:
        """Return the pass behind a derivative; for a `.grad`, the last one before it is first used."""
        if tensor not in self.origin and self.facts.trace.tensors[tensor].gradient_of is not None:
            before = [first for first, last in self.facts.passes if last < moment]
            if before:
                self.origin[tensor] = before[-1]
        return self.origin.get(tensor)

    def updates(self, moment: int, start: int) -> bool:
        """Return whether an operation adds a gradient to what it is the gradient of, as a step does."""
        facts = self.facts
        last = next((last for first, last in facts.passes if first == start), start)
        wanted = {ref.tensor for ref in facts.events[start].outputs}
        grown = [facts.nodes[e.node].tensor for e in facts.during((start, last), "accumulate")
                 if e.node is not None]  # fmt: skip
        mine = {facts.memory(t) for t in [*wanted, *grown] if t is not None}
        return any(facts.memory(ref.tensor) in mine for ref in facts.events[moment].inputs)

    def without_graph(self, start: int) -> bool:
        """Return whether the pass that began at a moment recorded nothing of its own."""
        return "create_graph" not in self.facts.events[start].options


@rule(15, "derivative-without-graph")
def second_derivative(facts: Facts) -> Iterator[Clue]:
    """A derivative was differentiated that has no graph."""
    if not facts.raised("does not require grad") or facts.failed is None:
        return
    derivatives = Derivatives(facts)
    for ref in facts.failed.inputs:
        start = derivatives.origin.get(ref.tensor)
        if start is not None and derivatives.without_graph(start):
            yield _without_graph(facts, start)
            return


def _without_graph(facts: Facts, start: int) -> Clue:
    event = facts.events[start]
    place = facts.place(event)
    return Clue(
        place,
        _(
            "The derivative computed here is a plain tensor of numbers; {line} wants to "
            "differentiate it once more."
        ).format(line=facts.spoken(facts.error_place, place)),
        _instead(event)
        + _(
            "Only with create_graph=True are the operations of the backward pass recorded, so that "
            "the derivative has a graph of its own."
        ),
        _instead_of_default(facts, place)
        or _(
            "Pass create_graph=True in this call. It keeps the graph, too; retain_graph is not needed."
        ),
        explains_error=True,
    )


@rule(26, "derivative-is-constant")
def constant_derivative(facts: Facts) -> Iterator[Clue]:
    """A derivative with create_graph=True was differentiated, and it is the same everywhere."""
    if not facts.raised("does not require grad") or facts.failed is None:
        return
    derivatives = Derivatives(facts)
    for ref in facts.failed.inputs:
        start = derivatives.origin.get(ref.tensor)
        if start is None or ref.requires_grad or derivatives.without_graph(start):
            continue
        span = next(span for span in facts.passes if span[0] == start)
        # What a Function of the user's own computes may have no graph though it is not the same everywhere.
        if not any(node.custom for node in _walked(facts, span)):
            yield _same_everywhere(facts, start)
            return


def _walked(facts: Facts, span: tuple[int, int]) -> Iterator[Node]:
    """Yield the nodes that a pass went through."""
    for event in facts.during(span, "node"):
        if event.node is not None:
            yield facts.nodes[event.node]


def _same_everywhere(facts: Facts, start: int) -> Clue:
    place = facts.place(facts.events[start])
    return Clue(
        place,
        _(
            "The derivative computed here is the same for every input: it has no graph, and {line} "
            "cannot differentiate it once more."
        ).format(line=facts.spoken(facts.error_place, place)),
        _(
            "create_graph=True records what the backward pass computes. For a linear function it "
            "computes with constants alone, so there is nothing to follow: the next derivative is 0."
        ),
        _(
            "Where a function may be linear: torch.autograd.functional.hessian(f, x) gives zeros "
            "then. Or ask {name}.requires_grad first."
        ).format(name=root_of(facts.error.expression) if facts.error else "slope"),
        explains_error=True,
    )


def _instead_of_default(facts: Facts, place: Place) -> str:
    """Say who decides, if the call hands on a parameter of its function, `create_graph=create_graph`."""
    scope, statement = facts.code.scope(place), facts.code.statement(place)
    if scope is None or statement is None:
        return ""
    takes = {argument.arg for argument in walk(scope.args) if isinstance(argument, ast.arg)}
    for node in walk(statement):
        given = node.value if isinstance(node, ast.keyword) and node.arg == "create_graph" else None
        if isinstance(given, ast.Name) and given.id in takes:
            return _(
                "Call {function}(…, {option}=True) for each derivative that is differentiated again."
            ).format(function=scope.name, option=given.id)
    return ""


def _instead(event: Event) -> str:
    if "retain_graph" not in event.options:
        return ""
    return _(
        "retain_graph=True only keeps the values saved for another pass through the same graph. "
    )


@rule(15, "second-added-to-first")
def added_to_first(facts: Facts) -> Iterator[Clue]:
    """backward() on x.grad added the second derivative to the first."""
    derivatives = Derivatives(facts)
    for first, last in facts.passes:
        event = facts.events[first]
        starts = [derivatives.origin.get(ref.tensor) for ref in event.inputs]
        starts += _behind(facts, derivatives, facts.roots((first, last)))
        if event.text != "backward" or not any(_filled_grad(facts, s) for s in starts):
            continue
        grown = next(
            (
                e
                for e in facts.during((first, last), "accumulate")
                if e.before is not None and any(e.before.numbers)
            ),
            None,
        )
        if grown is not None:
            yield _added(facts, event, grown)


def _filled_grad(facts: Facts, start: int | None) -> bool:
    """Return whether a derivative came from a pass that left it in `.grad`, with a graph."""
    if start is None or facts.events[start].text != "backward":
        return False
    return "create_graph" in facts.events[start].options


def _behind(facts: Facts, derivatives: Derivatives, roots: list[int]) -> list[int | None]:
    """Return the passes whose derivatives these roots were computed from, if they kept a graph."""
    leading = facts.ancestors(roots)
    return [start for moment, start in derivatives.entries if facts.events[moment].node in leading]


def _added(facts: Facts, event: Event, grown: Event) -> Clue:
    name = facts.nodes[grown.node or 0].label or "x"
    first, second, both = (
        "" if value is None else spelled(value)
        for value in (grown.before, grown.contribution, grown.after)
    )
    return Clue(
        facts.place(event),
        _(
            "{name}.grad held the first derivative, {first}; this call added the second one, "
            "{second}, which makes {both}."
        ).format(name=name, first=first, second=second, both=both),
        _("backward() adds to .grad, also when it starts from a derivative."),
        _(
            "Ask for the derivatives as values, which leaves .grad alone: g, = "
            "torch.autograd.grad(y, {name}, create_graph=True), then torch.autograd.grad(g.sum(), "
            "{name})."
        ).format(name=name),
    )


@rule(15, "graph-created-for-nothing", needs_all=True)
def created_for_nothing(facts: Facts) -> Iterator[Clue]:
    """create_graph=True in a loop that differentiates nothing twice."""
    what = _(
        "create_graph=True records the backward pass as well, for derivatives of derivatives. "
        "Nothing here differentiates a gradient."
    )
    why = _(
        "The recorded pass costs time and memory, and .grad and its parameter then refer to "
        "each other, so that neither is freed soon."
    )
    if any(not event.outputs for event in facts.trace.of_kind("gradients")):
        return  # a derivative was looked for in vain; its way may lead through this one
    for place, spans in _for_nothing(facts, "create_graph"):
        # It keeps the graph, too, which a second loss may need.
        if any(_needed(facts, span, "retain_graph") for span in spans):
            fix = _(
                "The next pass goes through the same operations, and for that retain_graph=True is "
                "enough. Or add the losses up and call backward() once."
            )
        else:
            fix = _("Leave create_graph=True out.")
        yield Clue(place, what, why, fix, level="note")


@rule(15, "graph-retained-for-nothing", needs_all=True)
def retained_for_nothing(facts: Facts) -> Iterator[Clue]:
    """retain_graph=True in a loop that walks no graph twice."""
    for place, spans in _for_nothing(facts, "retain_graph"):
        if not any("create_graph" in facts.events[first].options for first, _last in spans):
            yield Clue(
                place,
                _("retain_graph=True keeps what the graph has saved; no later pass here needs it."),
                _(
                    "It neither accumulates gradients nor makes them differentiable. It only lets "
                    "another backward pass run through the same operations, and costs memory until "
                    "then."
                ),
                _("Leave retain_graph=True out."),
                level="note",
            )


def _for_nothing(facts: Facts, option: str) -> Iterator[tuple[Place, list[tuple[int, int]]]]:
    """Yield lines that run repeatedly with an option that no later pass needs, with the passes."""
    spans = [s for s in facts.passes if option in facts.events[s[0]].options]
    for place in {facts.place(facts.events[first]) for first, _last in spans}:
        mine = [s for s in spans if facts.place(facts.events[s[0]]) == place]
        asked = any(_asks(facts.events[first], option) for first, _last in mine)
        if len(mine) > 1 and asked and not any(_needed(facts, span, option) for span in mine):
            yield place, mine


def _asks(start: Event, option: str) -> bool:
    """Return whether a pass has an option because its call says so, not because a library's does."""
    call = expression(start.expression)
    if option in start.expression or not isinstance(call, ast.Call):
        return option in start.expression
    before = BY_POSITION.get(getattr(call.func, "attr", getattr(call.func, "id", "")))
    return before is not None and (
        len(call.args) > before or None in [k.arg for k in call.keywords]
    )


def _needed(facts: Facts, span: tuple[int, int], option: str) -> bool:
    """Return whether a later pass runs through this one's graph, or through what this one recorded."""
    wanted = {e.node for e in facts.during(span, "op" if option == "create_graph" else "node")}
    if option == "retain_graph" and not wanted:
        return True  # nothing was found on the way, so nobody knows yet what the graph is kept for
    later = [other for other in facts.passes if other[0] > span[1]]
    return any(e.node in wanted for other in later for e in facts.during(other, "node"))


__all__ = ["Derivatives"]
