"""Why the `.grad` of one variable is what it is: None, a sum of several, zero, NaN."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator

from ...i18n import _, ngettext
from ..model import Edge, Event, Node, Trace, Value, Variable
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
    # Whole names alone: `d` is not meant by "and". `a` or `loss` may be words of the text, too, and so
    # must be in the line that the finding points at.
    name = re.compile(rf"(?<![A-Za-z0-9_.]){re.escape(variable.name)}(?![A-Za-z0-9_\[(])")
    for finding in find(trace):
        what = finding.what
        grad = any(what.startswith(".grad", found.end()) for found in name.finditer(what))
        if grad or (name.search(what) and name.search(finding.line)):
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
        yield _emptied(facts, variable) or _untold(facts, variable)
    elif not facts.passes:
        yield _("{name}.grad is None because no backward pass ran.").format(name=name)
    else:
        yield _emptied(facts, variable) or _unreached(facts, variable)


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
    grown = [m for m, _event in _accumulated(facts, variable)]
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

Part = tuple[int, Event]
"""When a leaf's gradient grew, and how."""


def _accumulated(facts: Facts, variable: Variable) -> list[Part]:
    """Return when this leaf's gradient grew."""
    return [
        (moment, event)
        for moment, event in enumerate(facts.events)
        if event.kind == "accumulate" and event.node == variable.node is not None
    ]


def _present(facts: Facts, variable: Variable) -> Iterator[str]:
    grown, end = _accumulated(facts, variable), len(facts.events)
    last, after = (grown[-1][0], grown[-1][1].after) if grown else (-1, None)
    walked = any(event.node == variable.node is not None for event in facts.trace.of_kind("node"))
    changed = bool(_changes(facts, variable, last, end))
    if grown:
        changed = _differs(after, variable.grad, changed)
    if not facts.trace.whole and (changed or not grown):
        yield _untold(facts, variable)
    elif grown:
        parts = _since_changed(facts, variable, grown)
        yield from _grown(facts, variable, grown, parts, changed)
    elif changed:
        yield _changed(facts, variable, last)
    elif walked:
        yield from _remarkable(facts, variable, facts.passes)
        yield _(
            "{name} is a result, not a leaf; it keeps a gradient because it was asked to, by "
            "retain_grad() or backward(inputs=…)."
        ).format(name=variable.name)
    else:
        yield _(
            "{name}.grad is older than this cell: no backward pass in it added anything."
        ).format(name=variable.name)


def _grown(
    facts: Facts, variable: Variable, grown: list[Part], parts: list[Part], changed: bool
) -> Iterator[str]:
    """Say which passes a leaf's gradient came from, and what was done to it afterwards."""
    zero = variable.grad is not None and _is_zero(variable.grad)
    if changed and zero:
        yield _("{name}.grad is zero because it was emptied after the last pass.").format(
            name=variable.name
        )
        return
    if changed and _replaced(facts, variable, grown[-1][0]):
        yield _changed(facts, variable, grown[-1][0])
        return
    inside = [s for s in facts.passes if any(s[0] <= moment <= s[1] for moment, _event in parts)]
    added = [event.contribution for _moment, event in parts]
    if not changed and (any(map(_has_nan, added)) or all(v and _is_zero(v) for v in added)):
        yield from _remarkable(facts, variable, inside)
    held = _held(facts, variable, grown, parts)
    if held or len(parts) > 1:
        yield _as_sum(facts, variable, held, parts)
    paths = _paths(facts, *parts[-1])
    if len(paths) > 1:
        yield _("In the last pass it came over {count} paths, and they add up: {sum}.").format(
            count=len(paths), sum=" + ".join(paths)
        )
    elif len(parts) == 1 and not held:
        yield _("{name}.grad came from one backward pass ({line}), over one path.").format(
            name=variable.name, line=facts.spoken(facts.place(parts[0][1]))
        )
    if changed:
        yield _changed(facts, variable, grown[-1][0])


