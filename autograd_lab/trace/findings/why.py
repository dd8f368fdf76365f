"""Why the `.grad` of one variable is what it is: None, a sum of several, zero, NaN."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...i18n import _, ngettext
from ..model import Event, Trace, Value, Variable
from . import cutting
from .facts import Facts, spelled
from .ranking import find


def why(trace: Trace, name: str) -> list[str]:
    """Return sentences on why the `.grad` of a variable is what it is at the end of a trace.

    `name` is the variable as in `Node.label`: `"x"`, `"net.0.weight"`. Raises LookupError if the
    trace knows no such tensor.
    """
    variable = next((v for v in trace.variables if v.name == name), None)
    if variable is None:
        known = ", ".join(v.name for v in trace.variables) or _("none")
        raise LookupError(
            _("no tensor named {name} was recorded; there are: {known}").format(
                name=name, known=known
            )
        )
    facts = Facts(trace)
    answers = list(
        _present(facts, variable) if variable.grad is not None else _none(facts, variable)
    )
    return answers + _told(trace, facts, variable)


def _told(trace: Trace, facts: Facts, variable: Variable) -> list[str]:
    """Return the fix of a finding that speaks of this variable."""
    marks = (f"{variable.name}.grad", f"{variable.name} ")
    for finding in find(trace):
        if any(mark in f"{finding.what} " for mark in marks):
            return [finding.fix]
    return []


# --- None ---------------------------------------------------------------------------------------


def _none(facts: Facts, variable: Variable) -> Iterator[str]:
    name = variable.name
    if not variable.requires_grad:
        yield from _constant(facts, variable)
    elif not variable.is_leaf and not variable.retains_grad:
        yield _(
            "{name}.grad is None because {name} is a result, not a leaf: backward() passes its "
            "gradient on and keeps it for leaves only."
        ).format(name=name)
    elif not facts.trace.whole:
        yield _untold(variable)
    elif not facts.passes:
        yield _("{name}.grad is None because no backward pass ran.").format(name=name)
    else:
        yield _emptied(facts, variable) or _unreached(facts, variable)


def _untold(variable: Variable) -> str:
    return _(
        "Not all that happened was recorded, so it cannot be told why {name}.grad is what it is. Run "
        "fewer rounds of the loop, then ask again."
    ).format(name=variable.name)


def _constant(facts: Facts, variable: Variable) -> Iterator[str]:
    name, tensor = variable.name, variable.tensor
    yield _("{name}.grad is None because {name} does not require grad: it is a constant.").format(
        name=name
    )
    if tensor is None:
        return
    if variable.value.dtype.startswith(("int", "uint", "bool")):
        yield _("It holds whole numbers ({dtype}), which have no derivative.").format(
            dtype=variable.value.dtype
        )
    cut = cutting.behind(facts, tensor, len(facts.events))
    if cut is not None:
        yield _("Its history was cut in {line}: {source}").format(
            line=facts.spoken(cut.place), source=facts.code.line(cut.place)
        )


def _emptied(facts: Facts, variable: Variable) -> str:
    """Return how a gradient that was there came to be None, `""` if none ever was."""
    grown = [m for m, event in _accumulated(facts, variable)]
    if not grown:
        return ""
    for event in reversed(facts.events[grown[-1] :]):
        emptied = event.kind == "zero_grad" or (event.kind == "set" and event.text == "grad")
        if emptied and any(ref.tensor == variable.tensor for ref in event.inputs):
            return _("{name} had a gradient; {line} reset it to None: {source}").format(
                name=variable.name,
                line=facts.spoken(facts.place(event)),
                source=facts.code.line(facts.place(event)),
            )
    return _("{name} had a gradient, and it was reset to None.").format(name=variable.name)


def _unreached(facts: Facts, variable: Variable) -> str:
    for cut, leaf in cutting.cut_off(facts, [variable.node]):
        if leaf == variable.node:
            return _(
                "{name}.grad is None because the way from the loss back to {name} is cut in {line}: "
                "{source}"
            ).format(
                name=variable.name,
                line=facts.spoken(cut.place),
                source=facts.code.line(cut.place),
            )
    return _(
        "{name}.grad is None because nothing that backward() was called on was computed from {name}."
    ).format(name=variable.name)


# --- there --------------------------------------------------------------------------------------


def _accumulated(facts: Facts, variable: Variable) -> list[tuple[int, Event]]:
    """Return when this leaf's gradient grew."""
    return [
        (moment, event)
        for moment, event in enumerate(facts.events)
        if event.kind == "accumulate" and event.node == variable.node
    ]


