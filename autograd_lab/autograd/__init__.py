"""`autograd_lab.autograd`: the names of `torch.autograd`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..engine import grad_mode
from ..engine.anomaly import detect_anomaly, is_anomaly_enabled, set_detect_anomaly
from ..engine.backward import backward, grad
from ..engine.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled

if TYPE_CHECKING:
    from ..engine.function import Function
    from ..engine.gradcheck import gradcheck, gradgradcheck
    from . import forward_ad, function, functional, graph

MODULES = {"forward_ad", "function", "functional", "graph"}
MEMBERS = {"Function": "function", "gradcheck": "gradcheck", "gradgradcheck": "gradcheck"}
"""In which module of the engine they are."""


def __getattr__(name: str) -> Any:
    """Load on first use what many programs never ask for."""
    if name in MODULES:
        return import_module(f".{name}", __name__)
    if name not in MEMBERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"..engine.{MEMBERS[name]}", __package__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Name for completion also what is not loaded yet."""
    return sorted(__all__)


__all__ = [
    "Function",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_anomaly_enabled",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]