def _changes(facts: Facts, variable: Variable, start: int, end: int) -> list[Event]:
    """Return where the code itself set or wrote to a `.grad` between two moments."""
    found = []
    for event in facts.events[start + 1 : end]:
        touched = event.inputs[:1] if event.kind in {"set", "inplace"} else event.inputs
        tensors: set[int | None] = {ref.tensor for ref in touched}
        if event.kind == "inplace":
            tensors = {facts.trace.tensors[facts.memory(r.tensor)].gradient_of for r in touched}
        elif event.kind not in {"zero_grad", "clip"} and (event.kind, event.text) != (
            "set",
            "grad",
        ):
            continue
        if variable.tensor is not None and variable.tensor in tensors:
            found.append(event)
    return found


def _differs(left: Value | None, right: Value | None, touched: bool) -> bool:
    """Return whether a gradient is another one than before; of a large one only the ends are known."""
    known = left is not None and left.complete
    return left != right or (touched and not known)


def _replaced(facts: Facts, variable: Variable, moment: int) -> bool:
    """Return whether nothing of a gradient was left after a moment."""
    later = _changes(facts, variable, moment, len(facts.events))
    return any(event.kind in {"set", "zero_grad"} or event.text == "zero_" for event in later)


def _changed(facts: Facts, variable: Variable, moment: int) -> str:
    """Say which line gave a gradient its value after a moment."""
    later = _changes(facts, variable, moment, len(facts.events))
    if not later:
        return _("After that, {name}.grad was changed; how was not recorded.").format(
            name=variable.name
        )
    place = facts.place(later[-1])
    return _("{name}.grad is what {line} made of it: {source}").format(
        name=variable.name, line=facts.spoken(place), source=facts.code.line(place)
    )


def _since_changed(facts: Facts, variable: Variable, grown: list[Part]) -> list[Part]:
    """Return the latest passes whose contributions stand side by side in the present gradient."""
    parts = grown[-1:]
    for moment, event in reversed(grown[:-1]):
        later, first = parts[0]
        touched = bool(_changes(facts, variable, moment, later))
        if first.before is None or _is_zero(first.before):
            break
        if _differs(event.after, first.before, touched):
            break
        parts.insert(0, (moment, event))
    return parts


def _held(
    facts: Facts, variable: Variable, grown: list[Part], parts: list[Part]
) -> tuple[str, Value] | None:
    """Return what a gradient held before these passes, in words and numbers; None if nothing."""
    moment, first = parts[0]
    if first.before is None or _is_zero(first.before):
        return None
    place = grown.index(parts[0])
    changes = _changes(facts, variable, grown[place - 1][0] if place else -1, moment)
    if not changes:
        told = _("what it held before") if place else _("what it held before this cell ran")
    elif changes[-1].kind == "zero_grad" or changes[-1].text == "zero_":
        return None
    else:
        told = _("what {line} left there").format(line=facts.spoken(facts.place(changes[-1])))
    return told, first.before


def _as_sum(
    facts: Facts, variable: Variable, held: tuple[str, Value] | None, parts: list[Part]
) -> str:
    events = [event for _moment, event in parts]
    lines = ", ".join(dict.fromkeys(facts.spoken(facts.place(event)) for event in events))
    terms = [*([held[1]] if held else []), *(event.contribution for event in events)]
    shown = [spelled(value) for value in terms if value is not None]
    if len(shown) > 4:
        shown = [*shown[:2], "…", shown[-1]]
    if events[-1].after is not None:
        shown[-1] += f" = {spelled(events[-1].after)}"
    if held is None:
        text = ngettext(
            "{name}.grad is the sum over {count} backward pass ({lines}): {sum}.",
            "{name}.grad is the sum over {count} backward passes ({lines}): {sum}.",
            len(parts),
        )
    else:
        text = ngettext(
            "{name}.grad is the sum of {held} and {count} backward pass ({lines}): {sum}.",
            "{name}.grad is the sum of {held} and {count} backward passes ({lines}): {sum}.",
            len(parts),
        )
    return text.format(
        name=variable.name,
        held=held and held[0],
        count=len(parts),
        lines=lines,
        sum=" + ".join(shown),
    )


def _paths(facts: Facts, end: int, grown: Event) -> list[str]:
    """Return the parts that came into a leaf in one pass, each with the expression it came through."""
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


