"""Where a history was cut: by an operation without a derivative, a mode, or a flag."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..model import Edge, Event, Ref
from .code import names_in, walk
from .facts import Facts
from .grad_reads import has_pending_loss
from .model import Place

NO_HISTORY = "does not require grad and does not have a grad_fn"
OFF = {"no_grad", "inference_mode", "set_grad_enabled"}
MODES = {*OFF, "enable_grad"}
"""enable_grad does not help inside inference_mode."""
COMING_BACK = {"from_numpy", "tensor", "as_tensor", "asarray", "FloatTensor"}
READING_OUT = {"item", "float", "int", "bool", "tolist", "numpy", "tensor", "data", "detach"}
"""Ways to leave the graph by a value that comes back as an ordinary number, array or tensor."""


@dataclass(frozen=True)
class Cut:
    """A place where a value lost its history."""

    moment: int
    """When it happened, a place in `Trace.events`."""
    how: str
    """`"item"`, `"argmax"`, `"no_grad"`, …; `"requires_grad"` for a flag, `""` for never on."""
    place: Place
    source: str = ""
    """The expression that did it, `"logits.argmax(1)"`."""
    lost: Ref | None = None
    """The tensor that had the history, if it is known."""

    @property
    def by_mode(self) -> bool:
        """Whether a grad mode did it."""
        return self.how in OFF

    @property
    def by_switch(self) -> bool:
        """Whether it is a matter of switches, modes or flags, and not of an operation."""
        return self.by_mode or self.how == "requires_grad"


def behind(facts: Facts, tensor: int, before: int) -> Cut | None:
    """Return where a tensor without history lost it, looking back from a moment.

    None if nothing it was made of ever had one.
    """
    waiting, seen = [(tensor, before)], set()
    read_out = None
    while waiting:
        current, moment = waiting.pop(0)
        made = facts.maker(current, moment)
        if (current, made) in seen:
            continue
        seen.add((current, made))
        if made is None:
            if moment < len(facts.events):
                read_out = read_out or _read_out(facts, facts.place(facts.events[moment]), moment)
            continue
        event = facts.events[made]
        lost = next((ref for ref in event.inputs if ref.requires_grad), None)
        if lost is not None:
            return at(facts, made, lost)
        if event.kind == "create":
            read_out = read_out or _read_out(facts, facts.place(event), made)
        waiting += [(ref.tensor, made) for ref in event.inputs]
    return read_out


def at(facts: Facts, moment: int, lost: Ref | None) -> Cut:
    """Return the cut that an event made; a mode is to blame where it was entered."""
    event = facts.events[moment]
    if event.text in MODES:
        return _by_mode(facts, event.text, moment, lost)
    return Cut(moment, event.text, facts.place(event), event.expression, lost)


def _by_mode(facts: Facts, name: str, moment: int, lost: Ref | None = None) -> Cut:
    """Return the cut that a grad mode made; enable_grad has no effect only inside inference_mode."""
    place = where_entered(facts, moment)
    if place is None:  # it was on before the recording began
        return Cut(moment, "set_grad_enabled", facts.place(facts.events[moment]), lost=lost)
    return Cut(moment, "inference_mode" if name == "enable_grad" else name, place, lost=lost)


def of_number(facts: Facts, place: Place) -> Cut | None:
    """Return where the numbers used at a place were read out of a tensor."""
    return _read_out(facts, place, len(facts.events))


def _read_out(facts: Facts, place: Place, before: int) -> Cut | None:
    """Return the last reading-out on a line that the value at `place` goes back to."""
    cuts: dict[Place, int] = {}
    for moment, event in enumerate(facts.events[:before]):
        if event.kind == "detach" and event.text in READING_OUT:
            cuts[facts.place(event)] = moment
    for line in facts.code.behind(place):
        if line in cuts:
            moment = cuts[line]
            lost = next((r for r in facts.events[moment].inputs if r.requires_grad), None)
            return at(facts, moment, lost)
    return None


def where_entered(facts: Facts, moment: int) -> Place | None:
    """Return the line that switched off gradients for what ran at a moment, if it was recorded."""
    place = facts.place(facts.events[moment])
    for around in reversed(facts.code.around(place)):
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in around.decorator_list:
                if {*names_in(decorator), getattr(_called(decorator), "attr", "")} & OFF:
                    return Place(place.cell, decorator.lineno)
    open_modes: list[Event] = []
    for event in facts.events[:moment]:
        if event.kind != "mode":
            continue
        if event.entered:
            open_modes.append(event)
        elif open_modes:
            open_modes.pop()
    off = [event for event in open_modes if event.text in OFF]
    return facts.place(off[-1]) if off else None


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def never_trained(facts: Facts) -> Iterator[tuple[Cut, str]]:
    """Yield cuts that keep a leaf from any gradient though it is meant to get one, with its name."""
    groups: dict[tuple[tuple[int, int], ...], list[int | None]] = {}
    for ref in _hungry(facts):
        groups.setdefault(meant_for(facts, ref.tensor), []).append(ref.node)
    for spans, leaves in groups.items():
        for cut, leaf in cut_off(facts, leaves, not _has_optimizer(facts), spans):
            yield cut, facts.nodes[leaf].label


def hungry(facts: Facts) -> list[int | None]:
    """Return the leaves that are meant to get a gradient and never got one."""
    return [ref.node for ref in _hungry(facts)]


def _hungry(facts: Facts) -> Iterator[Ref]:
    fed = {event.node for event in facts.events if event.kind == "accumulate"}
    mine = (ref for ref in _wanted(facts) if ref.tensor not in facts.filled)
    yield from (ref for ref in mine if ref.node not in fed)


def meant_for(facts: Facts, tensor: int) -> tuple[tuple[int, int], ...]:
    """Return the passes that a step of this leaf's optimizer follows, before any other pass.

    What a GAN's discriminator is shown is cut off from the generator on purpose. Where there are no
    such passes, all count.
    """
    ends = [first for first, _last in facts.passes[1:]] + [len(facts.events)]
    mine = tuple(
        span
        for span, end in zip(facts.passes, ends, strict=False)
        if any(
            r.tensor == tensor for e in facts.during((span[1], end - 1), "step") for r in e.inputs
        )
    )
    return mine or tuple(facts.passes)


def cut_off(
    facts: Facts,
    leaves: Iterable[int | None],
    begins_anew: bool = True,
    spans: Iterable[tuple[int, int]] | None = None,
) -> Iterator[tuple[Cut, int]]:
    """Yield, for each of these leaves that lies behind a cut, the cut and the leaf's node.

    Cuts count that keep a gradient from a tensor that backward was called on, in one of the passes
    `spans` if they are given; with `begins_anew` also
    those after which the detached value was made a leaf of its own, as one may have meant to.
    """
    walked = facts.passes if spans is None else spans
    reached = facts.ancestors((n for span in walked for n in facts.roots(span)), True)
    cuts: list[tuple[int | None, Cut]] = [
        (edge.source, _of_edge(facts, edge))
        for edge in facts.trace.graph.edges
        if edge.cut and edge.target in reached
        if begins_anew or facts.nodes[edge.target].kind != "leaf"
    ]
    cuts += [(cut.lost.node, cut) for cut in _returned(facts, reached) if cut.lost is not None]
    for leaf in leaves:
        if leaf is None or facts.nodes[leaf].kind != "leaf":
            continue
        for source, cut in cuts:
            if source is not None and leaf in facts.ancestors([source]):
                yield cut, leaf
                break


def _returned(facts: Facts, reached: set[int]) -> Iterator[Cut]:
    """Yield where numbers were read out that came back, as a new tensor, on the way to a loss."""
    used = {facts.nodes[node].tensor for node in reached}
    for moment, event in enumerate(facts.events):
        back = event.kind == "create" and event.text in COMING_BACK
        if back and any(ref.tensor in used for ref in event.outputs):
            cut = _read_out(facts, facts.place(event), moment)
            if cut is not None:
                yield cut


def _of_edge(facts: Facts, edge: Edge) -> Cut:
    moment, node = _moment_of(facts, edge.target), facts.nodes[edge.target]
    if edge.cut in MODES and moment is not None:
        return _by_mode(facts, edge.cut, moment)
    return Cut(moment or 0, edge.cut, facts.place(node), node.expression)


def _moment_of(facts: Facts, node: int) -> int | None:
    return next(
        (m for m, e in enumerate(facts.events) if any(ref.node == node for ref in e.outputs)), None
    )


def _has_optimizer(facts: Facts) -> bool:
    return any(event.kind in {"optimizer", "step"} for event in facts.events)


def _wanted(facts: Facts) -> Iterator[Ref]:
    """Yield the leaves that an optimizer steps; where there is none, those whose `.grad` is read."""
    seen = set()
    stepped = _has_optimizer(facts)
    first_end = min((last for _first, last in facts.passes), default=len(facts.events))
    for moment, event in enumerate(facts.events):
        asked = event.kind == "step" or (
            event.kind == "read"
            and not stepped
            and event.after is None
            and moment > first_end
            and not tested_for_none(facts, event)
            and not has_pending_loss(facts, event.inputs[0], moment)
        )
        for ref in event.inputs if asked else ():
            if ref.requires_grad and ref.is_leaf and ref.tensor not in seen:
                seen.add(ref.tensor)
                yield ref


def tested_for_none(facts: Facts, read: Event) -> bool:
    """Return whether a `.grad` was read only to see whether there is one."""
    return any(
        isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Is | ast.IsNot) for operator in node.ops)
        and ast.unparse(node.left) == read.expression
        for around in facts.code.around(facts.place(read))[-1:]
        for node in walk(around)
    )


__all__ = [
    "NO_HISTORY",
    "Cut",
    "at",
    "behind",
    "cut_off",
    "hungry",
    "meant_for",
    "never_trained",
    "of_number",
    "tested_for_none",
]