def _present(facts: Facts, variable: Variable) -> Iterator[str]:
    grad = variable.grad
    if grad is None:
        return
    if not facts.trace.whole:
        yield _untold(variable)
        return
    grown = _accumulated(facts, variable)
    if not grown:
        yield _(
            "No backward pass that was recorded added to {name}.grad: what it holds is from before, or "
            "was put there by hand."
        ).format(name=variable.name)
        return
    if any(math.isnan(n) for n in grad.numbers):
        yield _not_a_number(facts, variable)
    elif not any(grad.numbers):
        yield _zero(facts, variable)
    parts = _since_empty(grown)
    if len(parts) > 1:
        lines = ", ".join(dict.fromkeys(facts.spoken(facts.place(event)) for event in parts))
        yield ngettext(
            "{name}.grad is the sum over {count} backward pass ({lines}): {sum}.",
            "{name}.grad is the sum over {count} backward passes ({lines}): {sum}.",
            len(parts),
        ).format(name=variable.name, count=len(parts), lines=lines, sum=_sum(parts, grad))
    for event in parts[-1:]:
        paths = _paths(facts, event)
        if len(paths) > 1:
            yield _("In the last pass it came over {count} paths, and they add up: {sum}.").format(
                count=len(paths), sum=" + ".join(paths)
            )
        elif len(parts) == 1:
            yield _("{name}.grad came from one backward pass ({line}), over one path.").format(
                name=variable.name, line=facts.spoken(facts.place(event))
            )


def _since_empty(grown: list[tuple[int, Event]]) -> list[Event]:
    """Return the latest accumulations that add up to the present gradient."""
    parts: list[Event] = []
    for _moment, event in reversed(grown):
        parts.insert(0, event)
        if event.before is None or not any(event.before.numbers):
            break
    return parts


def _sum(parts: list[Event], total: Value) -> str:
    shown = [spelled(event.contribution) for event in parts if event.contribution is not None]
    if len(shown) > 4:
        shown = [*shown[:2], "…", shown[-1]]
    return f"{' + '.join(shown)} = {spelled(total)}"


def _paths(facts: Facts, grown: Event) -> list[str]:
    """Return the parts that came into a leaf in one pass, each with the expression it came through."""
    end = next(m for m, event in enumerate(facts.events) if event is grown)
    span = next((s for s in reversed(facts.passes) if s[0] <= end), (0, end))
    uses = [edge for edge in facts.trace.graph.edges if edge.source == grown.node and not edge.cut]
    spoken = []
    for event in facts.during(span, "node"):
        for edge in uses:
            if edge.target == event.node and edge.slot < len(event.grads_out):
                part = event.grads_out[edge.slot]
                node = facts.nodes[edge.target]
                if part is not None:
                    spoken.append(f"{spelled(part)} ({node.expression or node.name})")
    return spoken


def _not_a_number(facts: Facts, variable: Variable) -> str:
    for event in facts.events:
        if event.kind != "node" or event.node is None:
            continue
        clean = all(not _has_nan(value) for value in event.grads_in)
        if clean and any(_has_nan(value) for value in (*event.products, *event.grads_out)):
            node = facts.nodes[event.node]
            return _(
                "{name}.grad holds NaN. It first came up at {node} ({line}, {source}): the gradient "
                "that arrived was {grad}, the local derivative is not finite, and 0 · inf is NaN."
            ).format(
                name=variable.name,
                node=node.name,
                line=facts.spoken(facts.place(node)),
                source=node.expression or node.op,
                grad=next((v.text for v in event.grads_in if v is not None), "?"),
            )
    return _("{name}.grad holds NaN; it was in what backward() started from.").format(
        name=variable.name
    )


def _has_nan(value: Value | None) -> bool:
    return value is not None and any(math.isnan(n) for n in value.numbers)


def _zero(facts: Facts, variable: Variable) -> str:
    grown = _accumulated(facts, variable)
    if grown and grown[-1][1].after is not None and any(grown[-1][1].after.numbers):
        return _("{name}.grad is zero because it was emptied after the last pass.").format(
            name=variable.name
        )
    for event in facts.events:
        if event.kind == "node" and event.node is not None:
            arrived = any(value is not None and any(value.numbers) for value in event.grads_in)
            left = [value for value in event.grads_out if value is not None]
            if arrived and left and not any(any(value.numbers) for value in left):
                node = facts.nodes[event.node]
                return _(
                    "{name}.grad is zero: at {node} ({line}, {source}) a gradient arrived, and the "
                    "local derivative there is 0."
                ).format(
                    name=variable.name,
                    node=node.name,
                    line=facts.spoken(facts.place(node)),
                    source=node.expression or node.op,
                )
    return _("{name}.grad is zero: the paths that lead to it cancel out.").format(
        name=variable.name
    )


__all__ = ["why"]
