"""Gradients switched off: by a mode, by a flag, for good in inference mode."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from . import cutting
from .code import receiver
from .cut_texts import fatal_clue, starved_clue
from .facts import Facts
from .fatal import fatal_cut
from .model import Clue
from .registry import rule

ONLY_LEAVES = "you can only change requires_grad flags of leaf variables"
INFERENCE = ("Inference tensors ", "nference tensor outside InferenceMode")


@rule(8, "switched-off")
def switched_off(facts: Facts) -> Iterator[Clue]:
    """The loss was computed while gradients were off, or everything was frozen."""
    cut = fatal_cut(facts)
    if cut is not None and cut.by_switch:
        yield fatal_clue(facts, cut)


@rule(8, "mode-instead-of-freezing", needs_all=True)
def mode_instead_of_freezing(facts: Facts) -> Iterator[Clue]:
    """A mode meant for some layers also cuts off those before them."""
    for cut, leaf in cutting.never_trained(facts):
        if cut.by_switch:
            yield starved_clue(facts, cut, leaf)


@rule(8, "flag-of-a-result")
def flag_of_a_result(facts: Facts) -> Iterator[Clue]:
    """requires_grad can be switched on leaves only."""
    if facts.raised(ONLY_LEAVES):
        name = receiver(facts.error.expression) if facts.error is not None else ""
        name = name or facts.code.line(facts.error_place).partition(".requires_grad")[0] or "y"
        yield Clue(
            facts.error_place,
            _(
                "{name} is the result of an operation; its requires_grad cannot be switched off."
            ).format(name=name),
            _(
                "Only a leaf decides on its own whether it is followed. A result requires grad "
                "because something it was computed from does."
            ),
            _(
                "To go on with the numbers alone: {name} = {name}.detach(). To compute without a "
                "graph from the start: with torch.no_grad()."
            ).format(name=name),
            explains_error=True,
        )


@rule(8, "inference-tensor")
def inference_tensor(facts: Facts) -> Iterator[Clue]:
    """A tensor made in inference mode can never take part in a graph."""
    if not facts.raised(*INFERENCE):
        return
    made = next(
        (
            moment
            for ref in (facts.failed.inputs if facts.failed is not None else ())
            if facts.trace.tensors[ref.tensor].inference
            and (moment := facts.maker(ref.tensor)) is not None
        ),
        None,
    )
    place = facts.error_place
    if made is not None:
        place = cutting.where_entered(facts, made) or place
    else:
        entered = [e for e in facts.events if e.kind == "mode" and e.text == "inference_mode"]
        place = facts.place(entered[0]) if entered else place
    yield Clue(
        place,
        _(
            "A tensor made in inference_mode was used in a computation that is to be differentiated."
        ),
        _(
            "inference_mode leaves out what autograd needs, also for later: such a tensor has no "
            "version counter and can never be saved for a backward pass."
        ),
        _(
            "torch.no_grad() instead of inference_mode(): its results are ordinary constants. If "
            "gradients should flow through it, use neither."
        ),
        explains_error=True,
    )
