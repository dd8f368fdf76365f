"""Modules that only call a function of `nn.functional`: activations and losses."""

from __future__ import annotations

from inspect import Parameter as Argument
from inspect import Signature
from typing import Any

from . import functional as F
from .module import Module


class FunctionModule(Module):
    """A module without parameters of its own: `forward` calls a function with the settings it was given."""

    function: str
    defaults: dict[str, Any]
    shown: tuple[str, ...]
    inputs: int
    bare: bool
    """Whether settings are shown without their names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the settings in torch's order."""
        super().__init__()
        bound = type(self).__signature__.bind(*args, **kwargs)  # type: ignore[attr-defined]
        bound.apply_defaults()
        self._settings = dict(bound.arguments)
        for name, value in self._settings.items():
            setattr(self, name, value)

    def forward(self, *inputs: Any) -> Any:
        if len(inputs) != self.inputs:
            takes = f"{self.inputs + 1} positional arguments but {len(inputs) + 1} were given"
            raise TypeError(f"{type(self).__name__}.forward() takes {takes}")
        settings = {name: getattr(self, name) for name in self._settings}
        if settings.get("inplace") is False:
            del settings["inplace"]
        return getattr(F, self.function)(*inputs, **settings)

    def extra_repr(self) -> str:
        inplace = ["inplace=True"] if self._settings.get("inplace") else []
        settings = [f"{'' if self.bare else f'{n}='}{getattr(self, n)!r}" for n in self.shown]
        return ", ".join(settings + inplace)


def _module(
    name: str,
    function: str,
    doc: str,
    *,
    shown: bool = True,
    bare: bool = False,
    inputs: int = 1,
    **defaults: Any,
) -> type[FunctionModule]:
    kind = Argument.POSITIONAL_OR_KEYWORD
    return type(
        name,
        (FunctionModule,),
        {
            "__doc__": doc,
            "__module__": __name__,
            "__signature__": Signature([Argument(n, kind, default=v) for n, v in defaults.items()]),
            "function": function,
            "inputs": inputs,
            "bare": bare,
            "shown": tuple(n for n in defaults if n != "inplace") if shown else (),
        },
    )


ReLU = _module("ReLU", "relu", "`x` where positive, else 0.", inplace=False)
Sigmoid = _module("Sigmoid", "sigmoid", "1 / (1 + e^−x).")
Tanh = _module("Tanh", "tanh", "The hyperbolic tangent.")
GELU = _module("GELU", "gelu", "`x` times the normal distribution function.", approximate="none")
SiLU = _module("SiLU", "silu", "`x` · sigmoid(x).", inplace=False)
LeakyReLU = _module(
    "LeakyReLU",
    "leaky_relu",
    "`x` where positive, else a fraction of it.",
    negative_slope=0.01,
    inplace=False,
)
ELU = _module("ELU", "elu", "`x` where positive, else alpha · (eˣ − 1).", alpha=1.0, inplace=False)
Softplus = _module("Softplus", "softplus", "ln(1 + e^(beta · x)) / beta.", beta=1.0, threshold=20.0)
ReLU6 = _module("ReLU6", "relu6", "`x`, at least 0 and at most 6.", inplace=False)
SELU = _module("SELU", "selu", "`elu` that keeps mean 0 and variance 1.", inplace=False)
CELU = _module(
    "CELU", "celu", "`x` where positive, else alpha · (e^(x/alpha) − 1).", alpha=1.0, inplace=False
)
Hardtanh = _module(
    "Hardtanh", "hardtanh", "`x` between two bounds.", min_val=-1.0, max_val=1.0, inplace=False
)
Hardsigmoid = _module("Hardsigmoid", "hardsigmoid", "`x` / 6 + ½, between 0 and 1.", inplace=False)
Hardswish = _module("Hardswish", "hardswish", "`x` · hardsigmoid(x).", inplace=False)
Mish = _module("Mish", "mish", "`x` · tanh(softplus(x)).", inplace=False)
Softsign = _module("Softsign", "softsign", "`x` / (1 + |x|).")
Tanhshrink = _module("Tanhshrink", "tanhshrink", "`x` − tanh(x).")
LogSigmoid = _module("LogSigmoid", "logsigmoid", "Logarithm of the sigmoid.")
Hardshrink = _module("Hardshrink", "hardshrink", "`x`, but 0 near 0.", bare=True, lambd=0.5)
Softshrink = _module("Softshrink", "softshrink", "`x` moved towards 0.", bare=True, lambd=0.5)
Softmin = _module("Softmin", "softmin", "The softmax of −x.", dim=None)
Softmax = _module("Softmax", "softmax", "Positive numbers that add up to 1 along `dim`.", dim=None)
LogSoftmax = _module("LogSoftmax", "log_softmax", "Logarithm of the softmax.", dim=None)


def _loss(name: str, function: str, doc: str, **defaults: Any) -> type[FunctionModule]:
    return _module(name, function, doc, shown=False, inputs=2, **defaults)


MSELoss = _loss("MSELoss", "mse_loss", "Mean squared difference.", reduction="mean")
L1Loss = _loss("L1Loss", "l1_loss", "Mean absolute difference.", reduction="mean")
CrossEntropyLoss = _loss(
    "CrossEntropyLoss",
    "cross_entropy",
    "Cross entropy between scores (N, C) and classes (N).",
    weight=None,
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
)
NLLLoss = _loss(
    "NLLLoss",
    "nll_loss",
    "Minus the log probability (N, C) of the right classes (N).",
    weight=None,
    ignore_index=-100,
    reduction="mean",
)
BCELoss = _loss(
    "BCELoss",
    "binary_cross_entropy",
    "Cross entropy between probabilities and targets.",
    weight=None,
    reduction="mean",
)
BCEWithLogitsLoss = _loss(
    "BCEWithLogitsLoss",
    "binary_cross_entropy_with_logits",
    "Cross entropy between sigmoid(scores) and targets.",
    weight=None,
    reduction="mean",
    pos_weight=None,
)
SmoothL1Loss = _loss(
    "SmoothL1Loss",
    "smooth_l1_loss",
    "Absolute difference, quadratic below beta.",
    reduction="mean",
    beta=1.0,
)
HuberLoss = _loss(
    "HuberLoss",
    "huber_loss",
    "Squared difference, linear from delta on.",
    reduction="mean",
    delta=1.0,
)
KLDivLoss = _loss(
    "KLDivLoss",
    "kl_div",
    "Divergence of log-probabilities from a target.",
    reduction="mean",
    log_target=False,
)
