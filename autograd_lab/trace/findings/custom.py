"""The rules that an autograd.Function of one's own must keep."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from .code import receiver
from .facts import Facts
from .model import Clue, Place
from .registry import rule

NODE = re.compile(r"[fF]unction (\w+)Backward")
COUNT = re.compile(r"expected (\d+), got (\d+)")
SHAPES = re.compile(r"at index (\d+) - got (\[.*?\]) but expected shape compatible with (\[.*?\])")


class Definition:
    """The class statement of a Function: its cell and its two static methods."""

    def __init__(self, cell: int, tree: ast.ClassDef) -> None:
        """Take the statement."""
        self.cell, self.tree = cell, tree

    @property
    def name(self) -> str:
        """The class's name."""
        return self.tree.name

    def method(self, name: str) -> ast.FunctionDef | None:
        """Return a method's definition."""
        return next(
            (s for s in self.tree.body if isinstance(s, ast.FunctionDef) and s.name == name), None
        )

    def returned(self, name: str) -> ast.Return | None:
        """Return the last return statement of a method."""
        method = self.method(name)
        found = [n for n in ast.walk(method) if isinstance(n, ast.Return)] if method else []
        return max(found, key=lambda node: node.lineno, default=None)

    def place(self, node: ast.stmt | None) -> Place:
        """Return where a statement of it stands."""
        return Place(self.cell, (node or self.tree).lineno)


def _definitions(facts: Facts) -> Iterator[Definition]:
    """Yield the Functions that the cells define."""
    for cell, tree in enumerate(facts.code.trees):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(
                ast.unparse(base).split(".")[-1] in {"Function", "InplaceFunction"}
                for base in node.bases
            ):
                yield Definition(cell, node)


def _definition(facts: Facts, name: str) -> Definition | None:
    """Return the last Function of that name."""
    return next((d for d in reversed(list(_definitions(facts))) if d.name == name), None)


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
        return _definition(facts, named.group(1))
    ran = [e for e in facts.events if e.kind == "function"]
    return _definition(facts, ran[-1].text) if ran else None


def _at_fault_return(facts: Facts, defined: Definition) -> ast.Return | None:
    """Return the return statement of backward that fits the error, the last one in doubt."""
    method, counts = defined.method("backward"), COUNT.search(facts.trace.error)
    for node in ast.walk(method) if method else ():
        if isinstance(node, ast.Return) and node.value is not None:
            given = len(node.value.elts) if isinstance(node.value, ast.Tuple) else 1
            number = isinstance(node.value, ast.Constant) and facts.raised("expected Variable")
            if number or (counts is not None and given == int(counts.group(2))):
                return node
    return defined.returned("backward")


def _explained(facts: Facts, defined: Definition) -> tuple[str, str, str] | None:
    text, forward = facts.trace.error, defined.method("forward")
    takes = ", ".join(a.arg for a in forward.args.args[1:]) if forward else "…"
    if "incorrect number of gradients" in text:
        counts = COUNT.search(text)
        expected, got = counts.groups() if counts else ("?", "?")
        return (
            _(
                "Gradients that backward returns: {got}. Inputs that forward takes: {expected} ({takes})."
            ).format(got=got, expected=expected, takes=takes),
            _(
                "The gradients that backward returns are given to the inputs of forward by their "
                "place: one for each, in the same order, ctx not counted."
            ),
            _("Return one gradient per input, and None where no gradient is needed."),
        )
    if "different than None at position" in text:
        return (
            _(
                "backward returns a gradient for an input of forward that is no tensor ({takes})."
            ).format(takes=takes),
            _("A Python number has no place in the graph, so nothing can receive its gradient."),
            _("Return None in its place. If it should be learned, pass it as a tensor."),
        )
    if "invalid gradient at index" in text:
        found = SHAPES.search(text)
        which, got, expected = found.groups() if found else ("0", "?", "?")
        return (
            _(
                "The gradient for input {which} has the shape {got}; the input has {expected}."
            ).format(which=which, got=got, expected=expected),
            _(
                "The gradient says how the result depends on each element of the input, so it has "
                "the input's shape. Where forward has broadcast an input, its gradient is a sum "
                "over what was repeated."
            ),
            _("Sum over the repeated dimensions, such as grad_output.sum(0), or reshape."),
        )
    if "expected Variable or None" in text:
        return (
            _("backward returns something that is neither a tensor nor None."),
            _("What backward returns goes on along the graph, which is made of tensors."),
            _("Make a tensor of it: torch.from_numpy(…), or compute with torch throughout."),
        )
    return None


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
    defined = _definition(facts, named.group(1)) if named else None
    forward = defined.method("forward") if defined else None
    for node in ast.walk(forward) if forward else ():
        if isinstance(node, ast.Expr) and "save_for_backward" in ast.unparse(node):
            return Place(defined.cell if defined else 0, node.lineno)
    return facts.error_place


def _instantiated(facts: Facts) -> Iterator[Clue]:
    found = re.search(
        r"'(\w+)' object (has no attribute|is not)|(?:and|:) '(\w+)'", facts.trace.error
    )
    defined = _definition(facts, found.group(1) or found.group(3)) if found else None
    if defined is None:
        return
    used = facts.error.expression if facts.error else ""
    made = facts.code.definitions(receiver(used), facts.error_place)[:1]
    place = made[0] if made else facts.error_place
    yield Clue(
        place,
        _("{function}(…) makes an object of the class; forward has not run.").format(
            function=defined.name
        ),
        _("A Function is never instantiated. apply() runs forward and records the node."),
        _("Call {function}.apply(…).").format(function=defined.name),
        explains_error=True,
    )


def _without_ctx(facts: Facts) -> Iterator[Clue]:
    found = re.search(r"(\w+)\.(forward|backward)\(\) takes (\d+) positional", facts.trace.error)
    defined = _definition(facts, found.group(1)) if found else None
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


@rule(18, "incoming-gradient-ignored")
def ignored_gradient(facts: Facts) -> Iterator[Clue]:
    """A backward that ran never looks at the gradient it is given."""
    walked = {e.node for e in facts.events if e.kind == "node"}
    used = {e.text for e in facts.events if e.kind == "function" and e.node in walked}
    for defined in _definitions(facts):
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
    for defined in _definitions(facts):
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
    defined = _definition(facts, named.group(1)) if named else None
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
    for defined in _definitions(facts):
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
