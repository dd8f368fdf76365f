"""Detached tensors that were kept as a state of the past, and went along with the present."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import assigned, expression, walk
from .facts import Facts, Write
from .model import Clue
from .registry import rule
from .sharing import used, uses_gradient, written

COMPARING = {"sub", "eq", "ne", "dist", "equal", "allclose", "isclose", "mse_loss", "l1_loss"}
OF_THE_PAST = {
    "old", "prev", "previous", "best", "before", "anchor", "snapshot", "saved", "backup", "star",
    "start", "init", "initial", "original", "orig", "copy", "checkpoint",
}  # fmt: skip
"""Words in a name that say that its value is to stay."""


@rule(9, "snapshot-that-is-none")
def snapshot_that_is_none(facts: Facts) -> Iterator[Clue]:
    """A detached tensor was kept as the state before a step, and moved with the step."""
    for moment, event in _aliases(facts):
        alias = event.outputs[0].tensor
        later = written(facts, alias, moment, len(facts.events))
        changed = [w for w in later if w.ref.tensor != alias and not _is_onto_itself(facts, w)]
        wrote = changed[0].moment if changed else None
        if wrote is None or not _was_kept(facts, event):
            continue
        meant = _meant_to_stay(facts, event) or _written_back(facts, alias, wrote)
        if used(facts, alias, wrote, len(facts.events)):
            is_window = _of_state(event) and bool(_targets(facts, event))
            is_stale = meant or not (is_window or used(facts, alias, moment, wrote))
            is_stale = is_stale and (meant or not _only_printed(facts, event, wrote))
        else:
            is_stale = meant and _shown(facts, event, wrote)
        if is_stale:
            yield _snapshot_clue(facts, event, facts.events[wrote])


@rule(9, "compared-with-itself")
def compared_with_itself(facts: Facts) -> Iterator[Clue]:
    """A tensor is compared with its own alias, after a write that went to both."""
    made = {event.outputs[0].tensor: (moment, event) for moment, event in _aliases(facts)}
    for moment, event in enumerate(facts.events):
        pair = [ref.tensor for ref in event.inputs]
        if event.kind not in {"op", "plain"} or event.text not in COMPARING or len(pair) != 2:
            continue
        aliases = [made[tensor] for tensor in pair if tensor in made]
        sources = {made[t][1].inputs[0].tensor if t in made else t for t in pair}
        if aliases and len(set(pair)) == 2 and len(sources) == 1:
            since, birth = min(aliases, key=lambda alias: alias[0])
            writes = written(facts, birth.outputs[0].tensor, since, moment)
            if writes and _was_kept(facts, birth) and not _told_there(facts, writes[0], birth):
                yield _snapshot_clue(facts, birth, facts.events[writes[0].moment])


def _told_there(facts: Facts, write: Write, birth: Event) -> bool:
    """Return whether a write went through the alias itself, which `copy-that-is-none` tells."""
    through = write.ref.tensor == birth.outputs[0].tensor
    return through and not uses_gradient(facts, facts.place(facts.events[write.moment]))


def _aliases(facts: Facts) -> Iterator[tuple[int, Event]]:
    """Yield where a parameter, a result or a gradient was detached."""
    for moment, event in enumerate(facts.events):
        if event.text in {"detach", "data"} and event.inputs and event.outputs:
            source = event.inputs[0].tensor
            owner = facts.memory(source)
            kept = facts.trace.tensors[source].gradient_of is not None or (
                owner != source and facts.trace.tensors[owner].parameter
            )
            if event.kind == "detach" or (event.kind == "plain" and kept):
                yield moment, event


def _is_onto_itself(facts: Facts, write: Write) -> bool:
    """Return whether a tensor's own numbers were copied into it, which changes nothing."""
    event = facts.events[write.moment]
    return event.text == "copy_" and any(
        facts.memory(ref.tensor) == write.memory for ref in event.inputs[1:]
    )


def _written_back(facts: Facts, alias: int, since: int) -> bool:
    """Return whether an alias was copied into what it shares its memory with, to restore it."""
    return any(
        write.moment > since
        and _is_onto_itself(facts, write)
        and any(ref.tensor == alias for ref in facts.events[write.moment].inputs[1:])
        for write in facts.writes
    )


