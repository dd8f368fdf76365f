"""NumPy and plots on tensors that require grad."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...i18n import _, together
from .code import expression, receiver
from .facts import Facts
from .model import Clue
from .registry import rule

REFUSED = "Can't call numpy() on Tensor that requires grad"


@rule(10, "numpy-of-a-tracked-tensor")
def numpy_of_a_tracked_tensor(facts: Facts) -> Iterator[Clue]:
    """An array has no history, so autograd asks to give the history up first."""
    if not facts.raised(REFUSED):
        return
    call = facts.error.expression if facts.error is not None else ""
    name = _tensor_name(facts, call)
    function = call.partition("(")[0]
    fix = _("For a plot, a print or a score: {name}.detach().numpy().").format(name=name)
    if function.startswith(("np.", "numpy.")) and function.split(".")[-1] not in {
        "array",
        "asarray",
    }:
        instead = _("In the middle of a model: torch.{function}, which is differentiated.").format(
            function=function.split(".")[-1]
        )
    else:
        instead = _("If nothing here needs a gradient, run it under torch.no_grad().")
    yield Clue(
        facts.error_place,
        _("{name} requires grad, and an array was asked of it.").format(name=name),
        _(
            "A NumPy array shares the tensor's memory but knows no history: what is computed with it "
            "could not be differentiated. detach() says that this is meant."
        ),
        together([fix, instead]),
        explains_error=True,
    )


def _tensor_name(facts: Facts, call: str) -> str:
    """Return the tensor that the array was asked of, as written."""
    if call.endswith(".numpy()"):
        return receiver(call)
    label = (
        facts.label(facts.failed.inputs[0].tensor) if facts.failed and facts.failed.inputs else ""
    )
    constant = {v.name for v in facts.trace.variables if not v.requires_grad}
    given = [ast.unparse(argument) for argument in getattr(expression(call), "args", [])]
    return label or next((name for name in given if name not in constant), "x")
