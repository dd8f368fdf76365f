"""gradcheck with numbers that are too coarse for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import assigned, expression
from .facts import Facts
from .model import Clue, Place
from .registry import rule

NARROWING = re.compile(r"\.float\(\)$|float32|\.type\(.*Float")


@rule(27, "gradcheck-in-float32")
def single_precision(facts: Facts) -> Iterator[Clue]:
    """gradcheck failed, and something was float32."""
    for event in facts.trace.of_kind("gradcheck"):
        if event.options != ("failed",):
            continue
        coarse = [r for r in event.inputs if r.requires_grad and r.dtype == "float32"]
        narrowed = None if coarse else _narrowed(facts, event)
        if coarse:
            made = facts.birth(coarse[0].tensor)
            place = facts.place(made or event)
            targets = assigned(facts.code.statement(place))
            yield _clue(
                facts, event, place, facts.name(coarse[0]) or (targets and targets[0][0]) or ""
            )
        elif narrowed is not None:
            yield _clue(facts, event, narrowed, "")


def _narrowed(facts: Facts, event: Event) -> Place | None:
    """Return where the checked function turns its input into float32."""
    call = expression(event.expression)
    checked = call.args[0] if isinstance(call, ast.Call) and call.args else None
    name = ast.unparse(checked).removesuffix(".apply") if checked is not None else ""
    for cell, tree in enumerate(facts.code.trees):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
                for part in ast.walk(node):
                    if isinstance(part, ast.Call) and NARROWING.search(ast.unparse(part)):
                        return Place(cell, part.lineno)
    return None


def _clue(facts: Facts, event: Event, place: Place, name: str) -> Clue:
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
        _("Check in double precision: dtype=torch.float64 (or .double()), for parameters too."),
        explains_error=bool(facts.trace.error),
    )


__all__: list[str] = []
