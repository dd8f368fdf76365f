"""What a backward of one's own does with the gradients that come in, and hands on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _
from ..model import Event
from .code import walk
from .facts import Facts
from .function_source import Definition, definitions, writes
from .model import Clue, Place
from .registry import rule


@rule(18, "incoming-gradient-ignored")
def ignored_gradient(facts: Facts) -> Iterator[Clue]:
    """A backward that ran never looks at the gradient it is given."""
    for defined, method, steps in _ran(facts):
        given = _given(method)
        read = {n.id for n in walk(method) if isinstance(n, ast.Name)}
        value = defined.returned("backward")
        if value is None or _only_none(value.value):
            continue
        if len(given) == 1 and given[0] not in read:
            yield _never_used(defined, given[0], value)
        for which, name in enumerate(given):
            if len(given) > 1 and name not in read and _came_in(steps, which):
                yield _one_never_used(defined, name, which, value)


def _ran(facts: Facts) -> Iterator[tuple[Definition, ast.FunctionDef, list[Event]]]:
    """Yield each Function whose backward ran, that method, and the events of its nodes."""
    nodes = {e.node: e.text for e in facts.events if e.kind == "function"}
    walked: dict[str, list[Event]] = {}
    for event in facts.events:
        if event.kind == "node" and event.node in nodes:
            walked.setdefault(nodes[event.node], []).append(event)
    for defined in definitions(facts):
        method = defined.method("backward")
        if method is not None and defined.name in walked:
            yield defined, method, walked[defined.name]


def _given(method: ast.FunctionDef) -> list[str]:
    """Return the names of the gradients that backward is given."""
    return [argument.arg for argument in method.args.args[1:]]


def _came_in(steps: list[Event], which: int) -> bool:
    """Return whether a gradient other than zero came from one of the outputs."""
    return any(
        any(value.numbers) for e in steps for value in e.grads_in[which : which + 1] if value
    )


def _only_none(value: ast.expr | None) -> bool:
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(
        part is None or (isinstance(part, ast.Constant) and part.value is None) for part in parts
    )


def _never_used(defined: Definition, grad: str, value: ast.Return) -> Clue:
    return Clue(
        defined.place(value),
        _("backward of {function} never uses {grad}, the gradient that comes in.").format(
            function=defined.name, grad=grad
        ),
        _why(grad),
        _("Multiply by it: return {grad} * ({value}).").format(
            grad=grad, value=ast.unparse(value.value) if value.value else "…"
        ),
    )


def _why(grad: str) -> str:
    return _(
        "{grad} is ∂loss/∂output. By the chain rule ∂loss/∂input is {grad} times the "
        "local derivative; without it, whatever follows this function is left out. It "
        "seems right only while {grad} happens to be 1."
    ).format(grad=grad)


def _one_never_used(defined: Definition, grad: str, which: int, value: ast.Return) -> Clue:
    return Clue(
        defined.place(value),
        _(
            "backward of {function} never uses {grad}, the gradient of output {which} of forward, "
            "and the loss depends on that output."
        ).format(function=defined.name, grad=grad, which=which + 1),
        _(
            "An input that acts on several outputs gets one term for each: the gradient of the "
            "output times the derivative of that output."
        ),
        _("Add the terms with {grad} to what is returned.").format(grad=grad),
    )


@rule(18, "incoming-gradient-overwritten")
def overwritten(facts: Facts) -> Iterator[Clue]:
    """A backward replaces the gradient it is given before it has read it."""
    for defined, method, _steps in _ran(facts):
        for name in _given(method):
            names = [n for n in walk(method) if isinstance(n, ast.Name) and n.id == name]
            read = [n.lineno for n in names if isinstance(n.ctx, ast.Load)]
            stored = [n for n in names if isinstance(n.ctx, ast.Store)]
            for statement in method.body:
                if not isinstance(statement, ast.Assign):
                    continue
                if any(n in stored for target in statement.targets for n in walk(target)):
                    if not any(line <= (statement.end_lineno or 0) for line in read):
                        yield _replaced(defined, name, statement)
                    break


def _replaced(defined: Definition, grad: str, statement: ast.Assign) -> Clue:
    return Clue(
        defined.place(statement),
        _(
            "backward of {function} is given {grad}, and replaces it here before it has used it."
        ).format(function=defined.name, grad=grad),
        _why(grad),
        _("Leave this line out: {grad} has its value already.").format(grad=grad),
    )


@rule(18, "incoming-gradient-changed")
def changed(facts: Facts) -> Iterator[Clue]:
    """A backward writes in place into a gradient that another branch is given as well."""
    for defined, method, steps in _ran(facts):
        if not any(is_shared(facts, step.node) for step in steps):
            continue
        for name in _given(method):
            lines = [line for n in walk(method) for line in _written_at(n, name)]
            stores = [
                n.lineno
                for n in walk(method)
                if isinstance(n, ast.Assign) and name in map(ast.unparse, n.targets)
            ]
            if lines and not any(line < min(lines) for line in stores):
                yield _in_place(defined, name, min(lines))


def _written_at(node: ast.AST, name: str) -> list[int]:
    """Return the line of a write in place, as a list of one or none."""
    return [node.lineno] if isinstance(node, ast.expr | ast.stmt) and writes(node, {name}) else []


def is_shared(facts: Facts, node: int | None) -> bool:
    """Return whether a sum hands one gradient to this node and, later in the pass, to another."""
    users = {user for user, cut in facts.users[node] if not cut}
    if len(users) != 1 or facts.nodes[min(users)].op != "add":
        return False
    order = [e.node for e in facts.events if e.kind in {"node", "accumulate"}]
    if node not in order:
        return False
    return any(
        other != node and not cut and other in order[order.index(node) :]
        for other, cut in facts.sources[min(users)]
    )


def _in_place(defined: Definition, grad: str, line: int) -> Clue:
    return Clue(
        Place(defined.cell, line),
        _("backward of {function} changes {grad} in place, and another branch has the same.").format(
            function=defined.name, grad=grad
        ),
        _(
            "A sum hands one and the same gradient to both of its terms, without copying it. What is "
            "written into it reaches the other term as well."
        ),
        _("Work on a copy, {grad} = {grad}.clone(), or out of place.").format(grad=grad),
    )  # fmt: skip


@rule(18, "none-for-a-trained-input", needs_all=True)
def none_for_trained(facts: Facts) -> Iterator[Clue]:
    """A backward returns None for a parameter, which so never gets a gradient."""
    optimized = {r.tensor for e in facts.events if e.kind == "optimizer" for r in e.inputs}
    # What is written to by hand, such as a codebook, is trained in another way.
    optimized -= {w.memory for w in facts.writes if facts.events[w.moment].kind == "inplace"}
    grown = {e.node for e in facts.events if e.kind == "accumulate"}
    for defined, _method, steps in _ran(facts):
        value = defined.returned("backward")
        parts = value.value.elts if value and isinstance(value.value, ast.Tuple) else []
        if not any(isinstance(part, ast.Constant) and part.value is None for part in parts):
            continue
        nodes = {step.node for step in steps if None in step.grads_out}
        for edge in facts.trace.graph.edges:
            leaf = facts.nodes[edge.source]
            if edge.target in nodes and leaf.kind == "leaf" and leaf.tensor in optimized:
                step = next(s for s in steps if s.node == edge.target)
                if leaf.id not in grown and step.grads_out[edge.slot : edge.slot + 1] == (None,):
                    yield _untrained(facts, defined, value, leaf.tensor)
                    break


def _untrained(
    facts: Facts, defined: Definition, value: ast.Return | None, tensor: int | None
) -> Clue:
    name = facts.parameter(tensor) if tensor is not None else ""
    return Clue(
        defined.place(value),
        _("backward of {function} returns None for {name}, which an optimizer is to train.").format(
            function=defined.name, name=name or _("an input")
        ),
        _("None means that no gradient goes to this input: its .grad stays None, and it stays as it is."),
        _("Return its gradient in that place: the gradient that comes in times the derivative by it."),
    )  # fmt: skip


__all__ = ["is_shared"]
