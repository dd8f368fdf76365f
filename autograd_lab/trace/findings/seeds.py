"""What a backward pass starts with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...i18n import _
from .code import root_of
from .facts import Facts
from .model import Clue
from .registry import rule

NOT_SCALAR = "grad can be implicitly created only for scalar outputs"
NOT_ITERABLE = tuple(f"'{kind}' object is not iterable" for kind in ("float", "int", "bool"))
COUNT = re.compile(r"got \d+ tensors and \d+ gradients")
MISFIT = ("Mismatch in shape: grad_output", "gradients can be either Tensors or None")


@rule(3, "not-a-scalar")
def not_a_scalar(facts: Facts) -> Iterator[Clue]:
    """backward() without a seed needs a single number."""
    if not facts.raised(NOT_SCALAR):
        return
    name = _root_name(facts)
    shape = _root_shape(facts)
    yield Clue(
        facts.error_place,
        _("{name} has the shape {shape}: it is not one number, and no gradient= was given.").format(
            name=name, shape=shape
        ),
        _(
            "backward() computes vᵀJ, a weighted sum of the gradients of all elements. For one "
            "number the weight is 1; for several you have to say it."
        ),
        _(
            "Usually a loss should be one number: {name}.mean() or {name}.sum(), then backward(). "
            "Else give a weight for each element: gradient=torch.ones_like({name}), which is the "
            "same as the sum."
        ).format(name=name),
        explains_error=True,
    )


@rule(3, "seed-is-no-tensor")
def seed_is_no_tensor(facts: Facts) -> Iterator[Clue]:
    """The first argument of backward is a tensor of weights, neither a number nor a switch."""
    call = facts.error.expression if facts.error is not None else ""
    if not facts.raised(*NOT_ITERABLE) or ("backward" not in call and "grad(" not in call):
        return
    name = _root_name(facts)
    switch = facts.raised(NOT_ITERABLE[2])
    yield Clue(
        facts.error_place,
        _(
            "The first argument of backward() is gradient=, a tensor of weights; here it is a "
            "{kind}."
        ).format(kind="bool" if switch else facts.trace.error.split("'")[1]),
        _("gradient= is the v in vᵀJ: one weight per element of {name}.").format(name=name),
        _("Name the option: {name}.backward(retain_graph=True), if you need it at all.").format(
            name=name
        )
        if switch
        else _("A number needs no weight: {name}.backward(). Else give a tensor.").format(
            name=name
        ),
        explains_error=True,
    )


@rule(3, "seed-does-not-fit")
def seed_does_not_fit(facts: Facts) -> Iterator[Clue]:
    """gradient= has the shape of the result, not that of the variable."""
    name = _root_name(facts)
    if COUNT.search(facts.trace.error):
        yield _count_clue(facts, name)
    if not facts.raised(*MISFIT):
        return
    yield Clue(
        facts.error_place,
        _("The weights given do not fit {name}, which has the shape {shape}.").format(
            name=name, shape=_root_shape(facts)
        ),
        _(
            "gradient= is the v in vᵀJ: one weight per element of the result, so it has the "
            "result's shape, not that of the variable you differentiate by."
        ),
        _("gradient=torch.ones_like({name}), or weights of that shape.").format(name=name),
        explains_error=True,
    )


def _count_clue(facts: Facts, name: str) -> Clue:
    return Clue(
        facts.error_place,
        _("There are more results than weights, or fewer: PyTorch {text}.").format(
            text=facts.trace.error.partition(": ")[2]
        ),
        _("Each result has weights of its own: one tensor of its shape, or None for one number."),
        _(
            "grad_outputs=[torch.ones_like(r) for r in {name}], as many as there are results."
        ).format(name=name),
        explains_error=True,
    )


def _root_name(facts: Facts, call: str | None = None) -> str:
    """Return what backward was called on, or the first argument of grad."""
    if call is None:
        call = facts.error.expression if facts.error is not None else ""
    asked = facts.failed.inputs if facts.failed is not None else ()
    return root_of(call) or (facts.label(asked[0].tensor) if asked else "") or "loss"


def _root_shape(facts: Facts) -> str:
    shapes = [ref.shape for ref in facts.failed.inputs] if facts.failed is not None else []
    return str(list(shapes[0])) if shapes else "[…]"
