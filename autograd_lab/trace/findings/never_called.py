"""Parameters that no operation ever uses, though they are meant to learn."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Ref
from .code import walk
from .facts import Facts
from .forgotten import (
    STEPS,
    Idle,
    end_of_loss,
    idle_parameters,
    is_plain_name,
    left_out,
    not_enough,
    uses,
)
from .grad_reads import empty_reads
from .model import Clue, Place
from .registry import rule


@rule(16, "parameter-never-called", needs_all=True)
def never_called(facts: Facts) -> Iterator[Clue]:
    """A parameter by hand that nothing uses; a layer unused where its twin is called twice."""
    told: set[Place] = set()
    for idle in [*idle_parameters(facts), *_by_hand(facts), *left_out(facts)]:
        if (
            any(not _is_shown(facts, e) for _m, e in uses(facts, idle.ref.tensor))
            or not idle.others
        ):
            continue
        clue = _hidden(facts, idle) or _twin(facts, idle)
        if clue is not None and clue.place not in told:
            told.add(clue.place)
            yield clue


def _by_hand(facts: Facts) -> Iterator[Idle]:
    """Yield the leaves whose gradient an update by hand asks for in every round, and never finds."""
    asked: dict[int, list[int]] = defaultdict(list)
    refs: dict[int, Ref] = {}
    for moment, event in enumerate(facts.events):
        none_read = event.kind == "read" and event.text == "grad" and event.after is None
        for ref in event.inputs if none_read or event.kind == "gradients" else ():
            if ref.is_leaf and ref.requires_grad and facts.birth(ref.tensor) is not None:
                asked[ref.tensor].append(moment)
                refs[ref.tensor] = ref
    start = facts.passes[0][0] if facts.passes else len(facts.events)
    written = {
        write.memory
        for write in facts.writes
        if write.moment > start and facts.trace.tensors[write.memory].gradient_of is None
    }
    for tensor, moments in asked.items():
        rounds = {
            max((first for first, _last in facts.passes if first < m), default=0) for m in moments
        }
        others = written - {tensor}
        if len(rounds) >= STEPS and len(rounds) == len(facts.passes) and tensor not in written:
            yield Idle(refs[tensor], facts.label(tensor), moments, others)


def _is_shown(facts: Facts, event: Event) -> bool:
    """Return whether a value was only read to be printed."""
    statement = facts.code.statement(facts.place(event))
    return (
        event.kind == "detach"
        and statement is not None
        and ast.unparse(statement).startswith("print(")
    )


def _hidden(facts: Facts, idle: Idle) -> Clue | None:
    """Say that a leaf made by hand is not used; not if code that did not run may use it."""
    name = idle.name
    if facts.trace.tensors[idle.ref.tensor].parameter or not is_plain_name(name):
        return None
    for cell, tree in enumerate(facts.code.trees):
        for node in walk(tree):
            read = isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
            if read and not _is_harmless(facts, Place(cell, getattr(node, "lineno", None)), name):
                return None
    place = _call_without(facts, name) or end_of_loss(facts, None)
    if place is None:
        return None
    return Clue(
        place,
        _("{name} is meant to learn, and nothing that is computed here uses it.").format(name=name),
        not_enough(),
        _(
            "Use {name} in the formula, or give it to the function that computes the loss. If it is "
            "not needed, leave it out of what is updated."
        ).format(name=name),
    )


def _call_without(facts: Facts, name: str) -> Place | None:
    """Return where a function is called that has a parameter of this name with a default."""
    functions = {
        node.name
        for tree in facts.code.trees
        for node in walk(tree)
        if isinstance(node, ast.FunctionDef)
        and name in [a.arg for a in node.args.args[len(node.args.args) - len(node.args.defaults) :]]
    }
    return next(
        (
            Place(cell, node.lineno)
            for cell, tree in enumerate(facts.code.trees)
            for node in walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in functions
        ),
        None,
    )


def _is_harmless(facts: Facts, place: Place, name: str) -> bool:
    """Return whether a line that reads a variable has run for sure, or means another one."""
    around = facts.code.around(place)
    scope = facts.code.scope(place)
    if scope is not None:
        own = [a.arg for a in walk(scope.args) if isinstance(a, ast.arg)]
        return name in own
    return not any(
        isinstance(s, ast.If | ast.Try | ast.ClassDef | ast.FunctionDef) for s in around
    ) and not any(isinstance(node, ast.Lambda | ast.IfExp) for s in around[-1:] for node in walk(s))


def _twin(facts: Facts, idle: Idle) -> Clue | None:
    """Say that a layer is never called, while one of the same shape is called on two lines."""
    parts = idle.name.split(".")
    layer = parts[-2] if len(parts) > 2 else ""
    if not layer.isidentifier() or facts.code.reads_attribute(layer):
        return None
    for other in idle.others:
        twin = facts.parameter(other).split(".")
        same = twin[:-2] == parts[:-2] and twin[-1] == parts[-1] and twin[-2:-1] != [layer]
        lines = {facts.place(event) for _m, event in uses(facts, other) if event.kind == "op"}
        if same and len(lines) == 2 and _shape(facts, other) == idle.ref.shape:
            place = max(lines, key=lambda p: (p.cell, p.number or 0))
            return Clue(
                place,
                _(
                    "{twin} is called twice, and {layer} not at all: it never gets a gradient."
                ).format(twin=twin[-2], layer=layer),
                not_enough(),
                _("Is {layer} meant in one of the two places?").format(layer=layer),
                explains_error=facts.raised("NoneType") and _is_missed(facts, idle.ref),
            )
    return None


def _is_missed(facts: Facts, leaf: Ref) -> bool:
    """Return whether the line that raised reads the gradient that a leaf does not have."""
    return any(
        read.inputs[0].tensor == leaf.tensor and facts.place(read) == facts.error_place
        for _moment, read in empty_reads(facts)
    )


def _shape(facts: Facts, tensor: int) -> tuple[int, ...]:
    born = facts.birth(tensor)
    return next((r.shape for r in born.outputs if r.tensor == tensor), ()) if born else ()


__all__: list[str] = []
