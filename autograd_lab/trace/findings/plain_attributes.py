"""Attributes of modules that hold what a module does not register: containers, plain tensors."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..model import Event
from .code import Scope, assigned, expression, walk
from .facts import Facts
from .model import Place

REGISTERING = {
    "ModuleList",
    "ModuleDict",
    "ParameterList",
    "ParameterDict",
    "Sequential",
    "Parameter",
}


@dataclass(frozen=True)
class Attribute:
    """An attribute that a module's method sets to what the module does not register."""

    place: Place
    owner: str
    """The module's class."""
    name: str
    """As written, `"self.layers"`."""
    value: ast.expr
    made: ast.expr
    """The value, or what the variable was set to that the value is."""
    of_tensors: bool
    """Whether it is about plain tensors, not about modules or parameters."""


def attribute_of(facts: Facts, event: Event) -> Attribute | None:
    """Return the attribute of a module that what an event made goes into, unregistered."""
    made = expression(event.expression)
    of_tensors = not any(facts.trace.tensors[ref.tensor].parameter for ref in event.outputs)
    return _holding(facts, facts.place(event), made, of_tensors)


def _holding(
    facts: Facts,
    place: Place,
    made: ast.expr | None,
    of_tensors: bool = False,
    through: tuple[str, ...] = (),
) -> Attribute | None:
    """Return the attribute that what is made on a line goes into.

    Or that an object of its class goes into, made in another class than those it was asked through.
    """
    classes = [s for s in facts.code.around(place) if isinstance(s, ast.ClassDef)]
    if not classes or not any("Module" in ast.unparse(base) for base in classes[-1].bases):
        return None
    owner, wanted = classes[-1], _filled(facts.code.statement(place), made)
    setting = _set_to_plain(owner, wanted, facts.code.scope(place), of_tensors)
    if setting is not None:
        line, name, value, origin = setting
        return Attribute(Place(place.cell, line), owner.name, name, value, origin, of_tensors)
    if owner.name in through:
        return None
    calls = [
        _holding(facts, Place(cell, node.lineno), node, through=(*through, owner.name))
        for cell, tree in enumerate(facts.code.trees)
        for node in walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == owner.name
    ]
    return calls[0] if calls and None not in calls else None


def _filled(statement: ast.stmt | None, made: ast.expr | None) -> str:
    """Return the attribute or variable that a statement sets to what is made, or puts it into."""
    pairs = assigned(statement)
    if pairs:
        source = "" if made is None else ast.unparse(made)
        target = next((t for t, value in pairs if source in ast.unparse(value)), pairs[0][0])
        return target.partition("[")[0]
    call = statement.value if isinstance(statement, ast.Expr) else None
    method = call.func if isinstance(call, ast.Call) else None
    return ast.unparse(method.value) if isinstance(method, ast.Attribute) else ""


Setting = tuple[int, str, ast.expr, ast.expr]
"""A line, the attribute that it sets, the value, and what that was made as."""


def _set_to_plain(
    owner: ast.ClassDef, wanted: str, scope: Scope, of_tensors: bool
) -> Setting | None:
    """Return where a class sets an attribute, or one to a variable of `__init__`, unregistered."""
    where = owner if "." in wanted else scope
    if where is None or (where is scope and scope.name != "__init__"):
        return None
    settings = [
        (n.lineno, *pair) for n in walk(where) if isinstance(n, ast.stmt) for pair in assigned(n)
    ]
    line, _name, made = next((s for s in settings if s[1] == wanted), (0, "", None))
    if made is None:
        return None
    if where is owner:
        return (line, wanted, made, made) if _is_plain(made) else None
    for line, name, value in settings:
        itself = ast.unparse(value) == wanted and (of_tensors or is_container(made))
        inside = wanted in map(ast.unparse, _parts(value))
        if name.startswith("self.") and wanted.isidentifier() and (itself or inside):
            return line, name, value, made if itself else value
    return None


def _parts(value: ast.expr) -> list[ast.expr]:
    """Return what a list, a tuple or a dictionary is written with."""
    if isinstance(value, ast.Dict):
        return value.values
    return value.elts if isinstance(value, ast.List | ast.Tuple) else []


def is_container(value: ast.expr) -> bool:
    """Return whether a value is written as a list, a tuple or a dictionary."""
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).split(".")[-1] in {"list", "dict", "tuple"}
    return isinstance(value, ast.List | ast.Dict | ast.ListComp | ast.DictComp | ast.Tuple)


def _is_plain(value: ast.expr) -> bool:
    """Return whether a module takes no notice of such a value: a container, or a plain tensor."""
    called = ast.unparse(value.func).split(".")[-1] if isinstance(value, ast.Call) else ""
    asks = called and called not in REGISTERING and "requires_grad" in ast.unparse(value)
    return bool(asks) or is_container(value)


__all__ = ["Attribute", "attribute_of", "is_container"]