def _of_state(event: Event) -> bool:
    """Return whether an alias is an entry of a module's state_dict()."""
    return event.expression.endswith(".state_dict()")


def _targets(facts: Facts, event: Event) -> list[str]:
    return [name for name, _value in assigned(facts.code.statement(facts.place(event)))]


def _meant_to_stay(facts: Facts, event: Event) -> bool:
    """Return whether the name that an alias was given says that it is a state of the past."""
    words = {w for name in _targets(facts, event) for w in re.split(r"[^a-z]+", name.lower())}
    return bool(words & OF_THE_PAST)


def _shown(facts: Facts, event: Event, wrote: int) -> bool:
    """Return whether the variable that still holds an alias is only looked at, below the write."""
    name = facts.label(event.outputs[0].tensor)
    below = facts.code.lines_below(facts.place(facts.events[wrote]))
    return name in _targets(facts, event) and any(facts.code.reads(line, name) for line in below)


def _only_printed(facts: Facts, event: Event, wrote: int) -> bool:
    """Return whether an alias is used after a write for printing only: a window, not a snapshot."""
    alias = event.outputs[0].tensor
    places = {
        facts.place(later)
        for later in facts.events[wrote:]
        if any(ref.tensor == alias for ref in later.inputs)
    }
    statements = [facts.code.statement(place) for place in places]
    return bool(_targets(facts, event)) and all(
        isinstance(s, ast.Expr)
        and isinstance(s.value, ast.Call)
        and ast.unparse(s.value.func) == "print"
        and not any(isinstance(node, ast.BinOp | ast.Compare) for node in walk(s))
        for s in statements
    )


KEEPING = (
    ast.Assign
    | ast.AnnAssign
    | ast.Return
    | ast.Yield
    | ast.List
    | ast.Tuple
    | ast.Dict
    | ast.ListComp
    | ast.DictComp
)


def _was_kept(facts: Facts, event: Event) -> bool:
    """Return whether the alias itself was given a name or put in a list or dict."""
    statement = facts.code.statement(facts.place(event))
    made = expression(event.expression)
    if statement is None or made is None:
        return False
    return any(
        _holds(child, ast.unparse(made))
        for node in walk(statement)
        if isinstance(node, KEEPING) or _appends(node)
        for child in ast.iter_child_nodes(node)
    )


def _holds(tree: ast.AST, made: str) -> bool:
    """Return whether a piece of code gives what was made, or a dict with the same tensors in it."""
    if isinstance(tree, ast.DictComp):
        names = {ast.unparse(node) for node in walk(tree.generators[0].target)}
        given = ast.unparse(tree.generators[0].iter)
        return given == f"{made}.items()" and ast.unparse(tree.value) in names
    copied = {f"{made}.copy()", f"dict({made})", f"OrderedDict({made})", f"copy.copy({made})"}
    return ast.unparse(tree) in {made, *copied}


def _appends(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append"


def _snapshot_clue(facts: Facts, kept: Event, write: Event) -> Clue:
    place = facts.place(kept)
    targets = _targets(facts, kept)
    original = facts.name(kept.inputs[0], kept)
    if original:
        what = _(
            "{name} is no copy: it shares its memory with {original}, and {line} changed both."
        )
    else:
        what = _(
            "{name} is no copy: it shares its memory with the parameter, and {line} changed both."
        )
    if _of_state(kept):
        why = _("state_dict() gives the memory of the parameters themselves, without the history.")
        fix = _("Keep the numbers of this moment: copy.deepcopy({source}).")
    else:
        why = _("detach() and .data give the same memory without the history.")
        fix = _("Keep the numbers of this moment: {source}.clone().")
    return Clue(
        place,
        what.format(
            name=targets[0] if targets else f"`{kept.expression}`",
            original=original,
            line=facts.spoken(facts.place(write), place),
        ),
        why,
        fix.format(source=kept.expression),
    )


__all__: list[str] = []
