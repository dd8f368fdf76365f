"""Weights for a backward pass that nobody would want: the variable, the result, the target."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Node, Value
from .code import closed, expression, root_of
from .facts import Facts, spelled
from .model import Clue
from .registry import rule

TARGET = re.compile(r"(y_)?(targets?|labels?|true|truth)(_\w+)?")
"""Names of what a result is to be compared with."""
COPIED = re.compile(r"(\.detach\(\)|\.clone\(\)|\.data)+$")
PRODUCTS = {"mm", "mv", "matmul", "addmm", "addmv", "bmm", "dot", "linear", "einsum"}


@rule(3, "seed-is-the-variable")
def seed_is_the_variable(facts: Facts) -> Iterator[Clue]:
    """The variable itself was given as the seed, as if backward had to be told of it."""
    for start, given, seed, leaves in _seeded(facts):
        root, asked = closed(root_of(start.expression)) or "loss", _asked(start)
        written, given = given, COPIED.sub("", given)
        if start.text == "backward":
            same = any(leaf.value == seed and leaf.label in {given, ""} for leaf in leaves)
            same = same and (written == given or _mixes_nothing(facts, start, leaves))
        else:
            same = written == asked and not _is_derivative(facts, start)
        if not same:
            continue
        if start.text == "backward":
            fix = _("{root}.sum().backward(), then read {given}.grad.")
        else:
            fix = _("Weights of one: torch.autograd.grad({root}.sum(), {given}).")
        yield _clue(facts, start, given, seed, fix.format(root=root, given=given))


@rule(3, "seed-is-the-result")
def seed_is_the_result(facts: Facts) -> Iterator[Clue]:
    """The result itself was given as the seed."""
    for start, given, seed, _leaves in _seeded(facts):
        root = root_of(start.expression)
        if COPIED.sub("", given) != root or _is_derivative(facts, start):
            continue
        if given != root and not _are_losses(facts, start, root):
            continue  # for residuals r this is Jᵀr, the gradient of half their squares
        one = start.inputs[0].shape == () if start.inputs else False
        total = root if one else f"{root}.sum()"
        if start.text == "backward":
            fix = f"{total}.backward()"
        else:
            fix = _("Weights of one: torch.autograd.grad({total}, {asked}).").format(
                total=total, asked=_asked(start) or "x"
            )
        yield _clue(facts, start, root, seed, fix)


@rule(3, "seed-is-the-target")
def seed_is_the_target(facts: Facts) -> Iterator[Clue]:
    """What the result is to be compared with, or a step of the variable, was given as the seed."""
    for start, given, seed, leaves in _seeded(facts):
        # Ones among zeros pick a row of the Jacobian, or the score of one class.
        if start.text != "backward" or set(seed.numbers) <= {0.0, 1.0}:
            continue
        root = closed(root_of(start.expression)) or "y"
        step_of = next((leaf.label for leaf in leaves if given == f"d{leaf.label}"), "")
        if TARGET.fullmatch(given):
            fix = _("Compare them in a loss: (({root} - {given}) ** 2).mean().backward().")
        elif step_of and step_of != root:
            fix = _("For the derivatives alone: {root}.sum().backward(), then read {leaf}.grad.")
        else:
            continue
        fix = fix.format(root=root, given=given, leaf=step_of)
        yield _clue(facts, start, given, seed, fix)


def _seeded(facts: Facts) -> Iterator[tuple[Event, str, Value, list[Node]]]:
    """Yield each pass that was given weights as a variable: as written, its value, the leaves behind."""
    for span in facts.passes:
        start = facts.events[span[0]]
        given = _given_seed(start.expression)
        seed = start.grads_in[0] if start.grads_in else None
        if given and seed is not None and set(seed.numbers) != {1.0}:
            nodes = (facts.nodes[n] for n in facts.ancestors(facts.roots(span)))
            yield start, given, seed, [node for node in nodes if node.kind == "leaf"]


def _given_seed(call: str) -> str:
    """Return the variable that is given as the seed, perhaps a copy of it; `""` if none is."""
    tree = expression(call)
    if not isinstance(tree, ast.Call):
        return ""
    name = call.partition("(")[0]
    if name.endswith("backward"):
        given, word = tree.args[:1], "gradient"
    elif name.endswith("grad"):
        given, word = tree.args[2:3], "grad_outputs"
    else:
        return ""
    given = [*given, *(keyword.value for keyword in tree.keywords if keyword.arg == word)]
    source = ast.unparse(given[0]) if given else ""
    return source if COPIED.sub("", source).isidentifier() else ""


def _are_losses(facts: Facts, start: Event, root: str) -> bool:
    """Return whether a result of several numbers is called a loss, or was made by a loss function."""
    made_by = "" if start.node is None else facts.nodes[start.node].op
    several = bool(start.inputs) and start.inputs[0].shape != ()
    return several and re.search("loss|entropy", f"{root} {made_by}") is not None


def _mixes_nothing(facts: Facts, start: Event, leaves: list[Node]) -> bool:
    """Return whether a result was computed from one leaf alone, without a product of matrices.

    With a matrix A the product Aᵀx may well be wanted, and a detached x says that it was thought of.
    """
    behind = facts.ancestors(ref.node for ref in start.inputs if ref.node is not None)
    return len(leaves) == 1 and not PRODUCTS & {facts.nodes[node].op for node in behind}


def _asked(start: Event) -> str:
    """Return what `autograd.grad` differentiates by, as written."""
    tree = expression(start.expression)
    given = tree.args[1:2] if isinstance(tree, ast.Call) else []
    return ast.unparse(given[0]).strip("[](),") if given else ""


def _is_derivative(facts: Facts, start: Event) -> bool:
    """Return whether a gradient is differentiated: its product with any vector may be wanted.

    A gradient is what no line of the program made; what is older than the recording may be one.
    """
    return any(facts.maker(ref.tensor) is None for ref in start.inputs)


def _clue(facts: Facts, start: Event, given: str, seed: Value, fix: str) -> Clue:
    root = root_of(start.expression) or "loss"
    call = "backward()" if start.text == "backward" else "grad()"
    word = "gradient=" if start.text == "backward" else "grad_outputs="
    return Clue(
        facts.place(start),
        _("{given} itself was given to {call}: each gradient is multiplied by it.").format(
            given=given, call=call
        ),
        _(
            "The argument is {word}, the v in vᵀJ: {root} is weighted with {numbers}. Autograd finds "
            "the way to the variables on its own, and one number needs no weight."
        ).format(word=word, root=root, numbers=spelled(seed)),
        fix,
    )


__all__: list[str] = []