def _is_zero(value: Value) -> bool:
    """Return whether a value is known to be zero everywhere."""
    return bool(value.numbers) and value.complete and not any(value.numbers)


def _has_nan(value: Value | None) -> bool:
    return value is not None and any(math.isnan(n) for n in value.numbers)


Step = tuple[Event, list[Value], list[Value]]
"""What a node did in a pass, what its formulas gave towards a leaf, and what it passed on there."""


def _towards(facts: Facts, variable: Variable, span: tuple[int, int]) -> Iterator[Step]:
    """Yield what the nodes on the way to a variable did in a pass, in the order they did it."""
    ways: dict[int | None, list[Edge]] = defaultdict(list)
    for edge in facts.trace.graph.edges:
        if not edge.cut:
            ways[edge.source].append(edge)
    slots: dict[int | None, set[int]] = defaultdict(set)
    seen, waiting = {variable.node}, [variable.node]
    while waiting:
        for edge in ways[waiting.pop()]:
            slots[edge.target].add(edge.slot)
            if edge.target not in seen:
                seen.add(edge.target)
                waiting.append(edge.target)
    for event in facts.during(span, "node"):
        if event.node in slots:
            products, passed_on = (
                [v for i, v in enumerate(values) if i in slots[event.node] and v is not None]
                for values in (event.products, event.grads_out)
            )
            yield event, products, passed_on


def _remarkable(facts: Facts, variable: Variable, passes: list[tuple[int, int]]) -> Iterator[str]:
    """Say where the passes that a gradient came from made it zero or NaN, if it is."""
    steps = [step for span in passes for step in _towards(facts, variable, span)]
    if _has_nan(variable.grad):
        yield _not_a_number(facts, variable, steps)
    elif variable.grad is not None and _is_zero(variable.grad):
        yield _zero(facts, variable, steps)


def _not_a_number(facts: Facts, variable: Variable, steps: list[Step]) -> str:
    for event, products, passed_on in steps:
        clean = not any(map(_has_nan, event.grads_in))
        if event.node is not None and clean and any(map(_has_nan, products + passed_on)):
            node = facts.nodes[event.node]
            return _(
                "{name}.grad holds NaN. It first came up at {node} ({line}, {source}): the gradient "
                "that arrived was {grad}, the local derivative is not finite, and 0 · inf is NaN."
            ).format(
                **_where(facts, variable, node),
                grad=next((v.text for v in event.grads_in if v is not None), "?"),
            )
    return _("{name}.grad holds NaN; it was in what backward() started from.").format(
        name=variable.name
    )


def _where(facts: Facts, variable: Variable, node: Node) -> dict[str, str]:
    """Return what a text names: the variable, and a node with its line and source."""
    line = facts.spoken(facts.place(node))
    source = node.expression or node.op
    return {"name": variable.name, "node": node.name, "line": line, "source": source}


def _zero(facts: Facts, variable: Variable, steps: list[Step]) -> str:
    for event, products, passed_on in steps:
        arrived = any(value is not None and any(value.numbers) for value in event.grads_in)
        if (
            event.node is not None
            and arrived
            and passed_on
            and all(map(_is_zero, products + passed_on))
        ):
            node = facts.nodes[event.node]
            return _(
                "{name}.grad is zero: at {node} ({line}, {source}) a gradient arrived, and the "
                "local derivative there is 0."
            ).format(**_where(facts, variable, node))
    arriving = [value for event, *_sent in steps for value in event.grads_in if value is not None]
    text = _("{name}.grad is zero: the paths that lead to it cancel out.")
    if all(map(_is_zero, arriving)):
        text = _("{name}.grad is zero: backward() started from zero.")
    return text.format(name=variable.name)


def _untold(facts: Facts, variable: Variable) -> str:
    if not facts.trace.truncated:
        return _(
            "Not all that happened was recorded, so what became of {name}.grad cannot be told."
        ).format(name=variable.name)
    return _(
        "What became of {name}.grad was not recorded to the end: only the first {count} things "
        "that happened were kept. With fewer turns of the loop it can be told."
    ).format(name=variable.name, count=len(facts.events))


__all__ = ["why"]
