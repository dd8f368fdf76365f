"""Writes in place: into a leaf, and into what a backward pass still needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _, formula_text
from ..model import Event, Node, Saved
from .carrying import OVERWRITTEN, carried_over
from .facts import Facts, Write
from .happenings import begins_with_step
from .model import Clue, Place
from .registry import rule

LEAF_WRITTEN = "a leaf Variable that requires grad is being used in an in-place operation"
VIEW_WRITTEN = "a view of a leaf Variable that requires grad is being used in an in-place operation"


@rule(5, "leaf-written")
def leaf_written(facts: Facts) -> Iterator[Clue]:
    """A leaf that requires grad may be written only while nothing is recorded."""
    if not facts.raised(LEAF_WRITTEN, VIEW_WRITTEN):
        return
    place = facts.error_place
    line = facts.code.line(place)
    name = _leaf_name(facts, line)
    if not facts.raised(VIEW_WRITTEN):
        what = _("{name} is a leaf that requires grad, and this line changes it in place.")
    elif "[" in line.partition("=")[0]:
        what = _("This line writes into a part of {name}, a leaf that requires grad.")
    else:
        what = _("{name} is a view of a leaf that requires grad; writing to it changes the leaf.")
    yield Clue(
        place,
        what.format(name=name),
        _(
            "A leaf has no history. If the write were recorded, it would become a result of its own "
            "old value, and its .grad would belong to a value that is gone."
        ),
        _fix_leaf(facts, line, name),
        explains_error=True,
    )


def _leaf_name(facts: Facts, line: str) -> str:
    given = facts.failed.inputs[:1] if facts.failed is not None else ()
    label = facts.label(given[0].tensor) if given else ""
    if "inplace" in line and label:
        return label
    return written_name(line) or label or _("the leaf")


def _fix_leaf(facts: Facts, line: str, name: str) -> str:
    if ".grad" in line:
        return _("An update is not to be differentiated: with torch.no_grad(): around this line.")
    if "inplace" in line:
        return _("Leave inplace=True out: the result is a new tensor, and {name} stays.").format(
            name=name
        )
    given = facts.failed.inputs[:1] if facts.failed is not None else ()
    birth = facts.birth(facts.memory(given[0].tensor)) if given else None
    if birth is not None and birth.text in {"zeros", "empty", "zeros_like", "empty_like"}:
        return _(
            "Does {name} only collect results? Then leave requires_grad=True out at its creation: it "
            "comes to require grad by what is written into it. To set a parameter's values: with "
            "torch.no_grad(): around this line."
        ).format(name=name)
    return _(
        "To set the values: with torch.no_grad(): around this line, or write before "
        "requires_grad_(). To differentiate through the write: write to a copy, {name} = "
        "{name}.clone(), or build it by torch.stack or torch.where."
    ).format(name=name)


@rule(6, "saved-value-changed")
def saved_value_changed(facts: Facts) -> Iterator[Clue]:
    """A node found that what it had saved was written since."""
    if not facts.raised(OVERWRITTEN) or not facts.passes or _is_carried(facts):
        return
    found = stale(facts)
    if found is None:
        yield _changed_clue(facts, None, None, None)
        return
    node, saved, write = found
    if facts.events[write.moment].kind == "step" and begins_with_step(facts, write.moment):
        return  # the order of the calls is wrong, and told as that
    if not through_alias(facts, write):
        yield _changed_clue(facts, node, saved, facts.events[write.moment])


def _is_carried(facts: Facts) -> bool:
    """Return whether it is really a state that was carried over a loop."""
    second = facts.passes[-1]
    return any(carried_over(facts, first, second) is not None for first in facts.passes[:-1])


def stale(facts: Facts) -> tuple[Node, Saved | None, Write] | None:
    """Return the node that failed, the value it had saved, and the first write to that since.

    What was saved before the recording cannot be read any more: then the latest write to one of the
    node's inputs counts.
    """
    end = facts.events[facts.passes[-1][1]]
    if end.node is None:
        return None
    node = facts.nodes[end.node]
    since = facts.made_at.get(node.id, -1)
    for saved, tensor in facts.kept(node):
        memory = facts.memory(tensor)
        for write in facts.writes:
            later = write.moment > since and write.ref.version > saved.version
            if write.memory == memory and later:
                return node, saved, write
    near = {facts.nodes[n].tensor for n in facts.around(node)}
    memories = {facts.memory(tensor) for tensor in near if tensor is not None}
    latest = [write for write in facts.writes if write.memory in memories]
    return (node, None, latest[-1]) if latest else None


def through_alias(facts: Facts, write: Write) -> bool:
    """Return whether a write went through what detach() gave."""
    birth = facts.birth(write.ref.tensor)
    return birth is not None and birth.kind in {"detach", "plain"} and birth.text == "detach"


def written_name(line: str) -> str:
    """Return the variable that a line writes to, as it is written there; `""` for none."""
    try:
        nodes = list(ast.walk(ast.parse(line)))
    except (SyntaxError, ValueError):
        return ""
    for node in nodes:
        target: ast.expr | None = None
        if isinstance(node, ast.AugAssign):
            target = node.target
        elif isinstance(node, ast.Assign):
            target = next((t for t in node.targets if isinstance(t, ast.Subscript)), None)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = node.func.value
        while isinstance(target, ast.Subscript):
            target = target.value
        if isinstance(target, ast.Name | ast.Attribute):
            return ast.unparse(target)
    return ""


def _changed_clue(
    facts: Facts, node: Node | None, saved: Saved | None, write: Event | None
) -> Clue:
    place = facts.place(write) if write is not None else facts.error_place
    line = facts.code.line(place)
    name = written_name(line) or (facts.label(saved.tensor) if saved is not None else "")
    if node is None or write is None:
        what = _("A value that an operation had saved for backward() was changed in place.")
    else:
        what = _(
            "{node} ({line}, `{source}`) saved its {kind} for backward(); then this line wrote over it."
        )
        what = what.format(
            node=node.name,
            line=facts.spoken(facts.place(node), place),
            source=node.expression or node.op,
            kind=_kind(facts, saved),
        )
    why = _why_changed(node, saved)
    return Clue(place, what, why, _fix_changed(facts, place, name), explains_error=True)


def _kind(facts: Facts, saved: Saved | None) -> str:
    if saved is None or saved.name == "result":
        return _("result") if saved is not None else _("input")
    return _("input {name}").format(name=facts.label(saved.tensor) or saved.name)


def _why_changed(node: Node | None, saved: Saved | None) -> str:
    formulas = node.formulas if node is not None and saved is not None else ()
    formula = next((f for f in formulas if saved is not None and saved.name in f), "")
    if formula:
        return _(
            "Its derivative is {formula}: it needs the value as it was. (exp, sigmoid and sqrt keep "
            "their result, x**2 and a product their inputs, a sum and 10*x nothing.)"
        ).format(formula=formula_text(formula))
    return _(
        "exp, sigmoid and sqrt keep their result, x**2 and a product their inputs; a sum and 10*x "
        "keep nothing, so writing over theirs does no harm."
    )


def _fix_changed(facts: Facts, place: Place, name: str) -> str:
    line = facts.code.line(place)
    if ".step(" in line:
        return _(
            "The step changed parameters that the next backward pass still needs: first all "
            "backward passes, then the steps; or compute the second loss again after the step."
        )
    if "[" in line.partition("=")[0]:
        return _(
            "Should the write be differentiated? Then collect the parts in a list and join them by "
            "torch.stack, or write to {name}.clone(). Else do it under torch.no_grad() after backward()."
        ).format(name=name)
    return _(
        "Should it be differentiated? Then make a new tensor instead, {line}. If not, move it behind "
        "backward()."
    ).format(line=out_of_place(line) or f"{name or 'y'} = …")


def out_of_place(line: str) -> str:
    """Return a write in place as one that makes a new tensor, `""` if the line is no simple one."""
    try:
        (statement,) = ast.parse(line).body
    except (SyntaxError, ValueError):
        return ""
    if isinstance(statement, ast.AugAssign):
        value = ast.BinOp(_loaded(statement.target), statement.op, statement.value)
        return f"{ast.unparse(statement.target)} = {ast.unparse(value)}"
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        call.func.attr = call.func.attr.removesuffix("_")
        return f"{ast.unparse(call.func.value)} = {ast.unparse(call)}"
    return ""


def _loaded(target: ast.expr) -> ast.expr:
    """Return what is assigned to as something that is read."""
    return ast.parse(ast.unparse(target), mode="eval").body


__all__ = ["stale", "through_alias", "written_name"]
