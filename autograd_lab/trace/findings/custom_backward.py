"""Functions of one's own that compute something wrong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from .facts import Facts
from .function_source import definition, definitions
from .model import Clue, Place
from .registry import rule


@rule(18, "incoming-gradient-ignored")
def ignored_gradient(facts: Facts) -> Iterator[Clue]:
    """A backward that ran never looks at the gradient it is given."""
    walked = {e.node for e in facts.events if e.kind == "node"}
    used = {e.text for e in facts.events if e.kind == "function" and e.node in walked}
    for defined in definitions(facts):
        method = defined.method("backward")
        given = method.args.args[1:] if method else []
        if method is None or len(given) != 1 or defined.name not in used:
            continue
        read = {n.id for n in ast.walk(method) if isinstance(n, ast.Name)}
        value = defined.returned("backward")
        if given[0].arg not in read and value is not None and not _only_none(value.value):
            yield Clue(
                defined.place(value),
                _("backward of {function} never uses {grad}, the gradient that comes in.").format(
                    function=defined.name, grad=given[0].arg
                ),
                _(
                    "{grad} is ∂loss/∂output. By the chain rule ∂loss/∂input is {grad} times the "
                    "local derivative; without it, whatever follows this function is left out. It "
                    "seems right only while {grad} happens to be 1."
                ).format(grad=given[0].arg),
                _("Multiply by it: return {grad} * ({value}).").format(
                    grad=given[0].arg, value=ast.unparse(value.value) if value.value else "…"
                ),
            )


def _only_none(value: ast.expr | None) -> bool:
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(
        part is None or (isinstance(part, ast.Constant) and part.value is None) for part in parts
    )


@rule(18, "function-writes-in-place")
def unmarked_write(facts: Facts) -> Iterator[Clue]:
    """forward wrote into its input and did not say so."""
    ran = {e.text: e for e in facts.events if e.kind == "function"}
    for defined in definitions(facts):
        method, event = defined.method("forward"), ran.get(defined.name)
        if method is None or event is None or "mark_dirty" in ast.unparse(method):
            continue
        given = {a.arg for a in method.args.args[1:]}
        written = next((n for n in ast.walk(method) if _writes(n, given)), None)
        if written is not None:
            yield Clue(
                Place(defined.cell, getattr(written, "lineno", None)),
                _("forward of {function} changes its input in place and does not say so.").format(
                    function=defined.name
                ),
                _(
                    "Autograd sees only what goes in and what comes out. Without mark_dirty it takes "
                    "the input for unchanged, and other gradients are computed with wrong values."
                ),
                _("Write out of place, or call ctx.mark_dirty(…) for it and return it."),
            )


def _writes(node: ast.AST, names: set[str]) -> bool:
    """Return whether a piece of source is an in-place method on one of these names."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in names
        and node.func.attr.endswith("_")
        and not node.func.attr.startswith("_")
        and node.func.attr != "requires_grad_"
    ) or (
        isinstance(node, ast.AugAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id in names
    )


@rule(18, "backward-disagrees-with-differences")
def disagrees(facts: Facts) -> Iterator[Clue]:
    """gradcheck, in double precision, found a backward that is wrong."""
    if not facts.raised("Jacobian mismatch"):
        return
    checked = list(facts.trace.of_kind("gradcheck"))[-1:]
    named = re.search(r"(\w+)\.apply", facts.code.line(facts.error_place))
    defined = definition(facts, named.group(1)) if named else None
    if defined is None or any(r.dtype == "float32" for e in checked for r in e.inputs):
        return
    numbers = re.findall(
        r"(numerical|analytical):tensor\((.*?)(?:, dtype|\))", facts.trace.error, re.S
    )
    shown = {name: " ".join(value.split()) for name, value in numbers}
    yield Clue(
        defined.place(defined.returned("backward")),
        _(
            "backward of {function} gives {analytical}; differences of forward give {numerical}."
        ).format(
            function=defined.name,
            analytical=shown.get("analytical", _("another derivative")),
            numerical=shown.get("numerical", _("something else")),
        ),
        _("gradcheck moves each input a little and compares; in float64 that is accurate to 1e-6."),
        _("Work out the derivative of forward again; backward returns it times the gradient."),
        explains_error=True,
    )


@rule(18, "once-differentiable-twice")
def once_differentiable(facts: Facts) -> Iterator[Clue]:
    """A backward marked as differentiable once was differentiated."""
    if not facts.raised("marked with @once_differentiable"):
        return
    for defined in definitions(facts):
        method = defined.method("backward")
        for decorator in method.decorator_list if method else []:
            if ast.unparse(decorator).endswith("once_differentiable"):
                yield Clue(
                    Place(defined.cell, decorator.lineno),
                    _(
                        "@once_differentiable says that this backward has no derivative; one was asked."
                    ),
                    _("Under it, what backward computes is not recorded."),
                    _(
                        "If backward is made of differentiable torch operations only, leave the "
                        "decorator out. If not, second derivatives are not to be had from it."
                    ),
                    explains_error=True,
                )


__all__: list[str] = []
