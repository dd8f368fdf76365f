"""A loss, or a part of it, without a way back to the leaves."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from . import cut_texts, cutting, trails
from .facts import Facts
from .fatal import fatal_cut
from .model import Clue
from .registry import rule


@rule(4, "cut-graph")
def cut_graph(facts: Facts) -> Iterator[Clue]:
    """The loss has no history because an operation on the way has none."""
    cut = fatal_cut(facts)
    if cut is not None and not cut.by_switch:
        yield cut_texts.fatal_clue(facts, cut)


@rule(4, "cut-branch", needs_all=True)
def cut_branch(facts: Facts) -> Iterator[Clue]:
    """A part of the loss is cut off, and a leaf behind it never gets a gradient."""
    for cut, leaf in (*cutting.never_trained(facts), *trails.off_the_graph(facts)):
        if not cut.by_switch:
            yield cut_texts.starved_clue(facts, cut, leaf)


@rule(4, "wrapped-in-a-parameter", needs_all=True)
def wrapped_in_a_parameter(facts: Facts) -> Iterator[Clue]:
    """A function makes a new Parameter of what it computed, each time it is called."""
    hungry = cutting.hungry(facts)
    for cut in trails.wrapped(facts):
        behind = facts.ancestors(
            [] if cut.lost is None or cut.lost.node is None else [cut.lost.node]
        )
        leaf = next((n for n in hungry if n is not None and n in behind), None)
        if leaf is not None:
            yield cut_texts.starved_clue(facts, cut, facts.nodes[leaf].label)


@rule(4, "loss-made-a-leaf")
def loss_made_a_leaf(facts: Facts) -> Iterator[Clue]:
    """requires_grad was switched on for a result, so that backward() runs, to nowhere."""
    for span in facts.passes:
        for ref in facts.events[span[0]].inputs:
            made = facts.maker(ref.tensor, span[0])
            if not ref.is_leaf or made is None or facts.events[made].kind == "create":
                continue
            cut = cutting.behind(facts, ref.tensor, span[0])
            if cut is not None:
                yield Clue(
                    cut.place,
                    _(
                        "{how} cut the history here; requires_grad = True on the result starts a "
                        "new one that leads to nothing."
                    ).format(how=cut_texts.how(cut)),
                    _(
                        "requires_grad = True makes a new leaf out of the loss. backward() then "
                        "fills the loss's own .grad, and no parameter gets one."
                    ),
                    cut_texts.fix(facts, cut),
                )
