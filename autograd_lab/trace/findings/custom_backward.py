"""Functions of one's own that compute something wrong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .checking import narrowed
from .code import assigned, walk
from .facts import Facts
from .function_source import Definition, definition, definitions, writes
from .model import Clue, Place
from .registry import rule

EXPECTED = re.compile(r"assert not\b|== *False|is False|assertFalse|atol|rtol|eps")
"""In the statement of a check, or of its result: it is to fail, or its limits are the user's own."""
STEPS = re.compile(r"round|floor|ceil|sign|heaviside|clamp|rand|bernoulli|numpy|[<>]")
UNCHANGED = re.compile(r"return \w+(\.(clone|detach)\(\)|\.view_as\(\w+\)|\.view\(.*\))?")


@rule(18, "function-writes-in-place")
def unmarked_write(facts: Facts) -> Iterator[Clue]:
    """forward wrote into its input and did not say so."""
    ran = {e.text: e for e in facts.events if e.kind == "function"}
    for defined in definitions(facts):
        method, event = defined.method("forward"), ran.get(defined.name)
        if method is None or event is None or "mark_dirty" in ast.unparse(method):
            continue
        given = {a.arg for a in method.args.args[1:]}
        written = next((n for n in walk(method) if writes(n, given)), None)
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


@rule(18, "backward-disagrees-with-differences", needs_all=True)
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


@rule(18, "gradcheck-returned-false")
def returned_false(facts: Facts) -> Iterator[Clue]:
    """gradcheck, told not to raise, said that a backward is wrong."""
    for event in facts.trace.of_kind("gradcheck"):
        named = re.search(r"(\w+)\.apply", event.expression)
        defined = definition(facts, named.group(1)) if named else None
        place = facts.place(event)
        if defined is None or event.options != ("failed",) or _is_expected(facts, event, defined):
            continue
        yield Clue(
            defined.place(defined.returned("backward")),
            _(
                "gradcheck ({line}) returned False: what backward of {function} returns is not the "
                "derivative of forward."
            ).format(function=defined.name, line=facts.spoken(place)),
            _(
                "gradcheck moves each input a little and compares; in float64 that is accurate to "
                "1e-6. With raise_exception=False it says so only by what it returns."
            ),
            _("Work out the derivative of forward again; backward returns it times the gradient."),
        )


def _is_expected(facts: Facts, event: Event, defined: Definition) -> bool:
    """Return whether a check that fails may be meant, or fails for another reason.

    A backward may differ from the derivative on purpose where forward has steps, or changes nothing.
    """
    if "raise_exception=False" not in event.expression.replace(" ", ""):
        return True
    coarse = any(ref.dtype == "float32" for ref in event.inputs)
    place, forward = facts.place(event), defined.method("forward")
    statement, value = facts.code.statement(place), defined.returned("forward")
    asked = [] if statement is None else [ast.unparse(statement)]
    for name, _value in assigned(statement):
        lines = map(facts.code.line, facts.code.lines_below(place))
        asked += [line for line in lines if name in line]
    text = ast.unparse(forward) if forward else ""
    unchanged = value is not None and UNCHANGED.fullmatch(ast.unparse(value)) is not None
    expected = any(EXPECTED.search(line) for line in asked)
    coarse = coarse or narrowed(facts, event) is not None
    return coarse or expected or unchanged or STEPS.search(text) is not None


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
