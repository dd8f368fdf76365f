"""The rules that an autograd.Function of one's own must keep."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from .code import assigned, expression, receiver, walk
from .facts import Facts
from .function_source import Definition, definition
from .model import Clue, Place
from .registry import rule

NODE = re.compile(r"[fF]unction (\w+)Backward")
COUNT = re.compile(r"expected (\d+), got (\d+)")
LEGACY = "Legacy autograd function with non-static forward"
SHAPES = re.compile(r"at index (\d+) - got (\[.*?\]) but expected shape compatible with (\[.*?\])")


@rule(18, "backward-returns-the-wrong-things")
def wrong_return(facts: Facts) -> Iterator[Clue]:
    """backward() returned too few, too many, or what is no gradient."""
    defined = _at_fault(facts)
    if defined is None:
        return
    explained = _explained(facts, defined)
    if explained is not None:
        what, why, fix = explained
        place = defined.place(_at_fault_return(facts, defined))
        yield Clue(place, what, why, fix, explains_error=True)


def _at_fault(facts: Facts) -> Definition | None:
    """Return the Function that the error speaks of, or that ran backward last."""
    named = NODE.search(facts.trace.error)
    if named is not None:
        return definition(facts, named.group(1))
    ran = [e for e in facts.events if e.kind == "function"]
    return definition(facts, ran[-1].text) if ran else None


def _at_fault_return(facts: Facts, defined: Definition) -> ast.Return | None:
    """Return the return statement of backward that fits the error, the last one in doubt."""
    method, counts = defined.method("backward"), COUNT.search(facts.trace.error)
    for node in walk(method) if method else ():
        if isinstance(node, ast.Return) and node.value is not None:
            given = len(node.value.elts) if isinstance(node.value, ast.Tuple) else 1
            number = isinstance(node.value, ast.Constant) and facts.raised("expected Variable")
            if number or (counts is not None and given == int(counts.group(2))):
                return node
    return defined.returned("backward")


def _explained(facts: Facts, defined: Definition) -> tuple[str, str, str] | None:
    """Return what backward returned, why that cannot be, and what to return."""
    text, forward = facts.trace.error, defined.method("forward")
    takes = ", ".join(a.arg for a in forward.args.args[1:]) if forward else "…"
    if "incorrect number of gradients" in text:
        return _wrong_count(text, takes)
    if "invalid gradient at index" in text:
        return _wrong_shape(text)
    if "different than None at position" in text:
        return (
            _(
                "backward returns a gradient for an input of forward that is no tensor ({takes})."
            ).format(takes=takes),
            _("A Python number has no place in the graph, so nothing can receive its gradient."),
            _("Return None in its place. If it should be learned, pass it as a tensor."),
        )
    if "expected Variable or None" in text:
        return (
            _("backward returns something that is neither a tensor nor None."),
            _("What backward returns goes on along the graph, which is made of tensors."),
            _("Make a tensor of it: torch.from_numpy(…), or compute with torch throughout."),
        )
    return None


def _wrong_count(text: str, takes: str) -> tuple[str, str, str]:
    counts = COUNT.search(text)
    expected, got = counts.groups() if counts else ("?", "?")
    return (
        _(
            "Gradients that backward returns: {got}. Inputs that forward takes: {expected} ({takes})."
        ).format(got=got, expected=expected, takes=takes),
        _(
            "The gradients that backward returns are given to the inputs of forward by their place: "
            "one for each, in the same order, ctx not counted."
        ),
        _("Return one gradient per input, and None where no gradient is needed."),
    )


def _wrong_shape(text: str) -> tuple[str, str, str]:
    found = SHAPES.search(text)
    which, got, expected = found.groups() if found else ("0", "?", "?")
    return (
        _("The gradient for input {which} has the shape {got}; the input has {expected}.").format(
            which=which, got=got, expected=expected
        ),
        _(
            "The gradient says how the result depends on each element of the input, so it has the "
            "input's shape. Where forward has broadcast an input, its gradient is a sum over what "
            "was repeated."
        ),
        _("Sum over the repeated dimensions, such as grad_output.sum(0), or reshape."),
    )


@rule(18, "function-is-called-wrongly")
def called_wrongly(facts: Facts) -> Iterator[Clue]:
    """The class was called instead of apply, or forward has no ctx, or a number was saved."""
    yield from _instantiated(facts)
    if facts.raised("save_for_backward can only save variables"):
        yield Clue(
            _saving(facts),
            _("save_for_backward was given something that is not a tensor."),
            _(
                "It keeps tensors together with their version, so that a later change is noticed. "
                "Numbers and shapes need no such care."
            ),
            _("Keep it as an attribute: ctx.factor = factor, and read ctx.factor in backward."),
            explains_error=True,
        )
    yield from _without_ctx(facts)


def _saving(facts: Facts) -> Place:
    """Return where forward saves; PyTorch complains only when it is over."""
    named = re.search(r"(\w+)\.apply", facts.error.expression if facts.error else "")
    defined = definition(facts, named.group(1)) if named else None
    forward = defined.method("forward") if defined else None
    for node in walk(forward) if forward else ():
        if isinstance(node, ast.Expr) and "save_for_backward" in ast.unparse(node):
            return Place(defined.cell if defined else 0, node.lineno)
    return facts.error_place


def _instantiated(facts: Facts) -> Iterator[Clue]:
    found = re.search(
        r"'(\w+)' object (has no attribute|is not)|(?:and|:) '(\w+)'", facts.trace.error
    )
    place, named = _made_at(facts)
    if found is None and not facts.raised(LEGACY):
        return
    defined = definition(facts, (found.group(1) or found.group(3)) if found else named)
    if defined is None:
        return
    forward = defined.method("forward")
    if forward is not None and not forward.decorator_list and named == defined.name:
        yield _like_a_module(defined, forward)
        return
    yield _instance_clue(facts, defined, place)


def _instance_clue(facts: Facts, defined: Definition, made: Place) -> Clue:
    """Return what to say where an object was made, or where it is called later."""
    place, name = made, _called(facts)
    what = _("{function}(…) makes an object of the class; forward has not run.")
    if name in {target for target, _value in assigned(facts.code.statement(made))}:
        place = facts.error_place
        what = _("{name} is an object of {function} ({line}); calling it does not run forward.")
    return Clue(
        place,
        what.format(function=defined.name, name=name, line=facts.spoken(made, place)),
        _("A Function is never instantiated. apply() runs forward and records the node."),
        _("Call {function}.apply(…).").format(function=defined.name),
        explains_error=True,
    )


def _called(facts: Facts) -> str:
    """Return what the failed line called, as written; `""` if it called nothing."""
    call = expression(facts.error.expression) if facts.error else None
    return ast.unparse(call.func) if isinstance(call, ast.Call) else ""


def _made_at(facts: Facts) -> tuple[Place, str]:
    """Return where the object was made that the failed line calls or uses, and the class called."""
    used = facts.error.expression if facts.error else ""
    call = expression(used)
    function = call.func if isinstance(call, ast.Call) else None
    if isinstance(function, ast.Call):
        return facts.error_place, ast.unparse(function.func)
    called = _called(facts)
    for name in (called, receiver(used)):
        for place in facts.code.definitions(name, facts.error_place)[:1]:
            for target, value in assigned(facts.code.statement(place)):
                if target == name and isinstance(value, ast.Call):
                    return place, ast.unparse(value.func)
            if name != called:
                return place, ""
    return facts.error_place, ""


def _like_a_module(defined: Definition, forward: ast.FunctionDef) -> Clue:
    return Clue(
        defined.place(forward),
        _(
            "forward of {function} takes self, like a Module's, and {function}(…) was called."
        ).format(function=defined.name),
        _(
            "A Function is never instantiated. Its methods belong to the class and are given ctx, "
            "where forward leaves what backward needs; apply() runs forward and records the node."
        ),
        _(
            "@staticmethod above both methods, ctx instead of self; then call {function}.apply(…)."
        ).format(function=defined.name),
        explains_error=True,
    )


def _without_ctx(facts: Facts) -> Iterator[Clue]:
    found = re.search(r"(\w+)\.(forward|backward)\(\) takes (\d+) positional", facts.trace.error)
    defined = definition(facts, found.group(1)) if found else None
    if found is None or defined is None:
        return
    name = found.group(2)
    yield Clue(
        defined.place(defined.method(name)),
        _("{name} is called with ctx first, and has no place for it.").format(name=name)
        if name == "forward"
        else _("backward is called with ctx and one gradient per output of forward."),
        _("ctx is where forward leaves what backward needs; apply() passes it to both."),
        _("def {name}(ctx, …), under @staticmethod.").format(name=name),
        explains_error=True,
    )


__all__: list[str] = []
