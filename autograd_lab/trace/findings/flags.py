"""Statements that were to switch gradients off or on, and do nothing at all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from ...i18n import _
from .code import assigned, walk
from .facts import Facts
from .grad_reads import reached
from .model import Clue, Place
from .numpy_calls import REFUSED
from .registry import rule
from .writing import LEAF_WRITTEN

FLAG = "requires_grad"
ALIKE = 0.9
"""How alike two names are when one is taken for the other misspelt."""
MODES = {"no_grad", "enable_grad", "inference_mode"}
ITERATED = {"modules", "children", "named_modules", "named_children"}


@rule(8, "misspelt-flag")
def misspelt_flag(facts: Facts) -> Iterator[Clue]:
    """`p.require_grad = False` makes a new attribute that nobody asks for."""
    for place, target, value in _flags_set(facts):
        alike = SequenceMatcher(None, target.attr, FLAG).ratio()
        if target.attr != FLAG and alike >= ALIKE and not facts.code.reads_attribute(target.attr):
            yield Clue(
                place,
                _("{wrong} is misspelt: the flag is called requires_grad.").format(
                    wrong=target.attr
                ),
                _(
                    "Python lets one set any attribute of an object. This line makes a new one, "
                    "which autograd never looks at, and no error says so."
                ),
                f"{ast.unparse(target.value)}.{FLAG} = {ast.unparse(value)}",
            )


@rule(8, "flag-of-a-module")
def flag_of_a_module(facts: Facts) -> Iterator[Clue]:
    """`model.backbone.requires_grad = False` freezes nothing: a module has no such flag."""
    for place, target, value in _flags_set(facts):
        name = ast.unparse(target.value)
        tensors = _parameters_of(facts, name, place) if target.attr == FLAG else set()
        on, learnt = value.value is True, any(reached(facts, t, facts.passes) for t in tensors)
        if tensors and facts.passes and learnt != on and not _own_flag(facts):
            yield Clue(
                place,
                _(
                    "{name} is a module, and a module has no requires_grad: this line only makes "
                    "an attribute of that name."
                ).format(name=name),
                _(
                    "Only tensors carry the flag. A module's method requires_grad_() sets it for "
                    "each of its parameters."
                ),
                f"{name}.requires_grad_({on})",
            )


@rule(8, "flag-compared")
def flag_compared(facts: Facts) -> Iterator[Clue]:
    """`p.requires_grad == False` asks, and sets nothing."""
    for place, value in _thrown_away(facts):
        if (
            isinstance(value, ast.Compare)
            and isinstance(value.left, ast.Attribute)
            and value.left.attr == FLAG
            and isinstance(value.ops[0], ast.Eq)
        ):
            yield Clue(
                place,
                _("== compares: this line asks for the flag and changes nothing."),
                _("The answer, True or False, is thrown away. One = assigns."),
                f"{ast.unparse(value.left)} = {ast.unparse(value.comparators[0])}",
            )


@rule(8, "detach-without-effect")
def detach_without_effect(facts: Facts) -> Iterator[Clue]:
    """`z.detach()` alone on a line: z keeps its history."""
    cuts = {
        facts.place(event)
        for event in facts.trace.of_kind("detach")
        if event.text == "detach" and any(ref.requires_grad for ref in event.inputs)
    }
    for place, value in _thrown_away(facts):
        called = value.func if isinstance(value, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == "detach" and place in cuts:
            name = ast.unparse(called.value)
            yield Clue(
                place,
                _(
                    "The result of {name}.detach() is thrown away; {name} itself keeps its history."
                ).format(name=name),
                _("detach() leaves its tensor as it is and gives a new one without history."),
                _("Give the result a name: {name} = {name}.detach().").format(name=name),
            )


@rule(8, "mode-not-entered")
def mode_not_entered(facts: Facts) -> Iterator[Clue]:
    """`torch.no_grad()` alone on a line: nothing is switched off."""
    for place, statement in _statements(facts):
        value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
        if not isinstance(value, ast.Call) or not _is_unused(facts, statement):
            continue
        if ast.unparse(value.func).removeprefix("torch.") in MODES:
            mode = ast.unparse(value)
            yield Clue(
                place,
                _("{mode} is only made here and never entered: it switches nothing.").format(
                    mode=mode
                ),
                _(
                    "Such a mode is a context manager. It takes effect inside a with block, and ends "
                    "with it."
                ),
                _("with {mode}: and what belongs to it indented below.").format(mode=mode),
                explains_error=_is_above(place, facts.error_place)
                and (facts.raised(LEAF_WRITTEN) or _asked_for_an_array(facts, place)),
            )


def _is_above(place: Place, other: Place) -> bool:
    return (place.cell, place.number or 0) < (other.cell, other.number or 0)


def _asked_for_an_array(facts: Facts, place: Place) -> bool:
    """Return whether an array was refused that a mode entered at a place would have allowed.

    What was computed before, or is a leaf, requires grad all the same.
    """
    made = facts.failed_on if facts.raised(REFUSED) else None
    return made is not None and made.kind == "op" and _is_above(place, facts.place(made))


def _is_unused(facts: Facts, statement: ast.stmt) -> bool:
    """Return whether a statement gives its value no name, or one that is never read."""
    names = {name for name, _value in assigned(statement)}
    return not any(
        isinstance(node, ast.Name | ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and ast.unparse(node) in names
        for tree in facts.code.trees
        for node in walk(tree)
    )


def _statements(facts: Facts) -> Iterator[tuple[Place, ast.stmt]]:
    for cell, tree in enumerate(facts.code.trees):
        for node in walk(tree):
            if isinstance(node, ast.stmt):
                yield Place(cell, node.lineno), node


def _flags_set(facts: Facts) -> Iterator[tuple[Place, ast.Attribute, ast.Constant]]:
    """Yield where an attribute is set to True or False."""
    for place, node in _statements(facts):
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.Assign) and isinstance(value, ast.Constant):
            for target in node.targets:
                if isinstance(value.value, bool) and isinstance(target, ast.Attribute):
                    yield place, target, value


def _thrown_away(facts: Facts) -> Iterator[tuple[Place, ast.expr]]:
    """Yield expressions whose value is not used. A cell shows its last one: that counts as a use."""
    shown = {id(tree.body[-1]) for tree in facts.code.trees if tree.body}
    for place, node in _statements(facts):
        if isinstance(node, ast.Expr) and id(node) not in shown:
            yield place, node.value


def _parameters_of(facts: Facts, name: str, place: Place) -> set[int]:
    """Return the parameters of the module that a name stands for; none if it is no module's."""
    path = re.sub(r"\[(\d+)\]", r".\1", name)
    found = set()
    for group in facts.trace.groups:
        for tensor, known in zip(group.tensors, group.names, strict=True):
            inside = path.startswith("self.") and f".{path.removeprefix('self.')}." in known
            inside = inside or known.startswith(f"{path}.") or _walked(facts, name, place)
            if tensor is not None and group.kind == "module" and inside:
                found.add(tensor)
    return found


def _walked(facts: Facts, name: str, place: Place) -> bool:
    """Return whether a name is a loop variable over the parts of a module."""
    loops = [node for node in facts.code.around(place) if isinstance(node, ast.For)]
    return any(
        isinstance(loop.iter, ast.Call)
        and getattr(loop.iter.func, "attr", "") in ITERATED
        and name in {n.id for n in walk(loop.target) if isinstance(n, ast.Name)}
        for loop in loops
    )


def _own_flag(facts: Facts) -> bool:
    """Return whether a class of the user's defines what setting requires_grad does."""
    return any(
        isinstance(node, ast.FunctionDef) and node.name in {FLAG, "__setattr__"}
        for _place, node in _statements(facts)
    )


__all__: list[str] = []
