"""A loss, or a part of it, without a way back to the leaves."""

from __future__ import annotations

from collections.abc import Iterator

from ...i18n import _
from . import cutting
from .code import receiver
from .cutting import Cut
from .facts import Facts
from .model import Clue
from .rebinding import rebinding_at
from .registry import rule

FLOAT_BACKWARD = tuple(
    f"'{kind}' object has no attribute 'backward'" for kind in ("float", "int", "bool")
)
ONLY_LEAVES = "you can only change requires_grad flags of leaf variables"
INFERENCE = ("Inference tensors ", "nference tensor outside InferenceMode")


@rule(4, "cut-graph")
def cut_graph(facts: Facts) -> Iterator[Clue]:
    """The loss has no history because an operation on the way has none."""
    cut = fatal_cut(facts)
    if cut is not None and not cut.by_mode and cut.how != "requires_grad":
        yield _fatal_clue(facts, cut)


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
                    ).format(how=_how(cut)),
                    _(
                        "requires_grad = True makes a new leaf out of the loss. backward() then "
                        "fills the loss's own .grad, and no parameter gets one."
                    ),
                    _fix(facts, cut),
                )


@rule(4, "cut-branch")
def cut_branch(facts: Facts) -> Iterator[Clue]:
    """A part of the loss is cut off, and a leaf behind it never gets a gradient."""
    for cut, leaf in cutting.never_trained(facts):
        if not cut.by_mode:
            yield Clue(cut.place, _starved(cut, leaf), _why(cut), _fix(facts, cut))


@rule(8, "switched-off")
def switched_off(facts: Facts) -> Iterator[Clue]:
    """The loss was computed while gradients were off, or everything was frozen."""
    cut = fatal_cut(facts)
    if cut is not None and (cut.by_mode or cut.how == "requires_grad"):
        yield _fatal_clue(facts, cut)


@rule(8, "mode-instead-of-freezing")
def mode_instead_of_freezing(facts: Facts) -> Iterator[Clue]:
    """A mode meant for some layers also cuts off those before them."""
    for cut, leaf in cutting.never_trained(facts):
        if cut.by_mode:
            yield Clue(cut.place, _starved(cut, leaf), _why(cut), _fix(facts, cut))


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


def fatal_cut(facts: Facts) -> Cut | None:
    """Return what took the history of the tensor that backward was called on and refused.

    None also for `w = w - lr * w.grad`, which has its own rule.
    """
    end = len(facts.events)
    if facts.raised(*FLOAT_BACKWARD):
        known = cutting.of_number(facts, facts.error_place)
        return known or Cut(end, "number", facts.error_place)
    if not facts.raised(cutting.NO_HISTORY) or facts.failed is None:
        return None
    root = next((ref for ref in facts.failed.inputs if not ref.requires_grad), None)
    if root is None:
        return None
    cut = cutting.behind(facts, root.tensor, end)
    if cut is None and facts.maker(root.tensor) is None:
        return Cut(end, "earlier", facts.error_place)
    if cut is None:
        return _never_on(facts, root.tensor, end)
    where = facts.place(facts.events[cut.moment])
    return cut if rebinding_at(facts, where) is None else None


def _never_on(facts: Facts, tensor: int, before: int) -> Cut:
    """Return where something could have been told to require grad, or was told not to."""
    waiting, origins = [(tensor, before)], {}
    while waiting:
        current, moment = waiting.pop()
        made = facts.maker(current, moment)
        event = None if made is None else facts.events[made]
        if event is None or event.kind == "create" or not event.inputs:
            origins[current] = made
        elif made is not None:
            waiting += [(ref.tensor, made) for ref in event.inputs if ref.tensor != current]
    for moment, event in enumerate(facts.events):
        off = event.kind == "set" and event.text == "requires_grad" and not event.entered
        if off and any(ref.tensor in origins for ref in event.inputs):
            return Cut(moment, "requires_grad", facts.place(event))
    known = [moment for moment in origins.values() if moment is not None]
    if len(origins) == len(known) == 1:
        return Cut(known[0], "", facts.place(facts.events[known[0]]))
    return Cut(before, "", facts.error_place)


