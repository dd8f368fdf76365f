"""Parameters that a module does not register, so that no optimizer moves them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ...i18n import _
from ..model import Event
from .code import walk
from .facts import Facts
from .model import Clue, Place
from .registry import rule

REGISTERING = {
    "ModuleList",
    "ModuleDict",
    "ParameterList",
    "ParameterDict",
    "Sequential",
    "Parameter",
}


@rule(22, "optimizer-without-parameters")
def nothing_registered(facts: Facts) -> Iterator[Clue]:
    """An optimizer was given no parameters, because the module had none."""
    if not facts.raised("optimizer got an empty parameter list"):
        return
    for event in _creations(facts):
        attribute = _attribute(facts, facts.place(event))
        if attribute is not None:
            yield _unregistered(attribute, explains_error=True)
            return


@rule(22, "parameter-not-registered", needs_all=True)
def not_registered(facts: Facts) -> Iterator[Clue]:
    """A module's weights get gradients, but no optimizer has them."""
    if not any(e.kind == "step" for e in facts.events):
        return
    told = set()
    fed, moved = ever_fed(facts), facts.moved
    for event in _creations(facts):
        tensors = {ref.tensor for ref in event.outputs}
        attribute = _attribute(facts, facts.place(event)) if tensors & (fed - moved) else None
        if attribute is not None and attribute.place not in told:
            told.add(attribute.place)
            yield _unregistered(attribute)


def _creations(facts: Facts) -> Iterator[Event]:
    """Yield where tensors were made that require grad, then or later."""
    asked = {
        ref.tensor
        for event in facts.events
        if event.kind == "set" and event.text == "requires_grad"
        for ref in event.inputs[:1]
    }
    for event in facts.events:
        by_flag = event.kind == "plain" and any(ref.tensor in asked for ref in event.outputs)
        made = event.kind == "create" and any(
            ref.requires_grad or ref.tensor in asked for ref in event.outputs
        )
        if by_flag or made:
            yield event


def ever_fed(facts: Facts) -> set[int]:
    """Return the tensors whose gradient grew."""
    nodes = [
        facts.nodes[e.node] for e in facts.events if e.kind == "accumulate" and e.node is not None
    ]
    return {node.tensor for node in nodes if node.tensor is not None}


@dataclass(frozen=True)
class Attribute:
    """An attribute that a module's method sets to what the module does not register."""

    place: Place
    name: str
    """As written, `"self.layers"`."""
    value: ast.expr


def _attribute(facts: Facts, place: Place, through: tuple[str, ...] = ()) -> Attribute | None:
    """Return the attribute of a module that what is made on a line goes into, unregistered.

    Or that an object of its class goes into, made in another class than those it was asked through.
    """
    classes = [s for s in facts.code.around(place) if isinstance(s, ast.ClassDef)]
    statement = facts.code.statement(place)
    if not classes or not any("Module" in ast.unparse(base) for base in classes[-1].bases):
        return None
    wanted = _filled(statement)
    found = (
        node
        for node in walk(classes[-1])
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == wanted
    )
    setting = next(found, None)
    if setting is not None and _is_plain(setting.value):
        return Attribute(Place(place.cell, setting.lineno), wanted, setting.value)
    name = classes[-1].name
    if name in through:
        return None
    made = [
        Place(cell, node.lineno)
        for cell, tree in enumerate(facts.code.trees)
        for node in walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name
    ]
    holding = [_attribute(facts, there, (*through, name)) for there in made]
    return holding[0] if holding and None not in holding else None


def _filled(statement: ast.stmt | None) -> str:
    """Return the attribute that a statement sets, or puts something into."""
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        target = target.value if isinstance(target, ast.Subscript) else target
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        method = statement.value.func
        target = method.value if isinstance(method, ast.Attribute) else None
    return ast.unparse(target) if isinstance(target, ast.Attribute) else ""


def _is_plain(value: ast.expr) -> bool:
    """Return whether a module takes no notice of such a value: a container, or a plain tensor."""
    if isinstance(value, ast.List | ast.Dict | ast.ListComp | ast.DictComp | ast.Tuple):
        return True
    called = ast.unparse(value.func).split(".")[-1] if isinstance(value, ast.Call) else ""
    if called in REGISTERING:
        return False
    return called in {"list", "dict", "tuple"} or bool(
        called and "requires_grad" in ast.unparse(value)
    )


def _unregistered(attribute: Attribute, explains_error: bool = False) -> Clue:
    name, value = attribute.name, attribute.value
    if isinstance(value, ast.Call) and "requires_grad" in ast.unparse(value):
        what = _("{name} is a plain tensor: model.parameters() does not list it.").format(name=name)
    else:
        what = _("{name} is a Python container: what is in it parameters() does not list.").format(
            name=name
        )
    return Clue(
        attribute.place,
        what,
        _(
            "A module registers what is assigned to it as an nn.Parameter or nn.Module, and does not "
            "look into lists and dictionaries. What is not registered may get gradients, but the "
            "optimizer never hears of it, and it never moves."
        ),
        f"{name} = {_registering(value)}",
        explains_error=explains_error,
    )


def _registering(value: ast.expr) -> str:
    """Return the value as a module registers it."""
    asked = value.func if isinstance(value, ast.Call) else None
    if isinstance(asked, ast.Attribute) and asked.attr == "requires_grad_":
        return f"nn.Parameter({ast.unparse(asked.value)})"
    if isinstance(value, ast.Call) and "requires_grad" in ast.unparse(value):
        keywords = [k for k in value.keywords if k.arg != "requires_grad"]
        return f"nn.Parameter({ast.unparse(ast.Call(value.func, value.args, keywords))})"
    kind = "Parameter" if "Parameter" in ast.unparse(value) else "Module"
    shape = "Dict" if isinstance(value, ast.Dict | ast.DictComp) else "List"
    return f"nn.{kind}{shape}({ast.unparse(value)})"


__all__ = ["ever_fed"]
