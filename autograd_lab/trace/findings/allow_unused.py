"""The options of autograd.grad for inputs that play no part: allow_unused and materialize_grads."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from ..model import Event, Ref
from .facts import Facts
from .model import Clue
from .registry import rule
from .unused import last_use


@rule(16, "none-from-allow-unused")
def none_from_grad(facts: Facts) -> Iterator[Clue]:
    """autograd.grad with allow_unused gave None, and that was computed with."""
    if not facts.raised("NoneType"):
        return
    for moment, event in enumerate(facts.events):
        if event.kind != "gradients" or len(event.outputs) == len(event.inputs):
            continue
        spans = [s for s in facts.passes if s[0] < moment]
        leading = facts.ancestors(facts.roots(spans[-1]) if spans else [])
        missing = [r for r in event.inputs if r.node is None or r.node not in leading]
        if missing:
            yield _none_given(facts, event, missing[0])
            return


def _none_given(facts: Facts, event: Event, missing: Ref) -> Clue:
    name = facts.name(missing) or _("one of the inputs")
    others = [ref.tensor for ref in event.inputs if ref.tensor != missing.tensor]
    return Clue(
        last_use(facts, others) or facts.place(event),
        _("{name} is not used in what is computed here: allow_unused=True gives None.").format(
            name=name
        ),
        _("None says that there is no way from the result to {name}.").format(name=name),
        _(
            "Use {name} in the computation, or ask for materialize_grads=True, which gives zeros "
            "instead of None."
        ).format(name=name),
        explains_error=True,
    )


@rule(16, "zeros-but-not-unused")
def contradicting_options(facts: Facts) -> Iterator[Clue]:
    """materialize_grads=True was asked for together with allow_unused=False."""
    if facts.raised("Expected allow_unused to be True or not passed when materialize_grads"):
        yield Clue(
            facts.error_place,
            _(
                "materialize_grads=True gives zeros for unused inputs; allow_unused=False forbids them."
            ),
            _(
                "An input that the result does not depend on has no gradient. allow_unused says whether "
                "that may be, and materialize_grads that zeros are to stand for None."
            ),
            _("Leave allow_unused=False out."),
            explains_error=True,
        )


__all__: list[str] = []
