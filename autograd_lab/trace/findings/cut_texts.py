"""What is said about a cut: what it was, why it cuts, what to write instead."""

from __future__ import annotations

from ...i18n import _
from .code import root_of
from .cutting import Cut
from .facts import Facts
from .model import Clue

NUMBERS = {"item", "float", "int", "bool", "tolist", "number"}
KINDS = {
    "requires_grad": "flag",
    "inference_mode": "inference",
    "set_grad_enabled": "switch",
    "no_grad": "mode",
    "detach": "alias",
    "data": "alias",
    "numpy": "array",
    "tensor": "copy",
    "Parameter": "wrapped",
    "written": "written",
    "bernoulli": "drawn",
    "multinomial": "drawn",
    "earlier": "earlier",
    "": "never",
    **dict.fromkeys(NUMBERS, "number"),
}
"""What kind of cut each way is; all others are operations whose results jump."""


def fatal_clue(facts: Facts, cut: Cut) -> Clue:
    """Return what to say where backward() refused for want of a history."""
    name = root_of(facts.error.expression) if facts.error is not None else ""
    texts = {
        "requires_grad": _("Nothing that {name} was computed from requires grad."),
        "": _("Nothing that {name} was computed from requires grad."),
        "number": _("{name} is a Python number: it has no history, and no backward()."),
        "earlier": _("{name} has no history. It was made before this cell ran."),
    }
    if cut.by_mode:
        text = _("What {name} was computed from ran under {how}, so {name} has no history.")
    else:
        text = _("{how} cut the history that leads from {name} back to the leaves.")
    what = texts.get(cut.how, text).format(name=name or "loss", how=how(cut))
    return Clue(cut.place, what, _why(facts, cut), fix(facts, cut), explains_error=True)


def starved_clue(facts: Facts, cut: Cut, leaf: str) -> Clue:
    """Return what to say where a leaf, by its name, never gets a gradient."""
    what = _("{leaf} never gets a gradient: {how} cuts the way back to it.").format(
        leaf=leaf or _("A parameter"), how=how(cut)
    )
    return Clue(cut.place, what, _why(facts, cut), fix(facts, cut))


def how(cut: Cut) -> str:
    """Return what cut, as it is written in the cell where that is short."""
    if cut.by_mode:
        return cut.how
    source = " ".join(cut.source.split())
    spelled = {"data": ".data", "tensor": "torch.tensor(…)", "Parameter": "nn.Parameter(…)"}
    return f"`{source}`" if 0 < len(source) <= 60 else spelled.get(cut.how, f"{cut.how}()")


def _why(facts: Facts, cut: Cut) -> str:
    off = _(
        "While gradients are off no operation is recorded at all: not for the parameters used here, "
        "and not for what comes before them either."
    )
    numbers = _(
        "It gives numbers without a history; a tensor made of them starts anew, as a constant."
    )
    alias = _("The result has the same numbers and no history: backward() stops there.")
    return {
        "flag": _("requires_grad = False says that this leaf is a constant; all of them are now."),
        "inference": _(
            "In inference_mode nothing is recorded; enable_grad inside it does not change that."
        ),
        "mode": off,
        "switch": off,
        "earlier": _(
            "Something on the way cut it (.item(), torch.tensor(…), .detach(), torch.no_grad() …), or "
            "nothing it was computed from requires grad."
        ),
        "alias": alias,
        "array": alias if cut.how in {"detach", "data"} else numbers,
        "number": numbers,
        "copy": numbers,
        "wrapped": _(
            "nn.Parameter makes a new leaf of the numbers: backward() stops there, and the optimizer does "
            "not know that leaf."
        ),
        "written": _(
            "What is assigned to .data comes in as numbers: the layer's weight stays a leaf, and nothing "
            "leads from it to what the numbers were computed from."
        ),
        "drawn": _(
            "A draw gives 0 or 1, or an index. It does not move with the probabilities, so it has no "
            "useful derivative, with detach or without."
        ),
        "never": _("backward() looks for leaves with requires_grad=True, and there are none."),
        "jump": _(
            "Its result is a whole number or a yes or no: it jumps, so it has no useful derivative, "
            "and nothing is recorded."
        ),
    }[_kind(facts, cut)]


def fix(facts: Facts, cut: Cut) -> str:
    """Return what to write instead, by what is meant."""
    outside = _(
        "Should it be differentiated? Then compute it outside. To freeze single parameters use "
        "p.requires_grad_(False): gradients still flow through them to what comes before."
    )
    return {
        "flag": _("Leave requires_grad on for the parameters that should learn."),
        "inference": outside,
        "mode": outside,
        "switch": _(
            "Switch gradients on again: torch.set_grad_enabled(True). A block, with "
            "torch.no_grad():, switches them on by itself when it ends."
        ),
        "earlier": _(
            "Run the cell that computes it under %%autograd, too: then the place can be shown."
        ),
        "alias": _(
            "Should gradients flow through here? Then leave it out. If the value is meant as a "
            "constant, nothing behind it can learn from this loss."
        ),
        "array": _(
            "Use torch's own functions in place of NumPy's between the leaves and the loss."
        ),
        "number": _(
            "Go on with the tensor itself; take the number out only for printing or a list."
        ),
        "copy": _("Use the tensor as it is; several become one by torch.stack or torch.cat."),
        "wrapped": _(
            "Use the result as it is, without nn.Parameter. Parameters are only what the optimizer is to "
            "move, made once, before it."
        ),
        "written": _(
            "Compute with the result itself in place of the layer's weight, for a linear layer by "
            "torch.nn.functional.linear(x, weight)."
        ),
        "drawn": _(
            "Build the loss on the probabilities: their expected reward, or the log-probability of what "
            "was drawn, weighed by the reward: -(log_prob * reward).mean()."
        ),
        "never": _("Create what you want to differentiate by with requires_grad=True."),
        "jump": _(
            "Build the loss on the values before this step: cross_entropy on the scores instead of "
            "argmax, a sigmoid instead of a threshold."
        ),
    }[_kind(facts, cut)]


def _kind(facts: Facts, cut: Cut) -> str:
    kind = KINDS.get(cut.how, "jump")
    return "array" if kind == "alias" and ".numpy(" in facts.code.line(cut.place) else kind


__all__ = ["fatal_clue", "fix", "how", "starved_clue"]
