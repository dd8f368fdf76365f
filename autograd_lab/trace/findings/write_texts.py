"""What is said about a write in place: what it wrote over, why that matters, what to write instead."""

from __future__ import annotations

import ast
import re

from ...i18n import _, formula_text
from ..model import Node, Saved
from .code import names_in, walk
from .facts import Facts, Write
from .model import Place

LIBRARIES = {"torch", "nn", "nn.functional", "nn.init", "torch.nn", "torch.nn.functional", "F"}
FRESH = {
    "copy_": "{1}.clone()",
    "zero_": "torch.zeros_like({0})",
    "fill_": "torch.full_like({0}, {1})",
}
"""What makes a new tensor in place of methods that exist in place only."""


def written_name(line: str) -> str:
    """Return the variable that a line writes to, as it is written there; `""` for none."""
    try:
        nodes = list(walk(ast.parse(line)))
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
        if isinstance(target, ast.Name | ast.Attribute) and ast.unparse(target) not in LIBRARIES:
            return ast.unparse(target)
    return ""


def kind(facts: Facts, saved: Saved | None) -> str:
    """Return what a node had saved, in words."""
    if saved is None or saved.name == "result":
        return _("result") if saved is not None else _("input")
    return _("input {name}").format(name=facts.label(saved.tensor) or saved.name)


def why_changed(node: Node | None, saved: Saved | None) -> str:
    """Return why the saved value is needed as it was."""
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


def fix_changed(facts: Facts, write: Write, name: str, alone: bool) -> str:
    """Return what to write instead; `alone` if there was no other backward pass before the write."""
    place = facts.place(facts.events[write.moment])
    line = facts.code.line(place)
    if ".step(" in line and alone:
        return _(
            "The step changed parameters that this backward pass still needs: first backward(), then "
            "step()."
        )
    if ".step(" in line:
        return _(
            "The step changed parameters that the next backward pass still needs: first all "
            "backward passes, then the steps; or compute the second loss again after the step."
        )
    if write.ref.is_leaf and write.ref.requires_grad:
        return _(
            "{name} is a leaf and is to stay one: move this line behind backward(), or before the "
            "computation of what backward() is called on."
        ).format(name=name or _("the leaf"))
    if _writes_a_part(facts.code.statement(place)):
        return _(
            "Should the write be differentiated? Then collect the parts in a list and join them by "
            "torch.stack, or write to {name}.clone(). Else do it under torch.no_grad() after backward()."
        ).format(name=name)
    collected = _comprehension(facts, place)
    if collected:
        return _(
            "Should it be differentiated? Then collect new tensors, {line}: setting {name} alone would "
            "not change the list. If not, move it behind backward()."
        ).format(line=collected, name=name)
    return _(
        "Should it be differentiated? Then make a new tensor instead, {line}. If not, move it behind "
        "backward()."
    ).format(line=out_of_place(line) or f"{name or 'y'} = …")


def _writes_a_part(statement: ast.stmt | None) -> bool:
    """Return whether a statement writes to `x[…]`."""
    if isinstance(statement, ast.Assign):
        return any(isinstance(target, ast.Subscript) for target in statement.targets)
    if isinstance(statement, ast.AugAssign):
        return isinstance(statement.target, ast.Subscript)
    text = "" if statement is None else ast.unparse(statement)
    return re.match(r"[\w.]+\[", text) is not None


def _comprehension(facts: Facts, place: Place) -> str:
    """Return a loop that writes to its variable as a list of new tensors, `""` for other lines."""
    loop = next((s for s in facts.code.around(place)[-2:-1] if isinstance(s, ast.For)), None)
    write = facts.code.statement(place)
    if loop is None or not isinstance(write, ast.AugAssign):
        return ""
    if ast.unparse(write.target) not in names_in(loop.target):
        return ""
    value = ast.unparse(ast.BinOp(_loaded(write.target), write.op, write.value))
    target = ast.unparse(loop.target).removeprefix("(").removesuffix(")")
    return f"[{value} for {target} in {ast.unparse(loop.iter)}]"


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
    if isinstance(call, ast.Call):
        return _new_tensor(call)
    return _renamed(statement) if isinstance(statement, ast.Assign | ast.Return) else ""


def _renamed(statement: ast.stmt) -> str:
    """Return `y = x.mul(a)` for `y = x.mul_(a)`, `""` if nothing in it writes in place."""
    called = [node.func for node in walk(statement) if isinstance(node, ast.Call)]
    methods = [f for f in called if isinstance(f, ast.Attribute) and f.attr.endswith("_")]
    if not methods or any(f.attr in {*FRESH, "requires_grad_"} for f in methods):
        return ""
    for method in methods:
        method.attr = method.attr.removesuffix("_")
    return ast.unparse(statement)


def _new_tensor(call: ast.Call) -> str:
    """Return `x = x.mul(a).add(b)` for `x.mul_(a).add_(b)`, `""` for other calls."""
    chain: list[ast.Attribute] = []
    target: ast.expr = call
    while isinstance(target, ast.Call) and isinstance(target.func, ast.Attribute):
        chain.append(target.func)
        target = target.func.value
    name, methods = ast.unparse(target), [method.attr for method in chain]
    is_tensor = isinstance(target, ast.Name | ast.Attribute) and name not in LIBRARIES
    if not is_tensor or not any(method.endswith("_") for method in methods):
        return ""
    if methods[0] in FRESH and len(methods) == 1:
        given = [ast.unparse(value) for value in [*call.args, *(k.value for k in call.keywords)]]
        return f"{name} = {FRESH[methods[0]].format(name, *given)}"
    for method in chain:
        method.attr = method.attr.removesuffix("_")
    return "" if FRESH.keys() & set(methods) else f"{name} = {ast.unparse(call)}"


def _loaded(target: ast.expr) -> ast.expr:
    """Return what is assigned to as something that is read."""
    return ast.parse(ast.unparse(target), mode="eval").body


__all__ = ["fix_changed", "kind", "out_of_place", "why_changed", "written_name"]