def _fatal_clue(facts: Facts, cut: Cut) -> Clue:
    name = receiver(facts.error.expression) if facts.error is not None else ""
    if cut.how in {"requires_grad", ""}:
        what = _("Nothing that {name} was computed from requires grad.")
    elif cut.how == "number":
        what = _("{name} is a Python number: it has no history, and no backward().")
    elif cut.how == "earlier":
        what = _("{name} has no history. It was made before this cell ran.")
    elif cut.by_mode:
        what = _("What {name} was computed from ran under {how}, so {name} has no history.")
    else:
        what = _("{how} cut the history that leads from {name} back to the leaves.")
    return Clue(
        cut.place,
        what.format(name=name or "loss", how=_how(cut)),
        _why(cut),
        _fix(facts, cut),
        explains_error=True,
    )


def _starved(cut: Cut, leaf: str) -> str:
    return _("{leaf} never gets a gradient: {how} cuts the way back to it.").format(
        leaf=leaf or _("A parameter"), how=_how(cut)
    )


def _how(cut: Cut) -> str:
    """Return what cut, as it is written in the cell where that is short."""
    if cut.by_mode:
        return cut.how
    source = " ".join(cut.source.split())
    spelled = {"data": ".data", "tensor": "torch.tensor(…)"}
    return f"`{source}`" if 0 < len(source) <= 60 else spelled.get(cut.how, f"{cut.how}()")


NUMBERS = {"item", "float", "int", "bool", "tolist", "number"}


def _why(cut: Cut) -> str:
    if cut.how == "requires_grad":
        return _("requires_grad = False says that this leaf is a constant; all of them are now.")
    if cut.how == "inference_mode":
        return _(
            "In inference_mode nothing is recorded; enable_grad inside it does not change that."
        )
    if cut.by_mode:
        return _(
            "While gradients are off no operation is recorded at all: not for the parameters used "
            "here, and not for what comes before them either."
        )
    if cut.how == "earlier":
        return _(
            "Something on the way cut it (.item(), torch.tensor(…), .detach(), torch.no_grad() …), or "
            "nothing it was computed from requires grad."
        )
    if cut.how in {"detach", "data"}:
        return _("The result has the same numbers and no history: backward() stops there.")
    if cut.how in NUMBERS | {"numpy", "tensor"}:
        return _(
            "It gives numbers without a history; a tensor made of them starts anew, as a constant."
        )
    if cut.how == "":
        return _("backward() looks for leaves with requires_grad=True, and there are none.")
    return _(
        "Its result is a whole number or a yes or no: it jumps, so it has no useful derivative, "
        "and nothing is recorded."
    )


def _fix(facts: Facts, cut: Cut) -> str:
    if cut.how == "requires_grad":
        return _("Leave requires_grad on for the parameters that should learn.")
    if cut.how == "earlier":
        return _(
            "Run the cell that computes it under %%autograd, too: then the place can be shown."
        )
    if cut.how == "set_grad_enabled":
        return _(
            "Switch gradients on again: torch.set_grad_enabled(True). A block, with "
            "torch.no_grad():, switches them on by itself when it ends."
        )
    if cut.by_mode:
        return _(
            "Should it be differentiated? Then compute it outside. To freeze single parameters "
            "use p.requires_grad_(False): gradients still flow through them to what comes before."
        )
    if cut.how == "numpy" or ".numpy(" in facts.code.line(cut.place):
        return _("Use torch's own functions in place of NumPy's between the leaves and the loss.")
    if cut.how in {"detach", "data"}:
        return _(
            "Should gradients flow through here? Then leave it out. If the value is meant as a "
            "constant, nothing behind it can learn from this loss."
        )
    if cut.how in NUMBERS:
        return _("Go on with the tensor itself; take the number out only for printing or a list.")
    if cut.how == "tensor":
        return _("Use the tensor as it is; several become one by torch.stack or torch.cat.")
    if cut.how == "":
        return _("Create what you want to differentiate by with requires_grad=True.")
    return _(
        "Build the loss on the values before this step: cross_entropy on the scores instead of "
        "argmax, a sigmoid instead of a threshold."
    )


__all__ = ["fatal_cut"]
