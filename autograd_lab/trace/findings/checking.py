"""gradcheck with numbers that are too coarse for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import assigned, expression, walk
from .facts import Facts
from .model import Clue, Place
from .registry import rule

NARROWING = re.compile(r"\.float\(\)$|float32|\.type\(.*Float")

CALLED = {"forward", "__call__", "backward", "setup_context"}
"""Methods that run when an object, or the apply of a Function, is called."""
BUFFER = re.compile(r"torch\.(zeros|ones|empty)\((?!.*dtype)")


@rule(27, "gradcheck-in-float32")
def single_precision(facts: Facts) -> Iterator[Clue]:
    """gradcheck failed, and something was float32."""
    for event in facts.trace.of_kind("gradcheck"):
        if event.options != ("failed",):
            continue
        coarse = [r for r in event.inputs if r.requires_grad and r.dtype == "float32"]
        cast = None if coarse else narrowed(facts, event)
        if coarse:
            made = facts.birth(coarse[0].tensor)
            place = facts.place(made or event)
            targets = assigned(facts.code.statement(place))
            yield _clue(
                facts, event, place, facts.name(coarse[0]) or (targets and targets[0][0]) or ""
            )
        elif cast is not None:
            keep = _(
                "Keep the dtype that comes in: no cast here, and tensors made with dtype=x.dtype."
            )
            yield _clue(facts, event, cast, "", keep)


def narrowed(facts: Facts, event: Event) -> Place | None:
    """Return where the checked function turns its input into float32."""
    call = expression(event.expression)
    checked = call.args[0] if isinstance(call, ast.Call) and call.args else None
    ran = list(_ran(facts, checked)) if checked is not None else []
    double = "set_default_dtype" in "".join(facts.code.cells)
    for cell, tree in ran:
        for node in walk(tree):
            if isinstance(node, ast.Call) and _narrows(node):
                return Place(cell, node.lineno)
    for cell, tree in [] if double else ran:
        buffer = _filled_buffer(tree)
        if buffer is not None:
            return Place(cell, buffer.lineno)
    return None


def _narrows(call: ast.Call) -> bool:
    """Return whether a call turns numbers into float32; those of a mask stay exact."""
    of = call.func.value if isinstance(call.func, ast.Attribute) else None
    return NARROWING.search(ast.unparse(call)) is not None and not isinstance(of, ast.Compare)


def _ran(facts: Facts, checked: ast.expr) -> Iterator[tuple[int, ast.AST]]:
    """Yield what runs when a function is called: it, and the functions and methods that it names."""
    yield from [(0, checked)] if isinstance(checked, ast.Lambda) else []
    waiting: list[ast.AST] = [checked]
    seen: set[str] = set()
    for piece in waiting:
        names = {n.id for n in walk(piece) if isinstance(n, ast.Name)}
        names |= {n.attr for n in walk(piece) if isinstance(n, ast.Attribute)}
        for cell, node in _named(facts, names - seen):
            if isinstance(node, ast.Assign):
                waiting.append(node.value)
                continue
            for part in node.body if isinstance(node, ast.ClassDef) else [node]:
                # The other methods are found by their names, where these call them.
                if part is node or getattr(part, "name", "") in CALLED:
                    waiting.append(part)
                    yield cell, part
        seen |= names


def _named(facts: Facts, names: set[str]) -> Iterator[tuple[int, ast.stmt]]:
    """Yield the definitions of these names in the cells: functions, classes, variables."""
    for cell, tree in enumerate(facts.code.trees):
        for node in walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found = {node.name}
            else:
                found = (
                    set(map(ast.unparse, node.targets)) if isinstance(node, ast.Assign) else set()
                )
            if found & names and isinstance(node, ast.stmt):
                yield cell, node


def _filled_buffer(tree: ast.AST) -> ast.Assign | None:
    """Return where a float32 tensor is made that the results are then written into."""
    filled = {
        ast.unparse(target.value)
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript)
    }
    for node in walk(tree):
        match node:
            case ast.Assign(targets=[target], value=value) if ast.unparse(target) in filled:
                if BUFFER.match(ast.unparse(value)):
                    return node
    return None


def _clue(facts: Facts, event: Event, place: Place, name: str, fix: str = "") -> Clue:
    return Clue(
        place,
        _(
            "{name} is float32: gradcheck ({line}) fails for that reason alone, whatever the derivative."
        ).format(
            name=name or _("What is computed here"), line=facts.spoken(facts.place(event), place)
        ),
        _(
            "gradcheck moves each input by eps = 1e-6 and divides the difference by it. float32 has "
            "about 7 digits, so near 1 a difference of 1e-6 keeps one of them, and the quotient is "
            "wrong by several per cent."
        ),
        fix
        or _("Check in double precision: dtype=torch.float64 (or .double()), for parameters too."),
        explains_error=bool(facts.trace.error),
    )


__all__ = ["narrowed"]
